import { formatDate, monthLength, type PlainDate, parseDate } from "../../time/plain-date.ts";
import { formatTime } from "../../time/plain-time.ts";
import type { Dates, DayRule, Exclusion } from "../recurrence.ts";
import {
  ifThere,
  type Place,
  readKind,
  readList,
  readObject,
  readText,
  readWhole,
  refuse,
} from "./plain-data.ts";
import { readTime, readWindow } from "./times.ts";

/** Reads a condition on dates that came from outside. */
export const readDates = (place: Place): Dates => {
  const part = readObject(place, ["months?", "weekdays?", "days?"]);
  const months = ifThere(part("months"), (place) => readList(place, (entry) => readWhole(entry, 1, 12)));
  const weekdays = ifThere(part("weekdays"), (place) => readList(place, (entry) => readWhole(entry, 1, 7)));
  const days = ifThere(part("days"), (place) => readList(place, readRule));
  if (!months && !weekdays && !days) return refuse(place, "at least one of months, weekdays, days");
  return { ...(months && { months }), ...(weekdays && { weekdays }), ...(days && { days }) };
};

/** Reads an exception that came from outside. */
export const readExclusion = (place: Place): Exclusion => {
  const kind = readKind(place, ["dates", "range", "times", "window"]);
  switch (kind) {
    case "dates":
      return { kind, dates: readDates(readObject(place, ["kind", "dates"])("dates")) };
    case "range": {
      const part = readObject(place, ["kind", "from", "to"]);
      const [from, to] = [readDate(part("from")), readDate(part("to"))];
      return from <= to ? { kind, from, to } : refuse(place, "a range that ends on or after its first date");
    }
    case "times":
      return { kind, at: readList(readObject(place, ["kind", "at"])("at"), readTime).map(formatTime) };
    case "window":
      return { kind, window: readWindow(readObject(place, ["kind", "window"])("window")) };
  }
};

const readRule = (place: Place): DayRule => {
  const kind = readKind(place, ["day", "nth", "workday", "near", "year-day", "annual"]);
  switch (kind) {
    case "day":
      return { kind, day: fromEitherEnd(readObject(place, ["kind", "day"])("day"), 31) };
    case "nth": {
      const part = readObject(place, ["kind", "nth", "weekday"]);
      return { kind, nth: fromEitherEnd(part("nth"), 5), weekday: readWhole(part("weekday"), 1, 7) };
    }
    case "workday":
      return { kind, nth: fromEitherEnd(readObject(place, ["kind", "nth"])("nth"), 23) };
    case "near":
      return { kind, day: readWhole(readObject(place, ["kind", "day"])("day"), 1, 31) };
    case "year-day":
      return { kind, day: fromEitherEnd(readObject(place, ["kind", "day"])("day"), 366) };
    case "annual": {
      const part = readObject(place, ["kind", "month", "day"]);
      const month = readWhole(part("month"), 1, 12);
      return { kind, month, day: readWhole(part("day"), 1, monthLength(leapYear, month)) };
    }
  }
};

const leapYear = 2000;

/** Counted from the first, or below zero from the last. */
const fromEitherEnd = (place: Place, most: number): number => {
  const n = readWhole(place, -most, most);
  return n === 0 ? refuse(place, `a whole number from 1 to ${most}, or from -1 to -${most}`) : n;
};

export const readDate = (place: Place): PlainDate =>
  readText(place, (text) => formatDate(parseDate(text)), '"YYYY-MM-DD", a day that exists');
