import {
  amountOf,
  type Clause,
  type Clock,
  countClause,
  type Day,
  dayAt,
  just,
  type Point,
  periodOf,
} from "../clauses.ts";
import { aloneIn, inPart } from "../clocks.ts";
import {
  around,
  dateOf,
  daysAfter,
  isDated,
  isoDay,
  past,
  scopedDays,
  unitAhead,
  weekdayIn,
  weekdayOn,
} from "../days.ts";
import { Mistake, mapOk } from "../errors.ts";
import { type Patterns, say } from "../parser.ts";

/** Single days and moments, and what begins and ends a schedule. */
export const moments = {
  year: [say("{n:digits}", ({ n }) => (n >= 1970 && n <= 9999 ? n : undefined))],
  calendarUnit: [
    say("(the|this) {unit}", ({ unit }) => unitAhead(unit, 0)),
    say("next {unit}", ({ unit }) => unitAhead(unit, 1)),
  ],
  edge: [
    say("the? end of {year}", ({ year }) => dateOf(year, 12, 31)),
    say(
      "the? {side:unitEdge} of {of:calendarUnit}",
      ({ side, of }): Day => ({ kind: "edge", ...of, edge: side < 0 ? "end" : "start" }),
    ),
    say(
      "the? {side:unitEdge} of {month} {year}?",
      ({ side, month, year }): Day => ({ kind: "month", month, year, edge: side < 0 ? "end" : "start" }),
    ),
    say("next {unit}", ({ unit }) => mapOk(unitAhead(unit, 1), (of): Day => ({ kind: "edge", ...of }))),
    say("{month} {year}?", ({ month, year }): Day => ({ kind: "month", month, year })),
  ],
  thatDay: [
    say("the? day after (tomorrow|tmrw)", (): Day => ({ kind: "ahead", days: 2 })),
    say("(this|this coming|the coming|coming|upcoming) {weekday}", ({ weekday }) =>
      weekdayIn(weekday.days, "coming"),
    ),
    say("next {weekday}", ({ weekday }) => weekdayIn(weekday.days, 1)),
    say("{weekday} (of|in)? next week", ({ weekday }) => weekdayIn(weekday.days, 1)),
    say("next week on? {weekday}", ({ weekday }) => weekdayIn(weekday.days, 1)),
    say("{weekday} (of|in)? this week", ({ weekday }) => weekdayIn(weekday.days, 0)),
    say("this week on? {weekday}", ({ weekday }) => weekdayIn(weekday.days, 0)),
    say("{amount} from today", ({ amount }) => daysAfter(amount, { kind: "ahead", days: 0 })),
    say("{amount} (from|after) {than:day}", ({ amount, than }) => daysAfter(amount, than)),
    say(
      "({weekday} ,?)? ({month} the? {n:dateDay}|the? {n:dateDay} of? {month}) ,? {year}",
      ({ weekday, month, n, year }) => weekdayOn(weekday?.days, dateOf(year, month!, n!)),
    ),
    say("the? {which} of this {unit}", ({ which, unit }) =>
      mapOk(unitAhead(unit, 0), ({ of, ahead }): Day | undefined =>
        of === "month" ? { kind: "matching", dates: { days: which }, monthsAhead: ahead } : undefined,
      ),
    ),
    say("the? {which} of next {unit}", ({ which, unit }) =>
      mapOk(unitAhead(unit, 1), ({ of, ahead }): Day | undefined =>
        of === "month" ? { kind: "matching", dates: { days: which }, monthsAhead: ahead } : undefined,
      ),
    ),
    say("the? {which} (of|in) {month} {year}", ({ which, month, year }) =>
      mapOk(scopedDays(which, { of: "month", months: [month], repeats: false }), ([days]): Day | undefined =>
        days?.kind === "days" ? { kind: "matching", dates: days.dates, year } : undefined,
      ),
    ),
    say("{day:nearDay}", ({ day }) => day),
    say("{date:isoDate}", ({ date }) => isoDay(date)),
    say("(yesterday|the day before yesterday)", past),
    say("(last|previous) {weekday}", past),
  ],
  nearDay: [
    say("today", (): Day => ({ kind: "ahead", days: 0 })),
    say("(tomorrow|tmrw)", (): Day => ({ kind: "ahead", days: 1 })),
  ],
  day: [
    say("{thatDay}", ({ thatDay }) => thatDay),
    say("{weekday} ,? the? {dates}", ({ weekday, dates }): Day | undefined =>
      dates.length === 1 ? { kind: "matching", dates: { days: dates, weekdays: weekday.days } } : undefined,
    ),
    say("{weekday}", ({ weekday }) => weekdayIn(weekday.days, "coming")),
    say("the? {dates}", ({ dates }): Day | undefined =>
      dates.length === 1 ? { kind: "matching", dates: { days: dates } } : undefined,
    ),
    say("the {n:monthDay}", ({ n }): Day | undefined =>
      n <= 31 ? { kind: "matching", dates: { days: [{ kind: "day", day: n }] } } : undefined,
    ),
  ],
  point: [
    say("{moment:isoMoment}", ({ moment }): Point => ({ kind: "moment", text: moment })),
    say("{day}", ({ day }): Point => ({ kind: "day", day })),
    say("the? {day:edge}", ({ day }): Point => ({ kind: "day", day })),
    say("{day} ,? (at|@) {clock:hour}", ({ day, clock }): Point => ({ kind: "day", day, clock })),
    say("{day} ,? {clock}", ({ day, clock }): Point => ({ kind: "day", day, clock })),
    say("{day} {part} (at|@) {clock:hour}", ({ day, part, clock }) => dayAt(day, inPart(clock, part.part))),
    say("{day} {part}", ({ day, part }) => dayAt(day, aloneIn(part.part))),
    say("tonight (at|@) {clock:hour}", ({ clock }) => dayAt(today, inPart(clock, "night"))),
    say("tonight", () => dayAt(today, aloneIn("night"))),
    say("(at|@) {clock:hour} (on|of)? {day}", ({ clock, day }): Point => ({ kind: "day", day, clock })),
    say("{clock:hour} (on|of)? {day}", ({ clock, day }): Point | undefined =>
      clock.isYearLike ? undefined : { kind: "day", day, clock },
    ),
    say("(at|@) {clock:hour}", ({ clock }): Point => ({ kind: "clock", clock })),
    say("{clock}", ({ clock }): Point => ({ kind: "clock", clock })),
    say("in {amount}", ({ amount }): Point => ({ kind: "later", amount })),
    say("{amount} (from now|later|hence)", ({ amount }): Point => ({ kind: "later", amount })),
    say("now", (): Point => ({ kind: "now" })),
  ],
  oneDay: [
    say("(on|once|once on)? {day:thatDay}", ({ day }) => just({ kind: "day", day })),
    say("on? {day:thatDay} {part}", ({ day, part }): Clause[] => [
      { kind: "day", day },
      { kind: "part", part: part.part, repeats: false },
    ]),
    say("tonight", (): Clause[] => [
      { kind: "day", day: today },
      { kind: "part", part: "night", repeats: false },
    ]),
    say("this {part}", ({ part }): Clause[] => [
      { kind: "day", day: today },
      { kind: "part", part: part.part, repeats: false },
    ]),
    say("{clock:hour} tonight", ({ clock }) => onDayAt(today, inPart(clock, "night"))),
    say("{clock:hour} this {part}", ({ clock, part }) => onDayAt(today, inPart(clock, part.part))),
    say("{clock:hour} {day:nearDay} {part}", ({ clock, day, part }) =>
      onDayAt(day, inPart(clock, part.part)),
    ),
    say("{clock:hour} {day:nearDay}", ({ clock, day }) => onDayAt(day, clock)),
    say("in {amount}", ({ amount }) => just({ kind: "later", amount })),
    say("{amount} (from now|later|hence)", ({ amount }) => just({ kind: "later", amount })),
    say("(on|at|once|once on|once at)? {moment:isoMoment}", ({ moment }) =>
      just({ kind: "moment", text: moment }),
    ),
    say("{amount} ago", past),
    say("on? {date:slashedDate}", () => new Mistake("date", (t) => t.oneReadingDate)),
  ],
  bounds: [
    say(
      "(from|between) the? {from:point} (to|until|till|through|thru|-|and) the? {to:point}",
      ({ from, to }): Clause[] | undefined =>
        from.kind === "clock" || to.kind === "clock" ? undefined : [{ kind: "range", from, to }],
    ),
    say(
      "from {month} the? {from:dateDay} (to|until|till|through|thru|-) the? {to:dateDay}",
      ({ month, from, to }) =>
        just({ kind: "range", from: datePoint(month, from), to: datePoint(month, to) }),
    ),
    say("{from:day} (to|until|till|through|thru|-) the? {to:day}", ({ from, to }): Clause[] | undefined =>
      isDated(from) && isDated(to)
        ? [{ kind: "range", from: { kind: "day", day: from }, to: { kind: "day", day: to } }]
        : undefined,
    ),
    say(
      "(starting|beginning|commencing|effective|from|as of|as from|start|begin|starts|begins|since) (on|from|in)? {point}",
      ({ point }): Clause[] => (point.kind === "now" ? [] : [{ kind: "start", point }]),
    ),
    say(
      "(starting|beginning|commencing|from|as of|start|begin|starts|begins|since) (in|from)? {year}",
      ({ year }) => mapOk(dateOf(year, 1, 1), (day) => just({ kind: "start", point: { kind: "day", day } })),
    ),
    say("(starting|beginning) with {point}", ({ point }) => just({ kind: "start", point })),
    say("from now on", (): Clause[] => []),
    say(
      "(until|till|til|'til|through|thru|up to|up until|ending|ends|end|finishing|stopping) (on|at|in)? {point}",
      ({ point }): Clause[] | undefined => (point.kind === "now" ? undefined : [{ kind: "end", point }]),
    ),
    say("(through|thru) the? end of {month}", ({ month }) =>
      just({ kind: "end", point: { kind: "day", day: { kind: "month", month, edge: "end" } } }),
    ),
    say("(through|thru) {month} {year}?", ({ month, year }) =>
      just({ kind: "end", point: { kind: "day", day: { kind: "month", month, year, edge: "end" } } }),
    ),
    say("(in|during|throughout|for) {month} {year}", ({ month, year }) => periodOf(year, month)),
    say(
      "(in|during|throughout) {from:month} (to|-|through) {to:month} {year}",
      ({ from, to, year }): Clause[] => [
        { kind: "months", months: around(from, to, 12), repeats: true },
        ...periodOf(year, 1, 12),
      ],
    ),
    say("(in|during|throughout) {month} {and} {other:month} {year}", ({ month, other, year }): Clause[] => [
      { kind: "months", months: [month, other], repeats: true },
      ...periodOf(year, 1, 12),
    ]),
    say("(in|during|throughout|for) the? year? {year}", ({ year }) => periodOf(year, 1, 12)),
    say("(in|during|throughout)? next {unit}", ({ unit }) =>
      mapOk(unitAhead(unit, 1), (of) =>
        just({
          kind: "period",
          from: { kind: "edge", ...of, edge: "start" },
          to: { kind: "edge", ...of, edge: "end" },
        }),
      ),
    ),
    say(
      "for (the|the next|the following|the coming|next)? {n:count} {weekdays}",
      ({ n, weekdays: { days } }) =>
        days.length === 1 || days.length === 5
          ? mapOk(countClause(n), (count): Clause[] => [
              { kind: "days", dates: { weekdays: days }, repeats: true },
              ...count,
            ])
          : undefined,
    ),
    say("for? (this|the rest of the|the rest of this) {unit}", ({ unit }) =>
      mapOk(unitAhead(unit, 0), (of) =>
        just({ kind: "end", point: { kind: "day", day: { kind: "edge", ...of, edge: "end" } } }),
      ),
    ),
    say(
      "(for|over|during|within) (up to|at most|no more than|the next|the following|the coming|next|another|a total of|a period of)? {amount}",
      ({ amount }) => just({ kind: "span", amount }),
    ),
    say("(for|over|during|within) the (next|following|coming) {unit}", ({ unit }) =>
      mapOk(amountOf(1, unit), (amount) => just({ kind: "span", amount })),
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

const today: Day = { kind: "ahead", days: 0 };

const onDayAt = (day: Day, clock: Clock | Mistake) =>
  mapOk(clock, (clock): Clause[] => [
    { kind: "day", day },
    { kind: "clocks", clocks: [clock] },
  ]);

const datePoint = (month: number, day: number): Point => ({
  kind: "day",
  day: { kind: "matching", dates: { days: [{ kind: "annual", month, day }] } },
});
