import type { Dates, DayRule } from "../../recurrence/recurrence.ts";
import { weekdayNames } from "../../time/names.ts";
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
import { type Patterns, say } from "../grammar.ts";

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
    say("from {from:weekday} (to|through|thru|till|until|-) {to:weekday}", ({ from, to }) =>
      weekdaysBetween(from, to),
    ),
    say("between {from:weekday} (and|-) {to:weekday}", ({ from, to }) => weekdaysBetween(from, to)),
    say("{range:weekdayRange}", ({ range }) => range),
  ],
  months: [
    say(
      "{from:month} (to|through|thru|till|until|-|~) {to:month} {and} {more:months}",
      ({ from, to, more }) => [...around(from, to, 12), ...more],
    ),
    say("{month} ({and}|/) {more:months}", ({ month, more }) => [month, ...more]),
    say("{from:month} (to|through|thru|till|until|-|~) {to:month}", ({ from, to }) => around(from, to, 12)),
    say("{month}", ({ month }) => [month]),
  ],
  nth: [
    say("{n:monthDay} (to|from|-to-)? the? last", ({ n }) => (n > 1 ? -n : undefined)),
    say("{n:monthDay} (from|to) the end", ({ n }) => (n > 1 ? -n : undefined)),
    say("(last|final)", () => -1),
    say("(penultimate|next to last|next-to-last)", () => -2),
    say("{n:monthDay}", ({ n }) => n),
  ],
  nths: [
    say("{nth} {and} the? {more:nths}", ({ nth, more }) => [nth, ...more]),
    say("{nth}", ({ nth }) => [nth]),
  ],
  severalNths: [
    say("(first|1st) {n:count}", ({ n }) => (n > 1 && n <= 31 ? around(1, n, 31) : undefined)),
    say("(last|final) {n:count}", ({ n }) =>
      n > 1 && n <= 31 ? around(1, n, 31).map((nth) => -nth) : undefined,
    ),
  ],
  monthDay: [say("{n:nthDigits}", ({ n }) => n), say("{n:ordinal}", ({ n }) => n)],
  monthDays: [
    say("{range:dayRange} {and} (on|every|each)? the? {more:monthDays}", ({ range, more }) => [
      ...range,
      ...more,
    ]),
    say("{monthDay} {and} (on|every|each)? the? {more:monthDays}", ({ monthDay, more }) => [
      monthDay,
      ...more,
    ]),
    say("{range:dayRange}", ({ range }) => range),
    say("{monthDay}", ({ monthDay }) => [monthDay]),
  ],
  dayRange: [
    say("from? the? {from:monthDay} (to|through|thru|till|until|-|~) the? {to:monthDay}", ({ from, to }) =>
      daysBetween(from, to),
    ),
    say("from the? {from:monthDay} (to|through|thru|till|until|-|~) the? (last|end)", ({ from }) =>
      daysBetween(from, 31),
    ),
    say("{from:monthDay} (to|through|thru|till|until|-|~) the (last|end)", ({ from }) =>
      daysBetween(from, 31),
    ),
    say("between the? {from:monthDay} and the? {to:monthDay}", ({ from, to }) => daysBetween(from, to)),
  ],
  dateDay: [say("{n:monthDay}", ({ n }) => n), say("{n:digits}", ({ n }) => (n < 100 ? n : undefined))],
  dateDays: [
    say(
      "{from:dateDay} (to|through|thru|-|~) the? {to:dateDay} {and} the? {more:dateDays}",
      ({ from, to, more }) => mapOk(daysBetween(from, to), (range) => [...range, ...more]),
    ),
    say("{dateDay} {and} the? {more:dateDays}", ({ dateDay, more }) => [dateDay, ...more]),
    say("{from:dateDay} (to|through|thru|-|~) the? {to:dateDay}", ({ from, to }) => daysBetween(from, to)),
    say("{dateDay}", ({ dateDay }) => [dateDay]),
  ],
  yearNumbers: [
    say("{n:digits} {and} {more:yearNumbers}", ({ n, more }) => [n, ...more]),
    say("{n:digits}", ({ n }) => [n]),
    say("{days:dateDays}", ({ days }) => days),
  ],
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
  which: [
    say("{someDays}", ({ someDays }) => someDays),
    say("{someDays} {and} (on|every|each)? the? {more:which}", ({ someDays, more }) => [
      ...someDays,
      ...more,
    ]),
  ],
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
  anyDays: [
    say("{anyDay}", ({ anyDay }) => anyDay),
    say("{anyDay} ({and}|or|, or) the? {more:anyDays}", ({ anyDay, more }) => [...anyDay, ...more]),
  ],
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
  dates: [
    say("{date} {and} (on|every|each)? the? {more:dates}", ({ date, more }) => [...date, ...more]),
    say("{date}", ({ date }) => date),
  ],
  dateRange: [
    say("{from:date} (to|through|thru|till|until|-|~) the? {to:date}", ({ from, to }) =>
      datesFromTo(from, to),
    ),
  ],
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
    say("on? {every}? {weekday} {day:monthDay}", ({ every, weekday, day }) =>
      mapOk(monthDayRules([day]), (rules) =>
        just({
          kind: "days",
          dates: { weekdays: weekday.days, days: rules },
          repeats: every ?? weekday.isPlural,
        }),
      ),
    ),
    say("on? {every}? {weekday} the {days:monthDays}", ({ every, weekday, days }) =>
      mapOk(monthDayRules(days), (rules) =>
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
    say("on? ({every} alternate|alternate) {weekdays}", ({ weekdays }) => everyNthWeek(2, weekdays)),
    say("on? {every} other {weekdays}", ({ weekdays }) => everyNthWeek(2, weekdays)),
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
    say("on? {every} {which} {scope}", ({ which, scope }) => scopedDays(which, scope, true)),
    say("on? the? {which} {scope}", ({ which, scope }) => scopedDays(which, scope)),
    say("on? the? {which}", ({ which }) =>
      just({ kind: "days", dates: { days: which }, repeats: false, isOpen: true }),
    ),
    say(
      "on? (any|{every}) {weekdays:anyWeekday} that (is|are) the? {days:anyDays} (of the month)?",
      ({ weekdays, days }) => just({ kind: "days", dates: { weekdays, days }, repeats: true }),
    ),
    say("on? {every} {dates}", ({ dates }) => just({ kind: "days", dates: { days: dates }, repeats: true })),
    say("on? the? {dates}", ({ dates }) => just({ kind: "days", dates: { days: dates }, repeats: false })),
    say("on the? {days:anyDays} (of the month)?", ({ days }) =>
      just({ kind: "days", dates: { days }, repeats: days.some((rule) => rule.kind !== "annual") }),
    ),
    say("on {every} day", () =>
      just({ kind: "days", dates: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, repeats: true }),
    ),
    say("({every}|at|in) {unit} ,? (at|on|by) the? {day:unitEdge}", ({ unit, day }) => edgeOf(unit, day)),
    say("{unit:rhythm} ,? (at|on|by) the? {day:unitEdge}", ({ unit, day }) => edgeOf(unit, day)),
    say("(at|on|by)? the? (start|beginning) {scope}", ({ scope }) =>
      scopedDays([{ kind: "day", day: 1 }], scope),
    ),
    say("(at|on|by)? the? end {scope}", ({ scope }) => scopedDays([{ kind: "day", day: -1 }], scope)),
    say("(at|on)? {every}? (month end|month-end|end of month)", () =>
      scopedDays([{ kind: "day", day: -1 }], monthly),
    ),
    say("on? {every} day (of|in) (the|a|every|each) (week|month|year)", () =>
      just({ kind: "step", every: 1, unit: "day" }),
    ),
    say("on? {every} other {weekday} {scope}", () =>
      ambiguous("every other week", "the 2nd and 4th of every month"),
    ),
  ],
  unitEdge: [say("(start|beginning)", () => 1), say("end", () => -1)],
  inMonths: [
    say("(only in|only during|in|during|throughout|of) {every}? {months} only?", ({ months }) =>
      monthClause(months, false),
    ),
    say("(from|between)? {from:month} (to|and|through|thru|till|until|-) {to:month}", ({ from, to }) =>
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
  if (days.length === 5) return ambiguous("every other week on weekdays", "every 2 days");
  return [
    { kind: "days", dates: { weekdays: days }, repeats: true },
    { kind: "step", every, unit: "week" },
  ];
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
