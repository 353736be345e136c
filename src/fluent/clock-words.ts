import { ScheduleError } from "../errors.ts";
import { parseClock } from "../language/reader.ts";
import { dailyWindow } from "../recurrence/combine.ts";
import type { DailyWindow } from "../recurrence/recurrence.ts";
import { dateValue } from "../time/date-types.ts";
import { parseTime, type TimeNumber, timeNumber } from "../time/plain-time.ts";

/** Made of digits and signs alone, so meant as `"HH:MM"`; other texts are language. */
/** `"9:00"`, `"9"`, `"14"` */
const shortTime = /^(?:\d(?::\d{2}){1,2}|\d{1,2})(?!\n)$/;
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
      what: "Time of day",
      given,
      accepted: 'times side by side, without [ ]: .at("08:00", "12:00")',
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
    what: "Time of the hour",
    given,
    accepted: '":MM", or "MM:SS" with the second',
    nearest: nearestPart(given, /^(\d{0,2}:)?(\d{1,2})$/),
  });
};

/** `":15"`: the second of the minute. @throws ScheduleError `time-of-minute` */
export const timeOfMinute = (given: unknown): TimeNumber => {
  const parts = exactly(/^:([0-5]\d)(?!\n)$/, given);
  if (parts) return timeNumber(0, 0, Number(parts[1]));
  throw new ScheduleError({
    code: "time-of-minute",
    what: "Second of the minute",
    given,
    accepted: '":SS", from ":00" to ":59"',
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
    what: "Edge of a window",
    given,
    accepted: 'one time of day, as in between("09:00", "17:00")',
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
