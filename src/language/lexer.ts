import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import type { Kinds, Written } from "./clauses.ts";

/** The longest phrase that is read, in UTF-16 units. */
export const longestPhrase = 256;

/** A phrase as it is read: small letters, plain digits and signs, single blanks; and the way back to what was written. */
export interface Normalized {
  readonly text: string;
  /** Where the character at a place of `text` stands in what was written; the end of the text has a place too. */
  origin(at: number): number;
  /** Where what was written goes on behind that character. */
  after(at: number): number;
}

/**
 * Brings the many ways to write one character to one: full-width forms and compatibility characters (NFKC), letter case, dashes,
 * quotes, blanks. Chinese needs no blanks, so those next to a Chinese character go. A final full stop goes.
 *
 * @throws ScheduleError `phrase` for what is no text, is empty, or is longer than {@link longestPhrase}.
 */
export const normalize = (written: string): Normalized => {
  if (typeof written !== "string") throw unreadable(written, texts().phrases.text);
  if (written.length > longestPhrase)
    throw unreadable(written, texts().phrases.atMostCharacters(longestPhrase));
  const units: string[] = [];
  const origins: number[] = [];
  let at = 0;
  for (const char of written) {
    for (const unit of plain(char)) {
      if (unit !== " " || (units.length > 0 && units.at(-1) !== " ")) {
        units.push(unit);
        origins.push(at);
      }
    }
    at += char.length;
  }
  dropBlanks(units, origins);
  dropEnd(units, origins);
  if (units.length === 0) throw unreadable(written, texts().phrases.example);
  const text = units.join("");
  const after = (place: number) => endOf(written, origins[Math.min(place, origins.length - 1)]!);
  return { text, origin: (place) => origins[place] ?? after(place), after };
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

const dropBlanks = (units: string[], origins: number[]): void => {
  for (let at = units.length - 1; at >= 0; at--) {
    if (units[at] !== " ") continue;
    if (at === units.length - 1 || isChinese(units[at - 1]) || isChinese(units[at + 1])) {
      units.splice(at, 1);
      origins.splice(at, 1);
    }
  }
};

const dropEnd = (units: string[], origins: number[]): void => {
  if (units.at(-1) !== "." && units.at(-1) !== "。") return;
  units.pop();
  origins.pop();
  if (units.at(-1) === " ") {
    units.pop();
    origins.pop();
  }
};

/** The end of the character that begins at a place. */
const endOf = (written: string, last: number): number => last + (written.codePointAt(last)! > 0xffff ? 2 : 1);

const unreadable = (given: unknown, accepted: string): ScheduleError =>
  new ScheduleError({ code: "phrase", what: texts().phrases.name, given, accepted });

/** A word that is found by its shape and not in a list. */
export interface Scanned {
  readonly kind: keyof Kinds;
  readonly meaning: unknown;
  readonly end: number;
}

/** Finds the words of digits and names that stand at a place. */
export type Scan = (text: string, at: number) => readonly Scanned[];

/** The kinds that {@link scanWritten} finds. */
export const scannedKinds = [
  "digits",
  "twoDigits",
  "decimal",
  "colons",
  "dotted",
  "threeDigits",
  "fourDigits",
  "colonMinute",
  "nthDigits",
  "isoDate",
  "isoMoment",
  "slashedDate",
  "zoneName",
  "offset",
] as const satisfies readonly (keyof Kinds)[];

/** Numbers, clock times, ISO dates and names of zones: written alike in every language. */
export const scanWritten: Scan = (text, at) => {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return scanDigits(text, at);
  if (code === 58) return found("colonMinute", text, at, /:([0-5]\d)(?![\d:])/y, (part) => Number(part[1]));
  if (code >= 97 && code <= 122) return scanZone(text, at);
  return none;
};

const none: readonly Scanned[] = [];

type Shape = readonly [keyof Kinds, RegExp, (parts: RegExpExecArray) => unknown];

/** Shapes of digits alone. */
const plainShapes: readonly Shape[] = [
  ["digits", /\d{1,9}(?!\d)/y, ([all]) => Number(all)],
  ["twoDigits", /\d{2}(?!\d)/y, ([all]) => Number(all)],
  ["fourDigits", /(\d{2})(\d{2})(?!\d)/y, (parts) => ({ ...written(parts), isPadded: true })],
  ["threeDigits", /(\d)(\d{2})(?!\d)/y, (parts) => written(parts)],
];

/** Shapes that go on with letters behind the digits. */
const letterShapes: readonly Shape[] = [
  ["nthDigits", /(\d{1,3})(?:st|nd|rd|th)(?![a-z])/y, (parts) => nthOf(parts)],
];

/** Shapes that go on with a sign behind the digits. */
const signShapes: readonly Shape[] = [
  ["decimal", /\d{1,6}\.\d{1,6}(?![\d.])/y, ([all]) => Number(all)],
  ["colons", /(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?![\d:])/y, (parts) => written(parts)],
  ["dotted", /(\d{1,2})\.(\d{2})(?![\d.])/y, (parts) => written(parts)],
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
    ([all]) => all,
  ],
];

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const scanDigits: Scan = (text, at) => {
  const words: Scanned[] = [];
  const add = ([kind, shape, meaning]: Shape): void => {
    shape.lastIndex = at;
    const parts = shape.exec(text);
    const read = parts && meaning(parts);
    if (parts && read !== undefined) words.push({ kind, meaning: read, end: at + parts[0].length });
  };
  let end = at + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  const next = text.charCodeAt(end);
  plainShapes.forEach(add);
  // What follows the digits rules most shapes out.
  if (next >= 45 && next <= 58) signShapes.forEach(add);
  else if (next >= 97 && next <= 122) letterShapes.forEach(add);
  return words;
};

const written = (parts: RegExpExecArray): Written => ({
  hour: Number(parts[1]),
  minute: Number(parts[2]),
  second: Number(parts[3] ?? 0),
  millisecond: Number((parts[4] ?? "").padEnd(3, "0")),
  isPadded: parts[1]!.startsWith("0"),
});

const isoOf = (year = "", month = "", day = ""): string =>
  `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;

/** `24.12.2026` has only one reading, `4.7.2026` has two. */
const oneReading = (numeric: string): string | undefined => {
  const [first = "", second = "", year = ""] = numeric.split(/[/.-]/);
  if (year.length !== 4 || Number(first) > 12 === Number(second) > 12) return undefined;
  return Number(first) > 12 ? isoOf(year, second, first) : isoOf(year, first, second);
};

/** `22nd`, but not `22th`. */
const nthOf = (parts: RegExpExecArray): number | undefined => {
  const n = Number(parts[1]);
  return parts[0] === `${n}${endingOf(n)}` ? n : undefined;
};

/** What English writes behind a number that counts: 1st, 2nd, 3rd, 4th, 11th. */
export const endingOf = (n: number): string =>
  n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");

const scanZone: Scan = (text, at) => {
  const start = text.charCodeAt(at);
  if (start === 117 || start === 103)
    return found("offset", text, at, /(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?([0-5]\d))?(?!\d)/y, ([all]) => all);
  if (!text.includes("/")) return none;
  return found(
    "zoneName",
    text,
    at,
    /[a-z]+(?:[_-][a-z]+)*(?:\/[a-z0-9]+(?:[_+-][a-z0-9]+)*){1,2}(?![a-z/])/y,
    ([all]) => all,
  );
};

const found = (
  kind: keyof Kinds,
  text: string,
  at: number,
  shape: RegExp,
  meaning: (parts: RegExpExecArray) => unknown,
): readonly Scanned[] => {
  shape.lastIndex = at;
  const parts = shape.exec(text);
  return parts ? [{ kind, meaning: meaning(parts), end: at + parts[0].length }] : none;
};
