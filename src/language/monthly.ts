import type { Dates, DayRule } from "../recurrence/recurrence.ts";

/** Dates of the year (25 December) said as days of their month, where they all lie in one; any others as they are. */
export const monthly = (dates: Dates): Dates => {
  const [first] = dates.days ?? [];
  return first?.kind === "annual" && !dates.months
    ? { ...dates, months: [first.month], days: dates.days!.map((rule) => dayIn(first.month, rule)) }
    : dates;
};

const dayIn = (month: number, rule: DayRule): DayRule =>
  rule.kind === "annual" && rule.month === month ? { kind: "day", day: rule.day } : rule;
