import { createScheduler, ScheduleError } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { expect, test } from "vitest";
import { nothing } from "./scheduler/stores.ts";

const loose = <T>(value: T): never => value as never;
const { every, listen, run, start, when } = createScheduler({ zone: "UTC" });
const refusal = async (act: () => unknown) => {
  try {
    await act();
  } catch (error) {
    if (error instanceof ScheduleError) return [error.code, error.given, error.nearest];
    throw error;
  }
  return "accepted";
};

test.each<[unknown[], () => unknown]>([
  [["options", "stroe", "store"], () => run(loose({ stroe: "jobs.db" }))],
  [["options", "precis", "precise"], () => start(loose({ precis: true }))],
  [["options", "zon", "zone"], () => createScheduler(loose({ zon: "UTC" }))],
  [["phrase", 1_900_000_000_000, undefined], () => when(loose(1_900_000_000_000))],
  [["options", "backof", "backoff"], () => every().day.retry(3, loose({ backof: "fixed" }))],
  [
    ["options", "maxLatenes", "maxLateness"],
    () => every().day.catchUp("all", loose({ maxLatenes: "1 hour" })),
  ],
  [["options", "begin", undefined], () => every().day.ping("https://example.com", loose({ begin: true }))],
  [["options", "no", "on"], () => every().day.notify("bell", loose({ no: "end" }))],
  [["options", "from", "delay"], () => every().day.retry(3, loose({ from: "1s" }))],
  [["options", "upTo", "maxDelay"], () => every().day.retry(3, loose({ upTo: "1s" }))],
  [["options", "within", "maxLateness"], () => every().day.catchUp("all", loose({ within: "1 hour" }))],
  [["options", "trace", "debug"], () => run(loose({ trace: true }))],
  [["options", "another", "allowMultiple"], () => start(loose({ another: true }))],
  [["options", "timezone", "zone"], () => createScheduler(loose({ timezone: "UTC" }))],
  [["options", "keep", "historyLimit"], () => sqlite("jobs.db", loose({ keep: 5 }))],
  [["options", "required", "strict"], () => sqlite("jobs.db", loose({ required: true }))],
  [["event", "woke", '"clockJumped"'], () => listen(loose("woke"), () => {})],
  [["event", "error", '"failed"'], () => listen(loose("error"), () => {})],
  [["event", "timed-out", '"timedOut"'], () => listen(loose("timed-out"), () => {})],
  [
    ["options", "limt", "limit"],
    () =>
      every()
        .day.do(nothing)
        .history(loose({ limt: 5 })),
  ],
  [["options", "path", undefined], () => run({ log: loose({ path: "jobs.log" }) })],
  [["options", "fixed", undefined], () => every().day.retry(3, loose("fixed"))],
])("a misspelled or renamed option is rejected, with the correct name: %j", async (expected, act) => {
  expect(await refusal(act)).toEqual(expected);
});

test("known and missing options are accepted", async () => {
  expect(await refusal(() => every().day.retry(3, { backoff: "fixed" }).catchUp("all", {}).retry(2))).toBe(
    "accepted",
  );
});

test.each([
  ["a flag", () => run(loose({ cli: "no" })), 'run({ cli }): got "no", expected true, false.'],
  ["a number for one", () => start(loose({ ref: 0 })), "start({ ref }): got 0, expected true, false."],
  ["the log", () => run(loose({ log: 5 })), /^Options of run\(\{ log \}\): got 5/],
  ["its file", () => run({ log: "" }), /^run\(\{ log \}\): got "", expected the path of a file/],
  ["its size", () => run({ log: { file: "a", size: 0.5 } }), /^run\(\{ log: \{ size \} \}\): got 0\.5/],
  ["a limit", () => every().day.do(nothing).history({ limit: -1 }), /^history: limit: got -1/],
  [
    "a second run",
    async () => Promise.race([run(), run(loose("jobs.db"))]),
    /^Options of run\(…\): got "jobs\.db"/,
  ],
])("a wrong value of an option is rejected: %s", async (_name, act, message) => {
  await expect((async () => act())()).rejects.toThrow(message);
});

test("job methods and stop can be handed on as callbacks", async () => {
  const { every, stop } = createScheduler({ zone: "UTC" });
  const job = every().day.at("02:30").named("backup").do(nothing);
  const { pause, resume, tag, cancel, toString: inLine, toJSON, describe, next, history, run } = job;
  pause();
  expect(job.isPaused).toBe(true);
  resume();
  await run();
  expect([job.isPaused, tag("x") === job]).toEqual([false, true]);
  expect([inLine(), toJSON().schedule, describe(), next().length, history().length]).toEqual([
    expect.stringContaining("backup: every day at 02:30"),
    "every day at 02:30",
    "every day at 02:30",
    1,
    1,
  ]);
  cancel();
  await (stop as (signal: string) => Promise<void>)("SIGTERM");
});
