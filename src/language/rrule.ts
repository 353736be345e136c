import { productOf } from "../recurrence/build.ts";
import type { Calendar, DayRule, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { hour, minute, parseTime, second } from "../time/plain-time.ts";

/**
 * A recurrence as a rule of RFC 5545, where one rule says exactly the same; undefined elsewhere. The first occurrence is its `DTSTART`, with the zone of the wall times;
 * elapsed intervals are meant in UTC. Exceptions, windows, random and fixed-delay intervals, and unions have no rule.
 */
export const toRrule = (recurrence: Recurrence): string | undefined => {
  switch (recurrence.kind) {
    case "interval": {
      if (recurrence.random || recurrence.fixedDelay) return undefined;
      const unit = units.find(([length]) => recurrence.every % length === 0);
      return unit && join(`FREQ=${unit[1]}`, everyNth(recurrence.every / unit[0]));
    }
    case "calendar":
      return calendarRule(recurrence);
    case "bounded": {
      const { of, until, untilDate, times } = recurrence;
      const rule = toRrule(of);
      // A rule has an end or a count (section 3.3.10).
      if (rule === undefined || untilDate || (until !== undefined && times !== undefined)) return undefined;
      return join(
        rule,
        until !== undefined && `UNTIL=${utcStamp(until)}`,
        times !== undefined && `COUNT=${times}`,
      );
    }
    case "zoned":
      return toRrule(recurrence.of);
    default:
      return undefined;
  }
};

/** Section 3.3.5, form 2: `20270203T040506Z`. */
export const utcStamp = (at: Instant): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");

const units = [
  [hour, "HOURLY"],
  [minute, "MINUTELY"],
  [second, "SECONDLY"],
] as const;

const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

const join = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(";");

const everyNth = (count: number): string | false => count > 1 && `INTERVAL=${count}`;

const calendarRule = ({ step, dates, times }: Calendar): string | undefined => {
  const clock = timeParts(times);
  if (clock === undefined || step?.to !== undefined) return undefined;
  const { months, weekdays: onDays, days } = dates ?? {};
  const byMonth = months && `BYMONTH=${months.join(",")}`;
  const byDay = onDays && `BYDAY=${onDays.map((number) => weekdays[number - 1]).join(",")}`;
  if (step) {
    // How weeks are counted between several days depends on the reader.
    if (days || months || (onDays && onDays.length > 1)) return undefined;
    if (onDays && step.unit !== "week") return undefined;
    const frequency = { day: "DAILY", week: "WEEKLY", month: "MONTHLY", year: "YEARLY" }[step.unit];
    return join(`FREQ=${frequency}`, everyNth(step.every), byDay, ...clock);
  }
  if (!days) return join(`FREQ=${byDay ? "WEEKLY" : "DAILY"}`, byMonth, byDay, ...clock);
  const rule = dayParts(days, byDay !== undefined);
  if (!rule || (rule.isYearly && byMonth)) return undefined;
  return join(`FREQ=${rule.isYearly ? "YEARLY" : "MONTHLY"}`, byMonth, ...rule.parts, byDay, ...clock);
};

/** Days of the month or the year, if all are of one sort. */
const dayParts = (
  days: readonly DayRule[],
  hasWeekdays: boolean,
): { readonly isYearly: boolean; readonly parts: readonly string[] } | undefined => {
  const of = <K extends DayRule["kind"]>(kind: K) =>
    days.filter((rule): rule is Extract<DayRule, { kind: K }> => rule.kind === kind);
  const all = days.map((rule) => ("day" in rule ? rule.day : rule.nth)).join(",");
  if (of("day").length === days.length) return { isYearly: false, parts: [`BYMONTHDAY=${all}`] };
  if (hasWeekdays) return undefined;
  if (of("year-day").length === days.length) return { isYearly: true, parts: [`BYYEARDAY=${all}`] };
  const [nths, annual] = [of("nth"), of("annual")];
  if (nths.length === days.length) {
    const byDay = nths.map(({ nth, weekday }) => `${nth}${weekdays[weekday - 1]}`).join(",");
    return { isYearly: false, parts: [`BYDAY=${byDay}`] };
  }
  const month = annual[0]?.month;
  const isOneMonth = annual.length === days.length && annual.every((rule) => rule.month === month);
  return isOneMonth ? { isYearly: true, parts: [`BYMONTH=${month}`, `BYMONTHDAY=${all}`] } : undefined;
};

/** The times of day as `BYHOUR` and the like, which multiply; nothing where the start says it. Undefined where they do not. */
const timeParts = (times: Calendar["times"]): readonly string[] | undefined => {
  if (times.kind === "anchor") return [];
  const parts = times.kind === "list" ? productOf(times.at.map(parseTime)) : undefined;
  // A rule has no fractions of a second.
  if (!parts?.seconds.every(Number.isInteger)) return undefined;
  const { hours, minutes, seconds } = parts;
  return [`BYHOUR=${hours.join(",")}`, `BYMINUTE=${minutes.join(",")}`, `BYSECOND=${seconds.join(",")}`];
};
