import { dayNumber } from "../../time/plain-date.ts";
import type { DayRule } from "../recurrence.ts";
import { runsOf } from "./lists.ts";

/** One thing to be said of the days of a month or a year; three and more days of the month in a row are one. */
export type DayItem =
  | Exclude<DayRule, { kind: "day" | "nth" | "workday" }>
  /** The first and third of a weekday, or of the workdays. */
  | { readonly kind: "nths"; readonly nths: readonly number[]; readonly weekday?: number }
  | { readonly kind: "days"; readonly from: number; readonly to: number };

export interface DayItems {
  /** Days of the year, dates of the year. */
  readonly ofYear: readonly DayItem[];
  /**
   * In an order that leaves no doubt: "the last Friday and the 1st" are two things, "the 1st and the last Friday" might be two Fridays, and "nearest the
   * 1st and the 15th" might be two days near them.
   */
  readonly ofMonth: readonly DayItem[];
}

/** Those of one weekday together. */
const nthsOf = (rules: readonly DayRule[]): readonly DayItem[] => {
  const byDay = new Map<number | undefined, number[]>();
  for (const rule of rules) {
    if (rule.kind !== "nth" && rule.kind !== "workday") continue;
    const weekday = rule.kind === "nth" ? rule.weekday : undefined;
    byDay.set(weekday, [...(byDay.get(weekday) ?? []), rule.nth]);
  }
  return [...byDay].map(([weekday, nths]) => ({
    kind: "nths",
    nths: nths.toSorted((a, b) => (a > 0 === b > 0 ? a - b : b - a)),
    ...(weekday !== undefined && { weekday }),
  }));
};

export const dayItems = (rules: readonly DayRule[]): DayItems => {
  const counted = rules.flatMap((rule) => (rule.kind === "day" ? [rule.day] : []));
  const fromEnd = counted.filter((day) => day < 0);
  return {
    ofYear: [
      ...rules.filter((rule) => rule.kind === "year-day"),
      ...rules.filter((rule) => rule.kind === "annual"),
    ],
    ofMonth: [
      ...nthsOf(rules),
      ...runsOf(counted.filter((day) => day > 0)).map((run) => ({ kind: "days" as const, ...run })),
      ...fromEnd.map((day) => ({ kind: "days" as const, from: day, to: day })),
      ...rules.filter((rule) => rule.kind === "near"),
    ],
  };
};

/** Whether every rule is a date or a day of the month counted from its beginning: "the 13th" alone is understood. */
export const isPlain = (rules: readonly DayRule[]): boolean =>
  rules.every((rule) => rule.kind === "annual" || (rule.kind === "day" && rule.day > 0));

/** The first and last of dates that follow one another, as "1 June to 5 June"; over New Year too. */
export const stretchOf = (
  days: readonly DayRule[] | undefined,
): { readonly from: AnnualDate; readonly to: AnnualDate } | undefined => {
  const dates = (days ?? []).filter((rule) => rule.kind === "annual");
  if (dates.length < 3 || dates.length < days!.length || dates.length > 365) return undefined;
  const places = dates.map(({ month, day }) => dayNumber(leapYear, month, day));
  const gaps = places.flatMap((place, i) => (i > 0 && place !== places[i - 1]! + 1 ? [i] : []));
  if (gaps.length === 0) return { from: dates[0]!, to: dates.at(-1)! };
  const isOverNewYear =
    gaps.length === 1 &&
    dates[0]!.month + dates[0]!.day === 2 &&
    dates.at(-1)!.month + dates.at(-1)!.day === 43;
  return isOverNewYear ? { from: dates[gaps[0]!]!, to: dates[gaps[0]! - 1]! } : undefined;
};

type AnnualDate = Extract<DayRule, { kind: "annual" }>;
const leapYear = 2000;

/** Monday to Friday and nothing else. */
export const isWorkdays = (weekdays: readonly number[]): boolean =>
  weekdays.length === 5 && weekdays.every((weekday, i) => weekday === i + 1);
