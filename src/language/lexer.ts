import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import type { Kinds, Written } from "./clauses.ts";
import type { Place } from "./errors.ts";

/** The longest phrase that is read, in UTF-16 units. */
export const longestPhrase = 256;

/** A phrase as it is read: small letters, plain digits and signs, single blanks; and the way back to what was written. */
export interface Normalized {
  readonly text: string;
  /** Where a stretch of `text` stands in what was written, without the blank behind it. */
  placeOf(stretch: Place): { readonly start: number; readonly length: number };
}

/**
 * Brings the many ways to write one character to one: full-width forms and compatibility characters (NFKC), letter case, dashes,
 * quotes, blanks. Chinese needs no blanks, so those next to a Chinese character go. A final full stop goes.
 *
 * @throws ScheduleError `phrase` for what is no text, is empty, or is longer than {@link longestPhrase}.
 */
export const normalize = (written: string): Normalized => {
  if (typeof written !== "string") throw unreadable(written, texts().phrases.example);
  if (written.length > longestPhrase)
    throw unreadable(written, texts().phrases.atMostCharacters(longestPhrase));
  const units: string[] = [];
  /** Where each unit begins and ends in what was written. */
  const origins: Place[] = [];
  let start = 0;
  for (const char of written) {
    const end = start + char.length;
    for (const unit of plain(char)) {
      if (unit === " " && (units.length === 0 || units.at(-1) === " ")) continue;
      units.push(unit);
      origins.push({ start, end });
    }
    start = end;
  }
  const drop = (at: number) => {
    units.splice(at, 1);
    origins.splice(at, 1);
  };
  for (let at = units.length - 1; at >= 0; at--)
    if (
      units[at] === " " &&
      (at === units.length - 1 || isChinese(units[at - 1]) || isChinese(units[at + 1]))
    )
      drop(at);
  if (units.at(-1) === "." || units.at(-1) === "。") drop(units.length - 1);
  if (units.at(-1) === " ") drop(units.length - 1);
  if (units.length === 0) throw unreadable(written, texts().phrases.example);
  const text = units.join("");
  const placeOf = ({ start, end }: Place) => {
    const last = end > start && text[end - 1] === " " ? end - 1 : end;
    const from = origins[start]?.start ?? origins.at(-1)!.end;
    return {
      start: from,
      length: last > start ? Math.max(0, origins[Math.min(last, units.length) - 1]!.end - from) : 0,
    };
  };
  return { text, placeOf };
};

const plain = (char: string): string => {
  if (char >= "!" && char <= "~") return char >= "A" && char <= "Z" ? char.toLowerCase() : char;
  return signs.get(char) ?? (/\s/.test(char) ? " " : char.normalize("NFKC").toLowerCase());
};

/** Traditional characters, each in front of the simplified one it is read as. */
const traditional =
  "週周禮礼點点鐘钟鍾钟時时兩两個个箇个後后從从開开號号間间過过這这內内裡里裏里執执運运對对齊齐實实際际經经雙双結结續续連连總总計计僅仅複复復复倫伦東东紐纽約约爾尔韓韩國国臺台亞亚區区準准協协調调離离為为爲为與与還还並并請请發发觸触當当無无來来現现幾几隨随頭头於于邊边門门馬马蘭兰磯矶華华達达業业歲岁數数倆俩點点單单節节農农曆历曉晓會会醒醒鬧闹鈴铃雙双換换終终淩凌歐欧聖圣頓顿羅罗別别單单測测試试備备份份報报";

const signs: ReadonlyMap<string, string> = new Map([
  ...Array.from(
    { length: traditional.length / 2 },
    (_, i) => [traditional[2 * i]!, traditional[2 * i + 1]!] as const,
  ),
  ...[..."‐‑‒–—―−"].map((dash) => [dash, "-"] as const),
  ...[..."‘’ʼ"].map((quote) => [quote, "'"] as const),
  ["½", " 1/2"],
  ["¼", " 1/4"],
  ["¾", " 3/4"],
  ...[..."〜∼"].map((wave) => [wave, "~"] as const),
]);

/** Chinese characters and the signs that belong to them. */
const isChinese = (char: string | undefined): boolean =>
  char !== undefined && char >= "\u3000" && char <= "\u9fff";

const unreadable = (given: unknown, accepted: string): ScheduleError =>
  new ScheduleError({ code: "phrase", what: texts().phrases.name, given, accepted });

export interface Scanned {
  readonly kind: keyof Kinds;
  readonly meaning: unknown;
  readonly end: number;
}

export type Scan = (text: string, at: number) => readonly Scanned[];

type Shape = readonly [kind: keyof Kinds, shape: RegExp, meaning: (parts: RegExpExecArray) => unknown];

/** Numbers, clock times, ISO dates and names of zones: written alike in every language. */
export const scanWritten: Scan = (text, at) => {
  const code = text.charCodeAt(at);
  if (code === colon) return scanShapes(colonShapes, text, at);
  if (isLetter(code))
    return code === letterU || code === letterG
      ? scanShapes(offsetShapes, text, at)
      : text.includes("/")
        ? scanShapes(zoneShapes, text, at)
        : none;
  if (!isDigit(code)) return none;
  let end = at + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  // What follows the digits rules most shapes out.
  const next = text.charCodeAt(end);
  return scanShapes(
    next >= 45 && next <= colon ? signShapes : isLetter(next) ? letterShapes : digitShapes,
    text,
    at,
  );
};

const none: readonly Scanned[] = [];
const [colon, letterG, letterU] = [58, 103, 117];
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => code >= 97 && code <= 122;

const scanShapes = (shapes: readonly Shape[], text: string, at: number): readonly Scanned[] => {
  const found: Scanned[] = [];
  for (const [kind, shape, meaningOf] of shapes) {
    shape.lastIndex = at;
    const parts = shape.exec(text);
    const meaning = parts ? meaningOf(parts) : undefined;
    if (parts && meaning !== undefined) found.push({ kind, meaning, end: at + parts[0].length });
  }
  return found;
};

const number = ([all]: RegExpExecArray): number => Number(all);
const itself = ([all]: RegExpExecArray): string => all;

const colonShapes: readonly Shape[] = [
  ["colonMinute", /:([0-5]\d)(?![\d:])/y, ([, minute]) => Number(minute)],
];
const offsetShapes: readonly Shape[] = [
  ["offset", /(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?([0-5]\d))?(?!\d)/y, itself],
];
const zoneShapes: readonly Shape[] = [
  ["zoneName", /[a-z]+(?:[_-][a-z]+)*(?:\/[a-z0-9]+(?:[_+-][a-z0-9]+)*){1,2}(?![a-z/])/y, itself],
];

const digitShapes: readonly Shape[] = [
  ["digits", /\d{1,9}(?!\d)/y, number],
  ["twoDigits", /\d{2}(?!\d)/y, number],
  ["fourDigits", /(\d{2})(\d{2})(?!\d)/y, (parts) => ({ ...writtenTime(parts), isPadded: true })],
  ["threeDigits", /(\d)(\d{2})(?!\d)/y, (parts) => writtenTime(parts)],
];

/** Shapes that go on with letters behind the digits: `22nd`, but not `22th`. */
const letterShapes: readonly Shape[] = [
  ...digitShapes,
  [
    "nthDigits",
    /(\d{1,3})(st|nd|rd|th)(?![a-z])/y,
    ([, n, end]) => (end === endingOf(Number(n)) ? Number(n) : undefined),
  ],
];

/** Shapes that go on with a sign behind the digits. */
const signShapes: readonly Shape[] = [
  ...digitShapes,
  ["decimal", /\d{1,6}\.\d{1,6}(?![\d.])/y, number],
  ["colons", /(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?![\d:])/y, (parts) => writtenTime(parts)],
  ["dotted", /(\d{1,2})\.(\d{2})(?![\d.])/y, (parts) => writtenTime(parts)],
  [
    "slashedDate",
    /\d{1,2}([/.-])\d{1,2}\1\d{2,4}|\d{1,2}\/\d{1,2}(?!\d)/y,
    ([all]) => (oneReading(all) ? undefined : all),
  ],
  [
    "isoDate",
    /(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/y,
    ([, year, , month, day]) => isoOf(year, month, day),
  ],
  ["isoDate", /\d{1,2}([/.-])\d{1,2}\1\d{4}(?!\d)/y, ([all]) => oneReading(all)],
  [
    "isoMoment",
    /\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:z(?![a-z])|[+-]\d{2}(?::?\d{2})?))?(?![\d:])/y,
    itself,
  ],
];

const writtenTime = ([, hour = "", minute, second = "0", fraction = ""]: RegExpExecArray): Written => ({
  hour: Number(hour),
  minute: Number(minute),
  second: Number(second),
  millisecond: Number(fraction.padEnd(3, "0")),
  isPadded: hour.startsWith("0"),
});

const isoOf = (year = "", month = "", day = ""): string =>
  `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;

/** `24.12.2026` has only one reading, `4.7.2026` has two. */
const oneReading = (numeric: string): string | undefined => {
  const [first = "", second = "", year = ""] = numeric.split(/[/.-]/);
  if (year.length !== 4 || Number(first) > 12 === Number(second) > 12) return undefined;
  return Number(first) > 12 ? isoOf(year, second, first) : isoOf(year, first, second);
};

/** What English writes behind a number that counts: 1st, 2nd, 3rd, 4th, 11th. */
export const endingOf = (n: number): string =>
  n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
