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
  return months.length === 0 ? found : [...found, ...months];
};

const isMonth = (number: unknown): boolean => typeof number === "number" && number >= 1 && number <= 12;

/** Simplified Chinese. */
export const chinese = languageOf({
  speaks: (text) => /[\u3400-\u9fff]/.test(text),
  words,
  patterns: { ...numbers, ...clocks, ...marks, ...days, ...moments, ...clauses },
  scan,
  scanned: ["cardinal", "month", "dotted", "city"],
  fillers: ["的", "在", "于", "都", "执行一次", "运行一次", "一次", "执行", "运行"],
  joiners: ["以及", "和", "并且", ";", "还有"],
  every: "每",
  on: "",
  except: "除了",
  chrono: "zh",
  opens: (text) => /^[每隔逢从自在除直(]/.test(text),
});
