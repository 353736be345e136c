import { hour, minute, second } from "../../time/plain-time.ts";
import type { PartName, PartWord, Unit, WeekdayWord } from "../clauses.ts";
import type { Vocabulary } from "../grammar.ts";
import { weekdayChars, zoneNames } from "./write.ts";

const each = <T>(meaning: T, spellings: string): Record<string, T> =>
  Object.fromEntries(spellings.split(" ").map((spelling) => [spelling, meaning]));

const elapsed = (length: number): Unit => ({ elapsed: length });
const part = (name: PartName): PartWord => ({ part: name, isPlural: false });
const weekday = (...days: number[]): WeekdayWord => ({ days, isPlural: false });

/** 周, 星期 and 礼拜 with each of its days. */
const weekdays = (): Record<string, WeekdayWord> => ({
  ...Object.fromEntries(
    ["周", "星期", "礼拜"].flatMap((week) =>
      [...weekdayChars, "天"].map((name, i) => [`${week}${name}`, weekday(Math.min(i + 1, 7))]),
    ),
  ),
  ...each(weekday(1, 2, 3, 4, 5), "工作日 上班日 平日 工作天"),
  ...each(weekday(6, 7), "周末 双休日"),
});

export const words = (): Vocabulary => ({
  unit: {
    ...each(elapsed(1), "毫秒"),
    ...each(elapsed(second), "秒 秒钟"),
    ...each(elapsed(minute), "分钟"),
    ...each(elapsed(hour), "小时 钟头"),
    ...each<Unit>({ every: 1, unit: "day" }, "天 日"),
    ...each<Unit>({ every: 1, unit: "week" }, "周 星期 礼拜"),
    ...each<Unit>({ every: 1, unit: "month" }, "个月"),
    ...each<Unit>({ every: 3, unit: "month", isQuarter: true }, "季度 季"),
    ...each<Unit>({ every: 1, unit: "year" }, "年"),
  },
  unitSign: { 分: elapsed(minute) },
  weekday: weekdays(),
  /** The day of a week that has been named: 每周二四六. */
  weekdayName: Object.fromEntries([...weekdayChars].map((name, i) => [name, Math.min(i + 1, 7)])),
  part: {
    ...each(part("dawn"), "凌晨"),
    ...each(part("early"), "清晨 清早"),
    ...each(part("morning"), "早 早上 早晨 早间 上午"),
    ...each(part("noon"), "中午"),
    ...each(part("afternoon"), "下午 午后"),
    ...each(part("dusk"), "傍晚"),
    ...each(part("evening"), "晚 晚上 晚间"),
    ...each(part("night"), "夜里 夜间 深夜 半夜"),
  },
  half: { ...each("am", "am"), ...each("pm", "pm") },
  zoneWord: {
    ...each("UTC", "utc gmt z 世界协调 协调世界"),
    ...Object.assign({}, ...Object.entries(zoneNames).map(([zone, names]) => each(zone, names))),
  },
  zoneCode: Object.fromEntries(
    "cst ist bst est edt pst pdt cet jst".split(" ").map((code) => [code, code.toUpperCase()]),
  ),
  vague: each(true, "几 大约 大概 左右 偶尔 有时 经常 随时 差不多 若干"),
});

const digits = new Map([..."零一二三四五六七八九"].map((char, n) => [char, n] as const));
digits.set("〇", 0).set("两", 2).set("俩", 2);

/** The numbers that begin at a place, written with Chinese numerals, shortest first: 二, 二十, 二十五. */
export const numeralsAt = (
  text: string,
  at: number,
): readonly { readonly value: number; readonly end: number }[] => {
  const found: { value: number; end: number }[] = [];
  for (let end = at + 1; end <= Math.min(text.length, at + longest); end++) {
    if (!isNumeral(text[end - 1]!)) break;
    const value = readNumeral(text.slice(at, end));
    if (value !== undefined) found.push({ value, end });
  }
  return found;
};

/** 九百九十九 is five long; a year digit by digit is four. */
const longest = 6;

export const isNumeral = (char: string): boolean => digits.has(char) || char === "十" || char === "百";

/** 五, 十五, 二十, 二十五, 一百零五, 一百二十, 零五 (as in minutes), 二〇二七 (as in years). */
const readNumeral = (numeral: string): number | undefined => {
  const [hundreds, rest] = split(numeral, "百");
  if (hundreds === undefined) return below100(rest) ?? asYear(numeral);
  const hundred = digits.get(hundreds);
  if (!hundred || rest === "") return hundred && hundred * 100;
  const more = below100(rest.startsWith("零") ? rest.slice(1) : rest);
  return more === undefined || more < 10 !== rest.startsWith("零") ? undefined : hundred * 100 + more;
};

const below100 = (numeral: string): number | undefined => {
  const [tens, ones] = split(numeral, "十");
  if (tens === undefined) return oneDigit(ones.length === 2 && ones.startsWith("零") ? ones.slice(1) : ones);
  const ten = tens === "" ? 1 : digits.get(tens);
  const one = ones === "" ? 0 : digits.get(ones);
  return !ten || one === undefined || (ones !== "" && one === 0) ? undefined : ten * 10 + one;
};

const oneDigit = (numeral: string): number | undefined =>
  numeral.length === 1 ? digits.get(numeral) : undefined;

const asYear = (numeral: string): number | undefined => {
  if (numeral.length !== 4) return undefined;
  const each = [...numeral].map((char) => digits.get(char));
  return each.includes(undefined) || each[0] === 0 ? undefined : Number(each.join(""));
};

/** What stands before and behind a sign; only the rest, when the sign is not there. */
const split = (numeral: string, sign: string): readonly [string | undefined, string] => {
  const at = numeral.indexOf(sign);
  return at < 0 ? [undefined, numeral] : [numeral.slice(0, at), numeral.slice(at + 1)];
};
