import type { Dates, DayRule } from "../../recurrence/recurrence.ts";
import { monthNames, weekdayNames } from "../../time/names.ts";
import { datesFromTo } from "../clause-set.ts";
import { type Clause, just, type Scope, type Unit, type Weekdays, type WeekdayWord } from "../clauses.ts";
import { inPart } from "../clocks.ts";
import {
  annualRules,
  around,
  daysBetween,
  everyNth,
  monthDayRules,
  monthly,
  mostOfYear,
  nearRules,
  nthRules,
  scopedDays,
  weekdayClause,
  yearDayRules,
} from "../days.ts";
import { ambiguous, Mistake, mapOk } from "../errors.ts";
import { endingOf } from "../lexer.ts";
import { type Patterns, row, say } from "../parser.ts";

/** Days of the week, the month and the year, and the months they are in. */
export const days = {
  weekdayRange: [
    say("{from:weekday} (to|-|through|thru|~) {to:weekday}", ({ from, to }) => weekdaysBetween(from, to)),
    say("{weekday}", ({ weekday }) => ({
      days: weekday.days,
      repeats: weekday.isPlural || weekday.days.length > 1,
      isMarked: weekday.isPlural || weekday.days.length > 1,
    })),
  ],
  everyWeekday: [
    say("{every} {weekdays} {and} on? {more:everyWeekday}", ({ weekdays, more }) => [
      ...weekdays.days,
      ...more,
    ]),
    say("{every} {weekdays}", ({ weekdays }) => weekdays.days),
  ],
  weekdays: [
    say("{range:weekdayRange} ({and}|/) (on|the|on the)? {more:weekdays}", ({ range, more }) => ({
      days: [...range.days, ...more.days],
      repeats: true,
    })),
    say("from {from:weekday} {upTo} {to:weekday}", ({ from, to }) => weekdaysBetween(from, to)),
    say("between {from:weekday} (and|-) {to:weekday}", ({ from, to }) => weekdaysBetween(from, to)),
    say("{range:weekdayRange}", ({ range }) => range),
  ],
  monthRange: [
    say("{from:month} {upTo} {to:month}", ({ from, to }) => around(from, to, 12)),
    say("{month}", ({ month }) => [month]),
  ],
  months: row("months", "monthRange", "({and}|/)"),
  nth: [
    say("{n:monthDay} (to|from|-to-)? the? last", ({ n }) => (n > 1 ? -n : undefined)),
    say("{n:monthDay} (from|to) the end", ({ n }) => (n > 1 ? -n : undefined)),
    say("(last|final)", () => -1),
    say("(penultimate|next to last|next-to-last)", () => -2),
    say("{n:monthDay}", ({ n }) => n),
  ],
  nths: row("nths", "nth", "{and} the?"),
  severalNths: [
    say("(first|1st) {n:count}", ({ n }) => (n > 1 && n <= 31 ? around(1, n, 31) : undefined)),
    say("(last|final) {n:count}", ({ n }) =>
      n > 1 && n <= 31 ? around(1, n, 31).map((nth) => -nth) : undefined,
    ),
  ],
  monthDay: [say("{n:nthDigits}", ({ n }) => n), say("{n:ordinal}", ({ n }) => n)],
  monthDays: row("monthDays", "dayRange", "{and} (on|every|each)? the?"),
  dayRange: [
    say("from? the? {from:monthDay} {upTo} the? {to:monthDay}", ({ from, to }) => daysBetween(from, to)),
    say("(from the? {from:monthDay} {upTo} the?|{from:monthDay} {upTo} the) (last|end)", ({ from }) =>
      daysBetween(from!, 31),
    ),
    say("between the? {from:monthDay} and the? {to:monthDay}", ({ from, to }) => daysBetween(from, to)),
    say("{monthDay}", ({ monthDay }) => [monthDay]),
  ],
  dateDay: [say("{n:monthDay}", ({ n }) => n), say("{n:digits}", ({ n }) => (n < 100 ? n : undefined))],
  dateDayRange: [
    say("{from:dateDay} (to|through|thru|-|~) the? {to:dateDay}", ({ from, to }) => daysBetween(from, to)),
    say("{dateDay}", ({ dateDay }) => [dateDay]),
  ],
  dateDays: row("dateDays", "dateDayRange", "{and} the?"),
  yearNumbers: [...row("yearNumbers", "digits"), say("{days:dateDays}", ({ days }) => days)],
  someDays: [
    say("{nths} {weekday}", ({ nths, weekday }) => nthRules(nths, weekday)),
    say("{nths:severalNths} {weekday}", ({ nths, weekday }) => nthRules(nths, weekday)),
    say("{nths:severalNths} (day|days)", ({ nths }) => monthDayRules(nths)),
    say("{nths} {weekdays}", ({ nths, weekdays: { days } }) => nthOfEach(nths, days)),
    say("{nths}", ({ nths }) => (nths.some((nth) => nth < 0) ? monthDayRules(nths) : undefined)),
    say("{nths} (day|days)", ({ nths }) => monthDayRules(nths, mostOfYear)),
    say("{days:monthDays}", ({ days }) => monthDayRules(days)),
    say("(day|days) {days:yearNumbers}", ({ days }) => monthDayRules(days, mostOfYear)),
    say("{weekday} (nearest|closest|nearest to|closest to) the? {days:monthDays}", ({ weekday, days }) =>
      weekday.days.length === 5 ? nearRules(days) : undefined,
    ),
  ],
  which: row("which", "someDays", "{and} (on|every|each)? the?"),
  anyWeekday: [
    say("{range:weekdayRange} (or|,|, or|{and}) {more:anyWeekday}", ({ range, more }) => [
      ...range.days,
      ...more,
    ]),
    say("{range:weekdayRange}", ({ range }) => range.days),
  ],
  anyDay: [
    say("{nths} day of the year", ({ nths }) => mapOk(monthDayRules(nths, mostOfYear), yearDayRules)),
    say("{date}", ({ date }) => date),
    say("{someDays}", ({ someDays }) => someDays),
  ],
  anyDays: row("anyDays", "anyDay", "({and}|or|, or) the?"),
  datesOut: [
    say("{every}? {weekdays}", ({ weekdays }): Dates => ({ weekdays: weekdays.days })),
    say("{every}? {weekday} the {days:monthDays}", ({ weekday, days }) =>
      mapOk(monthDayRules(days), (rules): Dates => ({ weekdays: weekday.days, days: rules })),
    ),
    say(
      "(any|{every}) {weekdays:anyWeekday} that (is|are) the? {days:anyDays} (of the month)?",
      ({ weekdays, days }): Dates => ({ weekdays, days }),
    ),
    say("{every}? {days:anyDays} (of the month)?", ({ days }): Dates => ({ days })),
  ],
  scope: [
    say("(of|in) {every} month", (): Scope => ({ of: "month", repeats: true, isEach: true })),
    say("(of (the|a)?|in (the|a)) month", (): Scope => ({ of: "month", repeats: true })),
    say("(of (the|a|{every})?|in (the|a|{every})) quarter", (): Scope => ({ of: "quarter", repeats: true })),
    say("(of (the|a|{every})?|in (the|a|{every})) year", (): Scope => ({ of: "year", repeats: true })),
    say("(of|in) {every} other month", (): Scope => ({ of: "month", every: 2, repeats: true })),
    say("(of|in) {every} other year", (): Scope => ({ of: "year", every: 2, repeats: true })),
    say("(of|in) {every} {n:monthDay} month", ({ n }): Scope => ({ of: "month", every: n, repeats: true })),
    say("(of|in) {every} {n:count} months", ({ n }): Scope => ({ of: "month", every: n, repeats: true })),
    say("(of|in) {every} {months}", ({ months }): Scope => ({ of: "month", months, repeats: true })),
    say("(of|in) {months}", ({ months }): Scope => ({ of: "month", months, repeats: months.length > 1 })),
  ],
  date: [
    say("{month} the? {days:dateDays}", ({ month, days }) => annualRules(month, days)),
    say("{days:dateDays} of? {month}", ({ month, days }) => annualRules(month, days)),
  ],
  dates: row("dates", "date", "{and} (on|every|each)? the?"),
  dateRange: [say("{from:date} {upTo} the? {to:date}", ({ from, to }) => datesFromTo(from, to))],
  onDays: [
    say("on? {every} {days:dateRange}", ({ days }) =>
      just({ kind: "days", dates: { days }, repeats: true, isStretch: true }),
    ),
    say("on? {days:everyWeekday} {part}?", ({ days, part }): Clause[] => [
      { kind: "days", dates: { weekdays: days }, repeats: true, isEach: true },
      ...(part ? [{ kind: "part" as const, part: part.part, repeats: true }] : []),
    ]),
    say("on? the? {weekdays} {part}?", ({ weekdays, part }): Clause[] => [
      ...weekdayClause(weekdays, part?.isPlural ?? false),
      ...(part ? [{ kind: "part" as const, part: part.part, repeats: part.isPlural }] : []),
    ]),
    say("on? {every}? {weekday} ({day:monthDay}|the {days:monthDays})", ({ every, weekday, day, days }) =>
      mapOk(monthDayRules(days ?? [day!]), (rules) =>
        just({
          kind: "days",
          dates: { weekdays: weekday.days, days: rules },
          repeats: every ?? weekday.isPlural,
        }),
      ),
    ),
    say("(only on|but only on|just on|only) the? {weekdays}", ({ weekdays }) =>
      weekdayClause(weekdays, true),
    ),
    say(
      "on? {every}? the? {weekdays} {part} (at|@) {hour} {and} {more:partClocks}",
      ({ every, weekdays, part, hour, more }) =>
        mapOk(inPart(hour, part.part), (clock): Clause[] => [
          ...weekdayClause(weekdays, every ?? part.isPlural),
          { kind: "clocks", clocks: [clock, ...more] },
        ]),
    ),
    say("on? ({every} alternate|alternate|{every} other) {weekdays}", ({ weekdays }) =>
      everyNthWeek(2, weekdays),
    ),
    say("on? {every} {n:count} {weekday}", ({ n, weekday }) =>
      everyNthWeek(n, { days: weekday.days, repeats: true }),
    ),
    say("on? {every} {nths} {weekday}", ({ nths, weekday }) =>
      everyNth(nths, weekday, weekday.days.length === 1 ? weekdayNames[weekday.days[0]! - 1]! : "workday"),
    ),
    say("on? {every} {nths} day", ({ nths }) =>
      nths.every((nth) => nth < 0)
        ? mapOk(monthDayRules(nths), (rules) => scopedDays(rules, monthly))
        : undefined,
    ),
    say("on? {every} {n:nthDigits}", ({ n }) =>
      mapOk(monthDayRules([n]), (rules) => scopedDays(rules, monthly)),
    ),
    say("on? {every} {days:monthDays}", ({ days }) =>
      days.length > 1 ? mapOk(monthDayRules(days), (rules) => scopedDays(rules, monthly)) : undefined,
    ),
    say("on? {every} {n:monthDay} day {scope}", ({ n, scope: { months } }) =>
      months ? everyNthDay(n, months) : undefined,
    ),
    say("on? ({every}|the)? {which} {scope}", ({ every, which, scope }) => scopedDays(which, scope, every)),
    say("on? the? {which}", ({ which }) =>
      just({ kind: "days", dates: { days: which }, repeats: false, isOpen: true }),
    ),
    say(
      "on? (any|{every}) {weekdays:anyWeekday} that (is|are) the? {days:anyDays} (of the month)?",
      ({ weekdays, days }) => just({ kind: "days", dates: { weekdays, days }, repeats: true }),
    ),
    say("on? ({every}|the)? {dates}", ({ every = false, dates }) =>
      just({ kind: "days", dates: { days: dates }, repeats: every }),
    ),
    say("on the? {days:anyDays} (of the month)?", ({ days }) =>
      just({ kind: "days", dates: { days }, repeats: days.some((rule) => rule.kind !== "annual") }),
    ),
    say("on {every} day", () =>
      just({ kind: "days", dates: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, repeats: true }),
    ),
    say("({every}|at|in) {unit} ,? (at|on|by) the? {day:unitEdge}", ({ unit, day }) => edgeOf(unit, day)),
    say("{unit:rhythm} ,? (at|on|by) the? {day:unitEdge}", ({ unit, day }) => edgeOf(unit, day)),
    say("(at|on|by)? the? {day:unitEdge} {scope}", ({ day, scope }) =>
      scopedDays([{ kind: "day", day }], scope),
    ),
    say("(at|on)? {every}? (month end|month-end|end of month)", () =>
      scopedDays([{ kind: "day", day: -1 }], monthly),
    ),
    say("on? {every} day (of|in) (the|a|every|each) (week|month|year)", () =>
      just({ kind: "step", every: 1, unit: "day" }),
    ),
    say("on? {every} other {weekday} {scope}", () =>
      ambiguous(["every other week", "the 2nd and 4th of every month"]),
    ),
  ],
  unitEdge: [say("(start|beginning)", () => 1), say("end", () => -1)],
  inMonths: [
    say("(only in|only during|in|during|throughout|of) {every}? {months} only?", ({ months }) =>
      monthClause(months, false),
    ),
    say("(from|between)? {from:month} ({upTo}|and) {to:month}", ({ from, to }) =>
      monthClause(around(from, to, 12), false),
    ),
    say("{every} {months}", ({ months }) => monthClause(months, true)),
  ],
} satisfies Patterns;

const weekdaysBetween = (from: WeekdayWord, to: WeekdayWord): Weekdays | undefined =>
  from.days.length === 1 && to.days.length === 1
    ? { days: around(from.days[0]!, to.days[0]!, 7), repeats: true }
    : undefined;

const everyNthWeek = (every: number, { days }: Weekdays): readonly Clause[] | Mistake => {
  if (every === 0) return new Mistake("interval", (t) => t.fromOne);
  if (days.length === 5) return ambiguous(["every other week on weekdays", "every 2 days"]);
  return [
    { kind: "days", dates: { weekdays: days }, repeats: true },
    { kind: "step", every, unit: "week" },
  ];
};

/** "every second day in march": from the first one on, or one day a year? */
export const everyNthDay = (n: number, months?: readonly number[]): Mistake | undefined => {
  const names = months?.map((month) => monthNames[month - 1]).join(" and ");
  return n > 1
    ? ambiguous([
        `every ${n} days${names ? ` in ${names}` : ""}`,
        `the ${n}${endingOf(n)} of ${names ? `every ${names}` : "every month"}`,
      ])
    : undefined;
};

/** "every month at the end" */
const edgeOf = (unit: Unit, day: number): readonly Clause[] | Mistake | undefined => {
  if ("elapsed" in unit || (unit.unit !== "month" && unit.unit !== "year")) return undefined;
  const of = unit.isQuarter ? "quarter" : unit.unit;
  return unit.every === 1 || unit.isQuarter
    ? scopedDays([{ kind: "day", day }], { of, repeats: true })
    : undefined;
};

/** "2nd, third mon, wed" is each of them. */
const nthOfEach = (
  nths: readonly number[],
  days: readonly number[],
): readonly DayRule[] | Mistake | undefined => {
  if (days.length < 2) return undefined;
  const rules = days.map((day) => nthRules(nths, { days: [day] }));
  return rules.find((rule) => rule instanceof Mistake) ?? (rules as (readonly DayRule[])[]).flat();
};

const monthClause = (months: readonly number[], repeats: boolean) =>
  just({ kind: "months", months, repeats });
