import type { DailyWindow } from "../recurrence.ts";
import { type Amount, amountsOf, type LengthUnit } from "./lengths.ts";
import { join } from "./lists.ts";
import { isoMoment, type SpokenMoment } from "./moments.ts";

/** ISO, as they stand alone: 1 周一 to 7 周日. */
export const weekdayName = (weekday: number): string => `周${weekdays[weekday - 1]}`;

/** As they are counted: 第一个星期一. */
export const longWeekdayName = (weekday: number): string => `星期${weekdays[weekday - 1]}`;

const weekdays = "一二三四五六日";
const numerals = "一二三四五六七八九十";

/** 第三, 第11, 最后一, 倒数第二: counted from the front, or from the end below zero. Units come behind it. */
export const place = (n: number): string => {
  if (n === -1) return "最后一";
  return n < 0 ? `倒数${place(-n)}` : `第${numerals[n - 1] ?? n}`;
};

/** a、b和c */
export const list = (parts: readonly string[], and = "和"): string => join(parts, "、", and);

/** 15分钟, 2小时30分钟; one of a unit is the unit alone: 分钟, as after 每. */
export const each = (length: number): string => {
  const amounts = amountsOf(length);
  const [only] = amounts;
  return amounts.length === 1 && only?.count === 1 ? unitName(only.unit) : amounts.map(amount).join("");
};

/** 1分钟, 2小时30分钟 */
export const lengthOf = (length: number): string => amountsOf(length).map(amount).join("");

const amount = ({ count, unit }: Amount): string => `${count}${unitName(unit)}`;

export const unitName = (unit: LengthUnit): string => units[unit];
const units = { hour: "小时", minute: "分钟", second: "秒", millisecond: "毫秒" } as const;

/** 2026年12月25日09:00; whole as ISO 8601 where the clock shows it twice. */
export const moment = (at: SpokenMoment): string =>
  at.offset ? isoMoment(at) : `${fullDate(at.date)}${at.time ?? ""}`;

/** 2026年12月25日, 2026-12-25 09:00: a beginning or an end, whose time stays with its date. */
export const edge = (at: SpokenMoment): string => (at.time ? isoMoment(at) : fullDate(at.date));

/** 2026年12月25日 */
export const fullDate = ({ year, month, day }: SpokenMoment["date"]): string => `${year}年${month}月${day}日`;

/** 09:00到11:00和14:00到16:00 */
export const windowList = (windows: readonly DailyWindow[]): string =>
  list(windows.map(({ from, to }) => `${from}到${to}`));
