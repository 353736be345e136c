import { dateFields, parseDate } from "../../time/plain-date.ts";
import type { Calendar, Dates, Exclusion, Interval, Times } from "../recurrence.ts";
import { daysBehind, daysExcluded, daysInFront, inMonths, stretchIn } from "./english-dates.ts";
import { sayTimes } from "./english-times.ts";
import { each, edge, fullDate, lengthOf, moment, plural, timeList, windowList } from "./english-words.ts";
import { randomLength } from "./lengths.ts";
import type { Speech, SpokenBounds } from "./speech.ts";

/** Recurrences in English: `"every weekday at 09:00, except on the 13th"`. */
export const english: Speech = {
  once: (at) => `once on ${moment(at)}`,
  interval: (interval) =>
    `every ${length(interval)}${interval.spaced ? ", counted from the end of the last run" : ""}`,
  calendar: (calendar) => sayCalendar(calendar),
  union: (parts) => parts.join(" and "),
  within: (of, windows) => `${of}, while it is ${windowList(windows)}`,
  except: (of, exclusions) => `${of}, except ${exclusions.map(exclusion).join(" and ")}`,
  bounded: (of, bounds) => [of, ...boundClauses(bounds)].join(", "),
  zoned: (of, zone) => `${of}${hasClauses(of) ? "," : ""} in ${zone}`,
  group: (text) => `(${text})`,
  hasClauses: (text) => hasClauses(text),
};

const hasClauses = (text: string): boolean => text.includes(", ");

const length = ({ every, random }: Interval): string => {
  if (!random) return each(every);
  const lengths = randomLength(every, random);
  return "unit" in lengths
    ? `${lengths.from} to ${lengths.to} ${lengths.unit}s`
    : `${lengthOf(every)} to ${lengthOf(random.to)} in steps of ${lengthOf(random.unit)}`;
};

/**
 * Fixed times come behind their days ("every weekday at 09:00"), a rhythm comes in front of them ("every 15 minutes on weekdays"),
 * but for days that are a rhythm themselves ("every 2 weeks, every 15 minutes").
 */
const sayCalendar = ({ step, dates, times }: Calendar): string => {
  const { text, clause } = sayTimes(times);
  const isRhythm = text.startsWith("every");
  const days = daysInFront(step, dates);
  // "every week, every hour" would contradict itself.
  const sameDay = step && step.unit !== "day" && !dates && text.includes("every") ? " on the same day" : "";
  let said: string;
  if (times.kind === "anchor" && !dates) said = days;
  else if (!isRhythm) said = `${days}${sameDay} ${text}`;
  else if (step || isWholeDay(times, dates)) said = `${days}${sameDay}, ${text}`;
  else said = dates ? text + daysBehind(dates) : text;
  const yearly =
    !step && (stretchIn(dates) || (!dates?.weekdays && dates?.days?.some((rule) => rule.kind === "annual")));
  return `${said}${yearly ? " every year" : ""}${dates?.months ? ` ${inMonths(dates.months)}` : ""}${clause}`;
};

/** Without a day beside it, "every 2 hours" would be counted from now and not from midnight. */
const isWholeDay = (times: Times, dates: Dates | undefined): boolean =>
  times.kind === "grid" && !times.windows && !dates;

const boundClauses = ({ starting, until, times }: SpokenBounds): readonly string[] => [
  ...(starting ? [`starting ${edge(starting)}`] : []),
  ...(until ? [`until ${edge(until)}`] : []),
  ...(times === undefined ? [] : [plural(times, "time")]),
];

const exclusion = (exclusion: Exclusion): string => {
  switch (exclusion.kind) {
    case "dates":
      return daysExcluded(exclusion.dates);
    case "range": {
      const [from, to] = [exclusion.from, exclusion.to].map((date) => fullDate(dateFields(parseDate(date))));
      return from === to ? `on ${from}` : `from ${from} to ${to}`;
    }
    case "times":
      return `at ${timeList(exclusion.at)}`;
    case "window":
      return windowList([exclusion.window]);
  }
};
