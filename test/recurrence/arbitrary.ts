import type { Arbitrary } from "fast-check";
import fc from "fast-check";
import {
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  dates,
  except,
  fields,
  grid,
  interval,
  once,
  timeList,
  union,
  within,
  zoned,
} from "../../src/recurrence/build.ts";
import type {
  DailyWindow,
  Dates,
  DateUnit,
  DayRule,
  Exclusion,
  Recurrence,
  Step,
  Times,
} from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { type DayNumber, formatDate, monthLength } from "../../src/time/plain-date.ts";
import { day, formatTime, hour, minute, second } from "../../src/time/plain-time.ts";
import { changesOf } from "../time/offsets.ts";

export interface RecurrenceOptions {
  /** How many recurrences may stand inside one another. @default 3 */
  readonly depth?: number;
  /** The moment around which beginnings, ends and dates lie. @default 2026-11-22T10:15:00Z */
  readonly near?: Instant;
  /** How far from there, in days. @default 400 */
  readonly spread?: number;
  /** Whether lengths and steps may be random ones. @default true */
  readonly random?: boolean;
}

/** Any recurrence, made as everything makes them: with the builders. Shrinks to simple ones. */
export const recurrence = (options: RecurrenceOptions = {}): Arbitrary<Recurrence> => {
  const settings = {
    depth: 3,
    near: Date.UTC(2026, 10, 22, 10, 15) as Instant,
    spread: 400,
    random: true,
    ...options,
  };
  let all = simple(settings);
  for (let depth = 1; depth < settings.depth; depth++) all = nested(simple(settings), all, settings);
  return all;
};

/** Zones with rare rules: half hours, quarters, changes at midnight, of two hours, of a whole day, in Ramadan, backward in winter. */
export const oddZones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "UTC+05:30",
  "UTC-09:30",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Antarctica/Troll",
  "Africa/Casablanca",
  "Africa/Cairo",
  "America/St_Johns",
  "America/Goose_Bay",
  "Asia/Kathmandu",
  "America/Havana",
  "Asia/Beirut",
  "Europe/Dublin",
  "America/Sao_Paulo",
  "Asia/Tehran",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
  "America/Santiago",
  "America/Asuncion",
  "America/Caracas",
  "Asia/Pyongyang",
  "Asia/Gaza",
  "Europe/Istanbul",
  "Antarctica/Casey",
  "America/Nuuk",
  "America/Scoresbysund",
  "Pacific/Fakaofo",
] as const;

export const zone = (): Arbitrary<string> => fc.constantFrom(...oddZones);

/** A moment from 2000 to 2036, every second one within some hours of a clock change. */
export const moment = (): Arbitrary<Instant> =>
  fc.oneof(
    fc.integer({ min: first / minute, max: last / minute }).map((minutes) => (minutes * minute) as Instant),
    fc.integer({ min: first, max: last }).map((at) => at as Instant),
    nearChange(zone()),
    nearChange(zone()),
  );

/** A moment within some hours of a clock change in one of the zones, or exactly at it. */
export const nearChange = (name: Arbitrary<string>): Arbitrary<Instant> =>
  fc
    .tuple(
      name,
      fc.nat({ max: 10_000 }),
      fc.oneof(
        fc.integer({ min: -12, max: 12 }).map((quarters) => quarters * 15 * minute),
        fc.integer({ min: -26 * 60, max: 26 * 60 }).map((minutes) => minutes * minute),
        fc.integer({ min: -3 * hour, max: 3 * hour }),
      ),
    )
    .map(([zone, which, away]) => {
      const changes = changesOf(zone).filter(({ at }) => at >= first && at < last);
      const at = changes[which % Math.max(1, changes.length)]?.at ?? Date.UTC(2026, 2, 29, 1);
      return (at + away) as Instant;
    });

const first = Date.UTC(2000, 0, 3);
const last = Date.UTC(2037, 0, 1);

type PhraseSchedule = Required<RecurrenceOptions>;

const simple = (options: PhraseSchedule): Arbitrary<Recurrence> =>
  oneof([6, calendars(options)], [3, intervals(options)], [1, momentNear(options).map((at) => once(at))]);

const nested = (
  leaf: Arbitrary<Recurrence>,
  inner: Arbitrary<Recurrence>,
  options: PhraseSchedule,
): Arbitrary<Recurrence> =>
  oneof(
    [6, leaf],
    [2, fc.array(inner, { minLength: 2, maxLength: 3 }).map((parts) => union(...parts))],
    [
      3,
      fc
        .tuple(inner, fc.array(exclusion(options), { minLength: 1, maxLength: 2 }))
        .map(([of, not]) => exceptSome(of, not)),
    ],
    [2, fc.tuple(inner, windows(1)).map(([of, allowed]) => within(of, allowed))],
    [3, fc.tuple(inner, bounds(options)).map(([of, limits]) => bounded(of, limits))],
    [2, fc.tuple(inner, zone()).map(([of, name]) => zoned(of, name))],
  );

const oneof = <T>(...weighted: readonly (readonly [number, Arbitrary<T>])[]): Arbitrary<T> =>
  fc.oneof({ withCrossShrink: true }, ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const lengthUnits = [minute, hour, second] as const;

const intervals = ({ random }: PhraseSchedule): Arbitrary<Recurrence> =>
  fc
    .record({
      unit: fc.constantFrom(...lengthUnits),
      count: fc.oneof(fc.constantFrom(1, 2, 5, 10, 15, 30, 45, 90, 110), fc.integer({ min: 1, max: 1_000 })),
      odd: oneof([9, fc.constant(0)], [1, fc.integer({ min: 1, max: 999 })]),
      more: random ? oneof([4, fc.constant(0)], [1, fc.integer({ min: 1, max: 50 })]) : fc.constant(0),
      fixedDelay: oneof([5, fc.constant(false)], [1, fc.constant(true)]),
    })
    .map(({ unit, count, odd, more, fixedDelay }) => {
      const every = count * unit + (more > 0 ? 0 : odd);
      return interval(every as Milliseconds, {
        ...(more > 0 && {
          random: { to: (every + more * unit) as Milliseconds, unit: unit as Milliseconds },
        }),
        ...(fixedDelay && { fixedDelay: true as const }),
      });
    });

const calendars = (options: PhraseSchedule): Arbitrary<Recurrence> =>
  fc
    .record({
      when: dateSets(),
      step: oneof([2, fc.constant(undefined)], [1, steps(options)]),
      times: times(),
    })
    .map(({ when, step, times }) => {
      const known = when && dates(when);
      if (known)
        return calendar({ dates: known, step: step && { every: step.every, unit: step.unit }, times });
      return calendar({
        step: step ?? (times.kind === "anchor" ? { every: 1, unit: "day" } : undefined),
        times,
      });
    });

const dateUnits: readonly DateUnit[] = ["day", "week", "month", "year"];

const steps = ({ random }: PhraseSchedule): Arbitrary<Step> =>
  fc
    .record({
      unit: fc.constantFrom(...dateUnits),
      every: oneof([4, fc.integer({ min: 1, max: 4 })], [1, fc.integer({ min: 5, max: 40 })]),
      more: random ? oneof([4, fc.constant(0)], [1, fc.integer({ min: 1, max: 5 })]) : fc.constant(0),
    })
    .map(({ unit, every, more }) => ({
      every: unit === "year" ? ((every - 1) % 4) + 1 : every,
      unit,
      ...(more > 0 && { to: (unit === "year" ? ((every - 1) % 4) + 1 : every) + more }),
    }));

const dateSets = (): Arbitrary<Dates | undefined> =>
  oneof<Dates | undefined>(
    [3, fc.constant(undefined)],
    [3, some(1, 7, 4).map((weekdays) => ({ weekdays }))],
    [3, dayRules().map((days) => ({ days }))],
    [1, some(1, 12, 6).map((months) => ({ months }))],
    [1, fc.record({ months: some(1, 12, 6), days: dayRules() })],
    [1, fc.record({ weekdays: some(1, 7, 3), days: dayRules() })],
    [1, fc.record({ months: some(1, 12, 8), weekdays: some(1, 7, 4), days: dayRules() })],
  );

const dayRules = (): Arbitrary<DayRule[]> => fc.array(dayRule(), { minLength: 1, maxLength: 3 });

const dayRule = (): Arbitrary<DayRule> =>
  oneof<DayRule>(
    [4, fc.integer({ min: 1, max: 31 }).map((day) => ({ kind: "day", day }))],
    [2, fc.integer({ min: 1, max: 4 }).map((back) => ({ kind: "day", day: -back }))],
    [1, fc.integer({ min: 5, max: 31 }).map((back) => ({ kind: "day", day: -back }))],
    [
      3,
      fc
        .record({ nth: fromEitherEnd(5), weekday: fc.integer({ min: 1, max: 7 }) })
        .map((rule) => ({ kind: "nth" as const, ...rule })),
    ],
    [2, fromEitherEnd(23).map((nth) => ({ kind: "workday", nth }))],
    [2, fc.integer({ min: 1, max: 31 }).map((day) => ({ kind: "near", day }))],
    [1, fromEitherEnd(366).map((day) => ({ kind: "year-day", day }))],
    [
      2,
      fc
        .record({ month: fc.integer({ min: 1, max: 12 }), day: fc.nat({ max: 30 }) })
        .map(({ month, day }) => ({
          kind: "annual" as const,
          month,
          day: (day % monthLength(2000, month)) + 1,
        })),
    ],
  );

/** 1 to `most`, and as often -1 to `-most`. */
const fromEitherEnd = (most: number): Arbitrary<number> =>
  fc.tuple(fc.integer({ min: 1, max: most }), fc.boolean()).map(([n, back]) => (back ? -n : n));

const times = (): Arbitrary<Times> =>
  oneof<Times>(
    [5, fc.array(timeOfDay(), { minLength: 1, maxLength: 4 }).map((at) => timeList(at))],
    [3, fc.constant(anchorTime)],
    [3, grids()],
    [3, fieldSets()],
  );

/** A time of day, often in the hours in which clocks are changed. */
const timeOfDay = (): Arbitrary<number> =>
  oneof(
    [4, fc.integer({ min: 0, max: 23 }).map((hours) => hours * hour)],
    [4, fc.integer({ min: 0, max: 95 }).map((quarters) => quarters * 15 * minute)],
    [4, fc.integer({ min: 0, max: 16 }).map((quarters) => quarters * 15 * minute)],
    [2, fc.integer({ min: 0, max: 1439 }).map((minutes) => minutes * minute)],
    [1, fc.integer({ min: 0, max: 86_399 }).map((seconds) => seconds * second)],
    [1, fc.integer({ min: 0, max: day - 1 })],
  );

const grids = (): Arbitrary<Times> =>
  fc
    .tuple(
      oneof(
        [4, fc.constantFrom(30, 15, 10, 5, 20, 40, 60, 90, 120, 7, 1, 300, 660, 1440).map((n) => n * minute)],
        [2, fc.integer({ min: 1, max: 1500 }).map((minutes) => minutes * minute)],
        [1, fc.integer({ min: 1, max: 5_000 }).map((seconds) => seconds * second)],
      ),
      windows(0),
    )
    .map(([every, open]) => grid(every as Milliseconds, open));

const windows = (minLength: number): Arbitrary<DailyWindow[]> =>
  fc.array(
    fc.tuple(timeOfDay(), timeOfDay()).map(([from, to]) => dailyWindow(from, to)),
    { minLength, maxLength: 2 },
  );

const fieldSets = (): Arbitrary<Times> =>
  fc
    .record({
      hours: fc.option(some(0, 23, 8), { nil: undefined }),
      minutes: fc.option(some(0, 59, 6), { nil: undefined }),
      seconds: oneof<number[] | undefined>(
        [6, fc.constant([0])],
        [1, some(0, 59, 3)],
        [1, fc.constant(undefined)],
      ),
      follows: fc.constantFrom("elapsed" as const, "wall" as const),
    })
    .map((options) => fields(options));

/** Some numbers of a range, each once. */
const some = (min: number, max: number, most: number): Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: most });

/** Exceptions that together leave no day are refused; then there are none. */
const exceptSome = (of: Recurrence, not: readonly Exclusion[]): Recurrence => {
  try {
    return except(of, ...not);
  } catch {
    return of;
  }
};

const exclusion = (options: PhraseSchedule): Arbitrary<Exclusion> =>
  oneof<Exclusion>(
    [
      3,
      dateSets()
        .map((when) => when && dates(when))
        .map((when) => ({ kind: "dates", dates: when ?? { weekdays: [3] } })),
    ],
    [
      2,
      fc
        .tuple(dateNear(options), fc.nat({ max: 40 }))
        .map(([from, long]) => ({ kind: "range", from: formatDate(from), to: formatDate(from + long) })),
    ],
    [
      2,
      fc
        .uniqueArray(timeOfDay(), { minLength: 1, maxLength: 3 })
        .map((at) => ({ kind: "times", at: at.sort((a, b) => a - b).map(formatTime) })),
    ],
    [
      2,
      fc
        .tuple(timeOfDay(), timeOfDay())
        .map(([from, to]) => ({ kind: "window", window: dailyWindow(from, to) })),
    ],
  );

const dateNear = ({ near, spread }: PhraseSchedule): Arbitrary<DayNumber> =>
  fc.integer({ min: -spread, max: spread }).map((away) => Math.floor(near / day) + away);

/** Mostly on a whole minute. */
const momentNear = ({ near, spread }: PhraseSchedule): Arbitrary<Instant> =>
  oneof(
    [
      6,
      fc
        .integer({ min: -spread * 24 * 60, max: spread * 24 * 60 })
        .map((minutes) => (Math.floor(near / minute + minutes) * minute) as Instant),
    ],
    [1, fc.integer({ min: -spread * day, max: spread * day }).map((away) => (near + away) as Instant)],
  );

const bounds = (
  options: PhraseSchedule,
): Arbitrary<{ starting?: Instant; until?: Instant; times?: number }> =>
  fc
    .record({
      which: fc.constantFrom(1, 2, 4, 3, 5, 6, 7),
      begin: momentNear(options),
      long: fc.integer({ min: 1, max: options.spread * 24 * 60 }),
      times: oneof([3, fc.integer({ min: 1, max: 10 })], [1, fc.integer({ min: 11, max: 100 })]),
    })
    .map(({ which, begin, long, times }) => ({
      ...((which & 1) > 0 && { starting: begin }),
      ...((which & 2) > 0 && { until: ((which & 1 ? begin : options.near) + long * minute) as Instant }),
      ...((which & 4) > 0 && { times }),
    }));
