import type { Dates } from "../../recurrence/recurrence.ts";
import { datesFromTo } from "../clause-set.ts";
import {
  type CalendarUnit,
  type Clause,
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
  periodIn,
  periodOf,
  rangeClause,
  type Scope,
  startClause,
} from "../clauses.ts";
import { aloneIn, partFirst } from "../clocks.ts";
import {
  annualRules,
  areEnds,
  around,
  dateOf,
  daysAfter,
  daysBetween,
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
import { refuse } from "../errors.ts";
import { type Patterns, row, say } from "../parser.ts";

/** Days of the week, the month and the year, and the months they are in. */
export const days = {
  weekdayRange: [
    say("从? {from:weekday} {to} {until:weekday}", ({ from, until }) =>
      weekdaysBetween(from.days, until.days),
    ),
    say("从? {from:weekday} {to} {until:weekdayName}", ({ from, until }) =>
      weekdaysBetween(from.days, [until]),
    ),
    say("{weekday} {more:weekdayNames}", ({ weekday, more }) =>
      weekday.days.length === 1 ? { days: [...weekday.days, ...more], repeats: true } : undefined,
    ),
    say("{weekday}", ({ weekday: { days } }) => ({
      days,
      repeats: days.length > 1,
      isMarked: days.length > 1,
    })),
  ],
  weekdayNames: [
    say("({and}|,)? {name:weekdayName} {more:weekdayNames}?", ({ name, more = [] }) => [name, ...more]),
  ],
  dateRange: [say("{from:date} {to} {until:date}", ({ from, until }) => datesFromTo(from, until))],
  weekdays: [
    say("{range:weekdayRange} ({and}|,) {every}? {more:weekdays}", ({ range, more }) => ({
      days: [...range.days, ...more.days],
      repeats: true,
    })),
    say("{weekday} {every}? {more:weekdays}", ({ weekday, more }) =>
      weekday.days.length === 1 && !more.isMarked
        ? { days: [...weekday.days, ...more.days], repeats: true }
        : undefined,
    ),
    say("{range:weekdayRange}", ({ range }) => range),
  ],
  months: [
    say("{from:month} {to} {until:month} {and} {more:months}", ({ from, until, more }) => [
      ...around(from, until, 12),
      ...more,
    ]),
    say("{n:count} ({and}|,) {more:months}", ({ n, more }) => (isMonth(n) ? [n, ...more] : undefined)),
    say("{from:count} {to} {until:month}", ({ from, until }) =>
      isMonth(from) ? around(from, until, 12) : undefined,
    ),
    say("{month} ({and}|,) {more:months}", ({ month, more }) => [month, ...more]),
    say("{from:month} {to} (次年|第二年)? {until:month}", ({ from, until }) => around(from, until, 12)),
    say("{month}", ({ month }) => [month]),
  ],
  nth: [
    say("第 {n:count}", ({ n }) => n),
    say("首", () => 1),
    say("(最后|最后一|最后1)", () => -1),
    say("倒数第 {n:count}", ({ n }) => -n),
  ],
  nths: [say("{nth} 个? ({and} {more:nths})?", ({ nth, more = [] }) => [nth, ...more])],
  severalNths: [
    say("(前|头) {n:count} 个?", ({ n }) => severalNths(n, 1)),
    say("(最后|后|末) {n:count} 个?", ({ n }) => severalNths(n, -1)),
  ],
  monthDay: [say("{n:count} (号|日)", ({ n }) => n)],
  monthDays: [
    say("{range:dateDayRange} ({and}|,) {more:monthDays}", ({ range, more }) => [...range, ...more]),
    say("{from:dateDay} {to} {until:monthDay}", ({ from, until }) => daysBetween(from, until)),
    say("{monthDay}", ({ monthDay }) => [monthDay]),
  ],
  dateDay: [say("({n:monthDay}|{n:count})", ({ n }) => n)],
  dateDayRange: [
    say("{from:dateDay} ({to} {until:monthDay})?", ({ from, until }) => daysBetween(from, until)),
  ],
  dateDays: [say("{days:monthDays}", ({ days }) => days)],
  someDays: [
    say("({nths}|{nths:severalNths}) {weekday}", ({ nths, weekday }) => nthRules(nths, weekday)),
    say("({nths}|{nths:severalNths}) (天|日)", ({ nths }) => monthDayRules(nths)),
    say("(月底|月末|最后一天|末日)", () => monthDayRules([-1])),
    say("(离|最接近|距离) {days:monthDays} 最近? 的? {weekday}", ({ days, weekday }) =>
      weekday.days.length === 5 ? nearRules(days) : undefined,
    ),
    say("{days:monthDays}", ({ days }) => monthDayRules(days)),
  ],
  which: row("which", "someDays", "({and}|,)"),
  date: [say("{month} 的? {days:dateDays}", ({ month, days }) => annualRules(month, days))],
  dates: row("dates", "date", "({and}|,)"),
  anyWeekday: [
    say("{range:weekdayRange} ((或|、|和) {more:anyWeekday})?", ({ range, more = [] }) => [
      ...range.days,
      ...more,
    ]),
  ],
  anyDay: [
    say("{nth} 天", ({ nth }) => yearDayRules([nth])),
    say("{month} {days:dateDays}", ({ month, days }) => annualRules(month, days)),
  ],
  yearDays: row("yearDays", "anyDay"),
  anyDays: [
    say("(每年|每一年) 的? {days:yearDays} 或 (每月|每个月)? 的? {which}", ({ days, which }) => [
      ...days,
      ...which,
    ]),
    say("{days:yearDays} 或 (每月|每个月) 的? {which}", ({ days, which }) => [...days, ...which]),
    say("(每年|每一年) 的? {days:yearDays}", ({ days }) => days),
    say("(每月|每个月) 的? {which}", ({ which }) => which),
  ],
  datesOut: [
    say("每? 个? {weekdays}", ({ weekdays }): Dates => ({ weekdays: weekdays.days })),
    say("({days:anyDays}|{days:which}|{days:dates})", ({ days }): Dates => ({ days })),
    say("({days:anyDays}|{days:which}|{days:dates}) 且为 {weekdays:anyWeekday}", (dates): Dates => dates),
  ],
  onDays: [
    say("{every} {weekdays}", ({ weekdays: { days } }) =>
      daysClause({ weekdays: days }, true, { isEach: true }),
    ),
    say("{weekdays}", ({ weekdays }) => weekdayClause(weekdays)),
    say("(只在|仅在) {weekdays}", ({ weekdays }) => weekdayClause(weekdays, true)),
    say("(每年|每逢|每) 的? {days:dates}", ({ days }) => daysClause({ days })),
    say("(每年|每一年|每) 的? 从? {days:dateRange} 的?", ({ days }) =>
      daysClause({ days }, true, { isStretch: true }),
    ),
    say("{days:dates}", ({ days }) => daysClause({ days }, false)),
    say("(每年|每一年) 的? {days:dayOfYear}", ({ days }) => scopedDays(days, yearly)),
    say("{months} 的? {which}", ({ months, which }) =>
      scopedDays(which, { of: "month", months, repeats: months.length > 1 }),
    ),
    say("(每年|每一年) 的? {months} 的? {which}", ({ months, which }) =>
      scopedDays(which, { ...monthly, months }),
    ),
    say("(每月|每个月|每一个月|逐月) 的? {which}", ({ which }) => scopedDays(which, monthly)),
    say(
      "(每月|每个月|每一个月) 的? 从? {from:point} {to} {until:point} (为止|止|之间|期间)?",
      ({ from, until }) => [...everyDates(1, "month"), ...rangeClause(from, until)],
    ),
    say("(每年|每一年) 的? 从? {from:point} {to} {until:point} (为止|止|之间|期间)?", ({ from, until }) =>
      isMonthAlone(from) && isMonthAlone(until)
        ? undefined
        : [...everyDates(1, "year"), ...rangeClause(from, until)],
    ),
    say("(每季度|每个季度|每季) 的? {which}", ({ which }) => scopedDays(which, quarterly)),
    say("{days:anyDays} 的? (且为|且是|又是|是)? {weekdays:anyWeekday}", (dates) => daysClause(dates)),
    say("每 {n:count} 年 的 {days:yearDays} (且为 {weekdays:anyWeekday})?", ({ n, days, weekdays }) =>
      n > 0 ? [...everyDates(n, "year"), ...daysClause({ days, ...(weekdays && { weekdays }) })] : undefined,
    ),
    say("{days:anyDays}", ({ days }) => daysClause({ days })),
    say(
      "(每逢|逢|每个|每) {days:monthDays} 的? (且为|且是|又是|是)? {weekdays:anyWeekday}",
      ({ days, weekdays }) => daysClause({ days: monthDayRules(days), weekdays }),
    ),
    say("{days:which} (且为|且是|又是) {weekdays:anyWeekday}", (dates) => daysClause(dates)),
    say("(每月|每个月|每月的) (底|末|月底|月末)", () => monthDaysIn([-1])),
    say("(每月|每个月|每月的) (初|月初)", () => monthDaysIn([1])),
    say("(每年|每年的) (底|末|年底|年末)", () => monthDaysIn([-1], yearly)),
    say("(每季度|每季|每个季度) (末|底|季末)", () => monthDaysIn([-1], quarterly)),
    say("(每逢|逢) {days:monthDays}", ({ days }) => monthDaysIn(days)),
    say("{which}", ({ which }) => daysClause({ days: which }, false, { isOpen: true })),
  ],
  inMonths: [
    say("(每年|每一年) 的? {months} (里|内|期间)?", ({ months }) => monthsClause(months, true)),
    say("{months} (里|内|期间)?", ({ months }) => monthsClause(months, false)),
  ],
  dayOfYear: [
    say("{nth} (天|日)", ({ nth }) => monthDayRules([nth], mostOfYear)),
    say("{nth} 个? {weekday}", ({ nth, weekday }) => nthRules([nth], weekday)),
  ],
} satisfies Patterns;

/** 每年5月到9月 are whole months. */
const isMonthAlone = (point: Point): boolean =>
  point.kind === "day" && point.day.kind === "month" && point.day.edge === undefined;

const isMonth = (n: number): boolean => n >= 1 && n <= 12;

const quarterly: Scope = { of: "quarter", repeats: true };
const yearly: Scope = { of: "year", repeats: true };

/** Single days and moments, and what begins and ends a schedule. */
export const moments = {
  year: [say("{n:count} 年", ({ n }) => (n >= 1970 && n <= 9999 ? n : undefined))],
  calendarUnit: [
    say("(本|这|这个|这一) {unit}", ({ unit }) => unitAhead(unit, 0)),
    say("(下|下个|下一个) {unit}", ({ unit }) => unitAhead(unit, 1)),
    say("(本月|这月|当月)", (): CalendarUnit => ({ of: "month", ahead: 0 })),
    say("下月", (): CalendarUnit => ({ of: "month", ahead: 1 })),
    say("今年", (): CalendarUnit => ({ of: "year", ahead: 0 })),
    say("(明年|次年)", (): CalendarUnit => ({ of: "year", ahead: 1 })),
  ],
  edge: [
    say("{year} (底|末)", ({ year }) => dateOf(year, 12, 31)),
    say("{of:calendarUnit} (结束|底|末|的最后一天)", ({ of }) => edgeIn(of, "end")),
    say("(月底|月末)", () => edgeIn({ of: "month", ahead: 0 }, "end")),
    say("(年底|年末)", () => edgeIn({ of: "year", ahead: 0 }, "end")),
    say("{of:calendarUnit} (初|开始)", ({ of }) => edgeIn(of, "start")),
    say("{year}? {month} (底|末)", ({ year, month }) => monthEdge(month, year, "end")),
    say("{year}? {month} 初", ({ year, month }) => monthEdge(month, year, "start")),
    say("{of:calendarUnit}", ({ of }) => (of.ahead > 0 ? edgeIn(of) : undefined)),
    say("{year}? {month}", ({ year, month }) => monthEdge(month, year)),
  ],
  thatDay: [
    say("(今天|今日|当天)", () => ahead(0)),
    say("(明天|明日)", () => ahead(1)),
    say("(后天|后日)", () => ahead(2)),
    say("大后天", () => ahead(3)),
    say("(本|这|这个) {weekday}", ({ weekday }) => weekdayIn(weekday.days, 0)),
    say("(下|下个|下一个) {weekday}", ({ weekday }) => weekdayIn(weekday.days, 1)),
    say("(下下|下下个) {weekday}", ({ weekday }) => weekdayIn(weekday.days, 2)),
    say("{year} {month} {n:monthDay} {weekday}?", ({ year, month, n, weekday }) =>
      weekdayOn(weekday?.days, dateOf(year, month, n)),
    ),
    say("今年 {month} {day:monthDay}", ({ month, day }) => inYear(month, day, 0)),
    say("(明年|次年) {month} {day:monthDay}", ({ month, day }) => inYear(month, day, 1)),
    say("{of:calendarUnit} 的? {which}", ({ of, which }) => whichIn(which, of)),
    say("{year} {month} 的? {which}", ({ year, month, which }) => whichOf(which, month, year)),
    say("{amount} (后|之后|以后|过后) 的? 今天", ({ amount }) => daysAfter(amount, ahead(0))),
    say("{date:isoDate}", ({ date }) => isoDay(date)),
    say("(昨天|昨日|前天|大前天|(上|上个|上一个) {weekday})", refusePast),
  ],
  day: [
    say("{thatDay}", ({ thatDay }) => thatDay),
    say("{weekday}", ({ weekday }) => weekdayIn(weekday.days, "coming")),
    say("{dates} {weekday}?", ({ dates, weekday }) => onlyDate(dates, weekday?.days)),
    say("{n:monthDay}", ({ n }) => onlyMonthDay(n)),
  ],
  point: [
    say("{moment:isoMoment}", ({ moment }): Point => ({ kind: "moment", text: moment })),
    say("({day}|{day:edge})", ({ day }) => dayPoint(day)),
    say("{day} 的? {clock:hour}", ({ day, clock }) => dayPoint(day, clock)),
    say("{day} 的? {part}", ({ day, part }) => dayPoint(day, aloneIn(part))),
    say("{day:dayPart} {clock:hour}?", ({ day, clock }) =>
      dayPoint(ahead(day.ahead), clock ? partFirst(day, clock) : aloneIn(day)),
    ),
    say("{clock}", ({ clock }): Point => ({ kind: "clock", clock })),
    say("{amount} (后|之后|以后|过后)", ({ amount }): Point => ({ kind: "later", amount })),
    say("现在", (): Point => ({ kind: "now" })),
  ],
  dayPart: [
    say("(今早|今晨)", () => ({ ahead: 0, part: "morning" as const })),
    say("(今晚|今夜)", () => ({ ahead: 0, part: "evening" as const })),
    say("(明早|明晨)", () => ({ ahead: 1, part: "morning" as const })),
    say("(明晚|明夜)", () => ({ ahead: 1, part: "evening" as const })),
    say("后晚", () => ({ ahead: 2, part: "evening" as const })),
  ],
  oneDay: [
    say("{day:thatDay}", ({ day }) => dayClause(day)),
    say("{day:dayPart}", ({ day }) =>
      dayClause(ahead(day.ahead), { kind: "part", part: day.part, repeats: false }),
    ),
    say("(过? {amount} (后|之后|以后|过后)|过 {amount})", ({ amount }) => just({ kind: "later", amount })),
    say("{moment:isoMoment}", ({ moment }) => just({ kind: "moment", text: moment })),
    say("{amount} (前|之前|以前)", refusePast),
    say("{date:slashedDate}", () => refuse("date", (t) => t.oneReadingDate)),
  ],
  bounds: [
    say("(在|于)? {of:calendarUnit} (里|内|中|期间)?", ({ of }) => periodIn(of)),
    say("(在|于)? {year} {month} (里|内|中|期间)?", ({ year, month }) => periodOf(year, month)),
    say("(在|于)? {year} (里|内|中|期间)?", ({ year }) => periodOf(year, 1, 12)),
    say("(从|自) {from:point} (到|至|直到|-|~) {to:point} (为止|止|之间|期间|结束)?", ({ from, to }) =>
      between(from, to),
    ),
    say("{from:day} (到|至|-|~) {to:day} (为止|止|之间|期间)?", ({ from, to }) =>
      areEnds(from, to) ? rangeClause(dayPoint(from), dayPoint(to)) : undefined,
    ),
    say("(从|自|自从|于)? {point} (开始|起|起始|以后开始)", ({ point }) => startClause(point)),
    say("(开始于|始于) {point}", ({ point }) => just({ kind: "start", point })),
    say("(直到|到|截止到|截至|截止|至|持续到|一直到|直至) {point} (为止|止|结束)", ({ point }) =>
      endClause(point),
    ),
    // 直到周五早上8点和晚上6点: the hour belongs to the morning.
    say("(直到|到|截止到|截至|截止|至|持续到|一直到|直至) {point}", ({ point }) =>
      point.kind === "day" && point.clock?.isAlone ? undefined : endClause(point),
    ),
    say("{point} (为止|截止|结束)", ({ point }) => endClause(point)),
    say(
      "((持续|连续|为期|坚持) {amount}|(接下来|未来|今后|往后) 的? {amount} (内|里|之内|中)?)",
      ({ amount }) => just({ kind: "span", amount }),
    ),
    say(
      "(共|一共|总共|共计|合计|最多|只|仅|执行|运行|重复|共执行|一共执行|总共执行|只执行|最多执行|共运行|重复执行) {n:count} 次 (为止|后停止|后结束|结束|停止)?",
      ({ n }) => countClause(n),
    ),
    say("{n:count} 次 (为止|后停止|后结束)", ({ n }) => countClause(n)),
  ],
} satisfies Patterns;

const ahead = (days: number): Day => ({ kind: "ahead", days });

const inYear = (month: number, day: number, yearsAhead: number): Day =>
  matching({ days: [{ kind: "annual", month, day }] }, { yearsAhead });

const between = (from: Point, to: Point): readonly Clause[] | undefined =>
  [from, to].some(({ kind }) => kind === "clock") ||
  [from, to].every(
    (point) => point.kind === "day" && point.day.kind === "weekday" && point.day.week === "coming",
  )
    ? undefined
    : rangeClause(from, to);
