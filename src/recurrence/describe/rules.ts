import type { DayRule } from "../recurrence.ts";
import { runsOf } from "./lists.ts";

/** One thing to be said of the days of a month or a year; three and more days of the month in a row are one. */
export type DayItem =
  | Exclude<DayRule, { kind: "day" }>
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

export const dayItems = (rules: readonly DayRule[]): DayItems => {
  const counted = rules.flatMap((rule) => (rule.kind === "day" ? [rule.day] : []));
  const fromEnd = counted.filter((day) => day < 0);
  const isOfYear = ({ kind }: DayRule) => kind === "annual" || kind === "year-day";
  return {
    ofYear: [
      ...rules.filter(isOther).filter(({ kind }) => kind === "year-day"),
      ...rules.filter(isOther).filter(({ kind }) => kind === "annual"),
    ],
    ofMonth: [
      ...rules.filter(isOther).filter((rule) => !isOfYear(rule) && rule.kind !== "near"),
      ...runsOf(counted.filter((day) => day > 0)).map((run) => ({ kind: "days" as const, ...run })),
      ...fromEnd.map((day) => ({ kind: "days" as const, from: day, to: day })),
      ...rules.filter(isOther).filter(({ kind }) => kind === "near"),
    ],
  };
};

/** Whether every rule is a date or a day of the month counted from its beginning: "the 13th" alone is understood. */
export const isPlain = (rules: readonly DayRule[]): boolean =>
  rules.every((rule) => rule.kind === "annual" || (rule.kind === "day" && rule.day > 0));

/** Monday to Friday and nothing else. */
export const isWorkdays = (weekdays: readonly number[]): boolean =>
  weekdays.length === 5 && weekdays.every((weekday, i) => weekday === i + 1);

const isOther = (rule: DayRule): rule is Exclude<DayRule, { kind: "day" }> => rule.kind !== "day";
