import type { DateUnit } from "../../recurrence/recurrence.ts";
import { type Clause, countClause, type Day, dayAt, just, type Point, periodOf } from "../clauses.ts";
import { aloneIn, partFirst } from "../clocks.ts";
import { dateOf, daysAfter, isDated, isoDay, past, unitAhead, weekdayIn, weekdayOn } from "../days.ts";
import { Mistake } from "../errors.ts";
import { type Patterns, say } from "../parser.ts";

/** Single days and moments, and what begins and ends a schedule. */
export const moments = {
  year: [say("{n:count} 年", ({ n }) => (n >= 1970 && n <= 9999 ? n : undefined))],
  calendarUnit: [
    say("(本|这|这个|这一) {unit}", ({ unit }) => unitAhead(unit, 0)),
    say("(下|下个|下一个) {unit}", ({ unit }) => unitAhead(unit, 1)),
    say("(本月|这月|当月)", () => ({ of: "month" as const, ahead: 0 })),
    say("下月", () => ({ of: "month" as const, ahead: 1 })),
    say("今年", () => ({ of: "year" as const, ahead: 0 })),
    say("(明年|次年)", () => ({ of: "year" as const, ahead: 1 })),
  ],
  edge: [
    say("{year} (底|末)", ({ year }) => dateOf(year, 12, 31)),
    say("{of:calendarUnit} (结束|底|末|的最后一天)", ({ of }): Day => ({ kind: "edge", ...of, edge: "end" })),
    say("(月底|月末)", () => thisEnd("month")),
    say("(年底|年末)", () => thisEnd("year")),
    say("{of:calendarUnit} (初|开始)", ({ of }): Day => ({ kind: "edge", ...of, edge: "start" })),
    say("{year}? {month} (底|末)", ({ year, month }): Day => ({ kind: "month", month, year, edge: "end" })),
    say("{year}? {month} 初", ({ year, month }): Day => ({ kind: "month", month, year, edge: "start" })),
    say("{of:calendarUnit}", ({ of }): Day | undefined =>
      of.ahead > 0 ? { kind: "edge", ...of } : undefined,
    ),
    say("{year}? {month}", ({ year, month }): Day => ({ kind: "month", month, year })),
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
    say("今年 {month} {n:monthDay}", ({ month, n }): Day => inYear(month, n, 0)),
    say("(明年|次年) {month} {n:monthDay}", ({ month, n }): Day => inYear(month, n, 1)),
    say("{of:calendarUnit} 的? {which}", ({ of, which }): Day | undefined =>
      of.of === "month" ? { kind: "matching", dates: { days: which }, monthsAhead: of.ahead } : undefined,
    ),
    say("{amount} (后|之后|以后|过后) 的? 今天", ({ amount }) => daysAfter(amount, ahead(0))),
    say("{date:isoDate}", ({ date }) => isoDay(date)),
    say("(昨天|昨日|前天|大前天)", past),
    say("(上|上个|上一个) {weekday}", past),
  ],
  day: [
    say("{thatDay}", ({ thatDay }) => thatDay),
    say("{weekday}", ({ weekday }) => weekdayIn(weekday.days, "coming")),
    say("{dates} {weekday}", ({ dates, weekday }): Day | undefined =>
      dates.length === 1 ? { kind: "matching", dates: { days: dates, weekdays: weekday.days } } : undefined,
    ),
    say("{dates}", ({ dates }): Day | undefined =>
      dates.length === 1 ? { kind: "matching", dates: { days: dates } } : undefined,
    ),
    say("{n:monthDay}", ({ n }): Day | undefined =>
      n <= 31 ? { kind: "matching", dates: { days: [{ kind: "day", day: n }] } } : undefined,
    ),
  ],
  point: [
    say("{moment:isoMoment}", ({ moment }): Point => ({ kind: "moment", text: moment })),
    say("{day}", ({ day }): Point => ({ kind: "day", day })),
    say("{day:edge}", ({ day }): Point => ({ kind: "day", day })),
    say("{day} 的? {clock:hour}", ({ day, clock }): Point => ({ kind: "day", day, clock })),
    say("{day} 的? {part}", ({ day, part }) => dayAt(day, aloneIn(part.part))),
    say("{day:dayPart} {clock:hour}", ({ day, clock }) =>
      dayAt(ahead(day.ahead), partFirst(day.part, clock)),
    ),
    say("{day:dayPart}", ({ day }) => dayAt(ahead(day.ahead), aloneIn(day.part))),
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
    say("{day:thatDay}", ({ day }) => just({ kind: "day", day })),
    say("{day:dayPart}", ({ day }): Clause[] => [
      { kind: "day", day: ahead(day.ahead) },
      { kind: "part", part: day.part, repeats: false },
    ]),
    say("过? {amount} (后|之后|以后|过后)", ({ amount }) => just({ kind: "later", amount })),
    say("过 {amount}", ({ amount }) => just({ kind: "later", amount })),
    say("{moment:isoMoment}", ({ moment }) => just({ kind: "moment", text: moment })),
    say("{amount} (前|之前|以前)", past),
    say("{date:slashedDate}", () => new Mistake("date", (t) => t.oneReadingDate)),
  ],
  bounds: [
    say("(在|于)? {of:calendarUnit} (里|内|中|期间)?", ({ of }) =>
      just({
        kind: "period",
        from: { kind: "edge", ...of, edge: "start" },
        to: { kind: "edge", ...of, edge: "end" },
      }),
    ),
    say("(在|于)? {year} {month} (里|内|中|期间)?", ({ year, month }) => periodOf(year, month, month)),
    say("(在|于)? {year} (里|内|中|期间)?", ({ year }) => periodOf(year, 1, 12)),
    say("(从|自) {from:point} (到|至|直到|-|~) {to:point} (为止|止|之间|期间|结束)?", ({ from, to }) =>
      between(from, to),
    ),
    say("{from:day} (到|至|-|~) {to:day} (为止|止|之间|期间)?", ({ from, to }) =>
      isDated(from) && isDated(to)
        ? between({ kind: "day", day: from }, { kind: "day", day: to })
        : undefined,
    ),
    say("(从|自|自从|于)? {point} (开始|起|起始|以后开始)", ({ point }): Clause[] =>
      point.kind === "now" ? [] : [{ kind: "start", point }],
    ),
    say("(开始于|始于) {point}", ({ point }) => just({ kind: "start", point })),
    say("(直到|到|截止到|截至|截止|至|持续到|一直到|直至) {point} (为止|止|结束)", ({ point }) =>
      just({ kind: "end", point }),
    ),
    // 直到周五早上8点和晚上6点: the hour belongs to the morning.
    say("(直到|到|截止到|截至|截止|至|持续到|一直到|直至) {point}", ({ point }): Clause[] | undefined =>
      point.kind === "day" && point.clock?.isAlone ? undefined : [{ kind: "end", point }],
    ),
    say("{point} (为止|截止|结束)", ({ point }) => just({ kind: "end", point })),
    say("(持续|连续|为期|坚持) {amount}", ({ amount }) => just({ kind: "span", amount })),
    say("(接下来|未来|今后|往后) 的? {amount} (内|里|之内|中)?", ({ amount }) =>
      just({ kind: "span", amount }),
    ),
    say(
      "(共|一共|总共|共计|合计|最多|只|仅|执行|运行|重复|共执行|一共执行|总共执行|只执行|最多执行|共运行|重复执行) {n:count} 次 (为止|后停止|后结束|结束|停止)?",
      ({ n }) => countClause(n),
    ),
    say("{n:count} 次 (为止|后停止|后结束)", ({ n }) => countClause(n)),
  ],
} satisfies Patterns;

const ahead = (days: number): Day => ({ kind: "ahead", days });

const thisEnd = (of: DateUnit): Day => ({ kind: "edge", of, ahead: 0, edge: "end" });

const inYear = (month: number, day: number, yearsAhead: number): Day => ({
  kind: "matching",
  dates: { days: [{ kind: "annual", month, day }] },
  yearsAhead,
});

const between = (from: Point, to: Point): Clause[] | undefined =>
  from.kind === "clock" ||
  to.kind === "clock" ||
  (from.kind === "day" && from.day.kind === "weekday" && to.kind === "day" && to.day.kind === "weekday")
    ? undefined
    : [{ kind: "range", from, to }];
