import type { Dates, DayRule, Step } from "../recurrence.ts";
import { list, monthName, numeral, place, plural, weekdayName } from "./english-words.ts";
import { sayRuns } from "./lists.ts";
import { type DayItem, dayItems, isPlain, isWorkdays, stretchOf } from "./rules.ts";

/** Which days, in front of times: `"every weekday"`, `"on the 1st of the month"`, `"every other Monday"`. Months are said apart. */
export const daysInFront = (step: Step | undefined, dates: Dates | undefined): string => {
  const { weekdays, days } = dates ?? {};
  if (step) return sayStep(step, dates);
  const stretch = stretchIn(dates);
  if (stretch) return `every ${weekdays ? weekdayList(weekdays) : "day"}${fromTo(stretch)}`;
  if (weekdays) return `every ${days ? matching(weekdays, days) : weekdayList(weekdays)}`;
  return days ? `on ${dayList(days)}` : "every day";
};

/** Which days, behind a rhythm: `" on Mondays"`, `" on the 1st of the month"`; nothing for all of them. */
export const daysBehind = (dates: Dates): string => {
  const { weekdays, days } = dates;
  const stretch = stretchIn(dates);
  if (stretch) return `${weekdays ? ` on ${weekdayList(weekdays, "s")}` : ""}${fromTo(stretch)}`;
  if (weekdays) return ` on ${days ? anyMatching(weekdays, days) : weekdayList(weekdays, "s")}`;
  return days ? ` on ${dayList(days)}` : "";
};

/** Dates of every year that follow one another, where no months narrow them. */
export const stretchIn = (dates: Dates | undefined): ReturnType<typeof stretchOf> =>
  dates?.months ? undefined : stretchOf(dates?.days);

const fromTo = ({ from, to }: NonNullable<ReturnType<typeof stretchOf>>): string =>
  ` from ${dayItem(from)} to ${dayItem(to)}`;

/** Which days are left out: `"on Monday in May"`, `"on the 13th"`, `"in August"`. */
export const daysExcluded = ({ weekdays, days, months }: Dates): string => {
  const on = weekdays ? onWeekdays(weekdays, days) : days && dayList(days, { isShort: isPlain(days) });
  return [...(on ? [`on ${on}`] : []), ...(months ? [inMonths(months)] : [])].join(" ");
};

/** `"in May and June"`, `"from May to September"`. */
export const inMonths = (months: readonly number[]): string => {
  const names = sayRuns(months, monthName, " to ");
  return names.length === 1 && months.length > 1 ? `from ${names[0]}` : `in ${list(names)}`;
};

const sayStep = ({ every, to, unit }: Step, dates: Dates | undefined): string => {
  const { weekdays, days } = dates ?? {};
  if (to !== undefined) return `every ${every} to ${to} ${unit}s${onStepped(unit, dates)}`;
  if (every === 2 && unit === "week" && weekdays?.length === 1 && !days)
    return `every other ${weekdayName(weekdays[0]!)}`;
  return `every ${every === 1 ? unit : plural(every, unit)}${onStepped(unit, dates)}`;
};

const onStepped = (unit: Step["unit"], dates: Dates | undefined): string => {
  if (!dates) return "";
  const { weekdays, days } = dates;
  if (weekdays && !days && (unit === "month" || unit === "year")) return ` on ${weekdayList(weekdays, "s")}`;
  if (weekdays) return ` on ${onWeekdays(weekdays, days)}`;
  if (days) return ` on ${dayList(days, { isShort: unit === "month" })}`;
  return unit === "day" ? "" : " on every day";
};

const onWeekdays = (weekdays: readonly number[], days: readonly DayRule[] | undefined): string =>
  days ? anyMatching(weekdays, days) : isWorkdays(weekdays) ? "weekdays" : weekdayList(weekdays);

/** `"weekday"`, `"Monday and Thursday"`, `"Tuesday to Saturday"`. */
const weekdayList = (weekdays: readonly number[], plural = "", and?: string): string =>
  isWorkdays(weekdays)
    ? `weekday${plural}`
    : list(
        sayRuns(weekdays, (weekday) => weekdayName(weekday) + plural, " to "),
        and,
      );

/** Days that are both: `"Friday the 13th"`, `"Monday or Friday that is the 1st or the last day of the month"`. */
const matching = (weekdays: readonly number[], days: readonly DayRule[]): string => {
  const item = dayList(days, { and: "or", isShort: isPlain(days) });
  return isOneDate(weekdays, days)
    ? `${weekdayList(weekdays)} ${item}`
    : `${weekdayList(weekdays, "", "or")} that is ${item}`;
};

const anyMatching = (weekdays: readonly number[], days: readonly DayRule[]): string =>
  `${isOneDate(weekdays, days) ? "" : "any "}${matching(weekdays, days)}`;

const isOneDate = (weekdays: readonly number[], [first, ...others]: readonly DayRule[]): boolean =>
  weekdays.length === 1 && others.length === 0 && first?.kind === "day" && first.day > 0;

/** `"25 December, the 1st and the last Friday of the month"`; short: without "of the month". */
const dayList = (rules: readonly DayRule[], said: { and?: string; isShort?: boolean } = {}): string => {
  const { ofYear, ofMonth } = dayItems(rules);
  const items = list([...ofYear, ...ofMonth].map(dayItem), said.and);
  return ofMonth.length > 0 && !said.isShort ? `${items} of the month` : items;
};

const dayItem = (item: DayItem): string => {
  switch (item.kind) {
    case "days":
      if (item.from < 0) return `the ${place(item.from)} day`;
      return item.from === item.to
        ? `the ${numeral(item.from)}`
        : `the ${numeral(item.from)} to the ${numeral(item.to)}`;
    case "nths":
      return `the ${list(item.nths.map(place))} ${item.weekday ? weekdayName(item.weekday) : "workday"}`;
    case "near":
      return `the weekday nearest the ${numeral(item.day)}`;
    case "year-day":
      return `the ${item.day > 0 ? numeral(item.day) : place(item.day)} day of the year`;
    case "annual":
      return `${item.day} ${monthName(item.month)}`;
  }
};
