import type { Job } from "onthedot";
import { expect, test } from "vitest";
import { fileFor, life, nothing, sleeping, stores } from "./stores.ts";

const noon = "2026-03-02T12:00:00Z";

/** What did not start, as `12:30 skipped paused 3`. */
const notStarted = (job: Job): readonly string[] =>
  job
    .history()
    .filter(({ started }) => started === undefined)
    .map(({ scheduled, outcome, reason, count = 1 }) =>
      [scheduled.toISOString().slice(11, 16), outcome, reason, count].join(" "),
    );

test.each(stores)("in %s, what was due while a job was paused is skipped in one decision", async (store) => {
  const { clock, every, start, listen } = life(noon, fileFor(store));
  const skips: unknown[] = [];
  listen("skipped", ({ job, run }) => skips.push([job.name, run.reason, run.count]));
  const job = every(10).minutes.named("beat").do(nothing);
  start();
  await clock.advance("15 minutes");
  job.pause();
  await clock.advance("30 minutes");
  expect(notStarted(job)).toEqual([]);
  job.resume();
  expect(notStarted(job)).toEqual(["12:40 skipped paused 3"]);
  expect(skips).toEqual([["beat", "paused", 3]]);
  job.pause();
  await clock.advance("2 minutes");
  job.resume();
  await clock.advance("15 minutes");
  expect(skips).toHaveLength(1);
  expect(job.history().filter(({ outcome }) => outcome === "succeeded")).toHaveLength(3);
});

test.each(stores)(
  "in %s, a paused job that is rescheduled or cancelled has skipped what was due",
  async (store) => {
    const { clock, every, start } = life(noon, fileFor(store));
    const job = every().hour.at(":30").named("beat").do(nothing);
    start();
    job.pause();
    await clock.advance("2 hours");
    job.reschedule(every().day.at("15:00"));
    expect(notStarted(job)).toEqual(["13:30 skipped paused 2"]);
    await clock.advance("90 minutes");
    job.cancel();
    expect(notStarted(job)).toEqual(["13:30 skipped paused 2", "15:00 skipped paused 1"]);
  },
);

test.each(stores)("in %s, a run that waits when its job is paused is skipped", async (store) => {
  const { clock, every, start } = life(noon, fileFor(store));
  const job = every(10).minutes.named("slow").overlap("queue").do(sleeping(clock, "25 minutes"));
  start();
  await clock.advance("25 minutes");
  job.pause();
  expect(notStarted(job)).toEqual(["12:20 skipped paused 1"]);
  await clock.advance("30 minutes");
});

test.each(stores)("in %s, what did not start has its reason", async (store) => {
  const { clock, every, start } = life(noon, fileFor(store));
  const busy = every(30).minutes.named("busy").do(sleeping(clock, "65 minutes"));
  const exact = every(10).minutes.named("exact").catchUp("skip").do(nothing);
  const daily = every().day.at("12:30").named("daily").catchUp("once", { maxLateness: "1 hour" }).do(nothing);
  start();
  await clock.advance("1 minute");
  clock.suspend("119 minutes");
  await clock.advance("35 minutes");
  expect(notStarted(daily)).toEqual(["12:30 expired tooLate 1"]);
  expect(notStarted(exact)).toEqual(["13:50 expired notCaughtUp 11"]);
  expect(notStarted(busy)).toEqual(["13:30 coalesced  3", "14:30 skipped overlap 1"]);
});

test("what was due while nobody ran a paused job is skipped when it is resumed", async () => {
  const path = fileFor("SQLite")!;
  const first = life(noon, path);
  first.every(10).minutes.named("beat").do(nothing).pause();
  first.start();
  await first.stop();
  const second = life("2026-03-02T12:45:00Z", path);
  const job = second.every(10).minutes.named("beat").do(nothing);
  second.start();
  expect(notStarted(job)).toEqual([]);
  job.resume();
  expect(notStarted(job)).toEqual(["12:40 skipped paused 4"]);
});
