import { ScheduleError } from "../errors.ts";
import { calendar, fields, union } from "../recurrence/build.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { readDays } from "./cron/days.ts";
import type { Field } from "./cron/field.ts";
import { fieldPlaces } from "./cron/field-places.ts";
import { dayOfMonth, hour, minute, month, second, weekday } from "./cron/fields.ts";
import { Mistake } from "./cron/mistake.ts";
import { nicknamed } from "./cron/nicknames.ts";
import { refuseOtherDialects } from "./cron/other-dialects.ts";
import { readField } from "./cron/read-field.ts";

/**
 * Reads a crontab expression: minute, hour, day of the month, month and weekday, with the second in front where there are
 * six fields.
 *
 *     ┌ minute 0-59       *        every one
 *     │ ┌ hour 0-23       1,5      a list                  L      last day of the month    L-2   two days before it
 *     │ │  ┌ day 1-31     9-17     a range; fri-mon too    15W    workday nearest to it    LW    last workday
 *     │ │  │ ┌ month      *\/5      every fifth             fri#2  second Friday            friL  last Friday
 *     0 9 1 * mon         5/15     5, 20, 35 …            ?      says nothing, as * does
 *
 * Weekdays are 0 to 7, Sunday is both 0 and 7; names of weekdays and months count in any case, in full or as three letters.
 * `@yearly @annually @monthly @weekly @daily @midnight @hourly` stand for a whole expression.
 *
 * A time whose hour or minute begins with `*` follows elapsed time through clock changes; others are fixed wall times.
 * Day of the month *or* weekday is enough where both are said, unless one of them begins with `*` (crontab(5), cronie).
 *
 * @throws ScheduleError `cron`, pointing at the mistake, with the whole expression put right where that is near.
 */
export const parseCron = (text: string): Recurrence => {
  if (typeof text !== "string" || text.length > longest) throw unreadable(text);
  try {
    return read(text);
  } catch (mistake) {
    throw mistake instanceof Mistake ? explained(text, clearer(text, mistake)) : mistake;
  }
};

/** A mistake that comes from the habits of another scheduler says so. */
const clearer = (text: string, mistake: Mistake): Mistake => {
  try {
    refuseOtherDialects(text, isRight);
    return mistake;
  } catch (better) {
    if (better instanceof Mistake) return better;
    throw better;
  }
};

const isRight = (text: string): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

const longest = 256;

const read = (text: string): Recurrence => {
  const meant = nicknamed(text) ?? text;
  const at = fieldPlaces(meant);
  let next = 0;
  const field = (of: Field) => readField(meant, at[next++]!, at[next++]!, of);
  const seconds = at.length === 12 ? field(second).values : zero;
  const [minutes, hours] = [field(minute), field(hour)];
  const dates = readDays(field(dayOfMonth), field(month), field(weekday));
  const times = fields({
    hours: hours.values,
    minutes: minutes.values,
    seconds,
    follows: hours.starred || minutes.starred ? "elapsed" : "wall",
  });
  return dates.length === 1
    ? calendar({ dates: dates[0], times })
    : union(...dates.map((on) => calendar({ dates: on, times })));
};

const zero = [0];

const unreadable = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "cron",
    what: "Cron expression",
    given,
    accepted: typeof given === "string" ? `at most ${longest} characters` : 'text, such as "0 9 * * mon-fri"',
  });

const explained = (text: string, mistake: Mistake): ScheduleError => {
  const { what, accepted, start, end } = mistake.facts;
  const right = mended(text, mistake, mostMended);
  return new ScheduleError({
    code: "cron",
    what: `Cron ${what}`,
    given: text,
    accepted,
    nearest: right && JSON.stringify(right),
    start,
    length: end - start,
  });
};

const mostMended = 8;

/** The text with its mistakes put right, one after the other; undefined when one cannot be, or there are too many. */
const mended = (text: string, { facts }: Mistake, most: number): string | undefined => {
  if (facts.instead === undefined || most === 0) return undefined;
  const better = text.slice(0, facts.start) + facts.instead + text.slice(facts.end);
  try {
    read(better);
    return better.trim();
  } catch (another) {
    if (another instanceof Mistake) return mended(better, another, most - 1);
    throw another;
  }
};
