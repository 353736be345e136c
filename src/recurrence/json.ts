import { nearest, ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import { longest } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatDate, leapYear, monthLength, parseDate } from "../time/plain-date.ts";
import { day, formatTime, parseTime } from "../time/plain-time.ts";
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
import type { Dates, DayRule, DaySet, Exclusion, Recurrence, Step, Times } from "./recurrence.ts";

/**
 * Reads a recurrence from JSON: from a file, a database or a message. Nothing in it is trusted: every part is checked and
 * built again, so the result equals what a chain or a phrase gives.
 *
 * At most 32 nested recurrences, and at most 10,000 parts: recurrences and list entries.
 *
 * @throws ScheduleError `recurrence` with the path of the wrong part, as in `of[1].times.at[0]`.
 */
export const readRecurrence = (value: unknown): Recurrence =>
  recurrence({ value, path: "", limits: { parts: 10_000, levels: deepest } });

const deepest = 32;

/** A value from outside, and where in the whole it stands: `of[1].times.at[0]`. */
interface Place {
  readonly value: unknown;
  readonly path: string;
  /** How many more parts the whole may have, and how many more recurrences may be nested here. */
  readonly limits: { parts: number; levels: number };
}

type Read<T> = (place: Place) => T;
/** The readers of an object's keys; a key that ends with `?` may be missing. */
type Shape = Readonly<Record<string, Read<unknown>>>;
type Parts<S extends Shape> = {
  readonly [K in keyof S as K extends `${string}?` ? never : K]: ReturnType<S[K]>;
} & { readonly [K in keyof S as K extends `${infer N}?` ? N : never]?: ReturnType<S[K]> };

/** @throws ScheduleError `recurrence` */
const refuse = ({ path, value }: Place, accepted: string, near?: string): never => {
  throw new ScheduleError({
    code: "recurrence",
    what: texts().errors.json.what(path),
    given: value,
    accepted,
    nearest: near,
  });
};

const part = ({ path, limits }: Place, key: string | number, value: unknown): Place => ({
  value,
  path: typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`,
  limits,
});

/** Limits the size of a value from outside. */
const spend = (place: Place, parts: number): void => {
  place.limits.parts -= parts;
  if (place.limits.parts < 0) refuse(place, texts().errors.json.tooLarge);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function object<S extends Shape>(shape: S): Read<Parts<S>>;
function object<S extends Shape, T>(shape: S, make: (parts: Parts<S>, place: Place) => T): Read<T>;
function object<S extends Shape, T>(shape: S, make?: (parts: Parts<S>, place: Place) => T) {
  const keys = Object.entries(shape).map(([key, read]) => ({
    name: key.replace("?", ""),
    isOptional: key.endsWith("?"),
    read,
  }));
  const names = keys.map(({ name }) => name);
  return (place: Place) => {
    const { value } = place;
    const expected = () => texts().errors.json.object(Object.keys(shape));
    if (!isObject(value)) return refuse(place, expected());
    const stray = Object.keys(value).find((key) => !names.includes(key));
    if (stray !== undefined)
      return refuse(part(place, stray, stray), texts().errors.json.keys(names), nearest(stray, names));
    if (keys.some(({ name, isOptional }) => !isOptional && !Object.hasOwn(value, name)))
      return refuse(place, expected());
    const parts: Record<string, unknown> = {};
    for (const { name, isOptional, read } of keys) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (!isOptional || given !== undefined) parts[name] = read(part(place, name, given));
    }
    return make ? make(parts as Parts<S>, place) : parts;
  };
}

/** One of several objects, distinguished by their `kind`. */
const tagged = <T>(variants: Readonly<Record<string, Read<T>>>): Read<T> => {
  const kinds = Object.keys(variants);
  const kind = word(...kinds);
  return (place) => {
    const { value } = place;
    if (!isObject(value) || !Object.hasOwn(value, "kind"))
      return refuse(place, texts().errors.json.kind(kinds));
    return variants[kind(part(place, "kind", value.kind))]!(place);
  };
};

const is =
  <K extends string>(kind: K): Read<K> =>
  () =>
    kind;

const list =
  <T>(read: Read<T>, least = 1): Read<readonly T[]> =>
  (place) => {
    const { value } = place;
    if (!Array.isArray(value) || value.length < least) return refuse(place, texts().errors.json.list(least));
    spend(place, value.length);
    return Array.from({ length: value.length }, (_, index) => read(part(place, index, value[index])));
  };

const whole =
  <N extends number = number>(least: number, most: number): Read<N> =>
  (place) => {
    const { value } = place;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most)
      return value as N;
    return refuse(place, texts().errors.whole(least, most));
  };

/** Counted from the first, or below zero from the last. */
const fromEitherEnd =
  (most: number): Read<number> =>
  (place) =>
    whole(-most, most)(place) || refuse(place, texts().errors.json.fromEitherEnd(most));

const word =
  <W extends string>(...words: readonly W[]): Read<W> =>
  (place) => {
    const found = words.find((word) => word === place.value);
    if (found !== undefined) return found;
    const near = typeof place.value === "string" ? nearest(place.value, words) : undefined;
    return refuse(place, texts().errors.json.oneOf(words), near && JSON.stringify(near));
  };

/** Text that `read` understands; what it rejects is rejected here, with the path. */
const text =
  <T>(read: (text: string) => T, accepted: () => string): Read<T> =>
  (place) => {
    const { value } = place;
    return typeof value === "string"
      ? rejectedAt(place, accepted, () => read(value))
      : refuse(place, accepted());
  };

const rejectedAt = <T>(place: Place, accepted: () => string, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (error instanceof ScheduleError) return refuse(place, error.accepted ?? accepted(), error.nearest);
    throw error;
  }
};

const only: Read<true> = (place) => place.value === true || refuse(place, texts().errors.json.true);
const length = whole<Milliseconds>(1, longest);
/** The moments a `Date` can hold (ECMA-262, time values). */
const instant = whole<Instant>(-8.64e15, 8.64e15);
const time = text(parseTime, () => texts().errors.timeOfDay.accepted);
const date = text(
  (given) => formatDate(parseDate(given)),
  () => texts().errors.date.accepted,
);
const zone = text(
  (name) => zoneNamed(name) && name,
  () => texts().errors.json.zone,
);
const window = object({ from: time, to: time }, ({ from, to }) => dailyWindow(from, to));

/** A hundred years of each. */
const mostSteps = { day: 36_525, week: 5_217, month: 1_200, year: 100 };
const step: Read<Step> = object(
  {
    every: whole(1, mostSteps.day),
    "to?": whole(1, mostSteps.day),
    unit: word("day", "week", "month", "year"),
  },
  (step, place) => {
    const most = mostSteps[step.unit];
    whole(1, most)(part(place, "every", step.every));
    if (step.to !== undefined) whole(step.every, most)(part(place, "to", step.to));
    return step;
  },
);

const dayRule: Read<DayRule> = tagged<DayRule>({
  day: object({ kind: is("day"), day: fromEitherEnd(31) }),
  nth: object({ kind: is("nth"), nth: fromEitherEnd(5), weekday: whole(1, 7) }),
  workday: object({ kind: is("workday"), nth: fromEitherEnd(23) }),
  near: object({ kind: is("near"), day: whole(1, 31) }),
  "year-day": object({ kind: is("year-day"), day: fromEitherEnd(366) }),
  annual: object({ kind: is("annual"), month: whole(1, 12), day: whole(1, 31) }, (rule, place) => {
    whole(1, monthLength(leapYear, rule.month))(part(place, "day", rule.day));
    return rule;
  }),
});

const dates: Read<Dates> = object(
  { "months?": list(whole(1, 12)), "weekdays?": list(whole(1, 7)), "days?": list(dayRule) },
  (dates, place) =>
    Object.keys(dates).length > 0
      ? dates
      : refuse(place, texts().errors.json.atLeastOne("months, weekdays, days")),
);

const times: Read<Times> = tagged<Times>({
  anchor: object({ kind: is("anchor") }, () => anchorTime),
  list: object({ kind: is("list"), at: list(time) }, ({ at }) => timeList(at)),
  grid: object({ kind: is("grid"), every: length, "windows?": list(window) }, ({ every, windows }) =>
    grid(every, windows),
  ),
  fields: object(
    {
      kind: is("fields"),
      "hours?": list(whole(0, 23)),
      "minutes?": list(whole(0, 59)),
      "seconds?": list(whole(0, 59)),
      follows: word("elapsed", "wall"),
    },
    (parts) => fields(parts),
  ),
});

const words = text(
  (given) => given,
  () => texts().errors.label.accepted,
);
const daySet: Read<DaySet> = object({
  name: object({ en: words, zh: words }),
  days: list(date, 0),
  "covers?": object({ from: date, to: date }),
  "source?": words,
});

const exclusion: Read<Exclusion> = tagged<Exclusion>({
  dates: object({ kind: is("dates"), dates }),
  range: object({ kind: is("range"), from: date, to: date }, (range, place) =>
    range.from <= range.to ? range : refuse(place, texts().errors.exception.range),
  ),
  days: object({ kind: is("days"), set: daySet, "only?": only }, ({ kind, set, only }) => ({
    kind,
    set: { ...set, days: [...new Set(set.days)].sort() },
    ...(only && { only }),
  })),
  times: object({ kind: is("times"), at: list(time) }, ({ kind, at }) => ({ kind, at: at.map(formatTime) })),
  window: object({ kind: is("window"), window }),
});

/** Stores written before 1.0 say `spaced`. */
const renewed = (place: Place): Place => {
  const { value } = place;
  if (!isObject(value) || !Object.hasOwn(value, "spaced") || Object.hasOwn(value, "fixedDelay")) return place;
  const { spaced, ...rest } = value;
  return { ...place, value: { ...rest, fixedDelay: spaced } };
};

/** An end is up to a day behind the date it names, a clock change that skips a day moves it by another, and zones are up to a day apart. */
const mostDaysAway = 4;

/** Counts how deep it is; the readers below call it for what is nested. */
const recurrence: Read<Recurrence> = (place) => {
  if (place.limits.levels === 0) return refuse(place, texts().errors.json.tooDeep(deepest));
  place.limits.levels--;
  spend(place, 1);
  const read = anyRecurrence(renewed(place));
  place.limits.levels++;
  return read;
};

const anyRecurrence: Read<Recurrence> = tagged<Recurrence>({
  once: object({ kind: is("once"), at: instant }, ({ at }) => once(at)),
  interval: object(
    {
      kind: is("interval"),
      every: length,
      "random?": object({ to: length, unit: length }),
      "fixedDelay?": only,
    },
    ({ every, random, fixedDelay }, place) => {
      if (random) whole(every, longest)(part(part(place, "random", random), "to", random.to));
      return interval(every, { ...(random && { random }), ...(fixedDelay && { fixedDelay }) });
    },
  ),
  calendar: object({ kind: is("calendar"), "step?": step, "dates?": dates, times }, (parts, place) =>
    parts.step?.to !== undefined && parts.dates
      ? refuse(part(place, "step", parts.step), texts().errors.json.randomStep)
      : calendar(parts),
  ),
  union: object({ kind: is("union"), of: list(recurrence, 2) }, ({ of }) => union(...of)),
  except: object({ kind: is("except"), of: recurrence, not: list(exclusion) }, ({ of, not }, place) =>
    rejectedAt(
      part(place, "not", not),
      () => texts().errors.exception.noDayLeft,
      () => except(of, ...not),
    ),
  ),
  within: object({ kind: is("within"), of: recurrence, windows: list(window) }, ({ of, windows }) =>
    within(of, windows),
  ),
  bounded: object(
    {
      kind: is("bounded"),
      "starting?": instant,
      "startDate?": date,
      "until?": instant,
      "untilDate?": date,
      "times?": whole(1, 100_000),
      of: recurrence,
    },
    ({ of, kind: _, ...bounds }, place) => {
      for (const [name, beside] of [
        ["startDate", "starting"],
        ["untilDate", "until"],
      ] as const) {
        const [given, moment] = [bounds[name], bounds[beside]];
        if (given === undefined) continue;
        const at = part(place, name, given);
        if (moment === undefined) refuse(at, texts().errors.json.beside(beside));
        else if (Math.abs(moment - parseDate(given) * day) > mostDaysAway * day)
          refuse(at, texts().errors.json.near(beside, mostDaysAway));
      }
      return Object.keys(bounds).length > 0
        ? bounded(of, bounds)
        : refuse(place, texts().errors.json.atLeastOne("starting, until, times"));
    },
  ),
  zoned: object({ kind: is("zoned"), zone, of: recurrence }, ({ of, zone }) => zoned(of, zone)),
});
