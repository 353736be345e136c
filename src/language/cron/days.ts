import type { Dates, DayRule } from "../../recurrence/recurrence.ts";
import { isoWeekday } from "./day-rules.ts";
import { Mistake } from "./mistake.ts";
import type { PhraseSchedule } from "./read-field.ts";

/**
 * The dates of the three fields that speak of days; a date needs to meet only one of them.
 *
 * Where both the day of the month and the weekday are restricted, either is enough: `0 9 1 * mon` is each 1st and each
 * Monday. But a field that begins with `*` restricts together with the other, never instead of it: day `*\/2` with `mon`
 * is the Mondays on odd days. Both as cronie does it. Where either is enough, a date that never comes, such as 30 February, leaves the weekdays.
 *
 * @throws Mistake for dates that never come, such as 30 February.
 */
export const readDays = (
  ofMonth: PhraseSchedule,
  months: PhraseSchedule,
  ofWeek: PhraseSchedule,
): readonly Dates[] => {
  const inMonths: Dates = months.values ? { months: months.values } : {};
  const weekdays = ofWeek.values?.map(isoWeekday) ?? [];
  const openMonth = !ofMonth.values || new Set(ofMonth.values).size === 31;
  const openWeek = !ofWeek.values || new Set(weekdays).size === 7;
  const either = !ofMonth.starred && !ofWeek.starred;
  if ((openMonth && openWeek) || (either && (openMonth || openWeek))) return [inMonths];
  const days = openMonth ? [] : [...ofMonth.values.map(dayOfMonth), ...ofMonth.rules];
  const isNever = days.length > 0 && !isPossible(days, months.values ?? everyMonth);
  if (isNever && (openWeek || !either)) throw neverComes(months.values ?? everyMonth, ofMonth);
  if (openWeek) return [{ ...inMonths, days }];
  if (!either && days.length > 0) {
    refuseUnsayable(days, weekdays, ofMonth, ofWeek);
    return [{ ...inMonths, days, weekdays }];
  }
  const nths = ofWeek.rules.filter((rule) => rule.kind !== "nth" || !weekdays.includes(rule.weekday));
  if (isNever) days.splice(0, days.length, ...nths);
  else days.push(...nths);
  return [
    ...(days.length > 0 ? [{ ...inMonths, days }] : []),
    ...(weekdays.length > 0 ? [{ ...inMonths, weekdays }] : []),
  ];
};

const dayOfMonth = (day: number): DayRule => ({ kind: "day", day });

const everyMonth = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const mostDays = (months: readonly number[]): number =>
  Math.max(...months.map((month) => longest[month - 1]!));

const isPossible = (days: readonly DayRule[], months: readonly number[]): boolean =>
  days.some((rule) => !("day" in rule) || Math.abs(rule.day) <= mostDays(months));

const neverComes = (months: readonly number[], place: PhraseSchedule): Mistake =>
  new Mistake({
    what: "day of the month",
    accepted: `a day that the month has, at most ${mostDays(months)}: this would never run`,
    start: place.start,
    end: place.end,
    instead: "L",
  });

const refuseUnsayable = (
  days: readonly DayRule[],
  weekdays: readonly number[],
  ofMonth: PhraseSchedule,
  ofWeek: PhraseSchedule,
): void => {
  if (ofWeek.rules.length > 0) {
    const accepted = "* as the day of the month beside a weekday with # or L";
    throw new Mistake({
      what: "day of the month",
      accepted,
      start: ofMonth.start,
      end: ofMonth.end,
      instead: "*",
    });
  }
  if (
    weekdays.every((weekday) => weekday > 5) &&
    days.every(({ kind }) => kind === "near" || kind === "workday")
  ) {
    const accepted = "a day from Monday to Friday beside W: this would never run";
    throw new Mistake({ what: "weekday", accepted, start: ofWeek.start, end: ofWeek.end, instead: "*" });
  }
};
