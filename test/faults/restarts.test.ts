import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "onthedot/sqlite";
import { createScheduler, VirtualClock } from "onthedot/testing";
import { afterAll, expect, test } from "vitest";
import { isLong, tell } from "./chance.ts";

const scratch = mkdtempSync(join(tmpdir(), "onthedot-restarts-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const minute = 60_000;
/** A day; a quarter of one where there is little time. */
const restarts = isLong ? 24 * 60 : 6 * 60;
const midnight = Date.parse("2026-03-03T00:00:00Z");

/** A script that is restarted every minute, and is away for ten seconds each time. */
const live = async (store: string | undefined): Promise<ReadonlyMap<string, readonly string[]>> => {
  const starts = new Map<string, string[]>();
  for (let i = 0; i < restarts; i++) {
    const clock = new VirtualClock(new Date(midnight + i * minute));
    const { every, once, cron, start, stop, listen } = createScheduler({
      clock,
      zone: "UTC",
      store: store === undefined ? undefined : sqlite(store),
    });
    listen("warning", () => {});
    listen("started", ({ job, scheduled }) => {
      const found = starts.get(job.name) ?? [];
      starts.set(job.name, [...found, scheduled.toISOString().slice(11, 19)]);
    });
    const task = () => {};
    once("2026-03-03 01:30").named("moment").do(task);
    once("in 90 minutes").named("length").do(task);
    // Due while the script is away.
    once("2026-03-03T02:00:55Z").named("away").do(task);
    every(30).minutes.times(3).named("count").do(task);
    every(7).minutes.for("1 hour").named("span").do(task);
    cron("*/15 * * * *").until("2026-03-03 03:00").named("until").do(task);
    every(10).minutes.named("beat").do(task);
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
  tell("F25 restarted every minute", counts(starts));
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
  tell("F25 control, without a store", counts(starts));
  expect(counts(starts)).not.toHaveProperty("length");
  expect(counts(starts)).not.toHaveProperty("count");
}, 600_000);
