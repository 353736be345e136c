import { createScheduler, type RunContext } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { fileFor, type Life, life, nothing, sleeping, storeFile, stores } from "./stores.ts";

interface Counted {
  named(name: string): Counted;
  overlap(policy: "skip" | "queue" | "queueAll" | "cancel" | "allow"): Counted;
  catchUp(policy: "once" | "skip" | "all"): Counted;
  do(task: () => unknown): { pause(): void; resume(): void };
}

/** Every ten minutes, three times. */
const forms: Readonly<Record<string, (life: Life) => Counted>> = {
  "an interval": ({ every }) => every(10).minutes.times(3),
  "an interval of seconds": ({ every }) => every(600).seconds.times(3),
  aligned: ({ every }) => every(10).minutes.aligned().times(3),
  "in a window": ({ every }) => every(10).minutes.between("00:00", "23:59").times(3),
  "in a zone": ({ every }) => every(10).minutes.aligned().in("Asia/Tokyo").times(3),
  cron: ({ cron }) => cron("*/10 * * * *").times(3),
  "a phrase": ({ every }) => every("10 minutes for 3 times"),
  "a Chinese phrase": ({ every }) => every("每10分钟，共3次"),
};
const names = Object.keys(forms);
const each = stores.flatMap((store) => names.map((form) => [store, form] as const));

test.each(each)("in %s, occurrences skipped by a long task do not count: %s", async (store, form) => {
  const run = life("2026-03-02T12:00:00Z", fileFor(store));
  forms[form]!(run).named("job").do(sleeping(run.clock, "25 minutes"));
  run.start();
  await run.clock.advance("6 hours");
  expect(run.starts).toEqual(["job 12:10:00", "job 12:40:00", "job 13:10:00"]);
  expect(run.jobs()).toEqual([]);
});

test.each(each)("in %s, a job that is paused for five hours keeps its count: %s", async (store, form) => {
  const run = life("2026-03-02T12:00:00Z", fileFor(store));
  const job = forms[form]!(run).named("job").do(nothing);
  run.start();
  await run.clock.advance("15 minutes");
  job.pause();
  await run.clock.advance("5 hours");
  job.resume();
  await run.clock.advance("5 hours");
  expect(run.starts).toEqual(["job 12:10:00", "job 17:20:00", "job 17:30:00"]);
});

test.each(names)("a restart keeps the count, and what was missed does not count: %s", async (form) => {
  const path = storeFile();
  const starts: string[] = [];
  for (const start of ["12:00", "12:15", "14:00", "15:00", "16:00"]) {
    const run = life(`2026-03-02T${start}:00Z`, path);
    forms[form]!(run).named("job").do(nothing);
    run.start();
    await run.clock.advance("12 minutes");
    await run.stop();
    starts.push(...run.starts);
  }
  // At 14:00 the latest missed run is caught up; it is the third.
  expect(starts).toEqual(["job 12:10:00", "job 12:20:00", "job 14:00:00"]);
});

test.each([
  ["skip", ["12:10:00", "12:40:00", "13:10:00"]],
  ["queue", ["12:10:00", "12:35:00", "13:00:00"]],
  ["queueAll", ["12:10:00", "12:35:00", "13:00:00"]],
  ["allow", ["12:10:00", "12:20:00", "12:30:00"]],
] as const)("under overlap %s a job starts as often as its count allows", async (overlap, expected) => {
  for (const store of stores) {
    const run = life("2026-03-02T12:00:00Z", fileFor(store));
    forms["an interval"]!(run).named("job").overlap(overlap).do(sleeping(run.clock, "25 minutes"));
    run.start();
    await run.clock.advance("6 hours");
    expect(run.starts).toEqual(expected.map((time) => `job ${time}`));
    await run.stop();
  }
});

test.each([
  ["once", ["14:00:00", "14:10:00", "14:20:00"]],
  ["all", ["14:00:00", "14:00:00", "14:00:00"]],
  ["skip", ["14:00:00", "14:10:00", "14:20:00"]],
] as const)("with catchUp %s, a sleep of two hours uses up what it starts", async (catchUp, expected) => {
  const run = life("2026-03-02T12:00:00Z");
  forms["an interval"]!(run).named("job").catchUp(catchUp).do(nothing);
  run.clock.block("2 hours");
  run.start();
  await run.clock.advance("6 hours");
  expect(run.starts.map((start) => start.slice(4))).toEqual(expected);
});

test("a start that waited when the script was stopped happens once after the restart", async () => {
  const path = storeFile();
  const starts: string[] = [];
  for (const start of ["12:00", "12:25", "15:00"]) {
    const run = life(`2026-03-02T${start}:00Z`, path);
    run
      .every(10)
      .minutes.times(2)
      .named("job")
      .overlap("queue")
      .do(({ signal }: RunContext) => new Promise((end) => signal.addEventListener("abort", end)));
    run.start();
    await run.clock.advance("21 minutes");
    await run.stop();
    starts.push(...run.starts);
  }
  expect(starts).toEqual(["job 12:10:00", "job 12:25:00"]);
});

test.each(stores)(
  "in %s, an end that has passed does not cut short what catchUp all has begun",
  async (store) => {
    const run = life("2026-03-02T12:00:00Z", fileFor(store));
    run.every(10).minutes.until("12:30").named("job").catchUp("all").do(nothing);
    run.clock.block("2 hours");
    run.start();
    await run.clock.advance("1 hour");
    expect(run.starts).toEqual(["job 14:00:00", "job 14:00:00", "job 14:00:00"]);
  },
);

test("next() and describe() tell the number that is left", async () => {
  const run = life("2026-03-02T12:00:00Z");
  const job = run.every(10).minutes.times(3).do(nothing);
  run.start();
  expect(job.next(9)).toHaveLength(3);
  await run.clock.advance("15 minutes");
  expect(job.next(9)).toHaveLength(2);
});

test("a number of runs for one part of an or is rejected, and one for the whole is counted", async () => {
  const clock = new VirtualClock("2026-11-30T12:00:00Z");
  const { every, when, fromJSON, run } = createScheduler({ clock, zone: "UTC" });
  const part = every().day.at("09:00").times(3);
  const schedules = [
    part.or(every().hour),
    every().hour.or(part).except("sunday"),
    when("(every day at 9 3 times) and every hour"),
    fromJSON(JSON.parse(JSON.stringify(part.or(every().hour)))),
  ];
  for (const schedule of schedules)
    expect(() => schedule.do(nothing)).toThrow(expect.objectContaining({ code: "times" }));
  const job = every().hour.do(nothing);
  expect(() => job.reschedule(part.or(every().hour))).toThrow(expect.objectContaining({ code: "times" }));
  job.cancel();
  const whole = every().day.at("09:00").or(every().day.at("10:00")).times(3).do(nothing);
  void run();
  await clock.advance("5 days");
  expect(whole.history()).toHaveLength(3);
});
