/** Monday first, as ISO counts them from 1. */
export const weekdayNames = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

/** January first, counted from 1. */
export const monthNames = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
] as const;

const capitalized = (name = ""): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `"Monday"` for 1 to `"Sunday"` for 7. */
export const weekdayName = (weekday: number): string => capitalized(weekdayNames[weekday - 1]);

/** `"January"` for 1 to `"December"` for 12. */
export const monthName = (month: number): string => capitalized(monthNames[month - 1]);

/** `"Mon"`. */
export const shortWeekday = (weekday: number): string => weekdayName(weekday).slice(0, 3);

export const workdays: readonly number[] = [1, 2, 3, 4, 5];
export const weekendDays: readonly number[] = [6, 7];

/** The weekdays of an exact name, `"monday"`, `"Mondays"`, `"weekday"`, `"weekend"`; undefined for other texts. */
export const weekdaysNamed = (text: string): readonly number[] | undefined => named.get(text.toLowerCase());

/** The month of an exact name, 1 to 12; undefined for other texts. */
export const monthNamed = (text: string): number | undefined => {
  const index = (monthNames as readonly string[]).indexOf(text.toLowerCase());
  return index < 0 ? undefined : index + 1;
};

const groups: readonly (readonly [string, readonly number[]])[] = [
  ...weekdayNames.map((name, i) => [name, [i + 1]] as const),
  ["weekday", workdays],
  ["weekend", weekendDays],
];

const named: ReadonlyMap<string, readonly number[]> = new Map(
  groups.flatMap(([name, days]) => [
    [name, days],
    [`${name}s`, days],
  ]),
);

export const unitNames = ["second", "minute", "hour", "day", "week", "month", "year"] as const;
