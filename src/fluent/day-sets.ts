import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { nearest, ScheduleError } from "../errors.ts";
import type { DaySet } from "../recurrence/recurrence.ts";
import { requirePackage } from "../require-package.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import { isMoment, type Moment, toInstant } from "../time/moment.ts";
import { dayNumber, formatDate, isLeap, type PlainDate } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { utc, wallAt, type Zone } from "../time/zone.ts";

/** Days with a name, for `.except(…)` and `.on(…)`: {@link holidays}, {@link workdays}, {@link days}. */
export class NamedDays {
  readonly #source: string;
  /** The days, as they are known in a year. */
  readonly read: (year: number, zone: Zone) => DaySet;

  constructor(source: string, read: (year: number, zone: Zone) => DaySet) {
    this.#source = source;
    this.read = read;
  }

  /** As it was written. */
  toString(): string {
    return this.#source;
  }
}

/** Years after the present one whose holidays a schedule knows. */
const yearsAhead = 5;

/**
 * The public holidays of a country, and of a part of it: `.except(holidays("DE", "BY"))`. Days that replace a holiday on a weekend are among them. Needs `date-holidays`.
 *
 * @param country ISO 3166-1 code: `"DE"`
 * @param state a code of that package: `"BY"`
 * @param region a part of the state: `"A"`
 * @throws ScheduleError `calendar` for an unknown country, state or region, with the nearest one; `peer-missing`
 */
export const holidays = (country: string, state?: string, region?: string): NamedDays => {
  const Holidays = peer(() => requirePackage("date-holidays") as HolidaysPackage, "date-holidays");
  const known = new Holidays();
  const words = texts().errors.calendar;
  check(words.country, country, known.getCountries("en"));
  if (state !== undefined) check(words.state(country), state, known.getStates(country, "en"));
  if (region !== undefined)
    check(words.region(`${country}-${state}`), region, known.getRegions(country, state!, "en"));
  const calendar = new Holidays(country, state, region);
  const ofYear = new Map<number, readonly PlainDate[]>();
  const daysOf = (year: number): readonly PlainDate[] => {
    const found =
      ofYear.get(year) ??
      calendar
        .getHolidays(year)
        .filter(({ type }) => type === "public")
        .flatMap(({ start, end, date }) =>
          datesFrom(date, Math.round((end.getTime() - start.getTime()) / day)),
        );
    ofYear.set(year, found);
    return found;
  };
  const part = [state, region].filter((code) => code !== undefined).join("-");
  const name = (language: "en" | "zh") =>
    texts(language).calendar.holidays(
      new Intl.DisplayNames(language, { type: "region" }).of(country) ?? country,
      part,
    );
  return new NamedDays(called("holidays", country, state, region), (year) => ({
    name: { en: name("en"), zh: name("zh") },
    days: unique(years(year - 1, year + yearsAhead).flatMap(daysOf)),
    covers: { from: `${year - 1}-01-01` as PlainDate, to: `${year + yearsAhead}-12-31` as PlainDate },
    source: "date-holidays",
  }));
};

/**
 * The working days of China, with the weekends that are worked for long holidays (调休): `.on(workdays("CN"))`. Needs `chinese-workday`, which gets the next year in
 * November.
 *
 * @throws ScheduleError `calendar` for another country; `peer-missing`
 */
export const workdays = (country: "CN"): NamedDays => {
  check(texts().errors.calendar.workdays, country, { CN: "" });
  const calendar = peer(() => {
    // Its entry for require() is CommonJS in a package of ES modules, and gives nothing.
    const find = createRequire(import.meta.url || join(process.cwd(), "bundle.js"));
    return find(join(dirname(find.resolve("chinese-workday")), "../src/index.js")) as WorkdayPackage;
  }, "chinese-workday");
  // It knows nothing of a year it lacks, and calls its National Day a workday, or a weekend.
  const isKnown = (year: number) => calendar.getFestival(`${year}-10-01`) === "国庆节";
  return new NamedDays(called("workdays", country), (now) => {
    const known = years(now - 1, now + yearsAhead).filter(isKnown);
    const all = known.flatMap((year) => datesFrom(`${year}-01-01`, isLeap(year) ? 366 : 365));
    const last = known.at(-1) ?? now - 1;
    return {
      name: { en: texts("en").calendar.workdays, zh: texts("zh").calendar.workdays },
      days: all.filter((date) => calendar.isWorkday(date)),
      covers: { from: `${known[0] ?? last}-01-01` as PlainDate, to: `${last}-12-31` as PlainDate },
      source: "chinese-workday",
    };
  });
};

/**
 * Days of your own: `.except(days("days off", ["2026-12-24", "2026-12-31"]))`, or those of the events in a calendar file:
 * `days("school holidays", { ics: "school.ics" })`.
 *
 * @param name what descriptions call them
 * @param given dates, or an `.ics` file, which is read now
 * @throws ScheduleError `calendar`
 */
export const days = (
  name: string,
  given: readonly (string | Moment)[] | { readonly ics: string },
): NamedDays => {
  const names = { en: name, zh: name };
  if (!Array.isArray(given)) {
    const { ics } = given as { readonly ics: string };
    const found = daysOfIcs(readFileSync(ics, "utf8"));
    if (found.length === 0) throw problem(texts().errors.calendar.ics, ics, texts().errors.calendar.events);
    const covers = {
      from: `${found[0]!.slice(0, 4)}-01-01` as PlainDate,
      to: `${found.at(-1)!.slice(0, 4)}-12-31` as PlainDate,
    };
    return new NamedDays(called("days", name, ics), () => ({
      name: names,
      days: found,
      covers,
      source: ics,
    }));
  }
  const all = given as readonly (string | Moment)[];
  const dates = (zone: Zone) => unique(all.map((one) => dateIn(one, zone)));
  dates(utc);
  return new NamedDays(called("days", name, ...all.map(String)), (_, zone) => ({
    name: names,
    days: dates(zone),
  }));
};

/** The dates of the events of a calendar (RFC 5545). An end is excluded, and text that is folded goes on in the next line. */
export const daysOfIcs = (text: string): readonly PlainDate[] => {
  const found: PlainDate[] = [];
  for (const [, event = ""] of text
    .replaceAll(/\r?\n[ \t]/g, "")
    .matchAll(/BEGIN:VEVENT\r?\n([\s\S]*?)END:VEVENT/g)) {
    const dateOf = (property: string) =>
      new RegExp(`^${property}[^:\n]*:(\\d{4})(\\d{2})(\\d{2})(T?)`, "m").exec(event);
    const [start, end] = [dateOf("DTSTART"), dateOf("DTEND")];
    if (!start) continue;
    if (/^RRULE/m.test(event))
      throw problem(
        texts().errors.calendar.ics,
        /^RRULE.*$/m.exec(event)![0],
        texts().errors.calendar.noRules,
      );
    const number = (parts: RegExpExecArray) =>
      dayNumber(Number(parts[1]), Number(parts[2]), Number(parts[3]));
    const isTimed = start[4] === "T";
    const length = end ? number(end) - number(start) + (isTimed ? 1 : 0) : 1;
    found.push(...datesFrom(formatDate(number(start)), length));
  }
  return unique(found);
};

/** What is used of `date-holidays`. */
interface HolidaysPackage {
  new (
    country?: string,
    state?: string,
    region?: string,
  ): {
    getCountries(language: string): Readonly<Record<string, string>>;
    getStates(country: string, language: string): Readonly<Record<string, string>> | undefined;
    getRegions(
      country: string,
      state: string,
      language: string,
    ): Readonly<Record<string, string>> | undefined;
    getHolidays(year: number): readonly {
      readonly date: string;
      readonly start: Date;
      readonly end: Date;
      readonly type: string;
    }[];
  };
}

/** What is used of `chinese-workday`. */
interface WorkdayPackage {
  isWorkday(date: string): boolean;
  getFestival(date: string): string;
}

const peer = <T>(load: () => T, name: string): T => {
  try {
    return load();
  } catch (error) {
    if (!/MODULE_NOT_FOUND/.test(String((error as { code?: unknown }).code))) throw error;
    throw new ScheduleError({
      code: "peer-missing",
      what: texts().errors.calendar.missing(name),
      accepted: `npm install ${name}`,
    });
  }
};

const problem = (what: string, given: unknown, accepted: string, near?: string): ScheduleError =>
  new ScheduleError({ code: "calendar", what, given, accepted, nearest: near });

/** A code, or the name it stands for. */
const check = (what: string, given: string, known: Readonly<Record<string, string>> = {}): void => {
  if (typeof given === "string" && Object.hasOwn(known, given)) return;
  const codes = Object.keys(known);
  const wanted = String(given).toLowerCase();
  const named = Object.entries(known).find(([code, name]) =>
    [code, name].some((one) => one.toLowerCase() === wanted),
  );
  // What most people call it.
  const alias = wanted === "uk" && Object.hasOwn(known, "GB") ? "GB" : undefined;
  const near = alias ?? named?.[0] ?? nearest(String(given).toUpperCase(), codes);
  const listed = codes.slice(0, 30).join(", ") + (codes.length > 30 ? ", …" : "");
  throw problem(
    what,
    given,
    listed === "" ? texts().errors.calendar.none : listed,
    near && JSON.stringify(near),
  );
};

const called = (word: string, ...args: readonly (string | undefined)[]): string =>
  `${word}(${args
    .filter((arg) => arg !== undefined)
    .map((arg) => JSON.stringify(arg))
    .join(", ")})`;

const years = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const datesFrom = (date: string, length: number): readonly PlainDate[] => {
  const [year, month, dayOfMonth] = date.slice(0, 10).split("-").map(Number) as [number, number, number];
  const first = dayNumber(year, month, dayOfMonth);
  return Array.from({ length: Math.max(1, length) }, (_, i) => formatDate(first + i));
};

const unique = (dates: readonly PlainDate[]): readonly PlainDate[] => [...new Set(dates)].sort();

const dateIn = (given: string | Moment, zone: Zone): PlainDate => {
  if (typeof given !== "string" && !isMoment(given))
    throw problem("days(…)", given, texts().errors.calendar.date);
  const at: Instant = typeof given === "string" ? parseMoment(given, zone) : toInstant(given, zone);
  return formatDate(Math.floor(wallAt(zone, at) / day));
};
