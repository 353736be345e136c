import { createScheduler, ScheduleError } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { expect, test } from "vitest";

const loose = <T>(value: T): never => value as never;
const { every, listen, run, start } = createScheduler({ zone: "UTC" });
const refusal = async (act: () => unknown) => {
  try {
    await act();
  } catch (error) {
    if (error instanceof ScheduleError) return [error.code, error.given, error.nearest];
    throw error;
  }
  return "accepted";
};

test.each([
  ["run", () => run(loose({ stroe: "jobs.db" })), ["options", "stroe", "store"]],
  ["start", () => start(loose({ precis: true })), ["options", "precis", "precise"]],
  ["createScheduler", () => createScheduler(loose({ zon: "UTC" })), ["options", "zon", "zone"]],
  ["retry", () => every().day.retry(3, loose({ backof: "fixed" })), ["options", "backof", "backoff"]],
  [
    "catchUp",
    () => every().day.catchUp("all", loose({ maxLatenes: "1 hour" })),
    ["options", "maxLatenes", "maxLateness"],
  ],
  [
    "ping",
    () => every().day.ping("https://example.com", loose({ begin: true })),
    ["options", "begin", undefined],
  ],
  ["notify", () => every().day.notify("bell", loose({ no: "end" })), ["options", "no", "on"]],
  [
    "retry, by an earlier name",
    () => every().day.retry(3, loose({ from: "1s" })),
    ["options", "from", "delay"],
  ],
  ["retry, by another", () => every().day.retry(3, loose({ upTo: "1s" })), ["options", "upTo", "maxDelay"]],
  [
    "catchUp, by an earlier name",
    () => every().day.catchUp("all", loose({ within: "1 hour" })),
    ["options", "within", "maxLateness"],
  ],
  ["run, by an earlier name", () => run(loose({ trace: true })), ["options", "trace", "debug"]],
  [
    "start, by an earlier name",
    () => start(loose({ another: true })),
    ["options", "another", "allowMultiple"],
  ],
  [
    "createScheduler, as other libraries have it",
    () => createScheduler(loose({ timezone: "UTC" })),
    ["options", "timezone", "zone"],
  ],
  [
    "sqlite, by an earlier name",
    () => sqlite("jobs.db", loose({ keep: 5 })),
    ["options", "keep", "historyLimit"],
  ],
  [
    "sqlite, by another",
    () => sqlite("jobs.db", loose({ required: true })),
    ["options", "required", "strict"],
  ],
  ["listen, an earlier event", () => listen(loose("woke"), () => {}), ["event", "woke", "clockJumped"]],
  [
    "listen, an earlier outcome",
    () => listen(loose("timed-out"), () => {}),
    ["event", "timed-out", "timedOut"],
  ],
  ["no options at all", () => every().day.retry(3, loose("fixed")), ["options", "fixed", undefined]],
])(
  "a misspelled or renamed option of %s is rejected, with the correct name",
  async (_name, act, expected) => {
    expect(await refusal(act)).toEqual(expected);
  },
);

test("known and missing options are accepted", async () => {
  expect(await refusal(() => every().day.retry(3, { backoff: "fixed" }).catchUp("all", {}).retry(2))).toBe(
    "accepted",
  );
});
