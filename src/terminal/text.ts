import { type Language, texts } from "../text/text.ts";
import { formatDay, formatUnit } from "../time/format.ts";
import type { Instant } from "../time/instant.ts";
import { dateFields } from "../time/plain-date.ts";
import { day, formatTime, hour, minute, second } from "../time/plain-time.ts";
import { formatOffset, offsetAt, wallAt, type Zone } from "../time/zone.ts";

/**
 * Text from outside on one line: whatever would move a cursor, start an escape sequence, break the line or turn the direction of the text
 * (Unicode's Bidi_Control) is written out, so that it shows and does nothing.
 */
export const oneLine = (text: string): string => (plain.test(text) ? text : text.replaceAll(unsafe, written));

/** The same for text that may have several lines; a tab becomes two blanks. */
export const manyLines = (text: string): readonly string[] =>
  text.split(/\r\n|\n|\r/).map((line) => oneLine(line.replaceAll("\t", "  ")));

/** JSON as one line that is safe on a terminal too: `JSON.stringify` lets C1 controls and marks of direction through. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(unsafe, (sign) =>
    [...Array(sign.length).keys()].map((i) => `\\u${hex(sign.charCodeAt(i), 4)}`).join(""),
  );

/** The same text with another character in the place of each that is unsafe, for files that have no escapes. */
export const withoutUnsafe = (text: string, instead = "\ufffd"): string => text.replaceAll(unsafe, instead);

const plain = /^[\x20-\x7e]*$/;
/**
 * Controls, line separators, Bidi_Control, and what cannot be seen: zero-width characters and tags. A joiner stays between the parts of an emoji, a joiner or
 * non-joiner between letters (Persian, Hindi), and tags in the flag of a region.
 */
const unsafe =
  /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u00ad\u180e\u200b\u2060-\u2064\ufeff]|(?<![\p{L}\p{M}])\u200c|(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Variation_Selector}])\u200d|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/gu;
const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const written = (sign: string): string => {
  const code = sign.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${hex(code, 5)}}`;
  return short[sign] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
};

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/** How many columns of a terminal a text takes. The text has no control characters: see `oneLine`. */
export const displayWidth = (text: string): number => {
  if (ascii.test(text)) return text.length;
  // Most texts that are not ASCII are Chinese, and need no look at their clusters.
  if (asciiAndChinese.test(text)) return text.length + text.replaceAll(asciiSigns, "").length;
  let width = 0;
  for (const { segment } of segments(text)) width += clusterWidth(segment);
  return width;
};

/** A text cut to a width, with a sign at its end where something is missing. */
export const cutTo = (text: string, width: number, ellipsis: string): string => {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room < 0) return ellipsis.slice(0, Math.max(0, width));
  let [kept, used] = ["", 0];
  for (const { segment } of segments(text)) {
    used += clusterWidth(segment);
    if (used > room) break;
    kept += segment;
  }
  return kept.trimEnd() + ellipsis;
};

/** A text filled with blanks to a width. */
export const padTo = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - displayWidth(text)));

/** Parts joined to lines that are no wider than a width, where that is possible. */
export const joinTo = (parts: readonly string[], between: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}${between}${part}`;
    if (lines.length > 0 && displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
};

/**
 * A text on lines that are no wider than a width, where that is possible. They break at spaces and between Chinese words; colours take no room.
 *
 * @param indent before each line but the first
 */
export const wrapText = (text: string, width: number, indent = ""): readonly string[] => {
  const lines = [""];
  for (const part of text.match(/ *[^ ]+| +$/g) ?? [])
    for (const piece of han.test(part) ? hanPieces(part) : [part]) {
      const line = lines.at(-1)!;
      if (line === "" || displayWidth((line + piece).replaceAll(colours, "")) <= width)
        lines[lines.length - 1] = line + piece;
      else lines.push(indent + piece.trimStart());
    }
  return lines;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals read these
const colours = /\x1b\[[0-9;]*m/g;

/** A text cut to a width between two words, where that leaves something of it. */
export const cutAtWord = (text: string, width: number, ellipsis: string): string => {
  const cut = cutTo(text, width, ellipsis);
  if (cut === text) return text;
  const kept = cut.slice(0, cut.length - ellipsis.length);
  const isInside = /\w$/.test(kept) && /^\w/.test(text.slice(kept.length));
  const words = isInside ? kept.replace(/\w+$/, "").trimEnd() : kept;
  return (words === "" ? kept : words) + ellipsis;
};

const han = /[\u2e80-\u9fff]/;

/** Chinese text between whose pieces a line may break: not inside a word, between a number and its unit, before a sign that closes or after one that opens. */
const hanPieces = (text: string): readonly string[] => {
  words ??= new Intl.Segmenter("zh", { granularity: "word" });
  const pieces: string[] = [];
  for (const { segment } of words.segment(text)) {
    const last = pieces.at(-1);
    const mayBreak = last !== undefined && breakable.test(`${last.at(-1)}\n${segment[0]}`);
    if (last === undefined || mayBreak) pieces.push(segment);
    else pieces[pieces.length - 1] = last + segment;
  }
  return pieces;
};

let words: Intl.Segmenter | undefined;
const breakable =
  /^(?:[^（《“一二两三四五六七八九十百千万几第每](?<=[\u2e80-\u9fff\uff00-\uffef”])\n[^，。：；、？！”）》…]|[^（《“\d一二两三四五六七八九十百千万几第每 ]\n[\u3400-\u9fff])/u;

const ascii = /^[\x20-\x7e]*$/;
const asciiAndChinese = /^[\x20-\x7e\u3001-\u3029\u4e00-\u9fff\uff01-\uff60]*$/;
const asciiSigns = /[\x20-\x7e]+/g;

let segmenter: Intl.Segmenter | undefined;
const segments = (text: string): Iterable<{ readonly segment: string }> => {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
};

/**
 * What a reader sees as one sign: two columns for an emoji; else what its characters take, two for East Asian wide and full-width ones (UAX #11, Unicode 17), none
 * for marks without a place of their own and for the vowels and finals of a Korean syllable.
 */
const clusterWidth = (cluster: string): number =>
  emoji.test(cluster)
    ? 2
    : [...cluster].reduce((sum, char) => sum + (invisible.test(char) ? 0 : wide.test(char) ? 2 : 1), 0);

const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
const emoji = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator}{2})/u;
const wide =
  /^[\u1100-\u115f\u2329-\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{191d2}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f1ae}\u{1f200}-\u{1f265}\u{1f6d9}\u{1f7da}\u{1fa8b}-\u{1fafa}\u{20000}-\u{3fffd}]$/u;

/** A moment as a person looks for it: `"today 17:45"`, `"Mon 23 Nov 02:30"`, with the year when it is another one. */
export const sayMoment = (at: Instant, now: Instant, zone: Zone): string => {
  const [date, today] = [dateAt(at, zone), dateAt(now, zone)];
  return date === today ? texts().time.today(clockAt(at, zone)) : sayDateTime(at, now, zone);
};

/** The same as short as it stays clear: `"18:00"` today, `"Wed 18:00"` within a week, else with the date. */
export const sayShort = (at: Instant, now: Instant, zone: Zone): string => {
  const [date, today] = [dateAt(at, zone), dateAt(now, zone)];
  if (date === today) return clockAt(at, zone);
  return date > today && date - today < 7
    ? `${formatDay(wallAt(zone, at), texts().time.weekday, texts().time.locale)} ${clockAt(at, zone)}`
    : sayMoment(at, now, zone);
};

/** The date: `"Mon 23 Nov"`, with the year when it is another one. */
export const sayDate = (at: Instant, now: Instant, zone: Zone, language?: Language): string => {
  const wall = wallAt(zone, at);
  const { locale, date, dateWithYear } = texts(language).time;
  const isThisYear = dateFields(dateAt(at, zone)).year === dateFields(dateAt(now, zone)).year;
  return formatDay(wall, isThisYear ? date : dateWithYear, locale);
};

/** Date and time, whichever day it is: `"Sun 22 Nov 17:45"`. */
export const sayDateTime = (at: Instant, now: Instant, zone: Zone, language?: Language): string =>
  `${sayDate(at, now, zone, language)} ${clockAt(at, zone)}`;

/** The same of moments below each other: all with seconds where one has some. */
export const sayDateTimes = (moments: readonly Instant[], now: Instant, zone: Zone): readonly string[] => {
  const clock = moments.some((at) => clockAt(at, zone).length > 5) ? sayTime : clockAt;
  return moments.map((at) => `${sayDate(at, now, zone)} ${clock(at, zone)}`);
};

/** The time of day, with seconds where they are not zero: `"17:45"`. */
export const clockAt = (at: Instant, zone: Zone): string => {
  const wall = wallAt(zone, at);
  return formatTime(Math.floor((wall - Math.floor(wall / day) * day) / second) * second);
};

/** The time of day with seconds: `"17:45:00"`. */
export const sayTime = (at: Instant, zone: Zone): string => {
  const time = clockAt(at, zone);
  return time.length === 5 ? `${time}:00` : time;
};

/** A length of time with its two largest units: `"4m 48s"`, `"8d 16h"`, `"12ms"`, `"1.8s"`. */
export const sayLength = (length: number, language?: Language): string => {
  const { locale, betweenUnits } = texts(language).time;
  if (length < second) return formatUnit(Math.round(length), "milliseconds", locale);
  if (length < 10 * second) return formatUnit(Math.floor(length / 100) / 10, "seconds", locale, 1);
  const parts = [
    [Math.floor(length / day), "days"],
    [Math.floor(length / hour) % 24, "hours"],
    [Math.floor(length / minute) % 60, "minutes"],
    [Math.floor(length / second) % 60, "seconds"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => formatUnit(count, unit, locale)).join(betweenUnits);
};

/** How long something is still away or has gone on, in whole seconds: `"4m 48s"`, `"5s"`. */
export const sayWait = (length: number): string => {
  const seconds = Math.max(0, Math.ceil(length / second));
  return seconds < 10 ? formatUnit(seconds, "seconds", texts().time.locale) : sayLength(seconds * second);
};

/** `"Europe/Berlin (UTC+1)"`. */
export const sayZone = (zone: Zone, now: Instant): string => {
  const offset = offsetAt(zone, now);
  const short = formatOffset(offset)
    .replace(/:00$/, "")
    .replace(/^([+-])0/, "$1");
  return zone.name === "UTC" || zone.name === `UTC${formatOffset(offset)}`
    ? zone.name
    : `${zone.name} (UTC${offset === 0 ? "" : short})`;
};

const dateAt = (at: Instant, zone: Zone): number => Math.floor(wallAt(zone, at) / day);

/** Text for HTML and XML, in elements and in attributes. What is unsafe, or what XML 1.0 cannot hold (section 2.2), is written as U+FFFD. */
export const escapeMarkup = (text: string): string =>
  withoutUnsafe(text)
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
