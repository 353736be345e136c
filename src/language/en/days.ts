import type { Dates } from "../../recurrence/recurrence.ts";
import { monthNames, weekdayNames } from "../../time/names.ts";
import { datesFromTo } from "../clause-set.ts";
import {
  amountOf,
  type Clause,
  clocksClause,
  countClause,
  type Day,
  dayClause,
  dayPoint,
  daysClause,
  edgeIn,
  endClause,
  everyDates,
  just,
  matching,
  monthEdge,
  monthsClause,
  type Point,
  partClause,
  periodIn,
  periodOf,
  rangeClause,
  type Scope,
  startClause,
  type Unit,
  type Weekdays,
} from "../clauses.ts";
import { aloneIn, inPart } from "../clocks.ts";
import {
  annualRules,
  areEnds,
  around,
  dateOf,
  daysAfter,
  daysBetween,
  everyNth,
  isoDay,
  monthDayRules,
  monthDaysIn,
  monthly,
  mostOfYear,
  nearRules,
  nthRules,
  onlyDate,
  onlyMonthDay,
  refusePast,
  scopedDays,
  severalNths,
  unitAhead,
  weekdayClause,
  weekdayIn,
  weekdayOn,
  weekdaysBetween,
  whichIn,
  whichOf,
  yearDayRules,
} from "../days.ts";
import { refuse, refuseAmbiguous } from "../errors.ts";
import { endingOf } from "../lexer.ts";
import { type Patterns, row, say } from "../parser.ts";

/** Days of the week, the month and the year, and the months they are in. */
export const days = {
  weekdayRange: [
    say("{from:weekday} (to|-|through|thru|~) {to:weekday}", ({ from, to }) =>
      weekdaysBetween(from.days, to.days),
    ),
    say("{weekday}", ({ weekday: { days, isPlural } }) => {
      const isMarked = isPlural || days.length > 1;
      return { days, repeats: isMarked, isMarked };
    }),
  ],
  everyWeekday: [
    say("{every} {weekdays} ({and} on? {more:everyWeekday})?", ({ weekdays, more = [] }) => [
      ...weekdays.days,
      ...more,
    ]),
  ],
  weekdays: [
    say("{range:weekdayRange} ({and}|/) (on|the|on the)? {more:weekdays}", ({ range, more }) => ({
      days: [...range.days, ...more.days],
      repeats: true,
    })),
    say("(from {from:weekday} {upTo}|between {from:weekday} (and|-)) {to:weekday}", ({ from, to }) =>
      weekdaysBetween(from.days, to.days),
    ),
    say("{range:weekdayRange}", ({ range }) => range),
  ],
  monthRange: [say("{from:month} ({upTo} {to:month})?", ({ from, to = from }) => around(from, to, 12))],
  months: row("months", "monthRange", "({and}|/)"),
  nth: [
    say("{n:monthDay} ((to|from|-to-)? the? last|(from|to) the end)", ({ n }) => (n > 1 ? -n : undefined)),
    say("(last|final)", () => -1),
    say("(penultimate|next to last|next-to-last)", () => -2),
    say("{n:monthDay}", ({ n }) => n),
  ],
  nths: row("nths", "nth", "{and} the?"),
  severalNths: [
    say("(first|1st) {n:count}", ({ n }) => severalNths(n, 1)),
    say("(last|final) {n:count}", ({ n }) => severalNths(n, -1)),
  ],
  monthDay: [say("({n:nthDigits}|{n:ordinal})", ({ n }) => n)],
  monthDays: row("monthDays", "dayRange", "{and} (on|every|each)? the?"),
  dayRange: [
    say(
      "(from? the? {from:monthDay} {upTo} the?|between the? {from:monthDay} and the?) {to:monthDay}",
      (slots) => daysBetween(slots.from, slots.to),
    ),
    say("(from the? {from:monthDay} {upTo} the?|{from:monthDay} {upTo} the) (last|end)", ({ from }) =>
      daysBetween(from, 31),
    ),
    say("{monthDay}", ({ monthDay }) => [monthDay]),
  ],
  dateDay: [say("{n:monthDay}", ({ n }) => n), say("{n:digits}", ({ n }) => (n < 100 ? n : undefined))],
  dateDayRange: [
    say("{from:dateDay} ((to|through|thru|-|~) the? {to:dateDay})?", ({ from, to }) => daysBetween(from, to)),
  ],
  dateDays: row("dateDays", "dateDayRange", "{and} the?"),
  yearNumbers: [...row("yearNumbers", "digits"), say("{days:dateDays}", ({ days }) => days)],
  someDays: [
    say("({nths}|{nths:severalNths}) {weekday}", ({ nths, weekday }) => nthRules(nths, weekday)),
    say("{nths:severalNths} (day|days)", ({ nths }) => monthDayRules(nths)),
    say("{nths} {weekdays}", ({ nths, weekdays: { days } }) =>
      days.length > 1 ? days.flatMap((day) => nthRules(nths, { days: [day] })) : undefined,
    ),
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
    say("{range:weekdayRange} ((or|,|, or|{and}) {more:anyWeekday})?", ({ range, more = [] }) => [
      ...range.days,
      ...more,
    ]),
  ],
  anyDay: [
    say("{nths} day of the year", ({ nths }) => yearDayRules(nths)),
    say("{date}", ({ date }) => date),
    say("{someDays}", ({ someDays }) => someDays),
  ],
  anyDays: row("anyDays", "anyDay", "({and}|or|, or) the?"),
  datesOut: [
    say("{every}? {weekdays}", ({ weekdays }): Dates => ({ weekdays: weekdays.days })),
    say(
      "{every}? {weekday} the {days:monthDays}",
      ({ weekday, days }): Dates => ({
        weekdays: weekday.days,
        days: monthDayRules(days),
      }),
    ),
    say(
      "(any|{every}) {weekdays:anyWeekday} that (is|are) the? {days:anyDays} (of the month)?",
      ({ weekdays, days }): Dates => ({ weekdays, days }),
    ),
    say("{every}? {days:anyDays} (of the month)?", ({ days }): Dates => ({ days })),
  ],
  scope: [
    say("(of|in) {every} month", (): Scope => ({ of: "month", repeats: true, isEach: true })),
    say("(of (the|a)?|in (the|a)) month", () => monthly),
    say("(of (the|a|{every})?|in (the|a|{every})) quarter", (): Scope => ({ of: "quarter", repeats: true })),
    say("(of (the|a|{every})?|in (the|a|{every})) year", (): Scope => ({ of: "year", repeats: true })),
    say("(of|in) {every} other month", (): Scope => ({ of: "month", every: 2, repeats: true })),
    say("(of|in) {every} other year", (): Scope => ({ of: "year", every: 2, repeats: true })),
    say(
      "(of|in) {every} ({n:monthDay} month|{n:count} months)",
      ({ n }): Scope => ({ ...monthly, every: n }),
    ),
    say("(of|in) {every} {months}", ({ months }): Scope => ({ of: "month", months, repeats: true })),
    say("(of|in) {months}", ({ months }): Scope => ({ of: "month", months, repeats: months.length > 1 })),
  ],
  date: [
    say("({month} the? {days:dateDays}|{days:dateDays} of? {month})", ({ month, days }) =>
      annualRules(month, days),
    ),
  ],
  dates: row("dates", "date", "{and} (on|every|each)? the?"),
  dateRange: [say("{from:date} {upTo} the? {to:date}", ({ from, to }) => datesFromTo(from, to))],
  onDays: [
    say("on? {every} {days:dateRange}", ({ days }) => daysClause({ days }, true, { isStretch: true })),
    say("on? {weekdays:everyWeekday} {part}?", ({ weekdays, part }) => [
      ...daysClause({ weekdays }, true, { isEach: true }),
      ...partClause(part, true),
    ]),
    say("on? the? {weekdays} {part}?", ({ weekdays, part }) => [
      ...weekdayClause(weekdays, part?.isPlural),
      ...partClause(part),
    ]),
    say("on? {every}? {weekday} ({day:monthDay}|the {days:monthDays})", ({ every, weekday, day, days }) =>
      daysClause({ weekdays: weekday.days, days: monthDayRules(days ?? [day]) }, every ?? weekday.isPlural),
    ),
    say("(only on|but only on|just on|only) the? {weekdays}", ({ weekdays }) =>
      weekdayClause(weekdays, true),
    ),
    say("on? {every}? the? {weekdays} {part} (at|@) {hour} {and} {more:partClocks}", (slots) => [
      ...weekdayClause(slots.weekdays, slots.every ?? slots.part.isPlural),
      ...clocksClause(inPart(slots.hour, slots.part), ...slots.more),
    ]),
    say("on? ({every} alternate|alternate|{every} other) {weekdays}", ({ weekdays }) =>
      everyNthWeek(2, weekdays),
    ),
    say("on? {every} {n:count} {weekday}", ({ n, weekday }) => everyNthWeek(n, weekday)),
    say("on? {every} {nths} {weekday}", ({ nths, weekday }) =>
      everyNth(nths, weekday, weekday.days.length === 1 ? weekdayNames[weekday.days[0]! - 1]! : "workday"),
    ),
    say("on? {every} {nths} day", ({ nths }) =>
      nths.every((nth) => nth < 0) ? monthDaysIn(nths) : undefined,
    ),
    say("on? {every} {n:nthDigits}", ({ n }) => monthDaysIn([n])),
    say("on? {every} {days:monthDays}", ({ days }) => (days.length > 1 ? monthDaysIn(days) : undefined)),
    say("on? {every} {n:monthDay} day {scope}", ({ n, scope: { months } }) =>
      months ? everyNthDay(n, months) : undefined,
    ),
    say("on? ({every}|the)? {which} {scope}", ({ every, which, scope }) => scopedDays(which, scope, every)),
    say("on? the? {which}", ({ which }) => daysClause({ days: which }, false, { isOpen: true })),
    say(
      "on? (any|{every}) {weekdays:anyWeekday} that (is|are) the? {days:anyDays} (of the month)?",
      ({ weekdays, days }) => daysClause({ weekdays, days }),
    ),
    say("on? ({every}|the)? {dates}", ({ every = false, dates }) => daysClause({ days: dates }, every)),
    say("on the? {days:anyDays} (of the month)?", ({ days }) =>
      daysClause(
        { days },
        days.some(({ kind }) => kind !== "annual"),
      ),
    ),
    say("on {every} day", () => daysClause({ weekdays: [1, 2, 3, 4, 5, 6, 7] })),
    say("(({every}|at|in) {unit}|{unit:rhythm}) ,? (at|on|by) the? {day:unitEdge}", ({ unit, day }) =>
      endOf(unit, day),
    ),
    say("(at|on|by)? the? {day:unitEdge} {scope}", ({ day, scope }) => monthDaysIn([day], scope)),
    say("(at|on)? {every}? (month end|month-end|end of month)", () => monthDaysIn([-1])),
    say("on? {every} day (of|in) (the|a|every|each) (week|month|year)", () => everyDates(1, "day")),
    say("on? {every} other {weekday} {scope}", () =>
      refuseAmbiguous(["every other week", "the 2nd and 4th of every month"]),
    ),
  ],
  unitEdge: [say("(start|beginning)", () => 1), say("end", () => -1)],
  inMonths: [
    say("(only in|only during|in|during|throughout|of) {every}? {months} only?", ({ months }) =>
      monthsClause(months, false),
    ),
    say("(from|between)? {from:month} ({upTo}|and) {to:month}", ({ from, to }) =>
      monthsClause(around(from, to, 12), false),
    ),
    say("{every} {months}", ({ months }) => monthsClause(months, true)),
  ],
} satisfies Patterns;

const everyNthWeek = (every: number, { days }: Pick<Weekdays, "days">): readonly Clause[] => {
  if (every === 0) refuse("interval", (t) => t.fromOne);
  if (days.length === 5) refuseAmbiguous(["every other week on weekdays", "every 2 days"]);
  return [...daysClause({ weekdays: days }), ...everyDates(every, "week")];
};

/** "every second day in march": from the first one on, or one day a year? */
export const everyNthDay = (n: number, months?: readonly number[]): undefined => {
  const names = months?.map((month) => monthNames[month - 1]).join(" and ");
  if (n > 1)
    refuseAmbiguous([
      `every ${n} days${names ? ` in ${names}` : ""}`,
      `the ${n}${endingOf(n)} of ${names ? `every ${names}` : "every month"}`,
    ]);
};

const endOf = (unit: Unit, day: number): readonly Clause[] | undefined => {
  const of = unitAhead(unit, 0)?.of;
  return of === "month" || of === "quarter" || of === "year"
    ? monthDaysIn([day], { of, repeats: true })
    : undefined;
};

/** Single days and moments, and what begins and ends a schedule. */
export const moments = {
  year: [say("{n:digits}", ({ n }) => (n >= 1970 && n <= 9999 ? n : undefined))],
  calendarUnit: [
    say("(the|this) {unit}", ({ unit }) => unitAhead(unit, 0)),
    say("next {unit}", ({ unit }) => unitAhead(unit, 1)),
  ],
  edge: [
    say("the? end of {year}", ({ year }) => dateOf(year, 12, 31)),
    say("the? {side:unitEdge} of {of:calendarUnit}", ({ side, of }) => edgeIn(of, sideOf(side))),
    say("the? {side:unitEdge} of {month} {year}?", ({ side, month, year }) =>
      monthEdge(month, year, sideOf(side)),
    ),
    say("next {unit}", ({ unit }) => edgeIn(unitAhead(unit, 1))),
    say("{month} {year}?", ({ month, year }) => monthEdge(month, year)),
  ],
  thatDay: [
    say("the? day after (tomorrow|tmrw)", () => ahead(2)),
    say("(this|this coming|the coming|coming|upcoming) {weekday}", ({ weekday: { days } }) =>
      weekdayIn(days, "coming"),
    ),
    say("(next {weekday}|{weekday} (of|in)? next week|next week on? {weekday})", ({ weekday: { days } }) =>
      weekdayIn(days, 1),
    ),
    say("({weekday} (of|in)? this week|this week on? {weekday})", ({ weekday: { days } }) =>
      weekdayIn(days, 0),
    ),
    say("{amount} from today", ({ amount }) => daysAfter(amount, today)),
    say("{amount} (from|after) {than:day}", ({ amount, than }) => daysAfter(amount, than)),
    say(
      "({weekday} ,?)? ({month} the? {n:dateDay}|the? {n:dateDay} of? {month}) ,? {year}",
      ({ weekday, month, n, year }) => weekdayOn(weekday?.days, dateOf(year, month, n)),
    ),
    say("the? {which} of this {unit}", ({ which, unit }) => whichIn(which, unitAhead(unit, 0))),
    say("the? {which} of next {unit}", ({ which, unit }) => whichIn(which, unitAhead(unit, 1))),
    say("the? {which} (of|in) {month} {year}", ({ which, month, year }) => whichOf(which, month, year)),
    say("{day:nearDay}", ({ day }) => day),
    say("{date:isoDate}", ({ date }) => isoDay(date)),
    say("(yesterday|the day before yesterday|(last|previous) {weekday})", refusePast),
  ],
  nearDay: [say("today", () => today), say("(tomorrow|tmrw)", () => ahead(1))],
  day: [
    say("{thatDay}", ({ thatDay }) => thatDay),
    say("{weekday} ,? the? {dates}", ({ weekday, dates }) => onlyDate(dates, weekday.days)),
    say("{weekday}", ({ weekday }) => weekdayIn(weekday.days, "coming")),
    say("the? {dates}", ({ dates }) => onlyDate(dates)),
    say("the {n:monthDay}", ({ n }) => onlyMonthDay(n)),
  ],
  point: [
    say("{moment:isoMoment}", ({ moment }): Point => ({ kind: "moment", text: moment })),
    say("({day}|the? {day:edge})", ({ day }) => dayPoint(day)),
    say("({day} ,? (at|@) {clock:hour}|{day} ,? {clock})", ({ day, clock }) => dayPoint(day, clock)),
    say("{day} {part} (at|@) {clock:hour}", ({ day, part, clock }) => dayPoint(day, inPart(clock, part))),
    say("{day} {part}", ({ day, part }) => dayPoint(day, aloneIn(part))),
    say("tonight (at|@) {clock:hour}", ({ clock }) => dayPoint(today, inPart(clock, night))),
    say("tonight", () => dayPoint(today, aloneIn(night))),
    say("(at|@) {clock:hour} (on|of)? {day}", ({ clock, day }) => dayPoint(day, clock)),
    say("{clock:hour} (on|of)? {day}", ({ clock, day }) =>
      clock.isYearLike ? undefined : dayPoint(day, clock),
    ),
    say("((at|@) {clock:hour}|{clock})", ({ clock }): Point => ({ kind: "clock", clock })),
    say("(in {amount}|{amount} (from now|later|hence))", ({ amount }): Point => ({ kind: "later", amount })),
    say("now", (): Point => ({ kind: "now" })),
  ],
  oneDay: [
    say("(on|once|once on)? {day:thatDay}", ({ day }) => dayClause(day)),
    say("on? {day:thatDay} {part}", ({ day, part }) => dayClause(day, ...partClause(part, false))),
    say("tonight", () => dayClause(today, { kind: "part", part: "night", repeats: false })),
    say("this {part}", ({ part }) => dayClause(today, ...partClause(part, false))),
    say("{clock:hour} tonight", ({ clock }) => dayClause(today, ...clocksClause(inPart(clock, night)))),
    say("{clock:hour} this {part}", ({ clock, part }) =>
      dayClause(today, ...clocksClause(inPart(clock, part))),
    ),
    say("{clock:hour} {day:nearDay} {part}?", ({ clock, day, part }) =>
      dayClause(day, ...clocksClause(part ? inPart(clock, part) : clock)),
    ),
    say("(in {amount}|{amount} (from now|later|hence))", ({ amount }) => just({ kind: "later", amount })),
    say("(on|at|once|once on|once at)? {moment:isoMoment}", ({ moment }) =>
      just({ kind: "moment", text: moment }),
    ),
    say("{amount} ago", refusePast),
    say("on? {date:slashedDate}", () => refuse("date", (t) => t.oneReadingDate)),
  ],
  bounds: [
    say(
      "(from|between) the? {from:point} (to|until|till|through|thru|-|and) the? {to:point}",
      ({ from, to }) => (from.kind === "clock" || to.kind === "clock" ? undefined : rangeClause(from, to)),
    ),
    say(
      "from {month} the? {from:dateDay} (to|until|till|through|thru|-) the? {to:dateDay}",
      ({ month, from, to }) => rangeClause(datePoint(month, from), datePoint(month, to)),
    ),
    say("{from:day} (to|until|till|through|thru|-) the? {to:day}", ({ from, to }) =>
      areEnds(from, to) ? rangeClause(dayPoint(from), dayPoint(to)) : undefined,
    ),
    say(
      "(starting|beginning|commencing|effective|from|as of|as from|start|begin|starts|begins|since) (on|from|in)? {point}",
      ({ point }) => startClause(point),
    ),
    say(
      "(starting|beginning|commencing|from|as of|start|begin|starts|begins|since) (in|from)? {year}",
      ({ year }) => startClause(dayPoint(dateOf(year, 1, 1))),
    ),
    say("(starting|beginning) with {point}", ({ point }) => just({ kind: "start", point })),
    say("from now on", (): Clause[] => []),
    say("(through|thru) {month} {year}?", ({ month, year }) =>
      endClause(dayPoint(monthEdge(month, year, "end"))),
    ),
    say(
      "(until|till|til|'til|through|thru|up to|up until|ending|ends|end|finishing|stopping) (on|at|in)? {point}",
      ({ point }) => (point.kind === "now" ? undefined : endClause(point)),
    ),
    say("(in|during|throughout|for) {month} {year}", ({ month, year }) => periodOf(year, month)),
    say("(in|during|throughout) {from:month} (to|-|through) {to:month} {year}", ({ from, to, year }) =>
      monthsOf(year, around(from, to, 12)),
    ),
    say("(in|during|throughout) {month} {and} {other:month} {year}", ({ month, other, year }) =>
      monthsOf(year, [month, other]),
    ),
    say("(in|during|throughout|for) the? year? {year}", ({ year }) => periodOf(year, 1, 12)),
    say("(in|during|throughout)? next {unit}", ({ unit }) => periodIn(unitAhead(unit, 1))),
    say(
      "for (the|the next|the following|the coming|next)? {n:count} {weekdays}",
      ({ n, weekdays: { days } }) =>
        days.length === 1 || days.length === 5
          ? [...daysClause({ weekdays: days }), ...countClause(n)]
          : undefined,
    ),
    say("for? (this|the rest of the|the rest of this) {unit}", ({ unit }) => {
      const end = edgeIn(unitAhead(unit, 0), "end");
      return end && endClause(dayPoint(end));
    }),
    say(
      "(for|over|during|within) (up to|at most|no more than|the next|the following|the coming|next|another|a total of|a period of)? {amount}",
      ({ amount }) => just({ kind: "span", amount }),
    ),
    say("(for|over|during|within) the (next|following|coming) {unit}", ({ unit }) =>
      just({ kind: "span", amount: amountOf(1, unit) }),
    ),
    say(
      "(for|only|just|a total of|for a total of|at most|up to|for only)? {n:count} (times|time|x|occurrences|occurrence|runs|executions|repetitions|repeats) (in all|in total|total|only|altogether|overall)?",
      ({ n }) => countClause(n),
    ),
    say("(for|only|just)? (twice|two times)", () => countClause(2)),
    say("(for|only|just)? thrice", () => countClause(3)),
    say("(only|just|for) once", () => countClause(1)),
  ],
} satisfies Patterns;

const night = { part: "night" } as const;
const ahead = (days: number): Day => ({ kind: "ahead", days });
const today = ahead(0);

const sideOf = (edge: number) => (edge < 0 ? "end" : "start");

const datePoint = (month: number, day: number): Point =>
  dayPoint(matching({ days: [{ kind: "annual", month, day }] }));

const monthsOf = (year: number, months: readonly number[]): readonly Clause[] => [
  ...monthsClause(months, true),
  ...periodOf(year, 1, 12),
];
