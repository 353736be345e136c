import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onTestFinished } from "vitest";
import type { Decision } from "../../src/job.ts";
import { interval } from "../../src/recurrence/build.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { Claim, Claimed, JobRecord, JobStore, Opening, Registration } from "../../src/store/store.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { sqlite } from "./job-store.ts";

export { sqlite };

export const at = (text: string): Instant => Date.parse(text) as Instant;
export const minutes = (count: number): Milliseconds => (count * 60_000) as Milliseconds;

export const noon = "2026-03-01T12:00:00Z";

/** The nth occurrence of {@link job}. */
export const nth = (n: number): Instant => (at(noon) + minutes(10 * n)) as Instant;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Some drivers let go of a file only when its connection is collected. */
export const collect = async (): Promise<void> => {
  gc();
  await new Promise((go) => setImmediate(go));
};

/** A folder that is gone when the test has ended. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "onthedot-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** A place for a store, and a clock. */
export const fresh = (time = noon) => {
  const dir = folder();
  return { dir, path: join(dir, "jobs.db"), clock: new VirtualClock(time) };
};

/** Lets SQLite itself change a file. */
export const alter = (path: string, sql: string): void => {
  const db = findSqlite()(path);
  db.exec(sql);
  db.close();
};

/** What a scheduler gives a store, and what the store warned about. */
export const opening = (
  clock = new VirtualClock(noon),
  more: Partial<Opening> = {},
): Opening & { readonly warnings: string[]; readonly clock: VirtualClock } => {
  const warnings: string[] = [];
  return { clock, warnings, warn: (message: string) => warnings.push(message), ...more } as never;
};

/** A job that runs every ten minutes from noon on. */
export const job = (more: Partial<Registration> = {}): Registration => ({
  name: "beat",
  source: "every(10).minutes",
  recurrence: interval(minutes(10)),
  zoneName: "UTC",
  anchor: at(noon),
  ifInterrupted: "report",
  ...more,
});

/** A store that is opened, with the job in it. */
export const enter = (
  store: JobStore | string,
  {
    clock,
    allowMultiple,
    isReadOnly,
    ...more
  }: Partial<Registration> & Partial<Opening> & { readonly clock?: VirtualClock } = {},
) => {
  const opened = typeof store === "string" ? sqlite(store) : store;
  const known = opening(clock, { allowMultiple, isReadOnly });
  opened.open(known);
  return { store: opened, jobRecord: opened.register(job(more)), warnings: known.warnings };
};

/** Claims up to an occurrence of one job, which starts. */
export const claim = (
  store: JobStore,
  jobRecord: JobRecord,
  to: Instant,
  more: Partial<Claim> = {},
): Claimed => {
  const all = { jobRecord, from: null, to, now: to, starts: [to], deferred: [], passed: [], ...more };
  return store.claimAll([all], [], to)[0]!;
};

/** A run that took no time. */
export const succeeded = (scheduled: Instant): Decision => ({
  scheduled,
  outcome: "succeeded",
  started: scheduled,
  ended: scheduled,
  attempts: 1,
});
