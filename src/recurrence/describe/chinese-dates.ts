import type { Dates, DateUnit, DayRule, Step } from "../recurrence.ts";
import { list, longWeekdayName, place, weekdayName } from "./chinese-words.ts";
import { sayRuns } from "./lists.ts";
import { type DayItem, dayItems, isWorkdays, stretchOf } from "./rules.ts";

/** 每天, 每个工作日, 每月1日, 每年5月到9月的每周六, 每2周的周二和周五 */
export const days = (step: Step | undefined, dates: Dates | undefined): string => {
  const months = dates?.months ? `每年${monthList(dates.months)}的` : "";
  const inside = dates?.months ? "month" : undefined;
  return months + (step ? sayStep(step, dates) : eachDay(dates, inside));
};

/** 周一, 每月13日, 每年8月, 每年8月的周一 */
export const daysExcluded = ({ weekdays, days, months }: Dates): string => {
  const which = weekdays || days ? someDays(weekdays, days, months && "month") : "";
  return months ? `每年${monthList(months)}${which && "的"}${which}` : which;
};

const monthList = (months: readonly number[]): string => list(sayRuns(months, (month) => `${month}月`, "到"));

/** What the words before have told already, so that 每月 or 每年 is not said again. */
type SchedulerEvent = DateUnit | undefined;

const eachDay = (dates: Dates | undefined, event: SchedulerEvent): string => {
  const { weekdays, days } = dates ?? {};
  if (!weekdays && !days) return "每天";
  const stretch = event ? undefined : stretchOf(days);
  if (stretch)
    return `每年${dayItem(stretch.from)}到${dayItem(stretch.to)}${weekdays ? `的${eachWeekday(weekdays)}` : ""}`;
  if (days || !weekdays) return someDays(weekdays, days, event);
  return eachWeekday(weekdays);
};

const eachWeekday = (weekdays: readonly number[]): string =>
  isWorkdays(weekdays) ? "每个工作日" : `每${weekdayList(weekdays)}`;

const sayStep = ({ every, to, unit }: Step, dates: Dates | undefined): string => {
  const count = to === undefined ? (every === 1 ? "" : String(every)) : `${every}到${to}`;
  const { weekdays, days } = dates ?? {};
  const steps = `每${count}${stepUnits[unit]}`;
  if (weekdays && !days && (unit === "month" || unit === "year")) return `${steps}的${eachWeekday(weekdays)}`;
  if (weekdays || days) return `${steps}的${someDays(weekdays, days, unit)}`;
  return dates && unit !== "day" ? `${steps}的每天` : steps;
};

const stepUnits: Readonly<Record<DateUnit, string>> = { day: "天", week: "周", month: "个月", year: "年" };

const someDays = (
  weekdays: readonly number[] | undefined,
  days: readonly DayRule[] | undefined,
  event: SchedulerEvent,
): string => {
  if (!days) return weekdays ? weekdayList(weekdays) : "";
  const dated = dayList(days, event);
  return weekdays ? `${dated}且为${weekdayList(weekdays, "或")}` : dated;
};

/** 工作日, 周一到周四, 周二和周五 */
const weekdayList = (weekdays: readonly number[], and?: string): string =>
  isWorkdays(weekdays) ? "工作日" : list(sayRuns(weekdays, weekdayName, "到"), and);

/** 每年12月25日, 每月1日和最后一天 */
const dayList = (rules: readonly DayRule[], event: SchedulerEvent): string => {
  const { ofYear, ofMonth } = dayItems(rules);
  return [
    ...(ofYear.length > 0 ? [`${event === "year" ? "" : "每年"}${list(ofYear.map(dayItem))}`] : []),
    ...(ofMonth.length > 0 ? [`${event === "month" ? "" : "每月"}${list(ofMonth.map(dayItem))}`] : []),
  ].join("或");
};

const dayItem = (item: DayItem): string => {
  switch (item.kind) {
    case "days":
      if (item.from < 0) return `${place(item.from)}天`;
      return item.from === item.to ? `${item.from}日` : `${item.from}日到${item.to}日`;
    case "nths":
      return `${list(item.nths.map((nth) => `${place(nth)}个`))}${item.weekday ? longWeekdayName(item.weekday) : "工作日"}`;
    case "near":
      return `离${item.day}日最近的工作日`;
    case "year-day":
      return item.day > 0 ? `第${item.day}天` : `${place(item.day)}天`;
    case "annual":
      return `${item.month}月${item.day}日`;
  }
};
