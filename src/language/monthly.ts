import type { Dates } from "../recurrence/recurrence.ts";

/** Dates of the year (25 December) said as days of their month, where all are in one month; any others as they are. */
export const monthly = (dates: Dates): Dates => {
  const annual = dates.days?.filter((rule) => rule.kind === "annual") ?? [];
  const month = annual[0]?.month;
  if (month === undefined || annual.length < dates.days!.length || dates.months) return dates;
  if (annual.some((rule) => rule.month !== month)) return dates;
  return { ...dates, months: [month], days: annual.map(({ day }) => ({ kind: "day", day })) };
};
