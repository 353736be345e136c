import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";

/** A time of day as it is written: `"09:00"`, `"09:00:30"`, `"09:00:30.250"`. */
export type PlainTime = `${number}:${number}` | `${number}:${number}:${number}`;

/** A time of day as a number: milliseconds since midnight on the wall clock, 0 to 86,399,999. */
export type TimeNumber = number;

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
/** A day of 24 hours, as a wall clock without clock changes has it. */
export const day = 24 * hour;

export const timeNumber = (hours: number, minutes: number, seconds = 0, milliseconds = 0): TimeNumber =>
  hours * hour + minutes * minute + seconds * second + milliseconds;

/** `"09:00"`, with seconds and milliseconds only where they are not zero. */
export const formatTime = (time: TimeNumber): PlainTime => {
  const two = (n: number) => String(n).padStart(2, "0");
  const seconds = Math.floor(time / second) % 60;
  const fraction = time % second;
  const short = `${two(Math.floor(time / hour))}:${two(Math.floor(time / minute) % 60)}`;
  return (
    seconds === 0 && fraction === 0
      ? short
      : `${short}:${two(seconds)}${fraction === 0 ? "" : `.${String(fraction).padStart(3, "0")}`}`
  ) as PlainTime;
};

/**
 * Reads `"09:00"`, `"09:00:30"` or `"09:00:30.250"`, two digits each, from 00:00 to 23:59:59.999.
 *
 * @throws ScheduleError `time-of-day` with the nearest valid form, if any.
 */
export const parseTime = (text: string): TimeNumber => {
  const parts =
    typeof text === "string"
      ? /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{3}))?)?(?!\n)$/.exec(text)
      : null;
  if (!parts) {
    throw new ScheduleError({
      code: "time-of-day",
      what: texts().errors.timeOfDay.what,
      given: text,
      accepted: texts().errors.timeOfDay.accepted,
      nearest: nearestTime(text),
    });
  }
  return timeNumber(Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0), Number(parts[4] ?? 0));
};

/** `9:00` → `"09:00"`, `24:00` → `"00:00"`, `9am` → `"09:00"`; nothing when no form is near. */
const nearestTime = (given: unknown): string | undefined => {
  const text = typeof given === "number" ? String(given) : given;
  if (typeof text !== "string" || text.length > 40) return undefined;
  const parts = /^\s*(\d{1,2})(?:[:.h](\d{1,2}))?(?::(\d{1,2}))?\s*(am|pm)?\s*$/i.exec(
    text.normalize("NFKC"),
  );
  if (!parts) return undefined;
  const half = parts[4]?.toLowerCase();
  const hours = Number(parts[1]);
  const read = half ? (hours % 12) + (half === "pm" ? 12 : 0) : hours === 24 ? 0 : hours;
  const [minutes, seconds] = [Number(parts[2] ?? 0), Number(parts[3] ?? 0)];
  if (read > 23 || minutes > 59 || seconds > 59 || (half && hours > 12)) return undefined;
  return JSON.stringify(formatTime(timeNumber(read, minutes, seconds)));
};
