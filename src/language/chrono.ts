import type { Chrono, Component, ParsedComponents } from "chrono-node";
import { requirePackage as require } from "../require-package.ts";
import type { Instant } from "../time/instant.ts";
import { dayNumber, monthLength, weekday } from "../time/plain-date.ts";
import { day as dayLength, minute, timeNumber } from "../time/plain-time.ts";
import { offsetAt, resolveWall, type WallTime } from "../time/zone.ts";
import type { ParseContext } from "./clauses.ts";

const loaded = new Map<string, Finders>();

interface Finders {
  readonly strict: Chrono;
  readonly casual: Chrono;
}

/** Loading costs 35 ms and more; most scripts never say anything that needs it. */
const findersFor = (language: "en" | "zh"): Finders => {
  const known = loaded.get(language);
  if (known) return known;
  const read = require(`chrono-node/${language}`) as Finders & { readonly hans: Finders };
  const finders = language === "zh" ? read.hans : read;
  loaded.set(language, finders);
  return finders;
};

/**
 * The moment that chrono-node finds in a text which our own words do not reach: one moment, written by the whole text, with a date and an hour
 * that are written and not guessed. Only its fields are taken; where they lie in time is decided by our own zones.
 */
export const findMoment = (
  text: string,
  language: "en" | "zh",
  { now, zone }: ParseContext,
): Instant | undefined => {
  if (hasTwoReadings.test(text) || !isWorthFinding(text, language)) return undefined;
  const { strict, casual } = findersFor(language);
  const reference = { instant: new Date(now), timezone: offsetAt(zone, now) / minute };
  for (const finder of [strict, casual]) {
    const found = finder.parse(text, reference, { forwardDate: true });
    const [only] = found;
    if (!only || found.length > 1 || only.end || only.index !== 0 || only.text.length !== text.length)
      continue;
    const at = instantOf(only.start, text, zone);
    if (at !== undefined) return at;
  }
  return undefined;
};

/** Dates of bare numbers; quarters and halves in Chinese, which chrono reads as something else. */
const hasTwoReadings = /\d[./-]\d{1,2}(?:[./-]|(?!\d))|[刻半]/;

/**
 * Whether chrono can find something here that is taken: a written date. Its patterns try every way to split a row of amounts ("couple weeks couple
 * weeks"), which takes longer than anyone waits, so amounts, which are never taken, and long texts are not handed to it.
 */
const isWorthFinding = (text: string, language: "en" | "zh"): boolean =>
  text.length <= 64 &&
  (text.match(/\p{L}+|\d+|[^\s\p{L}\d]/gu)?.length ?? 0) <= 16 &&
  /\d/.test(text) &&
  (language === "zh"
    ? text.includes("月")
    : months.test(text) && (text.match(/[a-z]+/gi)?.length ?? 0) <= 6 && !amounts.test(text));

const months = /(?:^|[^a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const amounts =
  /(?:^|[^a-z])(?:couple|few|half|(?:second|sec|minute|min|hour|hr|day|week|wk|month|mo|quarter|qtr|year|yr)s?|[smhdwy])(?![a-z])/i;

const instantOf = (
  fields: ParsedComponents,
  text: string,
  zone: ParseContext["zone"],
): Instant | undefined => {
  const field = (name: Component) => fields.get(name) ?? 0;
  if (!fields.isCertain("hour") || !fields.isCertain("day") || !fields.isCertain("month")) return undefined;
  const [year, month, date] = [field("year"), field("month"), field("day")];
  if (year < 1 || month < 1 || date < 1 || date > monthLength(year, month)) return undefined;
  // A day that is not written was counted from today, and there readers differ: "end of next week".
  if (!new RegExp(`(?<!\\d)0?${date}(?!\\d)`).test(text)) return undefined;
  const days = dayNumber(year, month, date);
  if (fields.isCertain("weekday") && weekday(days) % 7 !== field("weekday") % 7) return undefined;
  const wall =
    days * dayLength + timeNumber(field("hour"), field("minute"), field("second"), field("millisecond"));
  if (!fields.isCertain("timezoneOffset")) return resolveWall(zone, wall as WallTime);
  // Letters stand for several zones; an offset in digits is certain.
  return /(?:z|[+-]\d{2}:?\d{2})\s*$/i.test(text)
    ? ((wall - field("timezoneOffset") * minute) as Instant)
    : undefined;
};
