import { isFunction, ScheduleError, typeName } from "../errors.ts";
import { texts } from "../text/text.ts";
import { dateValue, isoDuration } from "./date-types.ts";
import type { Milliseconds } from "./instant.ts";
import { day, hour, minute, second } from "./plain-time.ts";

/**
 * A length of time: `"90 seconds"`, `"2h30m"`, ISO 8601 as in `"PT90M"`, milliseconds, a `Duration` of Temporal,
 * luxon, dayjs or moment.
 */
export type DurationLike =
  | string
  | number
  | { toMillis(): number }
  | { asMilliseconds(): number }
  | { readonly [Symbol.toStringTag]: "Temporal.Duration" };

/** The longest length of time that is accepted: 100 years of 365.25 days. */
export const longest = 36_525 * day;

const units: ReadonlyMap<string, number> = new Map([
  ...(["ms", "millisecond", "milliseconds"] as const).map((name) => [name, 1] as const),
  ...(["s", "sec", "secs", "second", "seconds"] as const).map((name) => [name, second] as const),
  ...(["m", "min", "mins", "minute", "minutes"] as const).map((name) => [name, minute] as const),
  ...(["h", "hr", "hrs", "hour", "hours"] as const).map((name) => [name, hour] as const),
  ...(["d", "day", "days"] as const).map((name) => [name, day] as const),
  ...(["w", "week", "weeks"] as const).map((name) => [name, 7 * day] as const),
]);

/**
 * Reads a length of elapsed time. A day is 24 hours here; `"1 month"` has no fixed length and is rejected.
 *
 * @param least smallest accepted length in milliseconds. @default 1
 * @throws ScheduleError `duration` for anything that is not a length of time from `least` to 100 years.
 */
export const parseDuration = (given: DurationLike, what?: string, least = 1): Milliseconds => {
  const length =
    typeof given === "string" ? fromText(given) : typeof given === "number" ? given : fromObject(given);
  if (length === undefined || !Number.isFinite(length) || length < least || length > longest) {
    throw new ScheduleError({
      code: "duration",
      what: what ?? texts().errors.duration.what,
      given,
      accepted: texts().errors.duration.accepted,
      nearest: typeof given === "string" && /^[1-9]\d*$/.test(given) ? `"${given} seconds"` : undefined,
    });
  }
  return Math.round(length) as Milliseconds;
};

const fromText = (text: string): number | undefined => {
  if (text.length > 64) return undefined;
  if (/^[+-]?P/.test(text)) return isoDuration(text);
  let rest = text.trim().toLowerCase();
  let sum = 0;
  while (rest !== "") {
    const part = /^(\d+(?:\.\d+)?)\s*([a-z]+)(?:\s*(?:,\s*|\s)(?:and\s+)?(?=\d)|(?=\d|$))/.exec(rest);
    const size = part ? units.get(part[2]!) : undefined;
    if (!part || size === undefined) return undefined;
    sum += Number(part[1]) * size;
    rest = rest.slice(part[0].length);
  }
  return sum;
};

const fromObject = (given: unknown): number | undefined => {
  if (typeof given !== "object" || given === null) return undefined;
  const value = dateValue(given);
  if (value?.kind === "duration") return value.length;
  const isOwn = typeName(given) === undefined && isFunction(given, "toMillis");
  return isOwn ? Number(given.toMillis()) : undefined;
};

/**
 * A length of time in words, exact: `90000` → `"1 minute 30 seconds"`. {@link parseDuration} reads it back.
 */
export const formatDuration = (length: number): string => {
  const parts: string[] = [];
  let rest = length;
  for (const [name, size] of [
    ["day", day],
    ["hour", hour],
    ["minute", minute],
    ["second", second],
    ["millisecond", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    rest -= count * size;
  }
  return parts.join(" ") || "0 seconds";
};
