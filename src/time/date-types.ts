import { isFunction, typeName } from "../errors.ts";
import { type DayNumber, parseDate } from "./plain-date.ts";
import { day, hour, minute, parseTime, second, type TimeNumber } from "./plain-time.ts";

/** What a value of another date library means. */
export type DateValue =
  | { readonly kind: "instant"; readonly at: number }
  /** A wall time without a zone. */
  | { readonly kind: "wall"; readonly wall: number }
  | { readonly kind: "date"; readonly date: DayNumber }
  | { readonly kind: "time"; readonly time: TimeNumber }
  | { readonly kind: "month-day"; readonly month: number; readonly day: number }
  /** Elapsed time; `NaN` for months and years, which have no fixed length. */
  | { readonly kind: "duration"; readonly length: number }
  /** The end does not belong to it. */
  | { readonly kind: "interval"; readonly from: number; readonly to: number };

/**
 * Reads a `Date` of any realm, a value of Temporal or luxon, and objects of dayjs and moment. Undefined for everything else.
 */
export const dateValue = (value: unknown): DateValue | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  // The parts of a value from outside may throw, as may texts that are no date here.
  try {
    return meaningOf(value);
  } catch {
    return undefined;
  }
};

const meaningOf = (value: object): DateValue | undefined => {
  switch (typeName(value)) {
    case "Date":
      return { kind: "instant", at: Date.prototype.getTime.call(value as Date) };
    case "Temporal.Instant":
    case "Temporal.ZonedDateTime":
      return { kind: "instant", at: Number((value as { epochMilliseconds: unknown }).epochMilliseconds) };
    case "Temporal.PlainDateTime": {
      const [date = "", time = ""] = isoText(value).split("T");
      return { kind: "wall", wall: parseDate(date) * day + timeOf(time) };
    }
    case "Temporal.PlainDate":
      return { kind: "date", date: parseDate(isoText(value)) };
    case "Temporal.PlainTime":
      return { kind: "time", time: timeOf(isoText(value)) };
    case "Temporal.PlainMonthDay": {
      const parts = /(\d\d)-(\d\d)$/.exec(isoText(value));
      return parts ? { kind: "month-day", month: Number(parts[1]), day: Number(parts[2]) } : undefined;
    }
    case "Temporal.Duration":
      return { kind: "duration", length: isoDuration(String(value)) ?? Number.NaN };
    case "luxon Duration":
      return {
        kind: "duration",
        length: isoDuration(String((value as { toISO(): unknown }).toISO())) ?? Number.NaN,
      };
    case "luxon Interval": {
      const { start, end } = value as { start: unknown; end: unknown };
      const [from, to] = [dateValue(start), dateValue(end)];
      return from?.kind === "instant" && to?.kind === "instant"
        ? { kind: "interval", from: from.at, to: to.at }
        : undefined;
    }
    case "duration object": {
      const text = isFunction(value, "toISOString") ? String(value.toISOString()) : "";
      return { kind: "duration", length: isoDuration(text) ?? Number.NaN };
    }
  }
  if (isFunction(value, "toMillis")) return { kind: "instant", at: Number(value.toMillis()) };
  if (isFunction(value, "toDate")) return dateValue(value.toDate());
  return "epochMilliseconds" in value ? { kind: "instant", at: Number(value.epochMilliseconds) } : undefined;
};

/** Temporal writes ISO 8601 whatever the calendar, which it names behind. */
const isoText = (value: object): string => String(value).replace(/\[.*$/, "");

/** `"09:00:30.123456789"`, as Temporal writes it. */
const timeOf = (text: string): TimeNumber =>
  parseTime(text.replace(/\.(\d+)$/, (_, digits: string) => `.${digits.padEnd(3, "0").slice(0, 3)}`));

/**
 * A length of time in ISO 8601: `"PT90M"`, `"P1DT12H"`, `"P2W"`, `"PT1.5S"`. Undefined for another text, and for months and years, which have no
 * fixed length.
 */
export const isoDuration = (text: string): number | undefined => {
  const parts =
    /^([+-])?P(?!$)(?:0+Y)?(?:0+M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(?:T(?!$)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/i.exec(
      text.trim(),
    );
  if (!parts) return undefined;
  const sizes = [7 * day, day, hour, minute, second];
  const sum = sizes.reduce((sum, size, i) => sum + size * Number((parts[i + 2] ?? "0").replace(",", ".")), 0);
  return parts[1] === "-" ? -sum : sum;
};
