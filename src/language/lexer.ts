import type { Kinds, Written } from "./clauses.ts";

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
