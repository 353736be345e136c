import { createScheduler, type Store } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { assemble } from "../../src/create.ts";
import { movingWarnings, unfinishedWarnings } from "../../src/report/start-warnings.ts";
import { memoryStore } from "../../src/store/memory.ts";

type Builders = ReturnType<typeof assemble>["schedule"];
const task = () => {};

const warningsAfter = (build: (builders: Builders) => unknown): readonly string[] => {
  const { schedule, scheduler } = assemble({ zone: "UTC" });
  build(schedule);
  return unfinishedWarnings(scheduler);
};

test.each<[string, (builders: Builders) => unknown]>([
  ["every(5)", ({ every }) => every(5)],
  ["every(5).minutes", ({ every }) => every(5).minutes],
  [
    'every(5).minutes.between("08:00", "22:00")',
    ({ every }) => every(5).minutes.between("08:00", "22:00").named("x"),
  ],
  ['when("weekdays at 9am")', ({ when }) => when("weekdays at 9am")],
  ['cron("0 9 * * *").in("Europe/Paris")', ({ cron }) => cron("0 9 * * *").in("Europe/Paris")],
])("%s without a task is reported", (text, build) => {
  expect(warningsAfter(build)).toEqual([
    expect.stringMatching(/ has no \.do\(…\), so it schedules nothing$/),
  ]);
  expect(warningsAfter(build)[0]).toContain(text);
});

test.each<[string, (builders: Builders) => unknown]>([
  ["do", ({ every }) => every(5).minutes.do(task)],
  ["exec", ({ every }) => every(5).minutes.exec("true")],
  ["a task given later", ({ every }) => [every(5).minutes].map((schedule) => schedule.do(task))],
  ["or", ({ every }) => every(5).minutes.or(every(7).minutes).do(task)],
  ["describe", ({ every }) => every(5).minutes.describe()],
  ["next", ({ every }) => every(5).minutes.next(3)],
  ["recurrence", ({ every }) => every(5).minutes.recurrence()],
  ["a template", ({ every }) => `${every(5).minutes}`],
  ["JSON", ({ every }) => JSON.stringify(every(5).minutes)],
  ["reschedule", ({ every }) => every(5).minutes.do(task).reschedule(every(7).minutes)],
  ["repeat", ({ every, repeat }) => repeat(every(5).minutes)(task)],
  [
    "one that a call rejects",
    ({ every }) => expect(() => every().day.at("9:60" as string)).toThrow("Time of day"),
  ],
  [
    "one schedule with two tasks",
    ({ every }) => {
      const schedule = every(5).minutes;
      schedule.named("a").do(task);
      schedule.named("b").do(task);
    },
  ],
])("a schedule that is used is not reported: %s", (_, build) => {
  expect(warningsAfter(build)).toEqual([]);
});

test("only a few are reported, and only a hundred are remembered", () => {
  const { schedule, scheduler } = assemble({ zone: "UTC" });
  for (let i = 0; i < 1_000; i++) schedule.every(5).minutes;
  expect(unfinishedWarnings(scheduler)).toHaveLength(5);
  expect(scheduler.unfinished.size).toBe(100);
});

test("each scheduler has its own", () => {
  const { scheduler } = assemble({ zone: "UTC" });
  createScheduler().every(5).minutes;
  expect(unfinishedWarnings(scheduler)).toEqual([]);
});

test("a moment that means another day at the next start is reported, unless a store remembers it", () => {
  const moments = [
    "tomorrow at 9",
    "next friday at 10",
    "tonight",
    "明天早上8点",
    "in 10 minutes",
    "in 3 days",
    "2027-01-01",
    "2027-02-03 04:05",
  ];
  const reported = (store?: Store) => {
    const clock = new VirtualClock("2026-11-23T12:00:00Z");
    const { schedule, scheduler } = assemble({ clock, zone: "UTC", ...(store && { store }) });
    for (const moment of moments) schedule.once(moment).named(moment).do(task);
    schedule.once("tomorrow at 9").in("Asia/Tokyo").named("zoned").do(task);
    schedule.every().day.until("tomorrow").named("daily").do(task);
    return movingWarnings(scheduler).map((warning) => /^(.*): once\(".*"\) is read anew/.exec(warning)?.[1]);
  };
  expect(reported()).toEqual([...moments.slice(0, 4), "zoned"]);
  expect(reported({ ...memoryStore(), isDurable: true } as never)).toEqual([]);
});
