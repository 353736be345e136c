import ICAL from "ical.js";
import { expect, test } from "vitest";
import { toRrule } from "../../src/language/rrule.ts";
import { buildersAt } from "../fluent/builders.ts";

const { when, every, cron, moments } = buildersAt("2026-11-30 10:00", "UTC");

/** The next moments of a rule that begins at a moment, as ical.js reads it. */
const expanded = (rule: string, start: string, count: number): readonly string[] => {
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(start));
  return Array.from({ length: count }, () => iterator.next()?.toString().replace("T", " ") ?? "");
};

test.each([
  ["every day at 02:30", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30;BYSECOND=0"],
  ["every weekday at 9am", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0"],
  ["every monday and thursday at 18:30", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=18;BYMINUTE=30;BYSECOND=0"],
  ["every day at 8:00 and 20:00", "FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0;BYSECOND=0"],
  ["the 1st and 15th of each month at noon", "FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=12;BYMINUTE=0;BYSECOND=0"],
  ["last day of the month at 17:00", "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=17;BYMINUTE=0;BYSECOND=0"],
  ["last friday of the month at 17:00", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0;BYSECOND=0"],
  ["every friday the 13th at 18:00", "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;BYHOUR=18;BYMINUTE=0;BYSECOND=0"],
  ["every december 25 at 8:00", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;BYHOUR=8;BYMINUTE=0;BYSECOND=0"],
  ["every 15 minutes", "FREQ=MINUTELY;INTERVAL=15"],
  ["every 2 hours", "FREQ=HOURLY;INTERVAL=2"],
])("%s is %s, and ical.js reads the same moments from it", (phrase, rule) => {
  const schedule = when(phrase);
  expect(toRrule(schedule.recurrence())).toBe(rule);
  const next = moments(schedule, 6).map((moment) => `${moment.slice(0, 16)}:00`);
  expect(expanded(rule, next[0]!.replace(" ", "T"), 6)).toEqual(next);
});

test("bounds become an end or a count, and what one rule cannot say has none", () => {
  const daily = every().day.at("09:00");
  expect(toRrule(daily.times(3).recurrence())).toBe("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;COUNT=3");
  expect(toRrule(daily.until("2026-12-24 12:00").recurrence())).toBe(
    "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;UNTIL=20261224T120000Z",
  );
  expect(toRrule(every(2).weeks.on("monday").at("09:00").recurrence())).toMatch(
    /^FREQ=WEEKLY;INTERVAL=2;BYDAY=MO/,
  );
  for (const schedule of [
    daily.except("sunday"),
    daily.times(3).until("2026-12-24"),
    every(5).to(10).minutes,
    every(5).minutes.fixedDelay(),
    every(15).minutes.between("08:00", "22:00"),
    every().day.at("08:00", "12:30"),
    daily.or(every().monday.at("10:00")),
    every().month.on("first workday").at("08:00"),
    cron("*/5 9-17 * * mon-fri"),
  ])
    expect(toRrule(schedule.recurrence()), String(schedule)).toBeUndefined();
  expect(toRrule({ kind: "calendar", times: { kind: "list", at: ["09:00:00.250"] } })).toBeUndefined();
});
