import { checkOptions, invalid, oneOf, readLimit, wholeUpTo, withoutList, zoneIn } from "../checks.ts";
import { nearest, ScheduleError } from "../errors.ts";
import { type CallTrace, type Notify, notifyOns, type Ping } from "../job.ts";
import { parseBoundary, parseClock, parseDays, parseExclusions } from "../language/reader.ts";
import { type CatchUp, type CatchUpPolicy, catchUps } from "../policy/catch-up.ts";
import type { RetryPolicy } from "../policy/policies.ts";
import { type Beginning, beginningAt, dailyWindow, type Ending, endOfDate } from "../recurrence/build.ts";
import type { DailyWindow, Dates, DayRule, Exclusion } from "../recurrence/recurrence.ts";
import { texts } from "../text/text.ts";
import { dateValue } from "../time/date-types.ts";
import { formatDuration, parseDuration } from "../time/duration.ts";
import type { Milliseconds } from "../time/instant.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import { instantOf, isMoment, type Moment, readMoment } from "../time/moment.ts";
import { monthNamed, monthNames, weekdayNames, weekdaysNamed } from "../time/names.ts";
import { dateFields, formatDate, mod, type PlainDate, parseDate } from "../time/plain-date.ts";
import { day, minute, parseTime, second, type TimeNumber, timeNumber } from "../time/plain-time.ts";
import { resolveWall, utc, type WallTime, wallAt, type Zone, zoneNamed } from "../time/zone.ts";
import type { NamedDays } from "./day-sets.ts";
import { callText, type Deferred, type ElapsedUnit, lengths, type When } from "./definition.ts";
import type {
  CatchUpOptions,
  DateSpan,
  Exception,
  NotifyOptions,
  PingOptions,
  RetryOptions,
} from "./types.ts";

/** A call where it means nothing; the error says what to write instead. */
export const refused = (before: CallTrace, word: string, accepted: string): ScheduleError =>
  new ScheduleError({ code: "word", what: texts().errors.after(word, callText(before)), accepted });

/**
 * Reads the arguments of `.at(…)`: times in the form of the unit before it, and optionally a zone at the end.
 *
 * Checked in the order of Python's `schedule`: whether the unit takes a time, then the zone, then the times.
 *
 * @throws ScheduleError `word`, `zone`, `time-of-day`, `time-of-hour`, `time-of-minute`
 */
export const readAt = (
  when: When,
  before: CallTrace,
  given: readonly unknown[],
): Pick<When, "times" | "zone"> => {
  const read = readerFor(when, before);
  const last = given.at(-1);
  const elsewhere = zoneIn(last);
  if (elsewhere !== undefined) throw invalid("arguments", "at(…)", last, undefined, elsewhere);
  if (given.length < 2 || !isZoneLike(last))
    return { times: (given.length > 0 ? given : [undefined]).flatMap(read) };
  return { zone: zoneNamed(last).name, times: given.slice(0, -1).flatMap(read) };
};

const readerFor = (
  { base, times, days, isAligned, isFixedDelay }: When,
  before: CallTrace,
): ((given: unknown) => TimeNumber | readonly TimeNumber[]) => {
  const reject = (say: (text: ReturnType<typeof texts>["errors"]["at"]) => string) =>
    refused(before, "at(…)", say(texts().errors.at));
  if (times) throw reject((text) => text.together);
  if (isAligned || isFixedDelay) throw reject((text) => text.either(isAligned ? "aligned" : "fixedDelay"));
  if (base.kind === "dated") return timesOfDay;
  if (base.kind === "read") throw reject((text) => text.inside[base.from]);
  const { unit } = base;
  if (unit === "second") throw reject((text) => text.seconds);
  if (unit === "minute" || unit === "hour") {
    if (days) throw reject((text) => text.timeFirst);
    return (given) => timeWithin(unit, given);
  }
  if (unit !== "day" && !days) throw reject((text) => text.dayFirst[unit]);
  return timesOfDay;
};

/** Zones have a slash, or are a capitalized word that is no time of day: `"UTC"`, `"Japan"`. */
const isZoneLike = (text: unknown): text is string =>
  typeof text === "string" &&
  (/^[A-Za-z_]+\/[\w+/-]+$|^(?:UTC|GMT)(?:[+-]|$)/.test(text) ||
    (/^[A-Z](?:[A-Za-z]+|[A-Z]{2}\d[A-Z]{3})$/.test(text) &&
      !/^(?:noon|midday|midnight|morning|afternoon|evening|night)$/i.test(text)));

/**
 * Reads the arguments of `.on(…)`: days of the week, the month or the year, depending on the unit before it.
 *
 * @returns conditions, any of which suffices
 * @throws ScheduleError `word`, `day`
 */
export const readOn = (when: When, before: CallTrace, given: readonly unknown[]): readonly Dates[] => {
  const kind = kindFor(when, before);
  const all = (given.length > 0 ? given : [undefined]).map((one) => readDay(kind, one));
  // Conditions on only weekdays, or only days, are joined into one.
  const isOnly = (dates: Dates, part: keyof Dates) =>
    dates[part] !== undefined && Object.keys(dates).length === 1;
  const weekdays = all.filter((dates) => isOnly(dates, "weekdays")).flatMap((dates) => dates.weekdays!);
  const days = all.filter((dates) => isOnly(dates, "days")).flatMap((dates) => dates.days!);
  return [
    ...(weekdays.length > 0 ? [{ weekdays }] : []),
    ...(days.length > 0 ? [{ days }] : []),
    ...all.filter((dates) => !isOnly(dates, "weekdays") && !isOnly(dates, "days")),
  ];
};

type Kind = "week" | "month" | "year";

const kindFor = ({ base, days, times, isFixedDelay }: When, before: CallTrace): Kind => {
  const reject = (word: Exclude<keyof ReturnType<typeof texts>["errors"]["on"], "single">) =>
    refused(before, "on(…)", texts().errors.on[word]);
  if (days) throw reject("together");
  if (isFixedDelay) throw reject("fixedDelay");
  if (base.kind === "dated") throw reject("severalDays");
  if (base.kind === "read") throw reject("inside");
  if (base.to !== undefined) throw reject("random");
  if (times && base.every > 1) throw refused(before, "on(…)", texts().errors.on.single(base.unit));
  const isLong = base.kind === "elapsed" && base.every * lengths[base.unit] >= day;
  if (base.unit === "day" || isLong) throw reject("weeks");
  return base.kind === "elapsed" ? "week" : base.unit;
};

const readDay = (kind: Kind, given: unknown): Dates => {
  const value = dateValue(given);
  if (kind === "year" && value?.kind === "month-day") return annual(value);
  const read =
    typeof given === "number" ? numbered(kind, given) : typeof given === "string" && namedDay(kind, given);
  if (read) return read;
  const { what, accepted, list } = texts().errors.day;
  if (Array.isArray(given)) throw invalid("day", what[kind], given, list);
  const near = typeof given === "string" ? nearestDay(kind, given) : given === -1 ? '"last day"' : undefined;
  throw invalid("day", what[kind], given, accepted[kind], near);
};

const annual = ({ month, day }: { readonly month: number; readonly day: number }): Dates => ({
  days: [{ kind: "annual", month, day }],
});

const numbered = (kind: Kind, day: number): Dates | undefined => {
  if (kind === "week" || !Number.isInteger(day) || day < 1 || day > (kind === "month" ? 31 : 366))
    return undefined;
  return { days: [{ kind: kind === "month" ? "day" : "year-day", day }] };
};

const namedDay = (kind: Kind, text: string): Dates | undefined => {
  if (kind === "month" && /^-?\d+$/.test(text)) return undefined;
  if (kind === "year" && /^\d\d?[-/]\d\d?$/.test(text)) return undefined;
  const weekdays = weekdaysNamed(text);
  if (weekdays) return kind === "week" ? { weekdays } : undefined;
  const read = text.trim() !== "" && parseDays(text);
  return read ? fitting[kind](read) : undefined;
};

/** The days of a phrase as days of a week, a month or a year; undefined when they are not. */
const fitting: Readonly<Record<Kind, (dates: Dates) => Dates | undefined>> = {
  week: (dates) => (dates.weekdays && !dates.days && !dates.months ? dates : undefined),
  month: (dates) => (dates.days?.every(isOfMonth) && !dates.months ? dates : undefined),
  year: (dates) => {
    const { months, weekdays, days } = dates;
    if (days) return months || !days.every(isOfMonth) ? dates : undefined;
    if (!months || weekdays) return undefined;
    return { days: months.map((month) => ({ kind: "annual", month, day: 1 })) };
  },
};

const isOfMonth = (rule: DayRule): boolean => rule.kind !== "annual" && rule.kind !== "year-day";

const nearestDay = (kind: Kind, given: string): string | undefined => {
  if (kind === "month" && numbered("month", Number(given))) return given;
  if (kind === "month" && given === "-1") return '"last day"';
  const [month = "", date = ""] = kind === "year" ? given.split("-") : [];
  const named = monthNames[Number(month) - 1];
  if (named && Number(date) >= 1 && Number(date) <= 31) return JSON.stringify(`${named} ${Number(date)}`);
  const day = nearest(given, [...weekdayNames, "weekdays", "weekend"]);
  const text = day && (kind === "week" ? day : `first ${day}${kind === "month" ? "" : " of january"}`);
  return text && JSON.stringify(text);
};

/**
 * `"10:30"`, `"10:30:15"`, `"9:00"`, `"9"`, or times of day as people say them: `"9am"`, `"noon"`, `"早上8点"`.
 *
 * @throws ScheduleError `time-of-day`
 */
const timesOfDay = (given: unknown): readonly TimeNumber[] => {
  const value = dateValue(given);
  if (value?.kind === "time") return [value.time];
  const text = () => texts().errors.timeOfDay;
  if (Array.isArray(given)) throw invalid("time-of-day", text().what, given, text().list);
  if (typeof given !== "string") return [parseTime(given as string)];
  if (/^(?:\d(?::\d{2}){1,2}|\d{1,2})(?!\n)$/.test(given))
    return [parseTime(given.replace(/^\d(?!\d)/, "0$&").replace(/^\d\d$/, "$&:00"))];
  // Digits are meant as "HH:MM"; other texts are parsed as language.
  if (!/^[\s\d:.,+-]*$/.test(given)) return parseClock(given);
  return [parseTime(given.includes(".") ? `${given} ` : given)];
};

/** How a time is written within an hour, `":30"` or `"20:30"`, and within a minute, `":15"`; and what was probably meant as one. */
const within = {
  hour: { exact: /^([0-5]\d)?:([0-5]\d)(?!\n)$/, near: /^(\d{0,2}:)?(\d{1,2})$/, text: "timeOfHour" },
  minute: { exact: /^():([0-5]\d)(?!\n)$/, near: /^()(?:[\d:]*:)?(\d{1,2})$/, text: "timeOfMinute" },
} as const;

/** @throws ScheduleError `time-of-hour`, `time-of-minute` */
const timeWithin = (unit: keyof typeof within, given: unknown): TimeNumber => {
  const { exact, near, text } = within[unit];
  const parts = typeof given === "string" ? exact.exec(given) : null;
  if (parts) {
    const [first, last] = [Number(parts[1] || 0), Number(parts[2])];
    return unit === "hour" && !parts[1] ? timeNumber(0, last) : timeNumber(0, first, last);
  }
  const { what, accepted } = texts().errors[text];
  // One digit gets its zero, a bare number its colon.
  const [, before, end = ""] = (typeof given === "string" && near.exec(given.trim())) || [];
  const first = (before ?? "").replace(/^(\d)?:$/, (_, digit) => (digit ? `0${digit}` : "")).replace(":", "");
  const nearest = `${first}:${end.padStart(2, "0")}`;
  const isNear = end !== "" && Number(end) < 60 && Number(first) < 60;
  throw invalid(`time-of-${unit}`, what, given, accepted, isNear ? JSON.stringify(nearest) : undefined);
};

/** A daily window from two times of day. @throws ScheduleError `time-of-day` */
export const windowBetween = (from: unknown, to: unknown): DailyWindow =>
  dailyWindow(oneTime(from), oneTime(to));

const oneTime = (given: unknown): TimeNumber => {
  const [time, ...more] = timesOfDay(given);
  if (time !== undefined && more.length === 0) return time;
  const { window, one } = texts().errors.timeOfDay;
  throw invalid("time-of-day", window, given, one);
};

/**
 * Reads one entry of `.except(…)`.
 *
 * @throws ScheduleError `exception`, `date`, or what the phrase parser throws
 */
export const readException = (given: Exception): Deferred<readonly Exclusion[]> => {
  if (isNamedDays(given)) return readNamedDays(given);
  if (typeof given === "string") return readText(given);
  if (typeof given === "number" && Number.isInteger(given) && given >= 1 && given <= 31)
    return onDates({ days: [{ kind: "day", day: given }] });
  const value = dateValue(given);
  if (value?.kind === "month-day") return onDates(annual(value));
  if (value?.kind === "interval") return readSpan({ from: new Date(value.from), to: new Date(value.to - 1) });
  if (isMoment(given) && typeof given !== "number") return readSpan({ from: given, to: given });
  if (typeof given === "object" && given !== null && "from" in given && "to" in given) return readSpan(given);
  throw notAnException(given);
};

const isNamedDays = (given: unknown): given is NamedDays =>
  typeof given === "object" && given !== null && "read" in given && typeof given.read === "function";

/** Named days, as they are known in the year in which the script starts. */
const readNamedDays =
  (given: NamedDays, only?: true): Deferred<readonly Exclusion[]> =>
  ({ now, zone }) => {
    const { year } = dateFields(Math.floor(wallAt(zone, now) / day));
    return [{ kind: "days", set: given.read(year, zone), ...(only && { only }) }];
  };

/** `.on(workdays("CN"))`: only on these days. */
export const readOnDays = (given: readonly unknown[]): Deferred<readonly Exclusion[]> | undefined =>
  given.length === 1 && isNamedDays(given[0]) ? readNamedDays(given[0], true) : undefined;

const onDates =
  (dates: Dates): Deferred<readonly Exclusion[]> =>
  () => [{ kind: "dates", dates }];

const readText = (text: string): Deferred<readonly Exclusion[]> => {
  const weekdays = weekdaysNamed(text);
  if (weekdays) return onDates({ weekdays });
  const month = monthNamed(text);
  if (month !== undefined) return onDates({ months: [month] });
  if (isIsoDate(text)) return readSpan({ from: text, to: text });
  if (text.trim() === "") throw notAnException(text);
  return (parseContext) => parseExclusions(text, parseContext);
};

const isIsoDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

const readSpan =
  (span: DateSpan): Deferred<readonly Exclusion[]> =>
  ({ zone }) => {
    const [from, to] = [dateOf(span.from, zone), dateOf(span.to, zone)];
    if (from <= to) return [{ kind: "range", from, to }];
    const { what, range } = texts().errors.exception;
    throw invalid("exception", what, span, range, `{ from: "${to}", to: "${from}" }`);
  };

const dateOf = (given: string | Moment, zone: Zone): PlainDate => {
  if (typeof given === "string") return formatDate(parseDate(given));
  const moment = readMoment(given);
  if (moment.kind === "date") return formatDate(moment.date);
  const wall = moment.kind === "wall" ? moment.wall : wallAt(zone, moment.at);
  return formatDate(Math.floor(wall / day));
};

const notAnException = (given: unknown): ScheduleError => {
  const { what, accepted } = texts().errors.exception;
  return invalid("exception", what, given, accepted, withoutList("except", given));
};

/**
 * Reads text that stands for a moment. A length such as "5 minutes" is none.
 *
 * @param instead what to write instead of a length
 */
export const readMomentText = <T>(
  text: string,
  read: () => T,
  instead = (length: string) => JSON.stringify(`in ${length}`),
): T => {
  try {
    return read();
  } catch (error) {
    // From JavaScript it may be a number, which is a length as well: when(5).
    const length = typeof text === "string" ? lengthIn(text) : undefined;
    if (length === undefined) throw error;
    const { what, length: accepted } = texts().errors.moment;
    throw invalid("moment", what, text, accepted, instead(length));
  }
};

/** `"5 minutes"`, also for "PT5M". */
const lengthIn = (text: string): string | undefined => {
  try {
    return formatDuration(parseDuration(text));
  } catch {
    return undefined;
  }
};

/** The start: a moment, the start of a day, or a phrase. */
export const readStart = (given: string | Moment): Deferred<Beginning> => {
  if (typeof given !== "string") {
    const moment = readMoment(given);
    if (moment.kind === "instant") return () => ({ starting: moment.at });
    const wall = moment.kind === "wall" ? moment.wall : ((moment.date * day) as WallTime);
    return ({ zone }) => beginningAt(zone, wall);
  }
  if (!looksIso(given))
    return (parseContext) => {
      const { at, date } = readMomentText(given, () => parseBoundary(given, parseContext, "start"));
      return { starting: at, startDate: date };
    };
  return ({ zone }) => {
    const starting = parseMoment(given, zone);
    const asWall = beginningAt(zone, parseMoment(given, utc) as number as WallTime);
    return asWall.starting === starting ? asWall : { starting };
  };
};

/**
 * The end, inclusive: a moment, the end of a day (`"2026-12-31"`), a time today (`"18:30"`), or a phrase.
 *
 * It may have passed: then the job has ended, and the script still starts.
 *
 * @throws ScheduleError `moment`, or what the phrase parser throws
 */
export const readEnd = (given: string | Moment): Deferred<Ending> => {
  if (typeof given !== "string") {
    const moment = readMoment(given);
    return ({ zone }) =>
      moment.kind === "date" ? endOfDate(zone, moment.date) : { until: instantOf(moment, zone) };
  }
  if (isIsoDate(given)) return ({ zone }) => endOfDate(zone, parseDate(given));
  if (looksIso(given)) return ({ zone }) => ({ until: parseMoment(given, zone) });
  if (/^\d\d?:\d{2}(?::\d{2})?$/.test(given))
    return ({ now, zone }) => {
      const wall = wallAt(zone, now);
      const time = parseTime(given.replace(/^\d:/, "0$&"));
      return { until: resolveWall(zone, (wall - mod(wall, day) + time) as WallTime) };
    };
  return (parseContext) => {
    const { at, date } = readMomentText(
      given,
      () => parseBoundary(given, parseContext, "end"),
      (length) => `.for(${JSON.stringify(length)})`,
    );
    return { until: at, untilDate: date };
  };
};

/** @throws ScheduleError `options`, `catch-up`, `duration` */
export const readCatchUp = (policy: CatchUp, options: CatchUpOptions = {}): CatchUpPolicy => {
  checkOptions("catchUp(…)", options, ["maxLateness"]);
  const { maxLateness } = options;
  const missed = oneOf(policy, catchUps, "catch-up", "catchUp(…)");
  if (maxLateness === undefined) return { missed };
  return { missed, maxLateness: readLimit(maxLateness, "catchUp: maxLateness") };
};

/** @throws ScheduleError `retry`, `duration` */
export const readRetry = (times: number, options: RetryOptions = {}): RetryPolicy => {
  checkOptions("retry(…)", options, ["backoff", "delay", "maxDelay"]);
  const { backoff = "exponential", delay = 10 * second, maxDelay = 5 * minute } = options;
  const first = readLimit(delay, "retry: delay", 0);
  const longest = readLimit(maxDelay, "retry: maxDelay", 0);
  if (longest < first && options.maxDelay !== undefined)
    throw invalid("retry", "retry: maxDelay", maxDelay, texts().errors.retryLonger);
  return {
    times: wholeUpTo(100, times, "retry", "retry(…)"),
    backoff: oneOf(backoff, ["fixed", "exponential"], "retry", "retry: backoff"),
    delay: first,
    maxDelay: Math.max(first, longest) as Milliseconds,
  };
};

/** @throws ScheduleError `options`, `ping` */
export const readPing = (url: string | URL, options: PingOptions = {}): Ping => {
  checkOptions("ping(…)", options, ["start"]);
  return { url: readAddress(url, "ping"), start: options.start ?? true };
};

/** @throws ScheduleError `options`, `notify` */
export const readNotify = (to: string | URL = "desktop", options: NotifyOptions = {}): Notify => {
  checkOptions("notify(…)", options, ["on"]);
  return {
    to: to === "desktop" || to === "bell" ? to : readAddress(to, "notify"),
    on: oneOf(options.on ?? "failure", notifyOns, "notify", "notify: on"),
  };
};

const readAddress = (given: string | URL, code: "ping" | "notify"): string => {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  const what = `${code}(…)`;
  const text = () => texts().errors.address;
  if (url && (url.username !== "" || url.password !== ""))
    throw invalid(code, what, `${url.protocol}//…@${url.host}`, text().secret);
  if (url && (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "") return url.href;
  const isText = code === "notify" && typeof given === "string";
  const near = isText ? nearest(given, ["desktop", "bell"]) : undefined;
  const shown = given instanceof URL ? given.href : given;
  throw invalid(
    code,
    what,
    shown,
    code === "notify" ? text().places : text().web,
    near && JSON.stringify(near),
  );
};

/** Rejects an interval whose aligned times would differ from day to day. @throws ScheduleError `aligned` */
export const checkAligned = (count: number, unit: ElapsedUnit): void => {
  const most = day / lengths[unit];
  if (most % count === 0) return;
  const divisors = Array.from({ length: most }, (_, i) => i + 1).filter((n) => most % n === 0);
  const below = divisors.findLast((n) => n <= count)!;
  const above = divisors.find((n) => n >= count);
  const better = above === undefined || count - below <= above - count ? below : above;
  const { what, length } = texts().errors.aligned;
  const accepted = length(above === undefined ? [below] : [below, above], unit);
  throw invalid("aligned", what, `every(${count}).${unit}s`, accepted, `every(${better}).${unit}s.aligned()`);
};
