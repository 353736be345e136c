import { isDeepStrictEqual } from "node:util";
import { ScheduleError } from "../errors.ts";
import type { Dates, DayRule, Recurrence, Times } from "../recurrence/recurrence.ts";
import { begunWithStar, type Column, column, isOpen, plain, short, starred } from "./cron/column.ts";
import { dayOfMonth, hour, minute, month, second, weekday } from "./cron/fields.ts";
import { parseCron } from "./cron.ts";
import { monthly } from "./monthly.ts";
import { timeParts } from "./time-parts.ts";

/**
 * The crontab expression that means exactly the same: five fields where every time is on the full minute, else six. Null
 * where cron has no words for it: elapsed intervals, steps of days and longer, bounds, windows, exceptions, zones, Friday
 * the 13th, times that are not all of some hours and minutes.
 *
 * `parseCron` reads it back as an equal recurrence.
 */
export const toCron = (recurrence: Recurrence): string | null => {
  const written = write(recurrence);
  return written !== undefined && isDeepStrictEqual(readBack(written), recurrence) ? written : null;
};

/** What cron cannot say shows itself here: it comes back as something else. */
const readBack = (written: string): Recurrence | undefined => {
  try {
    return parseCron(written);
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
};

/** The one expression that may say it. Several calendars are taken for the two sides of "this day or that weekday". */
const write = (recurrence: Recurrence): string | undefined => {
  const parts = recurrence.kind === "union" ? recurrence.of : [recurrence];
  const calendars = parts.filter((part) => part.kind === "calendar");
  if (calendars[0] === undefined) return undefined;
  const dates: Dates = Object.assign({}, ...calendars.map((calendar) => monthly(calendar.dates ?? {})));
  const clock = writeTimes(calendars[0].times);
  const days = writeDays(dates, calendars.length > 1);
  return clock && days && `${clock} ${days[0]} ${short(column(month, dates.months))} ${days[1]}`;
};

/** Second where it is not 0, minute, hour. */
const writeTimes = (times: Times): string | undefined => {
  const said = timeParts(times);
  if (!said) return undefined;
  const [ofMinute, ofHour] = [column(minute, said.minutes), column(hour, said.hours)];
  const clock =
    said.follows === "wall" ? `${plain(ofMinute)} ${plain(ofHour)}` : writeElapsed(ofMinute, ofHour);
  const isOnMinute = said.seconds?.length === 1 && said.seconds[0] === 0;
  return isOnMinute ? clock : clock && `${short(column(second, said.seconds))} ${clock}`;
};

/** A minute and an hour of which at least one begins with `*`. */
const writeElapsed = (ofMinute: Column, ofHour: Column): string | undefined => {
  const [minutes, hours] = [starred(ofMinute), starred(ofHour)];
  if (minutes || hours) return `${minutes ?? plain(ofMinute)} ${hours ?? plain(ofHour)}`;
  const begun = begunWithStar(ofMinute);
  if (begun) return `${begun} ${plain(ofHour)}`;
  const begunHours = begunWithStar(ofHour);
  return begunHours && `${plain(ofMinute)} ${begunHours}`;
};

/** Day of the month and weekday; with `either` a date needs only one of them. */
const writeDays = (
  { days = [], weekdays = [] }: Dates,
  either: boolean,
): readonly [string, string] | undefined => {
  const nth = days.filter((rule) => rule.kind === "nth");
  const numbers = days.flatMap((rule) => (rule.kind === "day" && rule.day > 0 ? [rule.day] : []));
  const special = days.filter((rule) => rule.kind !== "nth" && !(rule.kind === "day" && rule.day > 0));
  const ofMonth = column(dayOfMonth, numbers, special.map(writeRule));
  const ofWeek = column(weekday, weekdays.map(cronWeekday).sort(), nth.map(writeRule));
  if (isOpen(ofMonth) || isOpen(ofWeek)) return [short(ofMonth), plain(ofWeek)];
  if (either || nth.length > 0) return [plain(ofMonth), plain(ofWeek)];
  const begun = begunWithStar(ofMonth);
  if (begun) return [begun, plain(ofWeek)];
  const begunWeek = begunWithStar(ofWeek);
  return begunWeek === undefined ? undefined : [plain(ofMonth), begunWeek];
};

/** An entry of a day field. What cron has no word for gets one that cannot be read back. */
const writeRule = (rule: DayRule): string => {
  switch (rule.kind) {
    case "day":
      return rule.day === -1 ? "L" : `L-${-1 - rule.day}`;
    case "near":
      return `${rule.day}W`;
    case "workday":
      return rule.nth === -1 ? "LW" : rule.nth === 1 ? "1W" : unsayable;
    case "nth":
      return `${cronWeekday(rule.weekday)}${rule.nth === -1 ? "L" : `#${rule.nth}`}`;
    default:
      return unsayable;
  }
};

const unsayable = "none";

/** 0 Sunday to 6 Saturday. */
const cronWeekday = (iso: number): number => iso % 7;
