import { createScheduler, ScheduleError } from "onthedot";
import { expect, test } from "vitest";

const loose = <T>(value: T): never => value as never;
const { every, run, start } = createScheduler({ zone: "UTC" });
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
  ["no options at all", () => every().day.retry(3, loose("fixed")), ["options", "fixed", undefined]],
])(
  "an option of %s that is misspelt is refused, with the one that was meant",
  async (_name, act, expected) => {
    expect(await refusal(act)).toEqual(expected);
  },
);

test("options that are there, or left out, are taken", async () => {
  expect(await refusal(() => every().day.retry(3, { backoff: "fixed" }).catchUp("all", {}).retry(2))).toBe(
    "accepted",
  );
});
