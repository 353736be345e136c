import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DurationLike } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { createScheduler, type Scheduler, VirtualClock } from "onthedot/testing";
import { onTestFinished } from "vitest";

/** The stores a job can be in, for `test.each`. */
export const stores = ["memory", "SQLite"] as const;

/** Tasks. */
export const nothing = (): void => {};
export const sleeping = (clock: VirtualClock, length: DurationLike) => () => clock.sleep(length);

export type StoreName = (typeof stores)[number];

/** The path of a store that is deleted when the test has ended. */
export const storeFile = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "jobs.db");
};

/** One life of a script: a scheduler on a clock of its own, and what it started and warned of. */
export interface Life extends Scheduler {
  readonly clock: VirtualClock;
  /** Each start as `name HH:MM:SS`. */
  readonly starts: string[];
  readonly warnings: string[];
}

/** Begins a life of a script at a moment; with a path, on the store that is there. */
export const life = (start: string, path?: string, zone = "UTC", tellsUptime = false): Life => {
  const clock = new VirtualClock(start, { tellsUptime });
  const schedule = createScheduler({ clock, zone, store: path === undefined ? undefined : sqlite(path) });
  onTestFinished(() => void schedule.stop(0));
  const starts: string[] = [];
  const warnings: string[] = [];
  const time = () => new Date(clock.now()).toISOString().slice(11, 19);
  schedule.listen("started", ({ job }) => starts.push(`${job.name} ${time()}`));
  schedule.listen("warning", ({ message }) => warnings.push(message));
  return Object.assign({ ...schedule }, { clock, starts, warnings });
};

export const fileFor = (store: StoreName): string | undefined =>
  store === "SQLite" ? storeFile() : undefined;
