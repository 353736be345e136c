import { ScheduleError } from "../errors.ts";
import { parseExclusions } from "../language/reader.ts";
import type { Exclusion } from "../recurrence/recurrence.ts";
import { dateValue } from "../time/date-types.ts";
import { isMoment, type Moment, readMoment } from "../time/moment.ts";
import { formatDate, type PlainDate, parseDate } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { wallAt, type Zone } from "../time/zone.ts";
import { monthNamed, weekdaysNamed } from "./day-names.ts";
import type { DateSpan, Exception } from "./grammar.ts";
import type { Heard } from "./said.ts";

/**
 * Reads one entry of `.except(…)`.
 *
 * @throws ScheduleError `exception`, `date`, or what the phrase parser throws
 */
export const readException = (given: Exception): Heard<readonly Exclusion[]> => {
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
  throw notSuch(given);
};

const always =
  (...exclusions: readonly Exclusion[]): Heard<readonly Exclusion[]> =>
  () =>
    exclusions;

const readText = (text: string): Heard<readonly Exclusion[]> => {
  const weekdays = weekdaysNamed(text);
  if (weekdays) return always({ kind: "dates", dates: { weekdays } });
  const month = monthNamed(text);
  if (month !== undefined) return always({ kind: "dates", dates: { months: [month] } });
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return readSpan({ from: text, to: text });
  if (text.trim() === "") throw notSuch(text);
  return (hearing) => parseExclusions(text, hearing);
};

const readSpan = (span: DateSpan): Heard<readonly Exclusion[]> => {
  const { from, to } = span;
  const read = (zone: Zone) => [dateOf(from, zone), dateOf(to, zone)] as const;
  return ({ zone }) => {
    const [first, last] = read(zone);
    if (first <= last) return [{ kind: "range", from: first, to: last }];
    throw new ScheduleError({
      code: "exception",
      what: "Exception",
      given: span,
      accepted: "a range that ends on or after the date it begins on",
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

const notSuch = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "exception",
    what: "Exception",
    given,
    accepted: 'a weekday, a month, a day of the month from 1 to 31, "2026-12-25", or { from, to }',
  });
