import { longest } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { zoneNamed } from "../time/zone.ts";
import { readDate, readDates, readExclusion } from "./codec/dates.ts";
import {
  ifThere,
  type Place,
  placed,
  readKind,
  readList,
  readObject,
  readText,
  readWhole,
  readWord,
  refuse,
  spend,
  wholeValue,
} from "./codec/plain-data.ts";
import { readTimes, readWindow } from "./codec/times.ts";
import { bounded, calendar, except, interval, once, union, within, zoned } from "./combine.ts";
import type { DateUnit, Recurrence, Step } from "./recurrence.ts";

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
