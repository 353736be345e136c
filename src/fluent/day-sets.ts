import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as Workdays from "chinese-workday";
import type Holidays from "date-holidays";
import { invalid } from "../checks.ts";
import { nearest, ScheduleError } from "../errors.ts";
import type { DaySet } from "../recurrence/recurrence.ts";
import { requirePackage } from "../require-package.ts";
import { type Language, texts } from "../text/text.ts";
import { isMoment, type Moment, toInstant } from "../time/moment.ts";
import { formatDate, isLeap, type PlainDate, parseDate } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { utc, wallAt, type Zone } from "../time/zone.ts";

/**
 * Days with a name, for `.except(…)` and `.on(…)`: {@link holidays}, {@link workdays}, {@link days}.
 *
 * @example
 * ```ts
 * import { every } from "onthedot";
 * import { days, type NamedDays } from "onthedot/holidays";
 *
 * const closed: NamedDays = days("days off", ["2026-12-24", "2026-12-31"]);
 * every().weekday.at("09:00").except(closed).do(function openShop() {});
 * ```
 */
export interface NamedDays {
  /** The days, as they are known in a year. */
  readonly read: (year: number, zone: Zone) => DaySet;
  /** As it was written. */
  toString(): string;
}

const namedDays = (word: string, args: readonly unknown[], read: NamedDays["read"]): NamedDays => {
  const given = args.filter((one) => one !== undefined).map((one) => JSON.stringify(one));
  return { read, toString: () => `${word}(${given.join(", ")})` };
};

/** Years after the present one whose holidays a schedule knows. */
const yearsAhead = 5;

/**
 * The public holidays of a country, and of a part of it: `.except(holidays("DE", "BY"))`. Days that replace a holiday on a weekend are among them. Needs `date-holidays`.
 *
 * @param country ISO 3166-1 code: `"DE"`
 * @param state a code of that package: `"BY"`
 * @param region a part of the state: `"A"`
 * @throws ScheduleError `calendar` for an unknown country, state or region, with the nearest one; `peer-missing`
 * @example
 * ```ts
 * import { every } from "onthedot";
 * import { holidays } from "onthedot/holidays";
 *
 * const report = every().weekday.at("09:00").in("Europe/Berlin").except(holidays("DE", "BY"));
 * console.log(report.matches("2027-01-06T09:00+01:00")); // Epiphany, a holiday in Bavaria
 * //=> false
 * ```
 */
export const holidays = (country: string, state?: string, region?: string): NamedDays => {
  const Calendar = peer("date-holidays", (name) => requirePackage(name) as typeof Holidays);
  const known = new Calendar();
  const words = texts().errors.calendar;
  check(words.country, country, known.getCountries("en"));
  if (state !== undefined) check(words.state(country), state, known.getStates(country, "en"));
  if (region !== undefined)
    check(words.region(`${country}-${state}`), region, known.getRegions(country, state!, "en"));
  const calendar = new Calendar(country, state!, region!);
  const part = [state, region].filter((code) => code !== undefined).join("-");
  const name = (language: Language) =>
    texts(language).calendar.holidays(
      new Intl.DisplayNames(language, { type: "region" }).of(country) ?? country,
      part,
    );
  const sets = new Map<number, DaySet>();
  return namedDays("holidays", [country, state, region], (now) => {
    const days = () =>
      years(now)
        .flatMap((year) => calendar.getHolidays(year))
        .filter(({ type }) => type === "public")
        .flatMap(({ start, end, date }) => datesFrom(date, Math.round((Number(end) - Number(start)) / day)));
    const set = sets.get(now) ?? {
      name: { en: name("en"), zh: name("zh") },
      days: unique(days()),
      covers: wholeYears(now - 1, now + yearsAhead),
      source: "date-holidays",
    };
    sets.set(now, set);
    return set;
  });
};

/**
 * The working days of China, with the weekends that are worked for long holidays (调休): `.on(workdays("CN"))`. Needs `chinese-workday`, which gets the next year in
 * November.
 *
 * @throws ScheduleError `calendar` for another country; `peer-missing`
 * @example
 * ```ts
 * import { every } from "onthedot";
 * import { workdays } from "onthedot/holidays";
 *
 * const checkIn = every().day.at("08:30").in("Asia/Shanghai").on(workdays("CN"));
 * console.log(checkIn.matches("2026-10-10T08:30+08:00")); // a Saturday that is worked for the National Day week
 * //=> true
 * ```
 */
export const workdays = (country: "CN"): NamedDays => {
  check(texts().errors.calendar.workdays, country, { CN: "" });
  const calendar = peer("chinese-workday", (name) => {
    // Its entry for require() is CommonJS in a package of ES modules, and gives nothing.
    const find = createRequire(import.meta.url || join(process.cwd(), "bundle.js"));
    return find(join(dirname(find.resolve(name)), "../src/index.js")) as typeof Workdays;
  });
  // It knows nothing of a year it lacks, and calls its National Day a workday, or a weekend.
  const isKnown = (year: number) => calendar.getFestival(`${year}-10-01`) === "国庆节";
  return namedDays("workdays", [country], (now) => {
    const known = years(now).filter(isKnown);
    const all = known.flatMap((year) => datesFrom(`${year}-01-01`, isLeap(year) ? 366 : 365));
    const last = known.at(-1) ?? now - 1;
    return {
      name: { en: texts("en").calendar.workdays, zh: texts("zh").calendar.workdays },
      days: all.filter((date) => calendar.isWorkday(date)),
      covers: wholeYears(known[0] ?? last, last),
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
 * @example
 * ```ts
 * import { every } from "onthedot";
 * import { days } from "onthedot/holidays";
 *
 * const walk = every().day.at("18:00").in("UTC").except(days("days off", ["2026-12-24"]));
 * console.log(walk.matches("2026-12-24T18:00Z"), walk.matches("2026-12-25T18:00Z"));
 * //=> false true
 * ```
 */
export const days = (
  name: string,
  given: readonly (string | Moment)[] | { readonly ics: string },
): NamedDays => {
  const names = { en: name, zh: name };
  if ("ics" in given) {
    const { ics: source } = given;
    const found = daysOfIcs(readFileSync(source, "utf8"));
    const words = texts().errors.calendar;
    if (found.length === 0) throw invalid("calendar", words.ics, source, words.events);
    const [first, last] = [found[0]!, found.at(-1)!].map((date) => Number(date.slice(0, 4)));
    const set = { name: names, days: found, covers: wholeYears(first!, last!), source };
    return namedDays("days", [name, source], () => set);
  }
  const dates = (zone: Zone) => unique(given.map((one) => dateIn(one, zone)));
  dates(utc);
  return namedDays("days", [name, ...given.map(String)], (_, zone) => ({ name: names, days: dates(zone) }));
};

/** The dates of the events of a calendar (RFC 5545). Ends are excluded, and folded lines continue in the next one. */
const daysOfIcs = (text: string): readonly PlainDate[] => {
  const events = text.replaceAll(/\r?\n[ \t]/g, "").matchAll(/BEGIN:VEVENT\r?\n([\s\S]*?)END:VEVENT/g);
  const found = [...events].flatMap(([, event = ""]) => {
    const rule = /^RRULE.*$/m.exec(event);
    const words = () => texts().errors.calendar;
    if (rule) throw invalid("calendar", words().ics, rule[0], words().noRules);
    const [start, end] = ["DTSTART", "DTEND"].map((property) => {
      const parts = new RegExp(`^${property}[^:\n]*:(\\d{4})(\\d{2})(\\d{2})(T?)`, "m").exec(event);
      return parts && { date: parts.slice(1, 4).join("-"), isTimed: parts[4] === "T" };
    });
    if (!start) return [];
    const length = end ? parseDate(end.date) - parseDate(start.date) + (start.isTimed ? 1 : 0) : 1;
    return datesFrom(start.date, length);
  });
  return unique(found);
};

const peer = <T>(name: string, load: (name: string) => T): T => {
  try {
    return load(name);
  } catch (error) {
    if (!/MODULE_NOT_FOUND/.test(String((error as { code?: unknown }).code))) throw error;
    const what = texts().errors.calendar.missing(name);
    throw new ScheduleError({ code: "peer-missing", what, accepted: `npm install ${name}` });
  }
};

/** A code, or the name it stands for. */
const check = (what: string, given: string, known: Readonly<Record<string, string>> = {}): void => {
  if (typeof given === "string" && Object.hasOwn(known, given)) return;
  const codes = Object.keys(known);
  const wanted = String(given).toLowerCase();
  const named = codes.find((code) => [code, known[code]!].some((one) => one.toLowerCase() === wanted));
  // What most people call it.
  const alias = wanted === "uk" && Object.hasOwn(known, "GB") ? "GB" : undefined;
  const near = alias ?? named ?? nearest(String(given).toUpperCase(), codes);
  const listed = codes.slice(0, 30).join(", ") + (codes.length > 30 ? ", …" : "");
  const accepted = listed || texts().errors.calendar.none;
  throw invalid("calendar", what, given, accepted, near && JSON.stringify(near));
};

/** The last year, the present one and some more. */
const years = (now: number): readonly number[] =>
  Array.from({ length: yearsAhead + 2 }, (_, i) => now - 1 + i);

const wholeYears = (from: number, to: number) =>
  ({ from: `${from}-01-01`, to: `${to}-12-31` }) as NonNullable<DaySet["covers"]>;

const datesFrom = (date: string, length: number): readonly PlainDate[] => {
  const first = parseDate(date.slice(0, 10));
  return Array.from({ length: Math.max(1, length) }, (_, i) => formatDate(first + i));
};

const unique = (dates: readonly PlainDate[]): readonly PlainDate[] => [...new Set(dates)].sort();

const dateIn = (given: string | Moment, zone: Zone): PlainDate => {
  if (typeof given !== "string" && !isMoment(given))
    throw invalid("calendar", "days(…)", given, texts().errors.calendar.date);
  return formatDate(Math.floor(wallAt(zone, toInstant(given, zone)) / day));
};
