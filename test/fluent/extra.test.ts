import { createScheduler } from "onthedot";
import { expect, test } from "vitest";
import { isInBackgroundByPs } from "../../src/live/keyboard.ts";
import { mistake } from "./hear.ts";

const schedule = createScheduler({ zone: "UTC" });
// biome-ignore lint/suspicious/noExplicitAny: calls that the types refuse
const { cron, every, once, when, on, jobs } = schedule as any;
const tick = () => {};

test.each<[string, () => unknown, string | undefined]>([
  ["cron, zone", () => cron("0 12 * * *", { timezone: "Asia/Tokyo" }), '.in("Asia/Tokyo")'],
  ["cron, tz", () => cron("0 12 * * *", { tz: "Asia/Tokyo" }), '.in("Asia/Tokyo")'],
  ["cron, task", () => cron("0 12 * * *", tick), 'cron("0 12 * * *").do(…)'],
  ["every, unit", () => every(5, "minutes"), "every(5).minutes"],
  ["every, task", () => every("day at 9", tick), 'every("day at 9").do(…)'],
  ["once", () => once("in 2 hours", 5), undefined],
  ["when", () => when("every day at 9", "UTC"), undefined],
  ["between", () => every().hour.between("09:00", "17:00", "UTC"), undefined],
  ["in", () => every().day.in("UTC", 5), undefined],
  ["named", () => every().day.named("a", "b"), undefined],
  ["timeout", () => every().day.timeout("5 seconds", {}), undefined],
  ["immediately", () => every().day.immediately(...([true] as unknown as [])), undefined],
  ["to", () => every(5).to(10, 20), undefined],
])("an argument that would not be read is rejected: %s", (_, act, nearest) => {
  expect(mistake(act)).toMatchObject({ code: "arguments", nearest });
});

test("undefined behind the last argument is none, and lists may be as long as one likes", () => {
  every().day.in("UTC", undefined);
  every().day.at("09:00", "10:00", "11:00").tag("a", "b", "c");
  expect(on("mondays").next(3)).toHaveLength(3);
  expect(jobs()).toEqual([]);
});

test.each([
  [" 12 12\n", false],
  [" 12 99\n", true],
  ["", false],
])("without /proc, ps tells whether a script is in the background: %j", (text, is) => {
  expect(isInBackgroundByPs(() => text)).toBe(is);
});
