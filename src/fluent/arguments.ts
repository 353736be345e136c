import { checkOptions, oneOf, wholeUpTo, zoneIn } from "../checks.ts";
import { nearest, ScheduleError } from "../errors.ts";
import { type CallTrace, type Notify, notifyOns, type Ping } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { parseBoundary, parseClock, parseDays, parseExclusions } from "../language/reader.ts";
import type { RetryPolicy } from "../policy/retry.ts";
import { type Beginning, beginningAt, dailyWindow } from "../recurrence/build.ts";
import type { DailyWindow, Dates, DayRule, Exclusion } from "../recurrence/recurrence.ts";
import { texts } from "../text/text.ts";
import { dateValue } from "../time/date-types.ts";
import { parseDuration } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import { instantOf, isMoment, type Moment, readMoment } from "../time/moment.ts";
import { monthNamed, monthNames, weekdayNames, weekdaysNamed } from "../time/names.ts";
import { dateFields, formatDate, mod, type PlainDate, parseDate } from "../time/plain-date.ts";
import { day, minute, parseTime, second, type TimeNumber, timeNumber } from "../time/plain-time.ts";
import { resolveWall, utc, type WallTime, wallAt, type Zone, zoneNamed } from "../time/zone.ts";
import type { NamedDays } from "./day-sets.ts";
import {
  callText,
  type Deferred,
  type ElapsedUnit,
  fromNow,
  lengths,
  readMomentText,
  type When,
} from "./definition.ts";
import type { DateSpan, Exception, NotifyOptions, PingOptions, RetryOptions } from "./types.ts";

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
  if (elsewhere !== undefined)
    throw new ScheduleError({ code: "arguments", what: "at(…)", given: last, nearest: elsewhere });
  const zone = given.length > 1 && isZoneLike(last) ? last : undefined;
  if (zone !== undefined) zoneNamed(zone);
  const texts = zone === undefined ? given : given.slice(0, -1);
  const times = (texts.length > 0 ? texts : [undefined as never]).flatMap(read);
  return { times, ...(zone !== undefined && { zone }) };
};

const readerFor = (when: When, before: CallTrace): ((given: unknown) => number | readonly number[]) => {
  const { base, times, days } = when;
  const text = () => texts().errors.at;
  if (times) throw refused(before, "at(…)", text().together);
  if (when.isAligned || when.isFixedDelay)
    throw refused(before, "at(…)", text().either(when.isAligned ? "aligned" : "fixedDelay"));
  if (base.kind === "dated") return timesOfDay;
  if (base.kind === "read") throw refused(before, "at(…)", text().inside[base.from]);
  switch (base.unit) {
    case "second":
      throw refused(before, "at(…)", text().seconds);
    case "minute":
    case "hour":
      if (days) throw refused(before, "at(…)", text().timeFirst);
      return base.unit === "hour" ? timeOfHour : timeOfMinute;
    case "day":
      return timesOfDay;
    case "week":
    case "month":
    case "year":
      if (!days) throw refused(before, "at(…)", text().dayFirst[base.unit]);
      return timesOfDay;
  }
};

/** Zones have a slash, or are a capitalized word that is no time of day: `"UTC"`, `"Japan"`. */
const isZoneLike = (text: unknown): text is string => {
  if (typeof text !== "string") return false;
  if (/^[A-Za-z_]+\/[\w+/-]+$|^(?:UTC|GMT)(?:[+-]|$)/.test(text)) return true;
  return /^[A-Z](?:[A-Za-z]+|[A-Z]{2}\d[A-Z]{3})$/.test(text) && !isClockWord.test(text);
};

const isClockWord = /^(?:noon|midday|midnight|morning|afternoon|evening|night)$/i;

/**
 * Reads the arguments of `.on(…)`: days of the week, the month or the year, depending on the unit before it.
 *
 * @returns conditions, any of which suffices
 * @throws ScheduleError `word`, `day`
 */
export const readOn = (when: When, before: CallTrace, given: readonly unknown[]): readonly Dates[] => {
  const kind = kindFor(when, before);
  if (given.length === 0) throw notSuch(kind, undefined);
  return joined(given.map((day) => readDay(kind, day)));
};

type Kind = "week" | "month" | "year";

const kindFor = ({ base, days, times, isFixedDelay }: When, before: CallTrace): Kind => {
  const text = () => texts().errors.on;
  if (days) throw refused(before, "on(…)", text().together);
  if (isFixedDelay) throw refused(before, "on(…)", text().fixedDelay);
  if (base.kind === "dated") throw refused(before, "on(…)", text().severalDays);
  if (base.kind === "read") throw refused(before, "on(…)", text().inside);
  if (base.to !== undefined) throw refused(before, "on(…)", text().random);
  if (times && base.every > 1) throw refused(before, "on(…)", text().single(base.unit));
  if (base.unit === "day") throw refused(before, "on(…)", text().weeks);
  return base.kind === "elapsed" ? "week" : base.unit;
};

const readDay = (kind: Kind, given: unknown): Dates => {
  const value = dateValue(given);
  if (kind === "year" && value?.kind === "month-day")
    return { days: [{ kind: "annual", month: value.month, day: value.day }] };
  const read =
    typeof given === "number" ? numbered(kind, given) : typeof given === "string" && namedDay(kind, given);
  if (read) return read;
  if (Array.isArray(given))
    throw new ScheduleError({
      code: "day",
      what: texts().errors.day.what[kind],
      given,
      accepted: texts().errors.day.list,
    });
  throw notSuch(kind, given);
};

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
  year: ({ months, weekdays, days }) => {
    if (days)
      return months || !days.every(isOfMonth)
        ? { ...(months && { months }), ...(weekdays && { weekdays }), days }
        : undefined;
    if (!months || weekdays) return undefined;
    return { days: months.map((month) => ({ kind: "annual", month, day: 1 })) };
  },
};

const isOfMonth = (rule: DayRule): boolean => rule.kind !== "annual" && rule.kind !== "year-day";

/** Conditions on only weekdays, or only days, are joined into one. */
const joined = (all: readonly Dates[]): readonly Dates[] => {
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

const notSuch = (kind: Kind, given: unknown): ScheduleError =>
  new ScheduleError({
    code: "day",
    what: texts().errors.day.what[kind],
    given,
    accepted: texts().errors.day.accepted[kind],
    nearest: typeof given === "string" ? nearestDay(kind, given) : given === -1 ? '"last day"' : undefined,
  });

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

/** `"9:00"`, `"9"`, `"14"`. */
const shortTime = /^(?:\d(?::\d{2}){1,2}|\d{1,2})(?!\n)$/;
/** Meant as `"HH:MM"`; other texts are parsed as language. */
const digitsOnly = /^[\s\d:.,+-]*$/;

/**
 * `"10:30"`, `"10:30:15"`, `"9:00"`, `"9"`, or times of day as people say them: `"9am"`, `"noon"`, `"早上8点"`.
 *
 * @throws ScheduleError `time-of-day`
 */
export const timesOfDay = (given: unknown): readonly TimeNumber[] => {
  const value = dateValue(given);
  if (value?.kind === "time") return [value.time];
  if (Array.isArray(given))
    throw new ScheduleError({
      code: "time-of-day",
      what: texts().errors.timeOfDay.what,
      given,
      accepted: texts().errors.timeOfDay.list,
    });
  if (typeof given !== "string") return [parseTime(given as string)];
  if (shortTime.test(given)) return [parseTime(given.replace(/^\d(?!\d)/, "0$&").replace(/^\d\d$/, "$&:00"))];
  if (!digitsOnly.test(given)) return parseClock(given);
  return [parseTime(given.includes(".") ? `${given} ` : given)];
};

/** `":30"` or `"20:30"`: minute, or minute and second, of the hour. @throws ScheduleError `time-of-hour` */
export const timeOfHour = (given: unknown): TimeNumber => {
  const parts = exactly(/^([0-5]\d)?:([0-5]\d)(?!\n)$/, given);
  if (parts)
    return parts[1] ? timeNumber(0, Number(parts[1]), Number(parts[2])) : timeNumber(0, Number(parts[2]));
  throw new ScheduleError({
    code: "time-of-hour",
    ...texts().errors.timeOfHour,
    given,
    nearest: nearestPart(given, /^(\d{0,2}:)?(\d{1,2})$/),
  });
};

/** `":15"`: the second of the minute. @throws ScheduleError `time-of-minute` */
export const timeOfMinute = (given: unknown): TimeNumber => {
  const parts = exactly(/^:([0-5]\d)(?!\n)$/, given);
  if (parts) return timeNumber(0, 0, Number(parts[1]));
  throw new ScheduleError({
    code: "time-of-minute",
    ...texts().errors.timeOfMinute,
    given,
    nearest: nearestPart(given, /^()(?:[\d:]*:)?(\d{1,2})$/),
  });
};

/** A daily window from two times of day. @throws ScheduleError `time-of-day` */
export const windowBetween = (from: unknown, to: unknown): DailyWindow =>
  dailyWindow(oneTime(from), oneTime(to));

const oneTime = (given: unknown): TimeNumber => {
  const [time, ...more] = timesOfDay(given);
  if (time !== undefined && more.length === 0) return time;
  throw new ScheduleError({
    code: "time-of-day",
    what: texts().errors.timeOfDay.window,
    given,
    accepted: texts().errors.timeOfDay.one,
  });
};

const exactly = (pattern: RegExp, given: unknown): RegExpExecArray | null =>
  typeof given === "string" ? pattern.exec(given) : null;

/** One digit gets its zero, a bare number its colon. */
const nearestPart = (given: unknown, pattern: RegExp): string | undefined => {
  const parts = exactly(pattern, typeof given === "string" ? given.trim() : given);
  if (!parts) return undefined;
  const [before, last] = [parts[1]?.replace(":", "") ?? "", parts[2]!.padStart(2, "0")];
  const first = before === "" ? "" : before.padStart(2, "0");
  return Number(last) < 60 && Number(first) < 60 ? JSON.stringify(`${first}:${last}`) : undefined;
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
    return always({ kind: "dates", dates: { days: [{ kind: "day", day: given }] } });
  const value = dateValue(given);
  if (value?.kind === "month-day") {
    const { month, day } = value;
    return always({ kind: "dates", dates: { days: [{ kind: "annual", month, day }] } });
  }
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

const always =
  (...exclusions: readonly Exclusion[]): Deferred<readonly Exclusion[]> =>
  () =>
    exclusions;

const readText = (text: string): Deferred<readonly Exclusion[]> => {
  const weekdays = weekdaysNamed(text);
  if (weekdays) return always({ kind: "dates", dates: { weekdays } });
  const month = monthNamed(text);
  if (month !== undefined) return always({ kind: "dates", dates: { months: [month] } });
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return readSpan({ from: text, to: text });
  if (text.trim() === "") throw notAnException(text);
  return (parseContext) => parseExclusions(text, parseContext);
};

const readSpan = (span: DateSpan): Deferred<readonly Exclusion[]> => {
  const { from, to } = span;
  const read = (zone: Zone) => [dateOf(from, zone), dateOf(to, zone)] as const;
  return ({ zone }) => {
    const [first, last] = read(zone);
    if (first <= last) return [{ kind: "range", from: first, to: last }];
    throw new ScheduleError({
      code: "exception",
      what: texts().errors.exception.what,
      given: span,
      accepted: texts().errors.exception.range,
      nearest: `{ from: "${last}", to: "${first}" }`,
    });
  };
};

const dateOf = (given: string | Moment, zone: Zone): PlainDate => {
  if (typeof given === "string") return formatDate(parseDate(given));
  const moment = readMoment(given);
  if (moment.kind === "date") return formatDate(moment.date);
  const wall = moment.kind === "wall" ? moment.wall : wallAt(zone, moment.at);
  return formatDate(Math.floor(wall / day));
};

const notAnException = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "exception",
    what: texts().errors.exception.what,
    given,
    accepted: texts().errors.exception.accepted,
  });

/** The start: a moment, the start of a day, or a phrase. */
export const readStart = (given: string | Moment): Deferred<Beginning> => {
  if (typeof given !== "string") {
    const moment = readMoment(given);
    if (moment.kind === "instant") return () => ({ starting: moment.at });
    const wall = moment.kind === "wall" ? moment.wall : ((moment.date * day) as WallTime);
    return ({ zone }) => beginningAt(zone, wall);
  }
  if (looksIso(given)) return ({ zone }) => parseBeginning(given, zone);
  return (parseContext) => ({
    starting: readMomentText(given, fromNow, () => parseBoundary(given, parseContext, "start")),
  });
};

const parseBeginning = (text: string, zone: Zone): Beginning => {
  const starting = parseMoment(text, zone);
  const meant = parseMoment(text, utc) as number as WallTime;
  const asWall = beginningAt(zone, meant);
  return asWall.starting === starting ? asWall : { starting };
};

/**
 * The end, inclusive: a moment, the end of a day (`"2026-12-31"`), a time today (`"18:30"`), or a phrase.
 *
 * It may have passed: then the job has ended, and the script still starts.
 *
 * @throws ScheduleError `moment`, or what the phrase parser throws
 */
export const readEnd = (given: string | Moment): Deferred<Instant> => {
  if (typeof given === "string") return readEndText(given);
  const moment = readMoment(given);
  if (moment.kind === "date") return ({ zone }) => endOfDay(zone, moment.date);
  return ({ zone }) => instantOf(moment, zone);
};

const readEndText = (text: string): Deferred<Instant> => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return ({ zone }) => endOfDay(zone, parseDate(text));
  if (looksIso(text)) return ({ zone }) => parseMoment(text, zone);
  if (/^\d:\d{2}(?::\d{2})?$/.test(text)) return readEndText(`0${text}`);
  if (/^\d{2}:\d{2}(?::\d{2})?$/.test(text)) return (parseContext) => today(text, parseContext);
  return (parseContext) =>
    readMomentText(
      text,
      (length) => `.for(${JSON.stringify(length)})`,
      () => parseBoundary(text, parseContext, "end"),
    );
};

const endOfDay = (zone: Zone, date: number): Instant =>
  (resolveWall(zone, ((date + 1) * day) as WallTime) - 1) as Instant;

const today = (time: string, { now, zone }: ParseContext): Instant => {
  const wall = wallAt(zone, now);
  return resolveWall(zone, (wall - mod(wall, day) + parseTime(time)) as WallTime);
};

/** A call where it means nothing; the error says what to write instead. */
export const refused = (before: CallTrace, word: string, accepted: string): ScheduleError =>
  new ScheduleError({ code: "word", what: texts().errors.after(word, callText(before)), accepted });

/** @throws ScheduleError `retry`, `duration` */
export const readRetry = (times: number, options: RetryOptions = {}): RetryPolicy => {
  checkOptions("retry(…)", options, ["backoff", "delay", "maxDelay"]);
  const { backoff = "exponential", delay = 10 * second, maxDelay = 5 * minute } = options;
  const first = parseDuration(delay, "retry: delay", 0);
  const longest = parseDuration(maxDelay, "retry: maxDelay", 0);
  if (longest < first && options.maxDelay !== undefined)
    throw new ScheduleError({
      code: "retry",
      what: "retry: maxDelay",
      given: maxDelay,
      accepted: texts().errors.retryLonger,
    });
  return {
    times: wholeUpTo(100, times, "retry", "retry(…)"),
    backoff: oneOf(backoff, ["fixed", "exponential"], "retry", "retry: backoff"),
    delay: first,
    maxDelay: Math.max(first, longest) as Milliseconds,
  };
};

/** @throws ScheduleError `ping` */
export const readPing = (url: string | URL, options: PingOptions = {}): Ping => {
  checkOptions("ping(…)", options, ["start"]);
  return { url: readAddress(url, "ping", "ping(…)"), start: trueOrFalse(options.start ?? true) };
};

/** @throws ScheduleError `notify` */
export const readNotify = (to: string | URL = "desktop", options: NotifyOptions = {}): Notify => {
  checkOptions("notify(…)", options, ["on"]);
  return {
    to: to === "desktop" || to === "bell" ? to : readAddress(to, "notify", "notify(…)"),
    on: oneOf(options.on ?? "failure", notifyOns, "notify", "notify: on"),
  };
};

const readAddress = (given: string | URL, code: "ping" | "notify", what: string): string => {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url && (url.username !== "" || url.password !== ""))
    throw new ScheduleError({
      code,
      what,
      given: `${url.protocol}//…@${url.host}`,
      accepted: texts().errors.address.secret,
    });
  if (url && (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "") return url.href;
  const near =
    code === "notify" && typeof given === "string" ? nearest(given, ["desktop", "bell"]) : undefined;
  throw new ScheduleError({
    code,
    what,
    given: given instanceof URL ? given.href : given,
    accepted: texts().errors.address[code === "notify" ? "places" : "web"],
    nearest: near && JSON.stringify(near),
  });
};

const trueOrFalse = (start: boolean): boolean => {
  if (typeof start === "boolean") return start;
  throw new ScheduleError({
    code: "ping",
    what: "ping: start",
    given: start,
    accepted: texts().errors.trueOrFalse,
  });
};

/** Rejects an interval whose aligned times would differ from day to day. @throws ScheduleError `aligned` */
export const checkAligned = (count: number, unit: ElapsedUnit): void => {
  const most = day / lengths[unit];
  if (most % count === 0) return;
  const [below, above] = [divisor(most, count, -1), divisor(most, Math.min(count, most), 1)];
  const better = above === undefined || count - below! <= above - count ? below! : above;
  throw new ScheduleError({
    code: "aligned",
    what: texts().errors.aligned.what,
    given: `every(${count}).${unit}s`,
    accepted: texts().errors.aligned.length(
      [below, above].filter((n) => n !== undefined),
      unit,
    ),
    nearest: `every(${better}).${unit}s.aligned()`,
  });
};

/** The next divisor of a number, downwards or upwards. */
const divisor = (of: number, from: number, step: 1 | -1): number | undefined => {
  for (let n = Math.min(from, of); n >= 1 && n <= of; n += step) if (of % n === 0) return n;
  return undefined;
};
