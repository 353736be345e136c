import { ScheduleError } from "../../errors.ts";
import { isSame, productOf } from "../../recurrence/build.ts";
import type { Dates, DayRule, Recurrence, Times } from "../../recurrence/recurrence.ts";
import { day, minute, parseTime } from "../../time/plain-time.ts";
import { neighbours, type Run } from "../describe-parts.ts";
import {
  dayField,
  type Field,
  hourField,
  minuteField,
  monthField,
  secondField,
  weekdayField,
} from "./fields.ts";
import { parseCron } from "./parse.ts";

/**
 * The crontab expression that means exactly the same: five fields where every time is on the full minute, else six. Null
 * where cron has no words for it: elapsed intervals, steps of days and longer, bounds, windows, exceptions, zones, Friday
 * the 13th, times that are not all of some hours and minutes.
 *
 * `parseCron` reads it back as an equal recurrence.
 */
export const toCron = (recurrence: Recurrence): string | null => {
  const written = write(recurrence);
  return written !== undefined && isSame(readBack(written), recurrence) ? written : null;
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
  return clock && days && `${clock} ${days[0]} ${short(column(monthField, dates.months))} ${days[1]}`;
};

/** Second where it is not 0, minute, hour. */
const writeTimes = (times: Times): string | undefined => {
  const parts = timeParts(times);
  if (!parts) return undefined;
  const [ofMinute, ofHour] = [column(minuteField, parts.minutes), column(hourField, parts.hours)];
  const clock =
    parts.follows === "wall" ? `${plain(ofMinute)} ${plain(ofHour)}` : writeElapsed(ofMinute, ofHour);
  const isOnMinute = parts.seconds?.length === 1 && parts.seconds[0] === 0;
  return isOnMinute ? clock : clock && `${short(column(secondField, parts.seconds))} ${clock}`;
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
  const ofMonth = column(dayField, numbers, special.map(writeRule));
  const ofWeek = column(weekdayField, weekdays.map(cronWeekday).sort(), nth.map(writeRule));
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

/** What one field of a cron expression is to say. */
export interface Column {
  readonly field: Field;
  /** Sorted, each once; undefined is every one. */
  readonly values: readonly number[] | undefined;
  /** Entries that are no numbers, ready to be written. */
  readonly more: readonly string[];
}

/** A column of values, and of entries such as `L`; with none of either it says nothing. */
export const column = (
  field: Field,
  values: readonly number[] | undefined,
  more: readonly string[] = [],
): Column => ({ field, values: values?.length === 0 && more.length === 0 ? undefined : values, more });

export const isOpen = ({ values }: Column): boolean => values === undefined;

/** Numbers and ranges. Begins with `*` only where nothing is written. */
export const plain = ({ values, more }: Column): string =>
  values ? [...runsOf(values).map(writeRun), ...more].join(",") : "*";

/** `*` or `*\/n` and nothing beside it; undefined where the values are others. */
export const starred = ({ field, values, more }: Column): string | undefined => {
  if (!values) return "*";
  const step = wholeStep(values, field.first, field.last);
  return step === undefined || more.length > 0 ? undefined : step === 1 ? "*" : `*/${step}`;
};

/** The shorter of the two; numbers where they are as short. */
export const short = (of: Column): string => {
  const [numbers, star] = [plain(of), starred(of)];
  return star && star.length < numbers.length ? star : numbers;
};

/** Begins with `*`, whatever follows: `*\/15,20`. Undefined where no step from the first value stays within the values. */
export const begunWithStar = (of: Column): string | undefined => starred(of) ?? starredAndMore(of);

const starredAndMore = ({ field, values = [], more }: Column): string | undefined => {
  const { first, last } = field;
  for (let step = 1; step <= last - first; step++) {
    const each = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
    if (!each.every((value) => values.includes(value))) continue;
    const rest = values.filter((value) => !each.includes(value));
    return [step === 1 ? "*" : `*/${step}`, ...runsOf(rest).map(writeRun), ...more].join(",");
  }
  return undefined;
};

const writeRun = ({ from, to, step }: Run): string =>
  from === to ? `${from}` : step === 1 ? `${from}-${to}` : `${from}-${to}/${step}`;

/** The runs of a sorted list: four or more with one step between them are one, else as {@link neighbours}. */
export const runsOf = (values: readonly number[]): readonly Run[] => {
  const step = stepOf(values);
  return step !== undefined && step > 1 && values.length > 3
    ? [{ from: values[0]!, to: values.at(-1)!, step }]
    : neighbours(values);
};

/** The step of a list that holds exactly every step-th value of a whole field, the field's first among them. */
export const wholeStep = (values: readonly number[], first: number, last: number): number | undefined => {
  const step = stepOf(values);
  return step !== undefined && values[0] === first && values.at(-1)! + step > last ? step : undefined;
};

/** The distance of each value from the one before, where it is always the same. */
const stepOf = ([first, second, ...rest]: readonly number[]): number | undefined => {
  if (first === undefined || second === undefined) return undefined;
  const step = second - first;
  return rest.every((value, i) => value === second + (i + 1) * step) ? step : undefined;
};

/** Times of the day as sets of hours, minutes and seconds, of which every combination counts; undefined is any. */
export interface TimeParts {
  readonly hours: readonly number[] | undefined;
  readonly minutes: readonly number[] | undefined;
  /** With a fraction where milliseconds are written. */
  readonly seconds: readonly number[] | undefined;
  readonly follows: "elapsed" | "wall";
}

/** Null for times that are not all combinations of some hours, minutes and seconds. */
export const timeParts = (times: Times): TimeParts | null => {
  if (times.kind === "fields") {
    const { hours, minutes, seconds, follows } = times;
    return { hours, minutes, seconds, follows };
  }
  const all =
    times.kind === "list"
      ? times.at.map(parseTime)
      : times.kind === "grid" && !times.windows && times.every >= minute
        ? Array.from({ length: Math.ceil(day / times.every) }, (_, i) => i * times.every)
        : [];
  const product = all.length > 0 ? productOf(all) : undefined;
  return product ? { ...product, follows: times.kind === "list" ? "wall" : "elapsed" } : null;
};

/** Dates of the year (25 December) written as days of their month, where all are in one month; any others as they are. */
export const monthly = (dates: Dates): Dates => {
  const annual = dates.days?.filter((rule) => rule.kind === "annual") ?? [];
  const month = annual[0]?.month;
  if (month === undefined || annual.length < dates.days!.length || dates.months) return dates;
  if (annual.some((rule) => rule.month !== month)) return dates;
  return { ...dates, months: [month], days: annual.map(({ day }) => ({ kind: "day", day })) };
};
