import { compileFunction } from "node:vm";
import fc from "fast-check";
import ICAL from "ical.js";
import { createScheduler, type Schedule } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { toCron } from "../../src/language/cron/format.ts";
import { parseCron } from "../../src/language/cron/parse.ts";
import { toChain, toSystemd } from "../../src/language/export.ts";
import { toRrule } from "../../src/language/rrule.ts";
import { runs, seed, thorough } from "../random.ts";
import { recurrence as anyRecurrence } from "../recurrence/arbitrary.ts";
import { cronExpression } from "./cron-expressions.ts";

const { every, once, when, cron, fromJSON } = createScheduler({
  clock: new VirtualClock("2026-11-30T10:00:00Z"),
  zone: "UTC",
});
const nine = every().day.at("09:00");

test.each([
  ["0 9 * * Monday-Friday", "0 9 * * 1-5"],
  ["0 9 * * sun,sat", "0 9 * * 0,6"],
  ["0 9 * * fri-sun", "0 9 * * 0,5,6"],
  ["0 9,13,17 * * *", "0 9,13,17 * * *"],
  ["0 8,9,10,11,14 * * *", "0 8-11,14 * * *"],
  ["0,5,10,15,20,25,30,35,40,45,50,55 * * * *", "*/5 * * * *"],
  ["5/15 * * * *", "5-50/15 * * * *"],
  ["*/30 2 * * *", "*/30 2 * * *"],
  ["0,30 2 * * *", "0,30 2 * * *"],
  ["*/30,10 2 * * *", "*/30,10 2 * * *"],
  ["5 */8,9 * * *", "5 */8,9 * * *"],
  ["0 0-23 * * *", "0 0-23 * * *"],
  ["*/10 * * * * *", "*/10 * * * * *"],
  ["0 */10 * * * *", "*/10 * * * *"],
  ["30 15 9 * * *", "30 15 9 * * *"],
  ["0 9 * 1,4,7,10 *", "0 9 * */3 *"],
  ["0 9 * nov-feb *", "0 9 * 1,2,11,12 *"],
  ["0 9 LW,15W,L-2,L,1W,3 * *", "0 9 3,L-2,L,15W,1W,LW * *"],
  ["0 9 * * friL,fri#2", "0 9 * * 5#2,5L"],
  ["0 9 * * mon,fri#2", "0 9 * * 1,5#2"],
  ["0 9 1 * fri#2", "0 9 1 * 5#2"],
  ["0 9 1 6 mon", "0 9 1 6 1"],
  ["0 9 1-31/2 * mon", "0 9 1-31/2 * 1"],
  ["0 9 */2 * mon", "0 9 */2 * 1"],
  ["0 9 */2,L * mon", "0 9 */2,L * 1"],
  ["0 9 13 * */6", "0 9 13 * */6"],
  ["0 9 25 12 *", "0 9 25 12 *"],
  ["@weekly", "0 0 * * 0"],
  ["@hourly", "0 * * * *"],
])("%s is written as %s", (text, written) => {
  expect(toCron(parseCron(text))).toBe(written);
});

test.each([
  ["0 9 * * *", "*-*-* 09:00:00"],
  ["0 9 * * 1-5", "Mon..Fri *-*-* 09:00:00"],
  ["0 9 * * sat,sun", "Sat,Sun *-*-* 09:00:00"],
  ["0 9 * * 1,3,5,0", "Mon,Wed,Fri,Sun *-*-* 09:00:00"],
  ["0 9 * * mon,wed-fri", "Mon,Wed..Fri *-*-* 09:00:00"],
  ["0,30 9,17 * * *", "*-*-* 09,17:00,30:00"],
  ["* * * * *", "*-*-* *:*:00"],
  ["* * * * * *", "*-*-* *:*:*"],
  ["*/5 * * * *", "*-*-* *:00/5:00"],
  ["5/15 * * * *", "*-*-* *:05..50/15:00"],
  ["0 0-23 * * *", "*-*-* *:00:00"],
  ["*/15 9-17 * * mon-fri", "Mon..Fri *-*-* 09..17:00/15:00"],
  ["*/10 30 9 * * *", "*-*-* 09:30:00/10"],
  ["0 9 1,15 * *", "*-*-01,15 09:00:00"],
  ["0 9 1-7 * *", "*-*-01..07 09:00:00"],
  ["0 9 */2 * mon", "Mon *-*-01..31/2 09:00:00"],
  ["0 9 L * *", "*-*~01 09:00:00"],
  ["0 9 L,L-2 * *", "*-*~01,03 09:00:00"],
  ["0 9 * 1,7 *", "*-01,07-* 09:00:00"],
  ["0 9 25 12 *", "*-12-25 09:00:00"],
  ["0 9 L 2 *", "*-02~01 09:00:00"],
  ["0 9 * * fri#1", "Fri *-*-01..07 09:00:00"],
  ["0 9 * * fri#2,mon#2", "Mon,Fri *-*-08..14 09:00:00"],
  ["0 9 * * fri#1,fri#3", "Fri *-*-01..07,15..21 09:00:00"],
  ["0 9 * * fri#5", "Fri *-*-29..31 09:00:00"],
  ["0 9 * * friL", "Fri *-*~01..07 09:00:00"],
])("cron's %s is systemd's %s", (text, systemd) => {
  expect(toSystemd(parseCron(text))).toBe(systemd);
});

const first = every().month.on(1).at("09:00");
const list = { kind: "list", at: ["09:00"] };
const days = (dates: object) => fromJSON({ kind: "calendar", dates, times: list });
const both: readonly (readonly [schedule: Schedule, cron: string | null, systemd: string | null])[] = [
  [once("2027-01-01"), null, null],
  [every().minute, null, null],
  [when("every 2 days at 9am"), null, null],
  [every().monday, null, null],
  [every(30).minutes.between("09:00", "17:00"), null, null],
  [when("every day every 7 minutes"), null, null],
  [when("every day every 50 minutes"), null, null],
  [when("every day every 20 minutes"), null, "*-*-* *:00/20:00"],
  [when("every day every 6 hours"), null, "*-*-* 00/6:00:00"],
  [nine.starting("2027-01-01"), null, null],
  [nine.in("Europe/Berlin"), null, "*-*-* 09:00:00 Europe/Berlin"],
  [nine.in("UTC"), null, "*-*-* 09:00:00 UTC"],
  [nine.in("UTC+02:00"), null, null],
  [nine.between("08:00", "10:00"), null, null],
  [nine.except("wednesday"), null, null],
  [nine.or(every().monday.at("12:00")), null, null],
  [nine.or(every().minute), null, null],
  [first.or(when("every monday in february at 9am")), null, null],
  [first.or(every().monday.at("09:00")).or(every().hour), null, null],
  [first.or(every().monday.at("09:00")), "0 9 1 * 1", null],
  [when("every friday the 13th at 9am"), null, "Fri *-*-13 09:00:00"],
  [every().day.at("09:00", "17:30"), null, null],
  [fromJSON({ kind: "calendar", times: { kind: "list", at: ["09:00:05.250"] } }), null, "*-*-* 09:00:05.25"],
  [
    fromJSON({
      kind: "calendar",
      times: { kind: "fields", hours: [9], minutes: [5], seconds: [0], follows: "elapsed" },
    }),
    null,
    "*-*-* 09:05:00",
  ],
  [every().month.on("second workday").at("09:00"), null, null],
  [cron("0 9 LW * *"), "0 9 LW * *", null],
  [cron("0 9 15W * *"), "0 9 15W * *", null],
  [every().month.on("second to last friday").at("09:00"), null, "Fri *-*~08..14 09:00:00"],
  [every().month.on("fourth to last friday").at("09:00"), null, "Fri *-*~22..28 09:00:00"],
  [every().month.on("fifth to last friday").at("09:00"), null, null],
  [every().month.on("28th to last day").at("09:00"), "0 9 L-27 * *", "*-*~28 09:00:00"],
  [every().month.on("29th to last day").at("09:00"), "0 9 L-28 * *", null],
  // From both ends of the month, or in different weeks.
  [cron("0 9 1,L * *"), "0 9 1,L * *", null],
  [cron("0 9 * * fri#1,friL"), "0 9 * * 5#1,5L", null],
  [cron("0 9 * * mon#1,fri#2"), "0 9 * * 1#1,5#2", null],
  [days({ weekdays: [1], days: [{ kind: "nth", nth: 2, weekday: 5 }] }), null, null],
  [every().year.on(200).at("09:00"), null, null],
  [every().year.on("january 1", "december 25").at("09:00"), null, null],
  [
    days({
      days: [
        { kind: "annual", month: 2, day: 16 },
        { kind: "day", day: 20 },
      ],
    }),
    null,
    null,
  ],
  // A date that never comes.
  [days({ months: [2], days: [{ kind: "day", day: 30 }] }), null, "*-02-30 09:00:00"],
];

test.each(both)("%s is cron's %j and systemd's %j", (schedule, cron, systemd) => {
  expect([toCron(schedule.recurrence()), toSystemd(schedule.recurrence())]).toEqual([cron, systemd]);
});

/** What a chain says, written as in a script. */
const built = (chain: string): Schedule =>
  compileFunction(`return ${chain}`, ["every", "once"])(every, once) as Schedule;

test.each([
  ["every day at 02:30", 'every().day.at("02:30")'],
  ["every weekday at 9am", 'every().weekday.at("09:00")'],
  ["every friday at 17:00", 'every().friday.at("17:00")'],
  ["mon and thu at 18:30", 'every().week.on("monday", "thursday").at("18:30")'],
  ["every day at 8am, noon and 18:00:30", 'every().day.at("08:00", "12:00", "18:00:30")'],
  ["every 15 minutes", "every(15).minutes"],
  ["every hour", "every().hour"],
  ["every 90 minutes", "every(90).minutes"],
  ["every 15 minutes between 8am and 10pm", 'every(15).minutes.between("08:00", "22:00")'],
  ["the last friday of the month at 17:00", 'every().month.on("last friday").at("17:00")'],
  ["the 1st and 15th of the month at 10:00", 'every().month.on(1, 15).at("10:00")'],
  ["the last day of the month at 10:00", 'every().month.on("last day").at("10:00")'],
  ["every december 25 at 09:00", 'every().year.on("december 25").at("09:00")'],
  ["every day at 02:30 in America/New_York", 'every().day.at("02:30").in("America/New_York")'],
])("%s is %s", (phrase, chain) => {
  const recurrence = when(phrase).recurrence();
  expect(toChain(recurrence)).toBe(chain);
  expect(built(chain).recurrence()).toEqual(recurrence);
});

test("what a chain cannot say, or only with a moment to count from, is null", () => {
  for (const schedule of [nine.except("sunday"), nine.until("2027-01-01"), cron("*/5 9-17 * * *")])
    expect(toChain(schedule.recurrence())).toBeNull();
  expect(toChain(cron("15,45 * * * *").recurrence())).toBe('every().hour.at(":15", ":45")');
});

/** The next moments of a rule that begins at a moment, as ical.js reads it. */
const expanded = (rule: string, start: string, count: number): readonly string[] => {
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(start));
  return Array.from({ length: count }, () => iterator.next()?.toString() ?? "");
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
  const next = schedule.next(6).map((date) => date.toISOString().slice(0, 19));
  expect(expanded(rule, next[0]!, 6)).toEqual(next);
});

test("bounds become an end or a count, and what one rule cannot say has none", () => {
  expect(toRrule(nine.times(3).recurrence())).toBe("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;COUNT=3");
  expect(toRrule(nine.until("2026-12-24 12:00").recurrence())).toBe(
    "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;UNTIL=20261224T120000Z",
  );
  expect(toRrule(every(2).weeks.on("monday").at("09:00").recurrence())).toMatch(
    /^FREQ=WEEKLY;INTERVAL=2;BYDAY=MO/,
  );
  for (const schedule of [
    nine.except("sunday"),
    nine.times(3).until("2026-12-24"),
    every(5).to(10).minutes,
    every(5).minutes.fixedDelay(),
    every(15).minutes.between("08:00", "22:00"),
    every().day.at("08:00", "12:30"),
    nine.or(every().monday.at("10:00")),
    every().month.on("first workday").at("08:00"),
    cron("*/5 9-17 * * mon-fri"),
  ])
    expect(toRrule(schedule.recurrence()), String(schedule)).toBeUndefined();
  expect(toRrule({ kind: "calendar", times: { kind: "list", at: ["09:00:00.250"] } })).toBeUndefined();
});

test(`every expression is written as one that is read the same (seed ${seed})`, () => {
  fc.assert(
    fc.property(cronExpression(), ({ text }) => {
      const meant = parseCron(text);
      const written = toCron(meant);
      expect(written).not.toBeNull();
      expect(parseCron(written!)).toEqual(meant);
      expect(toCron(parseCron(written!))).toBe(written);
    }),
    { numRuns: runs(2_000), seed },
  );
});

test(`whatever cron or a chain is written for means that recurrence (seed ${seed})`, () => {
  const written = { cron: 0, chain: 0 };
  fc.assert(
    fc.property(anyRecurrence({ depth: 2 }), (recurrence) => {
      const [asCron, asChain] = [toCron(recurrence), toChain(recurrence)];
      if (asCron !== null) expect(parseCron(asCron)).toEqual(recurrence);
      if (asChain !== null) expect(built(asChain).recurrence()).toEqual(recurrence);
      written.cron += Number(asCron !== null);
      written.chain += Number(asChain !== null);
    }),
    { numRuns: runs(5_000), seed },
  );
  if (thorough >= 1) expect(Math.min(written.cron, written.chain)).toBeGreaterThan(100);
});
