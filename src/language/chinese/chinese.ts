import { languageOf } from "../language.ts";
import { type Scan, type Scanned, scanWritten } from "../scan.ts";
import { clauses } from "./clauses.ts";
import { clocks } from "./clocks.ts";
import { days } from "./days.ts";
import { marks } from "./marks.ts";
import { moments } from "./moments.ts";
import { numbers } from "./numbers.ts";
import { isNumeral, numeralsAt } from "./numerals.ts";
import { words } from "./words.ts";

/** Numerals, and months: a number before 月, but not before 个月. */
const scan: Scan = (text, at) => {
  const numerals = isNumeral(text[at]!) ? numeralsAt(text, at) : [];
  const found: Scanned[] = [
    ...scanWritten(text, at),
    ...numerals.map(({ value, end }): Scanned => ({ kind: "cardinal", meaning: value, end })),
  ];
  const months = found.flatMap(({ kind, meaning, end }): readonly Scanned[] =>
    (kind === "digits" || kind === "cardinal") && isMonth(meaning) && text[end] === "月"
      ? [{ kind: "month", meaning, end: end + (text[end + 1] === "份" ? 2 : 1) }]
      : [],
  );
  return [...found, ...months, ...weekdayDigits(text, at)];
};

/** 每周1, 每周1、3、5: digits behind 周, but not 每周3次 or 每周1点. */
const weekdayDigits = (text: string, at: number): readonly Scanned[] => {
  const [digits, of, day] = week.exec(text.slice(at, at + 4)) ?? [];
  if (digits)
    return [{ kind: "weekday", meaning: { days: [Number(day)], isPlural: false }, end: at + of!.length + 1 }];
  return /[1-7]/.test(text[at]!) &&
    /[、,和到至-]/.test(text[at - 1] ?? "") &&
    dayDigit.test(text.slice(at, at + 2))
    ? [{ kind: "weekdayName", meaning: Number(text[at]), end: at + 1 }]
    : [];
};

const week = /^(周|星期|礼拜)([1-7])(?![\d点时:.次天日号个小分秒月年刻])/;
const dayDigit = /^[1-7](?![\d点时:.次天日号个小分秒月年刻])/;

const isMonth = (number: unknown): boolean => typeof number === "number" && number >= 1 && number <= 12;

/** Simplified Chinese. */
export const chinese = languageOf({
  speaks: (text) => /[\u3400-\u9fff]/.test(text),
  words,
  patterns: { ...numbers, ...clocks, ...marks, ...days, ...moments, ...clauses },
  scan,
  scanned: ["cardinal", "month", "dotted", "city"],
  fillers: [
    "的",
    "在",
    "于",
    "都",
    "执行一次",
    "运行一次",
    "一次",
    "各一次",
    "各",
    "执行",
    "运行",
    "触发",
    "推送",
    "提醒我",
    "叫我",
    "通知我",
  ],
  joiners: ["以及", "和", "并且", ";", "还有"],
  every: "每",
  on: "",
  except: "除了",
  chrono: "zh",
  leadIn: /^(?:请|提醒我|通知我|叫我|叫醒我|执行|运行|触发|推送|重复)+/,
  task: { shape: /^(?:提醒|叫我|通知|去|要|来)/, accepted: "后面不要写任务，只写时间" },
  unsupported: [
    [/农历|阴历|正月|腊月|初[一二三四五六七八九十]|除夕/, "公历日期；不支持农历"],
    [/节假日|法定|春节|中秋|端午|元宵|清明|国庆|重阳|七夕|圣诞|元旦/, "写明日期，如10月1日；不支持节假日"],
    [/日出|日落/, "时间，如6:30；不支持日出和日落"],
    [/第[\d一二三四五六七八九十]+周/, "日期；不支持一年中的第几周"],
    [/[\u3040-\u30ff\uac00-\ud7af]|曜日/, "中文或英文"],
  ],
  opens: (text) => /^[每隔逢从自在除直(]/.test(text),
});
