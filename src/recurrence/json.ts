import { nearest, ScheduleError } from "../errors.ts";
import { longest } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatDate, monthLength, type PlainDate, parseDate } from "../time/plain-date.ts";
import { formatTime, parseTime, type TimeNumber } from "../time/plain-time.ts";
import { zoneNamed } from "../time/zone.ts";
import {
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  except,
  fields,
  grid,
  interval,
  once,
  timeList,
  union,
  within,
  zoned,
} from "./build.ts";
import type {
  DailyWindow,
  Dates,
  DateUnit,
  DayRule,
  Exclusion,
  Recurrence,
  Step,
  Times,
} from "./recurrence.ts";

/**
 * Reads a recurrence back from JSON: out of a file, a database or a message. Nothing in it is trusted: it is checked and made
 * anew with the builders, so what comes out is as good as what a chain or a phrase makes.
 *
 * At most 32 recurrences inside one another, and at most 10,000 parts: recurrences and entries of lists.
 *
 * @throws ScheduleError `recurrence` with the place of what is wrong, as in `of[1].times.at[0]`.
 */
export const readRecurrence = (value: unknown): Recurrence => read(wholeValue(value), deepest);

const deepest = 32;

/** @param levels how many recurrences may still stand inside one another, this one counted */
const read = (place: Place, levels: number): Recurrence => {
  if (levels === 0) return refuse(place, `at most ${deepest} recurrences inside one another`);
  spend(place, 1);
  const kind = readKind(place, kinds);
  return readers[kind](place, (inner) => read(inner, levels - 1));
};

type Reader = (place: Place, inner: (place: Place) => Recurrence) => Recurrence;

const readers: Readonly<Record<Recurrence["kind"], Reader>> = {
  once(place) {
    const part = readObject(place, ["kind", "at"]);
    return once(readInstant(part("at")));
  },

  interval(place) {
    const part = readObject(place, ["kind", "every", "random?", "spaced?"]);
    const every = readLength(part("every"));
    const random = ifThere(part("random"), (place) => {
      const length = readObject(place, ["to", "unit"]);
      return { to: readLength(length("to"), every), unit: readLength(length("unit")) };
    });
    const spaced = ifThere(part("spaced"), readTrue);
    return interval(every, { ...(random && { random }), ...(spaced && { spaced }) });
  },

  calendar(place) {
    const part = readObject(place, ["kind", "step?", "dates?", "times"]);
    const step = ifThere(part("step"), readStep);
    const dates = ifThere(part("dates"), readDates);
    if (step?.to !== undefined && dates) refuse(part("step"), "no random step together with dates");
    return calendar({ step, dates, times: readTimes(part("times")) });
  },

  union(place, inner) {
    const part = readObject(place, ["kind", "of"]);
    return union(...readList(part("of"), inner, 2));
  },

  except(place, inner) {
    const part = readObject(place, ["kind", "of", "not"]);
    const of = inner(part("of"));
    const not = readList(part("not"), readExclusion);
    return placed(part("not"), "exceptions that leave some days to run on", () => except(of, ...not));
  },

  within(place, inner) {
    const part = readObject(place, ["kind", "of", "windows"]);
    return within(inner(part("of")), readList(part("windows"), readWindow));
  },

  bounded(place, inner) {
    const part = readObject(place, ["kind", "of", "starting?", "startDate?", "until?", "times?"]);
    const starting = ifThere(part("starting"), readInstant);
    const startDate = ifThere(part("startDate"), readDate);
    if (startDate !== undefined && starting === undefined) refuse(part("startDate"), "starting beside it");
    const until = ifThere(part("until"), readInstant);
    const times = ifThere(part("times"), (place) => readWhole(place, 1, 100_000));
    if (starting === undefined && until === undefined && times === undefined)
      return refuse(place, "at least one of starting, until, times");
    return bounded(inner(part("of")), {
      ...(starting !== undefined && { starting, ...(startDate !== undefined && { startDate }) }),
      ...(until !== undefined && { until }),
      ...(times !== undefined && { times }),
    });
  },

  zoned(place, inner) {
    const part = readObject(place, ["kind", "zone", "of"]);
    const zone = readText(part("zone"), (name) => zoneNamed(name) && name, "the name of a time zone");
    return zoned(inner(part("of")), zone);
  },
};

const kinds = Object.keys(readers) as (keyof typeof readers)[];

const readStep = (place: Place): Step => {
  const part = readObject(place, ["every", "to?", "unit"]);
  const unit = readWord(part("unit"), dateUnits);
  const every = readWhole(part("every"), 1, mostSteps[unit]);
  const to = ifThere(part("to"), (place) => readWhole(place, every, mostSteps[unit]));
  return { every, ...(to !== undefined && { to }), unit };
};

/** A hundred years of each. */
const mostSteps: Readonly<Record<DateUnit, number>> = { day: 36_525, week: 5_217, month: 1_200, year: 100 };
const dateUnits = Object.keys(mostSteps) as DateUnit[];

const readLength = (place: Place, least = 1): Milliseconds =>
  readWhole(place, least, longest) as Milliseconds;

/** The moments a `Date` can hold (ECMA-262, time values). */
const readInstant = (place: Place): Instant => readWhole(place, -8.64e15, 8.64e15) as Instant;

const readTrue = (place: Place): true => place.value === true || refuse(place, "true, or nothing");

/** Reads times of a day that came from outside. */
const readTimes = (place: Place): Times => {
  switch (readKind(place, ["anchor", "list", "grid", "fields"])) {
    case "anchor":
      readObject(place, ["kind"]);
      return anchorTime;
    case "list":
      return timeList(readList(readObject(place, ["kind", "at"])("at"), readTime));
    case "grid": {
      const part = readObject(place, ["kind", "every", "windows?"]);
      const every = readWhole(part("every"), 1, longest) as Milliseconds;
      return grid(
        every,
        ifThere(part("windows"), (place) => readList(place, readWindow)),
      );
    }
    case "fields": {
      const part = readObject(place, ["kind", "hours?", "minutes?", "seconds?", "follows"]);
      return fields({
        hours: ifThere(part("hours"), numbersUpTo(23)),
        minutes: ifThere(part("minutes"), numbersUpTo(59)),
        seconds: ifThere(part("seconds"), numbersUpTo(59)),
        follows: readWord(part("follows"), ["elapsed", "wall"]),
      });
    }
  }
};

const readWindow = (place: Place): DailyWindow => {
  const part = readObject(place, ["from", "to"]);
  return dailyWindow(readTime(part("from")), readTime(part("to")));
};

const readTime = (place: Place): TimeNumber =>
  readText(place, parseTime, '"HH:MM" or "HH:MM:SS", from 00:00 to 23:59:59');

const numbersUpTo = (most: number) => (place: Place) => readList(place, (entry) => readWhole(entry, 0, most));

/** Reads a condition on dates that came from outside. */
const readDates = (place: Place): Dates => {
  const part = readObject(place, ["months?", "weekdays?", "days?"]);
  const months = ifThere(part("months"), (place) => readList(place, (entry) => readWhole(entry, 1, 12)));
  const weekdays = ifThere(part("weekdays"), (place) => readList(place, (entry) => readWhole(entry, 1, 7)));
  const days = ifThere(part("days"), (place) => readList(place, readRule));
  if (!months && !weekdays && !days) return refuse(place, "at least one of months, weekdays, days");
  return { ...(months && { months }), ...(weekdays && { weekdays }), ...(days && { days }) };
};

/** Reads an exception that came from outside. */
const readExclusion = (place: Place): Exclusion => {
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

const readDate = (place: Place): PlainDate =>
  readText(place, (text) => formatDate(parseDate(text)), '"YYYY-MM-DD", a day that exists');

/** A value that came from outside, and where in the whole it stands: `of[1].times.at[0]`. */
interface Place {
  readonly value: unknown;
  readonly parent?: Place;
  readonly key?: string | number;
  /** How many more parts the whole may have. */
  readonly allowance: { parts: number };
}

/** The whole of a value, of at most 10,000 parts. */
const wholeValue = (value: unknown): Place => ({ value, allowance: { parts: 10_000 } });

/** @throws ScheduleError `recurrence`, always. */
const refuse = (place: Place, accepted: string, more: { nearest?: string | undefined } = {}): never => {
  const path = pathOf(place);
  throw new ScheduleError({
    code: "recurrence",
    what: path === "" ? "Recurrence" : `Recurrence at ${path}`,
    given: place.value,
    accepted,
    ...more,
  });
};

/** An object that has these keys and no others; a key with `?` behind it may be missing. Gives the place of each key. */
const readObject = <K extends string>(place: Place, keys: readonly (K | `${K}?`)[]): ((key: K) => Place) => {
  const { value } = place;
  if (!isObject(value)) return refuse(place, objectWith(keys));
  const there = keys.filter((key) => Object.hasOwn(value, nameOf(key)));
  if (Object.keys(value).length > there.length) refuseStray(place, value, keys.map(nameOf));
  if (keys.some((key) => !key.endsWith("?") && !there.includes(key))) refuse(place, objectWith(keys));
  return (key) => childOf(place, key, Object.hasOwn(value, key) ? value[key] : undefined);
};

const nameOf = (key: string): string => (key.endsWith("?") ? key.slice(0, -1) : key);

const objectWith = (keys: readonly string[]): string =>
  `an object with ${keys.map((key) => key.replace("?", " (optional)")).join(", ")}`;

const refuseStray = (place: Place, value: object, known: readonly string[]): void => {
  const stray = Object.keys(value).find((key) => !known.includes(key));
  if (stray !== undefined)
    refuse(childOf(place, stray, stray), `one of the keys ${known.join(", ")}`, {
      nearest: nearest(stray, known),
    });
};

/** The `kind` of an object. */
const readKind = <W extends string>(place: Place, kinds: readonly W[]): W => {
  if (!isObject(place.value) || !Object.hasOwn(place.value, "kind"))
    return refuse(place, `an object with a kind: ${quoted(kinds)}`);
  return readWord(childOf(place, "kind", place.value.kind), kinds);
};

/** What `read` makes of a value, or undefined where there is none. */
const ifThere = <T>(place: Place, read: (place: Place) => T): T | undefined =>
  place.value === undefined ? undefined : read(place);

/** A list of at least so many entries, each read in its turn. */
const readList = <T>(place: Place, read: (entry: Place) => T, least = 1): readonly T[] => {
  const { value } = place;
  if (!Array.isArray(value) || value.length < least)
    return refuse(place, `a list of at least ${least === 1 ? "one entry" : `${least} entries`}`);
  spend(place, value.length);
  return Array.from({ length: value.length }, (_, index) => read(childOf(place, index, value[index])));
};

/** A whole number from one to another, both included. */
const readWhole = (place: Place, least: number, most: number): number => {
  const { value } = place;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuse(place, `a whole number from ${least} to ${most}`);
};

/** One of some words. */
const readWord = <W extends string>(place: Place, words: readonly W[]): W => {
  const word = words.find((word) => word === place.value);
  if (word !== undefined) return word;
  const near = typeof place.value === "string" ? nearest(place.value, words) : undefined;
  return refuse(place, quoted(words), { nearest: near && JSON.stringify(near) });
};

/** A text that `read` understands; what it refuses is refused here, with the place. */
const readText = <T>(place: Place, read: (text: string) => T, accepted: string): T => {
  const { value } = place;
  return typeof value === "string" ? placed(place, accepted, () => read(value)) : refuse(place, accepted);
};

/** What `make` makes; its refusal is told with the place. */
const placed = <T>(place: Place, accepted: string, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (error instanceof ScheduleError)
      return refuse(place, error.accepted ?? accepted, { nearest: error.nearest });
    throw error;
  }
};

/** Counts parts, so that a value from outside cannot be larger than anyone would write. */
const spend = (place: Place, parts: number): void => {
  place.allowance.parts -= parts;
  if (place.allowance.parts < 0) refuse(place, "at most 10,000 parts in all");
};

const quoted = (words: readonly string[]): string =>
  `${words.length > 1 ? "one of " : ""}${words.map((word) => JSON.stringify(word)).join(", ")}`;

const childOf = (parent: Place, key: string | number, value: unknown): Place => ({
  value,
  parent,
  key,
  allowance: parent.allowance,
});

const pathOf = ({ parent, key }: Place): string => {
  if (!parent || key === undefined) return "";
  const before = pathOf(parent);
  if (typeof key === "number") return `${before}[${key}]`;
  return before === "" ? key : `${before}.${key}`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
