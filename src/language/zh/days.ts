import type { Dates } from "../../recurrence/recurrence.ts";
import { datesFromTo } from "../clause-set.ts";
import { type Clause, just, type Point, type Scope } from "../clauses.ts";
import {
  annualRules,
  around,
  daysBetween,
  monthDayRules,
  monthly,
  mostOfYear,
  nearRules,
  nthRules,
  scopedDays,
  weekdayClause,
  yearDayRules,
} from "../days.ts";
import { mapOk } from "../errors.ts";
import { type Patterns, row, say } from "../parser.ts";

/** Days of the week, the month and the year, and the months they are in. */
export const days = {
  weekdayRange: [
    say("{from:weekday} {to} {until:weekday}", ({ from, until }) => weekdaysBetween(from.days, until.days)),
    say("从 {from:weekday} {to} {until:weekday}", ({ from, until }) =>
      weekdaysBetween(from.days, until.days),
    ),
    say("从 {from:weekday} {to} {until:weekdayName}", ({ from, until }) =>
      weekdaysBetween(from.days, [until]),
    ),
    say("{from:weekday} {to} {until:weekdayName}", ({ from, until }) => weekdaysBetween(from.days, [until])),
    say("{weekday} {more:weekdayNames}", ({ weekday, more }) =>
      weekday.days.length === 1 ? { days: [...weekday.days, ...more], repeats: true } : undefined,
    ),
    say("{weekday}", ({ weekday }) => {
      const isSet = weekday.days.length > 1;
      return { days: weekday.days, repeats: isSet, isMarked: isSet };
    }),
  ],
  weekdayNames: [
    say("({and}|,)? {name:weekdayName} {more:weekdayNames}", ({ name, more }) => [name, ...more]),
    say("({and}|,)? {name:weekdayName}", ({ name }) => [name]),
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
  nths: [
    say("{nth} 个? {and} {more:nths}", ({ nth, more }) => [nth, ...more]),
    say("{nth} 个?", ({ nth }) => [nth]),
  ],
  severalNths: [
    say("(前|头) {n:count} 个?", ({ n }) => (n > 1 && n <= 31 ? around(1, n, 31) : undefined)),
    say("(最后|后|末) {n:count} 个?", ({ n }) =>
      n > 1 && n <= 31 ? around(1, n, 31).map((nth) => -nth) : undefined,
    ),
  ],
  monthDay: [say("{n:count} (号|日)", ({ n }) => n)],
  monthDays: [
    say("{range:dateDayRange} ({and}|,) {more:monthDays}", ({ range, more }) => [...range, ...more]),
    say("{from:dateDay} {to} {until:monthDay}", ({ from, until }) => daysBetween(from, until)),
    say("{monthDay}", ({ monthDay }) => [monthDay]),
  ],
  dateDay: [say("{n:monthDay}", ({ n }) => n), say("{n:count}", ({ n }) => n)],
  dateDayRange: [
    say("{from:dateDay} {to} {until:monthDay}", ({ from, until }) => daysBetween(from, until)),
    say("{dateDay}", ({ dateDay }) => [dateDay]),
  ],
  dateDays: [say("{days:monthDays}", ({ days }) => days)],
  someDays: [
    say("{nths} {weekday}", ({ nths, weekday }) => nthRules(nths, weekday)),
    say("{nths} (天|日)", ({ nths }) => monthDayRules(nths)),
    say("{nths:severalNths} {weekday}", ({ nths, weekday }) => nthRules(nths, weekday)),
    say("{nths:severalNths} (天|日)", ({ nths }) => monthDayRules(nths)),
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
    say("{range:weekdayRange} (或|、|和) {more:anyWeekday}", ({ range, more }) => [...range.days, ...more]),
    say("{range:weekdayRange}", ({ range }) => range.days),
  ],
  anyDay: [
    say("{nth} 天", ({ nth }) => mapOk(monthDayRules([nth], mostOfYear), yearDayRules)),
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
    say("{days:anyDays}", ({ days }): Dates => ({ days })),
    say("{which}", ({ which }): Dates => ({ days: which })),
    say("{dates}", ({ dates }): Dates => ({ days: dates })),
    say("{days:anyDays} 且为 {weekdays:anyWeekday}", ({ days, weekdays }): Dates => ({ days, weekdays })),
    say("{days:which} 且为 {weekdays:anyWeekday}", ({ days, weekdays }): Dates => ({ days, weekdays })),
    say("{days:dates} 且为 {weekdays:anyWeekday}", ({ days, weekdays }): Dates => ({ days, weekdays })),
  ],
  onDays: [
    say("{every} {weekdays}", ({ weekdays: { days } }) =>
      just({ kind: "days", dates: { weekdays: days }, repeats: true, isEach: true }),
    ),
    say("{weekdays}", ({ weekdays }) => weekdayClause(weekdays, false)),
    say("(每年|每逢|每) 的? {dates}", ({ dates }) =>
      just({ kind: "days", dates: { days: dates }, repeats: true }),
    ),
    say("(每年|每一年|每) 的? 从? {days:dateRange} 的?", ({ days }) =>
      just({ kind: "days", dates: { days }, repeats: true, isStretch: true }),
    ),
    say("{dates}", ({ dates }) => just({ kind: "days", dates: { days: dates }, repeats: false })),
    say("(每年|每一年) 的? {days:dayOfYear}", ({ days }) => scopedDays(days, yearly)),
    say("{months} 的? {which}", ({ months, which }) =>
      scopedDays(which, { of: "month", months, repeats: months.length > 1 }),
    ),
    say("(每年|每一年) 的? {months} 的? {which}", ({ months, which }) =>
      scopedDays(which, { of: "month", months, repeats: true }),
    ),
    say("(每月|每个月|每一个月|逐月) 的? {which}", ({ which }) => scopedDays(which, monthly)),
    say(
      "(每月|每个月|每一个月) 的? 从? {from:point} {to} {until:point} (为止|止|之间|期间)?",
      ({ from, until }): Clause[] => [
        { kind: "step", every: 1, unit: "month" },
        { kind: "range", from, to: until },
      ],
    ),
    say(
      "(每年|每一年) 的? 从? {from:point} {to} {until:point} (为止|止|之间|期间)?",
      ({ from, until }): Clause[] | undefined =>
        isMonthAlone(from) && isMonthAlone(until)
          ? undefined
          : [
              { kind: "step", every: 1, unit: "year" },
              { kind: "range", from, to: until },
            ],
    ),
    say("(每季度|每个季度|每季) 的? {which}", ({ which }) => scopedDays(which, quarterly)),
    say("{days:anyDays} 的? (且为|且是|又是|是)? {weekdays:anyWeekday}", ({ days, weekdays }) =>
      just({ kind: "days", dates: { days, weekdays }, repeats: true }),
    ),
    say(
      "每 {n:count} 年 的 {days:yearDays} 且为 {weekdays:anyWeekday}",
      ({ n, days, weekdays }): Clause[] | undefined =>
        n > 0
          ? [
              { kind: "step", every: n, unit: "year" },
              { kind: "days", dates: { days, weekdays }, repeats: true },
            ]
          : undefined,
    ),
    say("每 {n:count} 年 的 {days:yearDays}", ({ n, days }): Clause[] | undefined =>
      n > 0
        ? [
            { kind: "step", every: n, unit: "year" },
            { kind: "days", dates: { days }, repeats: true },
          ]
        : undefined,
    ),
    say("{days:anyDays}", ({ days }) => just({ kind: "days", dates: { days }, repeats: true })),
    say(
      "(每逢|逢|每个|每) {days:monthDays} 的? (且为|且是|又是|是)? {weekdays:anyWeekday}",
      ({ days, weekdays }) =>
        mapOk(monthDayRules(days), (rules) =>
          just({ kind: "days", dates: { days: rules, weekdays }, repeats: true }),
        ),
    ),
    say("{which} (且为|且是|又是) {weekdays:anyWeekday}", ({ which, weekdays }) =>
      just({ kind: "days", dates: { days: which, weekdays }, repeats: true }),
    ),
    say("(每月|每个月|每月的) (底|末|月底|月末)", () => scopedDays([{ kind: "day", day: -1 }], monthly)),
    say("(每月|每个月|每月的) (初|月初)", () => scopedDays([{ kind: "day", day: 1 }], monthly)),
    say("(每年|每年的) (底|末|年底|年末)", () => scopedDays([{ kind: "day", day: -1 }], yearly)),
    say("(每季度|每季|每个季度) (末|底|季末)", () => scopedDays([{ kind: "day", day: -1 }], quarterly)),
    say("(每逢|逢) {days:monthDays}", ({ days }) =>
      mapOk(monthDayRules(days), (rules) => scopedDays(rules, monthly)),
    ),
    say("{which}", ({ which }) =>
      just({ kind: "days", dates: { days: which }, repeats: false, isOpen: true }),
    ),
  ],
  inMonths: [
    say("(每年|每一年) 的? {months} (里|内|期间)?", ({ months }) =>
      just({ kind: "months", months, repeats: true }),
    ),
    say("{months} (里|内|期间)?", ({ months }) => just({ kind: "months", months, repeats: false })),
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

const weekdaysBetween = ([from, ...more]: readonly number[], [to, ...others]: readonly number[]) =>
  from !== undefined && to !== undefined && more.length === 0 && others.length === 0
    ? { days: around(from, to, 7), repeats: true }
    : undefined;
