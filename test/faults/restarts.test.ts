import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { sqlite } from "onthedot/sqlite";
import { createScheduler, VirtualClock } from "onthedot/testing";
import { describe, expect, test } from "vitest";
import { newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { isLong, keepFigures } from "./chance.ts";
import { registerAll } from "./children/lives.ts";
import { libfaketime } from "./faketime.ts";

const library = libfaketime();
const program = built();

const scratch = newFolder("restarts");

const minute = 60_000;
/** A day; a quarter of one where there is little time. */
const restarts = isLong ? 24 * 60 : 6 * 60;
const midnight = Date.parse("2026-03-03T00:00:00Z");

/** A script that is restarted every minute, and is away for ten seconds each time. */
const live = async (store: string | undefined): Promise<ReadonlyMap<string, readonly string[]>> => {
  const starts = new Map<string, string[]>();
  for (let i = 0; i < restarts; i++) {
    const clock = new VirtualClock(new Date(midnight + i * minute));
    const schedule = createScheduler({
      clock,
      zone: "UTC",
      store: store === undefined ? undefined : sqlite(store),
    });
    const { start, stop, listen } = schedule;
    listen("warning", () => {});
    listen("started", ({ job, scheduled }) => {
      const found = starts.get(job.name) ?? [];
      starts.set(job.name, [...found, scheduled.toISOString().slice(11, 19)]);
    });
    registerAll(schedule);
    start();
    await clock.advance("50 seconds");
    await stop();
  }
  return starts;
};

const counts = (starts: ReadonlyMap<string, readonly string[]>) =>
  Object.fromEntries([...starts].map(([name, all]) => [name, all.length]));

test("a script that is restarted every minute runs one-offs once, keeps counts and ends, and doubles nothing", async () => {
  const starts = await live(join(scratch, "jobs.db"));
  keepFigures("F25 restarted every minute", counts(starts));
  expect(counts(starts)).toEqual({
    moment: 1,
    length: 1,
    away: 1,
    count: 3,
    span: 8,
    until: 12,
    beat: restarts / 10 - 1,
  });
  for (const all of starts.values()) expect(new Set(all).size).toBe(all.length);
}, 600_000);

test("the control: without a store, lengths start over and counts begin anew", async () => {
  const starts = await live(undefined);
  keepFigures("F25 control, without a store", counts(starts));
  expect(counts(starts)).not.toHaveProperty("length");
  expect(counts(starts)).not.toHaveProperty("count");
}, 600_000);

/** The same as real processes, each begun at five seconds past the next minute of a clock that is set. What is due while none lives is caught up by the next. */
const liveReally = async (lives: number, store: string, ...file: readonly string[]) => {
  const log = join(scratch, `${store}.log`);
  writeFileSync(log, "");
  for (let i = 0; i < lives; i++) {
    const now = new Date(midnight + i * minute + 5_000).toISOString().slice(0, 19).replace("T", " ");
    const env = { ...process.env, LD_PRELOAD: library!, FAKETIME: `@${now}`, TZ: "UTC" };
    await promisify(execFile)(process.execPath, [program("restarts"), log, ...file], {
      env: { ...env, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    });
  }
  const starts = new Map<string, string[]>();
  for (const line of readFileSync(log, "utf8").split("\n").slice(0, -1)) {
    const [job, at] = line.split(" ") as [string, string];
    starts.set(job, [...(starts.get(job) ?? []), at]);
  }
  return starts;
};

describe.skipIf(!library)("real processes under a clock that is set", { timeout: 7_200_000 }, () => {
  const lives = isLong ? 24 * 60 : 95;

  test("a script that is restarted every minute runs one-offs once, keeps counts and ends, and doubles nothing", async () => {
    const starts = await liveReally(lives, "real", join(scratch, "real.db"));
    keepFigures(`F25 restarted every minute, ${lives} real processes`, counts(starts));
    expect(counts(starts)).toEqual({
      moment: 1,
      length: 1,
      ...(isLong && { away: 1 }),
      count: 3,
      span: 8,
      until: isLong ? 12 : 6,
      beat: Math.floor((lives - 1) / 10),
    });
    for (const all of starts.values()) expect(new Set(all).size).toBe(all.length);
  });

  test("the control: without a store, lengths start over and counts begin anew", async () => {
    const starts = await liveReally(95, "control");
    keepFigures("F25 control, without a store, 95 real processes", {
      starts: starts.size,
      ...counts(starts),
    });
    expect(counts(starts)).not.toHaveProperty("length");
    expect(counts(starts)).not.toHaveProperty("count");
  });
});
