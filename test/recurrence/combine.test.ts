import fc from "fast-check";
import { expect, describe as suite, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
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
  timeList,
  union,
  within,
  zoned,
} from "../../src/recurrence/build.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import { isOn } from "../../src/recurrence/next/dates.ts";
import type { Dates, DayRule, Exclusion, Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { dayNumber } from "../../src/time/plain-date.ts";
import { hour, minute, parseTime, second } from "../../src/time/plain-time.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";
import { moment, recurrence, zone } from "./arbitrary.ts";

const ms = (length: number) => length as Milliseconds;
const at = (...times: string[]) => timeList(times.map(parseTime));
const instant = (text: string) => Date.parse(text) as Instant;
const on = (...days: number[]): DayRule[] => days.map((day) => ({ kind: "day", day }));
const annual = (...all: [month: number, day: number][]): DayRule[] =>
  all.map(([month, day]) => ({ kind: "annual", month, day }));

const daily = calendar({ times: at("09:00") });
const [morning, evening] = [dailyWindow(8 * hour, 11 * hour), dailyWindow(16 * hour, 18 * hour)];
const onDates = (when: Dates) => calendar({ dates: when, times: at("09:00") });
const withoutDates = (...all: Dates[]) =>
  except(daily, ...all.map((dates) => ({ kind: "dates" as const, dates })));
const withoutRange = (...all: [from: string, to: string][]) =>
  except(daily, ...all.map(([from, to]) => ({ kind: "range", from, to }) as Exclusion));

suite("the same meaning gives the same value", () => {
  const table: Readonly<Record<string, readonly [Recurrence, Recurrence]>> = {
    "a random length that cannot vary": [
      interval(ms(minute), { random: { to: ms(minute), unit: ms(second) } }),
      interval(ms(minute)),
    ],
    "a random length whose unit does not fit": [
      interval(ms(minute), { random: { to: ms(minute + 999), unit: ms(second) } }),
      interval(ms(minute)),
    ],
    "a random length that ends between two units": [
      interval(ms(minute), { random: { to: ms(2 * minute + 999), unit: ms(second) } }),
      interval(ms(minute), { random: { to: ms(2 * minute), unit: ms(second) } }),
    ],
    "times in any order, some twice": [
      calendar({ times: at("18:00", "09:00", "18:00") }),
      calendar({ times: at("09:00", "18:00") }),
    ],
    "fixed hours and minutes, and the times they are": [
      calendar({ times: fields({ hours: [17, 9], minutes: [30, 0], seconds: [0], follows: "wall" }) }),
      calendar({ times: at("09:00", "09:30", "17:00", "17:30") }),
    ],
    "many times, and the hours and minutes they are": [
      calendar({ times: timeList([...Array(26).keys()].map((n) => (n + 16) * 30 * minute)) }),
      calendar({
        times: fields({
          hours: [...Array(13).keys()].map((n) => n + 8),
          minutes: [0, 30],
          seconds: [0],
          follows: "wall",
        }),
      }),
    ],
    "all hours, all minutes, all seconds": [
      calendar({
        times: fields({
          hours: Array(24).keys(),
          minutes: Array(60).keys(),
          seconds: Array(60).keys(),
          follows: "elapsed",
        }),
      }),
      calendar({ times: fields({ follows: "elapsed" }) }),
    ],
    "all seconds of fixed minutes": [
      calendar({ times: fields({ hours: [9], minutes: [0], seconds: Array(60).keys(), follows: "wall" }) }),
      calendar({ times: fields({ hours: [9], minutes: [0], follows: "wall" }) }),
    ],
    "any hour goes with elapsed time": [
      calendar({ times: fields({ minutes: [30], seconds: [0], follows: "wall" }) }),
      calendar({ times: fields({ minutes: [30], seconds: [0], follows: "elapsed" }) }),
    ],
    "windows in any order, some twice": [
      calendar({ times: grid(ms(hour), [evening, morning, evening]) }),
      calendar({ times: grid(ms(hour), [morning, evening]) }),
    ],
    "every day, explicit or not": [
      calendar({ step: { every: 1, unit: "day" }, times: at("09:00") }),
      calendar({ times: at("09:00") }),
    ],
    "every day at the time counting began, explicit or not": [
      calendar({ step: { every: 1, unit: "day" }, times: anchorTime }),
      calendar({ times: anchorTime }),
    ],
    "every week on Mondays": [
      calendar({ step: { every: 1, unit: "week" }, dates: { weekdays: [1] }, times: at("09:00") }),
      onDates({ weekdays: [1] }),
    ],
    "a random step that cannot vary": [
      calendar({ step: { every: 3, to: 3, unit: "day" }, times: anchorTime }),
      calendar({ step: { every: 3, unit: "day" }, times: anchorTime }),
    ],
    "weekdays in any order, some twice": [onDates({ weekdays: [5, 1, 5] }), onDates({ weekdays: [1, 5] })],
    "all weekdays, all months": [
      onDates({ weekdays: [7, 6, 5, 4, 3, 2, 1], months: [12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }),
      daily,
    ],
    "lists without an entry": [onDates({ weekdays: [], months: [], days: [] }), daily],
    "days of the month in any order, the last ones last": [
      onDates({ days: on(-1, 15, -2, 1, 15) }),
      onDates({ days: on(1, 15, -2, -1) }),
    ],
    "day rules of any kind in any order": [
      onDates({
        days: [
          { kind: "nth", nth: -1, weekday: 5 },
          { kind: "workday", nth: 2 },
          ...on(3),
          ...annual([2, 1]),
        ],
      }),
      onDates({
        days: [
          ...annual([2, 1]),
          ...on(3),
          { kind: "workday", nth: 2 },
          { kind: "nth", nth: -1, weekday: 5 },
        ],
      }),
    ],
    "a day of one month, and a date of the year": [
      onDates({ months: [12], days: on(24, 25) }),
      onDates({ days: annual([12, 25], [12, 24]) }),
    ],
    "the same days of several months": [
      onDates({ days: annual([3, 1], [6, 15], [3, 15], [6, 1]) }),
      onDates({ months: [3, 6], days: on(1, 15) }),
    ],
    "a day of every month": [
      onDates({ days: annual(...[...Array(12).keys()].map((n): [number, number] => [n + 1, 1])) }),
      onDates({ days: on(1) }),
    ],
    "schedules in any order, nested, some twice": [
      union(union(daily, interval(ms(hour))), interval(ms(minute)), daily),
      union(interval(ms(minute)), interval(ms(hour)), daily),
    ],
    "several schedules that are one": [union(daily, calendar({ times: at("09:00") })), daily],
    "exceptions in any order, one after the other, some twice": [
      except(
        except(daily, { kind: "times", at: ["10:00"] }),
        { kind: "window", window: morning },
        { kind: "times", at: ["10:00"] },
      ),
      except(daily, { kind: "window", window: morning }, { kind: "times", at: ["10:00"] }),
    ],
    "exceptions of one kind, together or apart": [
      withoutDates({ weekdays: [2] }, { days: on(13) }, { weekdays: [1] }, { months: [8] }, { days: on(1) }),
      withoutDates({ weekdays: [1, 2] }, { months: [8] }, { days: on(1, 13) }),
    ],
    "excepted times, together or apart": [
      except(daily, { kind: "times", at: ["14:00"] }, { kind: "times", at: ["13:00:00", "14:00"] }),
      except(daily, { kind: "times", at: ["13:00", "14:00"] }),
    ],
    "a window of a moment": [
      except(daily, { kind: "window", window: { from: "13:00", to: "13:00" } }),
      except(daily, { kind: "times", at: ["13:00"] }),
    ],
    "ranges that touch or overlap": [
      withoutRange(["2026-12-27", "2027-01-02"], ["2026-12-24", "2026-12-26"], ["2026-12-25", "2026-12-30"]),
      withoutRange(["2026-12-24", "2027-01-02"]),
    ],
    "no exception": [except(daily), daily],
    "no window": [within(daily, []), daily],
    "windows around a recurrence in any order": [
      within(daily, [evening, morning]),
      within(daily, [morning, evening]),
    ],
    "no bound": [bounded(daily, {}), daily],
    "bounds one after the other": [
      bounded(bounded(bounded(daily, { times: 5 }), { until: instant("2027-01-01T00:00Z") }), { times: 9 }),
      bounded(daily, { until: instant("2027-01-01T00:00Z"), times: 5 }),
    ],
    "the later beginning and the earlier end": [
      bounded(
        bounded(daily, { starting: instant("2026-01-01T00:00Z"), until: instant("2027-01-01T00:00Z") }),
        {
          starting: instant("2026-02-01T00:00Z"),
          until: instant("2027-02-01T00:00Z"),
        },
      ),
      bounded(daily, { starting: instant("2026-02-01T00:00Z"), until: instant("2027-01-01T00:00Z") }),
    ],
    "bounds inside and outside a zone": [
      bounded(zoned(bounded(daily, { times: 5 }), "Asia/Tokyo"), { until: instant("2027-01-01T00:00Z") }),
      zoned(bounded(daily, { times: 5, until: instant("2027-01-01T00:00Z") }), "Asia/Tokyo"),
    ],
    "the innermost zone": [zoned(zoned(daily, "Asia/Tokyo"), "Europe/Paris"), zoned(daily, "Asia/Tokyo")],
  };

  test.each(Object.entries(table))("%s", (_, [one, other]) => {
    expect(one).toStrictEqual(other);
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });
});

suite("different meanings give different values", () => {
  const table: Readonly<Record<string, readonly [Recurrence, Recurrence]>> = {
    "24 hours and a day": [interval(ms(24 * hour)), calendar({ times: anchorTime })],
    "a starred and a fixed minute": [
      calendar({ times: fields({ hours: [9], minutes: [0, 30], seconds: [0], follows: "elapsed" }) }),
      calendar({ times: fields({ hours: [9], minutes: [0, 30], seconds: [0], follows: "wall" }) }),
    ],
    "a grid of the whole day and an interval": [calendar({ times: grid(ms(hour)) }), interval(ms(hour))],
    "both conditions and either of two exceptions": [
      withoutDates({ weekdays: [5], days: on(13) }),
      withoutDates({ weekdays: [5] }, { days: on(13) }),
    ],
    "the 30th of February and March, and of March": [
      onDates({ months: [2, 3], days: on(30) }),
      onDates({ months: [3], days: on(30) }),
    ],
    "an exception read in one zone or another": [
      except(zoned(daily, "Asia/Tokyo"), { kind: "dates", dates: { weekdays: [1] } }),
      zoned(except(daily, { kind: "dates", dates: { weekdays: [1] } }), "Asia/Tokyo"),
    ],
    "five runs of which some are left out, and five that are left": [
      except(bounded(daily, { times: 5 }), { kind: "dates", dates: { weekdays: [1] } }),
      bounded(except(daily, { kind: "dates", dates: { weekdays: [1] } }), { times: 5 }),
    ],
  };

  test.each(Object.entries(table))("%s", (_, [one, other]) => {
    expect(one).not.toEqual(other);
  });
});

suite("normalizing does not change the meaning", () => {
  const numbers = (least: number, most: number) =>
    fc.array(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 5 });
  const rule = fc.oneof<fc.Arbitrary<DayRule>[]>(
    fc.integer({ min: 1, max: 31 }).map((day) => ({ kind: "day", day })),
    fc.integer({ min: -31, max: -1 }).map((day) => ({ kind: "day", day })),
    fc.record({
      kind: fc.constant("annual"),
      month: fc.integer({ min: 1, max: 3 }),
      day: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      kind: fc.constant("nth"),
      nth: fc.constantFrom(1, 5, -1),
      weekday: fc.integer({ min: 1, max: 7 }),
    }),
  );
  const rules = fc.oneof(
    fc.array(rule, { minLength: 1, maxLength: 4 }),
    numbers(1, 31).map((days) => on(...days)),
    fc
      .tuple(numbers(1, 12), numbers(1, 28))
      .map(([months, days]) =>
        annual(...months.flatMap((month) => days.map((day): [number, number] => [month, day]))),
      ),
  );
  const given: fc.Arbitrary<Dates> = fc
    .record({ months: fc.option(numbers(1, 12)), weekdays: fc.option(numbers(1, 7)), days: fc.option(rules) })
    .map(({ months, weekdays, days }) => ({
      ...(months && { months }),
      ...(weekdays && { weekdays }),
      ...(days && { days }),
    }));
  const year = Array.from({ length: 366 }, (_, i) => dayNumber(2028, 1, 1) + i);

  test("of dates", () => {
    fc.assert(
      fc.property(given, (when) => {
        const normal = dates(when);
        expect(year.filter((date) => !normal || isOn(normal, date))).toEqual(
          year.filter((date) => isOn(when, date)),
        );
      }),
      { numRuns: runs(400), seed },
    );
  });

  test("of excepted dates", () => {
    fc.assert(
      fc.property(fc.array(given, { minLength: 1, maxLength: 4 }), (all) => {
        let kept: Recurrence;
        try {
          kept = withoutDates(...all);
        } catch (error) {
          expect(error).toBeInstanceOf(ScheduleError);
          expect(all.some((when) => year.every((date) => isOn(when, date)))).toBe(true);
          return;
        }
        if (kept.kind !== "except") throw new Error("expected an exception");
        const not = kept.not.flatMap((exclusion) => (exclusion.kind === "dates" ? [exclusion.dates] : []));
        const on = (some: readonly Dates[]) => year.filter((date) => some.some((when) => isOn(when, date)));
        expect(on(not)).toEqual(on(all));
      }),
      { numRuns: runs(400), seed },
    );
  });

  test("of bounds outside a zone", () => {
    const inZone = fc.record({
      inner: recurrence({ depth: 1 }),
      name: zone(),
      until: moment(),
      after: moment(),
    });
    fc.assert(
      fc.property(inZone, ({ inner, name, until, after }) => {
        const setting = { zone: zoneNamed("Asia/Tokyo"), anchor: instant("2020-02-29T12:34:56Z") };
        const handMade: Recurrence = { kind: "bounded", of: zoned(inner, name), until };
        const made = bounded(zoned(inner, name), { until });
        expect(compile(made, setting).next(after)).toBe(compile(handMade, setting).next(after));
      }),
      { numRuns: runs(300), seed },
    );
  });
});

suite("what the builders make", () => {
  test("does not depend on the order of its parts", () => {
    fc.assert(
      fc.property(fc.array(recurrence({ depth: 2 }), { minLength: 2, maxLength: 5 }), (parts) => {
        expect(union(...parts.toReversed())).toStrictEqual(union(...parts));
      }),
      { numRuns: runs(500), seed },
    );
  });

  test("is deeply frozen, and its input is not", () => {
    const weekdays = [5, 1];
    const rules: DayRule[] = on(13);
    const windows = [{ ...morning }];
    const not: Exclusion = { kind: "dates", dates: { weekdays, days: rules } };
    const made = except(
      within(calendar({ dates: { weekdays, days: rules }, times: grid(ms(hour), windows) }), windows),
      not,
    );
    expect(isFrozen(made)).toBe(true);
    expect([weekdays, rules, rules[0], windows, windows[0], not, not.dates].some(Object.isFrozen)).toBe(
      false,
    );
    expect(weekdays).toEqual([5, 1]);
  });

  test("always has a day left", () => {
    expect(() => withoutDates({ weekdays: [1, 2, 3, 4, 5] }, { weekdays: [6, 7] })).toThrow(
      expect.objectContaining({ code: "never" }),
    );
    expect(() => withoutDates({ months: [...Array(12).keys()].map((n) => n + 1) })).toThrow(ScheduleError);
    expect(() => union()).toThrow(RangeError);
  });
});

const isFrozen = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozen));
