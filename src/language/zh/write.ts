import type {
  Calendar,
  DailyWindow,
  Dates,
  DateUnit,
  DayRule,
  Exclusion,
  Interval,
  Step,
  Times,
} from "../../recurrence/recurrence.ts";
import { dateFields, parseDate } from "../../time/plain-date.ts";
import {
  type Amount,
  amountsOf,
  type BoundParts,
  type DayItem,
  dayItems,
  isListed,
  isOnlyZero,
  isoMoment,
  isWorkdays,
  join,
  type LanguageWriter,
  type Mark,
  type Marks,
  type MomentParts,
  marksOf,
  noteOf,
  parted,
  stretchOf,
  unitOf,
  writeRuns,
} from "../describe-parts.ts";

/** What zones are called; the first name is the one that is written. */
export const zoneNames: Readonly<Record<string, string>> = {
  "Asia/Shanghai": "北京 上海 中国",
  "Asia/Hong_Kong": "香港",
  "Asia/Taipei": "台北",
  "Asia/Tokyo": "东京 日本",
  "Asia/Seoul": "首尔 韩国",
  "Asia/Singapore": "新加坡",
  "Asia/Dubai": "迪拜",
  "Asia/Kolkata": "印度 加尔各答",
  "Europe/London": "伦敦",
  "Europe/Paris": "巴黎",
  "Europe/Berlin": "柏林",
  "Europe/Moscow": "莫斯科",
  "America/New_York": "纽约 美国东部 美东",
  "America/Chicago": "芝加哥 美国中部",
  "America/Denver": "丹佛 美国山地",
  "America/Los_Angeles": "洛杉矶 美国西部 美西 太平洋",
  "America/Toronto": "多伦多",
  "Australia/Sydney": "悉尼",
};

/** Recurrences in Simplified Chinese: 每个工作日09:00，每月13日除外. */
export const writeChinese: LanguageWriter = {
  once: (at) => `${moment(at)}一次`,
  interval: (interval) => `每${length(interval)}${interval.fixedDelay ? "，从上次运行结束时算起" : ""}`,
  calendar: (calendar, windows) => sayCalendar(calendar, windows),
  union: (parts) => parts.join("以及"),
  within: (of, windows) => `${of}，且时间在${windowList(windows)}之间`,
  except: (of, exclusions) => {
    const [only, not] = parted(exclusions);
    const rest = not.length === 0 ? "" : `，${not.map(exclusion).join("以及")}除外`;
    return `${of}${only.map((name) => `，仅限${name.zh}`).join("")}${rest}`;
  },
  bounded: (of, bounds) => [of, ...boundClauses(bounds)].join("，"),
  zoned: (of, zone) => `${zoneNames[zone]?.split(" ")[0] ?? zone}时间${of}`,
  group: (text) => `（${text}）`,
  hasClauses: (text) => text.includes("，"),
};

const length = ({ every, random }: Interval): string => {
  if (!random) return each(every);
  const [unit, size = 1] = unitOf(every, random) ?? [];
  return unit
    ? `${every / size}到${random.to / size}${units[unit]}`
    : `${lengthOf(every)}到${lengthOf(random.to)}，以${lengthOf(random.unit)}为单位`;
};

/** Days, then times: 每个工作日09:00到17:00之间每15分钟. A rhythm of the clock on all days needs no 每天. */
const sayCalendar = ({ step, dates, times }: Calendar, windows: readonly DailyWindow[] = []): string => {
  const text = `${windows.length > 0 ? `${windowList(windows)}之间` : ""}${sayTimes(times)}`;
  if (times.kind === "anchor" && !dates) return days(step, dates);
  const isEveryDay = !step && !dates && times.kind === "fields" && text.startsWith("每");
  const note = noteOf(times);
  if (step && step.every > 1 && !dates && times.kind === "list") return `${days(step, dates)}一次，${text}`;
  const isSameDay = step && step.unit !== "day" && !dates && text.includes("每");
  return `${isEveryDay ? "" : days(step, dates)}${isSameDay ? "的同一天" : ""}${text}${note ? notes[note] : ""}`;
};

const notes = { aligned: "，与时钟对齐", elapsed: "，按实际经过的时间" };

const boundClauses = ({ starting, until, times }: BoundParts): readonly string[] => [
  ...(starting ? [`从${edge(starting)}开始`] : []),
  ...(until ? [`直到${edge(until)}`] : []),
  ...(times === undefined ? [] : [`共${times}次`]),
];

const exclusion = (exclusion: Exclusion): string => {
  switch (exclusion.kind) {
    case "dates":
      return daysExcluded(exclusion.dates);
    case "range": {
      const [from, to] = [exclusion.from, exclusion.to].map((date) => fullDate(dateFields(parseDate(date))));
      return from === to ? `${from}` : `${from}到${to}`;
    }
    case "days":
      return exclusion.set.name.zh;
    case "times":
      return list(exclusion.at);
    case "window":
      return `${windowList([exclusion.window])}之间`;
  }
};

/** 每天, 每个工作日, 每月1日, 每年5月到9月的每周六, 每2周的周二和周五 */
const days = (step: Step | undefined, dates: Dates | undefined): string => {
  if (step?.unit === "year" && step.to === undefined && dates?.months && dates.days && !dates.weekdays)
    return `每${step.every === 1 ? "" : step.every}年的${monthList(dates.months)}${someDays(undefined, dates.days, "month")}`;
  const months = dates?.months ? `每年${monthList(dates.months)}的` : "";
  const inside = dates?.months ? "month" : undefined;
  return months + (step ? sayStep(step, dates) : eachDay(dates, inside));
};

/** 周一, 每月13日, 每年8月, 每年8月的周一 */
const daysExcluded = ({ weekdays, days, months }: Dates): string => {
  const which = weekdays || days ? someDays(weekdays, days, months && "month") : "";
  return months ? `每年${monthList(months)}${which && "的"}${which}` : which;
};

const monthList = (months: readonly number[]): string =>
  list(writeRuns(months, (month) => `${month}月`, "到"));

/** What the words before already say, so that 每月 or 每年 is not repeated. */
type AlreadyNamed = DateUnit | undefined;

const eachDay = (dates: Dates | undefined, event: AlreadyNamed): string => {
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
  event: AlreadyNamed,
): string => {
  if (!days) return weekdays ? weekdayList(weekdays) : "";
  const dated = dayList(days, event);
  return weekdays ? `${dated}且为${weekdayList(weekdays, "或")}` : dated;
};

/** 工作日, 周一到周四, 周二和周五 */
const weekdayList = (weekdays: readonly number[], and?: string): string =>
  isWorkdays(weekdays) ? "工作日" : list(writeRuns(weekdays, weekdayName, "到"), and);

/** 每年12月25日, 每月1日和最后一天 */
const dayList = (rules: readonly DayRule[], event: AlreadyNamed): string => {
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

/** Begins with 每 where it is a rhythm of the clock. */
const sayTimes = (times: Times): string => {
  switch (times.kind) {
    case "anchor":
      return "同一时间";
    case "list":
      return list(times.at);
    case "grid":
      return `${times.windows ? `${windowList(times.windows)}之间，` : ""}每${each(times.every)}${times.windows ? "一次" : ""}`;
    case "fields": {
      const marks = marksOf(times);
      const { rhythm } = marks;
      return rhythm ? `每${rhythm.every === 1 ? "" : rhythm.every}${units[rhythm.unit]}` : inside(marks);
    }
  }
};

/** 每小时的第30分钟, 9到17点的第0和30分钟: from the largest unit to the smallest. */
const inside = ({ hours, minutes, seconds }: Marks): string => {
  if (seconds === undefined) {
    if (hours === "any" && isOnlyZero(minutes)) return "每小时整点";
    return `${sayHours(hours)}的${sayMark(minutes, "minute")}`;
  }
  const upToMinutes = hours === "any" && minutes === "any" ? "" : `${sayHours(hours)}的`;
  return `${upToMinutes}${sayMark(minutes, "minute")}的${sayMark(seconds, "second")}`;
};

const sayHours = (mark: Mark): string => (isListed(mark) ? `${numbers(mark)}点` : sayMark(mark, "hour"));

const sayMark = (mark: Mark, unit: "hour" | "minute" | "second"): string => {
  if (isListed(mark)) return `第${numbers(mark)}${units[unit]}`;
  return `每${mark === "any" ? "" : mark}${units[unit]}`;
};

const numbers = (listed: readonly number[]): string => list(writeRuns(listed, String, "到"));

/** Monday to Sunday, as in 周一 and 星期一. */
export const weekdayChars = "一二三四五六日";

/** ISO, as they stand alone: 1 周一 to 7 周日. */
const weekdayName = (weekday: number): string => `周${weekdayChars[weekday - 1]}`;

/** As they are counted: 第一个星期一. */
const longWeekdayName = (weekday: number): string => `星期${weekdayChars[weekday - 1]}`;

const numerals = "一二三四五六七八九十";

/** 第三, 第11, 最后一, 倒数第二: counted from the front, or from the end below zero. Units come behind it. */
const place = (n: number): string => {
  if (n === -1) return "最后一";
  return n < 0 ? `倒数${place(-n)}` : `第${numerals[n - 1] ?? n}`;
};

/** a、b和c */
const list = (parts: readonly string[], and = "和"): string => join(parts, "、", and);

/** 15分钟, 2小时30分钟; one of a unit is the unit alone: 分钟, as after 每. */
const each = (length: number): string => {
  const amounts = amountsOf(length);
  const [only] = amounts;
  return amounts.length === 1 && only?.count === 1 ? units[only.unit] : amounts.map(amount).join("");
};

/** 1分钟, 2小时30分钟 */
const lengthOf = (length: number): string => amountsOf(length).map(amount).join("");

const amount = ({ count, unit }: Amount): string => `${count}${units[unit]}`;

const units = { hour: "小时", minute: "分钟", second: "秒", millisecond: "毫秒" } as const;

/** 2026年12月25日09:00; whole as ISO 8601 where the clock shows it twice. */
const moment = (at: MomentParts): string =>
  at.offset ? isoMoment(at) : `${fullDate(at.date)}${at.time ?? ""}`;

/** 2026年12月25日, 2026-12-25 09:00: a start or an end, whose time stays with its date. */
const edge = (at: MomentParts): string => (at.time ? isoMoment(at) : fullDate(at.date));

/** 2026年12月25日 */
const fullDate = ({ year, month, day }: MomentParts["date"]): string => `${year}年${month}月${day}日`;

/** 09:00到11:00和14:00到16:00 */
const windowList = (windows: readonly DailyWindow[]): string =>
  list(windows.map(({ from, to }) => `${from}到${to < from ? "次日" : to === from ? "同日" : ""}${to}`));
