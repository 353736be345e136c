import { createScheduler } from "onthedot";
import { expect, test } from "vitest";
import { isInBackgroundByPs } from "../../src/live/screen.ts";
import { mistake } from "./builders.ts";

const schedule = createScheduler({ zone: "UTC" });
// biome-ignore lint/suspicious/noExplicitAny: calls that the types refuse
const loose = schedule as any;
const { cron, every, once, when, on, jobs } = loose;
const tick = () => {};

test.each<[string, () => unknown, string | undefined]>([
  ["cron, zone", () => cron("0 12 * * *", { timezone: "Asia/Tokyo" }), '.in("Asia/Tokyo")'],
  ["cron, tz", () => cron("0 12 * * *", { tz: "Asia/Tokyo" }), '.in("Asia/Tokyo")'],
  ["cron, task", () => cron("0 12 * * *", tick), 'cron("0 12 * * *").do(…)'],
  ["every, unit", () => every(5, "minutes"), "every(5).minutes"],
  ["cron, a zone alone", () => cron("0 12 * * *", "Asia/Tokyo"), '.in("Asia/Tokyo")'],
  ["every, time", () => every("monday", "9:00"), 'every("monday at 9:00")'],
  ["every, task", () => every("day at 9", tick), 'every("day at 9").do(…)'],
  ["once", () => once("in 2 hours", 5), undefined],
  ["when", () => when("every day at 9", "UTC"), '.in("UTC")'],
  ["between", () => every().hour.between("09:00", "17:00", "UTC"), '.in("UTC")'],
  ["in", () => every().day.in("UTC", 5), undefined],
  ["named", () => every().day.named("a", "b"), undefined],
  ["timeout", () => every().day.timeout("5 seconds", {}), undefined],
  ["immediately", () => every().day.immediately(...([true] as unknown as [])), undefined],
  ["to", () => every(5).to(10, 20), undefined],
])("an argument that would be ignored is rejected: %s", (_, act, nearest) => {
  expect(mistake(act)).toMatchObject({ code: "arguments", nearest });
});

test("a trailing undefined is accepted, and lists may have any length", () => {
  every().day.in("UTC", undefined);
  every().day.at("09:00", "10:00", "11:00").tag("a", "b", "c");
  expect(on("mondays").next(3)).toHaveLength(3);
  expect(jobs()).toEqual([]);
});

test.each<[string, () => unknown, string]>([
  [".now()", () => every().day.now(), ".immediately()"],
  [".spaced()", () => every(5).minutes.spaced(), ".fixedDelay()"],
  [".pauseAfter(3)", () => every().day.pauseAfter(3), ".pauseAfterFailures(…)"],
  [".daily()", () => every().daily(), "every().day"],
  [".hourly() of a scheduler", () => loose.hourly(), "every().hour"],
  ["every().weekdays", () => every().weekdays, "every().weekday"],
  ["every().mondays", () => every().mondays.at("09:00"), "every().monday"],
  ["every(5).minutes.weekdays", () => every(5).minutes.weekdays, '.on("weekday")'],
  ["every(5).minutes.monday", () => every(5).minutes.monday.do(tick), '.on("monday")'],
  ["every().quarter", () => every().quarter, "every(3).months"],
  [".after", () => loose.after("5 minutes"), 'once("in 5 minutes") or .starting(…)'],
  [".when(fn)", () => every().day.when(() => true), ".onlyIf(() => …)"],
  [".skip(fn)", () => cron("0 9 * * *").skip(() => true), ".unless(() => …)"],
  [".onSuccess(fn)", () => every().day.onSuccess(tick), 'listen("succeeded", …)'],
  ["every(5).mins", () => every(5).mins, ".minutes"],
  [".not(…)", () => every().day.not("monday"), ".except(…)"],
  [".maxRuns(3)", () => every().day.maxRuns(3), ".times(…)"],
  [".timezone(…)", () => every().day.timezone("Asia/Tokyo"), '.in("Europe/Berlin")'],
])("a word of another library, or of an earlier version, names the one to write: %s", (_, act, nearest) => {
  const error = mistake(act);
  expect(error).toMatchObject({ code: "word", nearest });
  expect(error.stack).toContain("extra.test.ts");
});

test("job.history is a function, and says so where it is used as the list it was", () => {
  const job = loose.every().day.do(tick);
  expect(job.history()).toEqual([]);
  for (const act of [() => job.history.length, () => job.history.at(-1), () => [...job.history]])
    expect(mistake(act)).toMatchObject({ code: "word", nearest: "job.history()" });
  job.cancel();
});

test("at(…, { timezone }) suggests .in(…)", () => {
  expect(mistake(() => every().day.at("10:30", { timezone: "Asia/Tokyo" }))).toMatchObject({
    code: "arguments",
    nearest: '.in("Asia/Tokyo")',
  });
});

test.each(["timeout", "jitter", "for"])("a number below 100 in %s, meant as seconds, is rejected", (word) => {
  const error = mistake(() => every().day[word](30));
  expect(error.message).toBe(
    `${word}(…): got 30, expected text, or at least 100; 30 is milliseconds. Did you mean "30 seconds"?`,
  );
  expect(() => every().day[word](100)).not.toThrow();
});

test.each([
  [" 12 12\n", false],
  [" 12 99\n", true],
  ["", false],
])("without /proc, ps tells whether a script is in the background: %j", (text, is) => {
  expect(isInBackgroundByPs(() => text)).toBe(is);
});

test.each([
  ["worker", ["./x.ts"], 'new URL("./x.ts", import.meta.url)'],
  ["worker", ["x.ts"], 'new URL("./x.ts", import.meta.url)'],
  ["except", [["monday", "friday"]], '.except("monday", "friday")'],
  ["tag", [["a", "b"]], '.tag("a", "b")'],
  ["retry", [3, { delay: 5 }], '"5 seconds"'],
  ["retry", [3, { maxDelay: 5 }], '"5 seconds"'],
  ["catchUp", ["once", { maxLateness: 5 }], '"5 seconds"'],
  ["starting", [9], '"in 9 minutes"'],
])(".%s(…) with %j names what to write", (word, given, form) => {
  expect(mistake(() => every().day[word](...given)).message).toContain(form);
});

test("a length in when(…) and a small number in once(…) name what to write", () => {
  expect(mistake(() => when("5 minutes")).nearest).toBe('"every 5 minutes"');
  expect(mistake(() => once(9)).message).toContain('text such as "tomorrow at 9" or "in 9 minutes"');
  expect(mistake(() => once("5 minutes")).nearest).toBe('"in 5 minutes"');
});
