import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  except,
  fields,
  grid,
  interval,
  timeList,
  union,
  within,
} from "../../src/recurrence/build.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Setting } from "../../src/recurrence/next/search.ts";
import type { Dates, DateUnit, Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { dateFields, monthLength } from "../../src/time/plain-date.ts";
import { day, hour, minute, second } from "../../src/time/plain-time.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { runs, seed, thorough } from "../random.ts";
import { moment, nearChange, oddZones, recurrence, zone } from "./arbitrary.ts";
import { wallAt } from "./slow-walk.ts";

interface Case {
  readonly of: Recurrence;
  readonly setting: Setting;
  readonly afters: readonly Instant[];
}

/** A recurrence, where and from when it is counted, and moments to ask from, in any order. */
const cases: fc.Arbitrary<Case> = fc.tuple(zone(), moment()).chain(([name, anchor]) =>
  fc.record({
    of: recurrence({ near: anchor, spread: 40 }),
    setting: fc.record({
      zone: fc.constant(zoneNamed(name)),
      anchor: fc.constant(anchor),
      inclusive: fc.boolean(),
      seed: fc.constantFrom("", "report", "backup"),
    }),
    afters: fc.array(
      fc.oneof(
        fc.integer({ min: -2 * day, max: 30 * day }).map((away) => (anchor + away) as Instant),
        fc.integer({ min: 0, max: 3 * 24 * 60 }).map((minutes) => (anchor + minutes * minute) as Instant),
        nearChange(fc.constant(name)).map((at) => Math.max(at, anchor) as Instant),
      ),
      { minLength: 1, maxLength: 5 },
    ),
  }),
);

const holds = (name: string, property: (given: Case) => void, numRuns = 500): void =>
  test(name, { timeout: 60_000 * Math.max(1, thorough) }, () => {
    fc.assert(fc.property(cases, property), { seed, numRuns: runs(numRuns) });
  });

describe("next", () => {
  holds("is strictly later, and within a hundred years", ({ of, setting, afters }) => {
    const trigger = compile(of, setting);
    for (const after of afters) {
      const at = trigger.next(after);
      if (at === null) continue;
      expect(at).toBeGreaterThan(after);
      expect(at - after).toBeLessThanOrEqual(36_525 * day);
      expect(Number.isInteger(at)).toBe(true);
    }
  });

  holds("is counted as it is walked", ({ of, setting, afters }) => {
    const trigger = compile(of, setting);
    for (const after of afters) {
      const walked: Instant[] = [];
      for (let at = trigger.next(after); at !== null && walked.length < 200; at = trigger.next(at))
        walked.push(at);
      if (walked.length > 0) expect(trigger.count(walked[0]!, walked.at(-1)!)).toBe(walked.length);
    }
  });

  holds("is found again from just before it, and from anywhere between", ({ of, setting, afters }) => {
    const trigger = compile(of, setting);
    for (const [i, after] of afters.entries()) {
      const at = trigger.next(after);
      if (at === null) continue;
      const between = after + Math.floor(((at - after) * (i + 1)) / 7);
      expect(trigger.next((at - 1) as Instant)).toBe(at);
      if (between < at) expect(trigger.next(between as Instant)).toBe(at);
    }
  });

  holds("never turns back: asked later, it answers no earlier", ({ of, setting, afters }) => {
    const trigger = compile(of, setting);
    const answers = afters.toSorted((a, b) => a - b).map((after) => trigger.next(after) ?? Infinity);
    expect(answers).toEqual(answers.toSorted((a, b) => a - b));
  });

  holds(
    "is pure: the same from a trigger that was asked before, in any order, and from a fresh one",
    (given) => {
      const { of, setting, afters } = given;
      const asked = compile(of, setting);
      const forward = afters.map((after) => asked.next(after));
      const backward = afters.toReversed().map((after) => asked.next(after));
      expect(backward.toReversed()).toEqual(forward);
      expect(afters.map((after) => compile(of, setting).next(after))).toEqual(forward);
      const copy = JSON.parse(JSON.stringify(of)) as Recurrence;
      expect(afters.map((after) => compile(copy, setting).next(after))).toEqual(forward);
    },
  );

  holds("stays null once it is null", ({ of, setting, afters }) => {
    const trigger = compile(bounded(of, { until: (setting.anchor + 20 * day) as Instant }), setting);
    const [after = setting.anchor] = afters;
    if (trigger.next(after) !== null) return;
    for (const wait of [1, day, 400 * day]) expect(trigger.next((after + wait) as Instant)).toBeNull();
  });

  holds("has no occurrence before counting begins", ({ of, setting }) => {
    const first = compile(of, setting).next((setting.anchor - 30 * day) as Instant);
    if (first === null) return;
    if (setting.inclusive) expect(first).toBeGreaterThanOrEqual(setting.anchor);
    else expect(first).toBeGreaterThan(setting.anchor);
  });
});

const anchor = Date.UTC(2026, 2, 27, 9, 30, 15, 250) as Instant;

/** The first occurrences after the anchor. */
const chain = (of: Recurrence, count: number, setting: Partial<Setting> = {}): number[] => {
  const whole: Setting = { zone: zoneNamed("Europe/Berlin"), anchor, ...setting };
  const trigger = compile(of, whole);
  const list: number[] = [];
  for (let at = trigger.next(whole.anchor); at !== null && list.length < count; at = trigger.next(at))
    list.push(at);
  return list;
};

const gaps = (list: readonly number[]): number[] =>
  list.map((at, i) => at - (i === 0 ? anchor : list[i - 1]!));

describe("random lengths", () => {
  const lengths = fc.record({
    unit: fc.constantFrom(second, minute, hour),
    every: fc.integer({ min: 1, max: 40 }),
    more: fc.integer({ min: 1, max: 30 }),
    seed: fc.string(),
  });

  test("of an interval are whole units within the range, and depend on the seed", () => {
    fc.assert(
      fc.property(lengths, ({ unit, every, more, seed }) => {
        const of = interval((every * unit) as Milliseconds, {
          random: { to: ((every + more) * unit) as Milliseconds, unit: unit as Milliseconds },
        });
        const list = chain(of, 60, { seed });
        expect(list).toHaveLength(60);
        for (const gap of gaps(list)) {
          expect(gap % unit).toBe(0);
          expect(gap).toBeGreaterThanOrEqual(every * unit);
          expect(gap).toBeLessThanOrEqual((every + more) * unit);
        }
        expect(chain(of, 60, { seed })).toEqual(list);
        expect(chain(of, 60, { seed: `${seed}!` })).not.toEqual(list);
      }),
      { seed, numRuns: runs(150) },
    );
  });

  test("are all drawn about equally often", () => {
    const of = interval(second as Milliseconds, {
      random: { to: (5 * second) as Milliseconds, unit: second as Milliseconds },
    });
    const counts = new Map<number, number>();
    for (const gap of gaps(chain(of, 5_000))) counts.set(gap, (counts.get(gap) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5].map((n) => n * second));
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test("are the same when computed from far away and step by step", () => {
    const of = interval((5 * second) as Milliseconds, {
      random: { to: (10 * second) as Milliseconds, unit: second as Milliseconds },
    });
    const list = chain(of, 3_000);
    for (const at of [list[700]!, list[2_500]!, list[10]!, list[2_999]!]) {
      const fresh = compile(of, { zone: zoneNamed("UTC"), anchor });
      expect(fresh.next((at - 1) as Instant)).toBe(at);
    }
  });

  test.each<[DateUnit, number]>([
    ["day", 40],
    ["week", 20],
    ["month", 6],
    ["year", 2],
  ])("of %s steps are whole units, the day kept where the month has it", (unit, most) => {
    fc.assert(
      fc.property(
        fc.record({ every: fc.integer({ min: 1, max: most }), more: fc.integer({ min: 1, max: most }) }),
        fc.string(),
        zone(),
        fc.constantFrom(anchor, Date.UTC(2024, 0, 31, 12) as Instant, Date.UTC(2024, 1, 29, 12) as Instant),
        ({ every, more }, seed, name, begin) => {
          const of = calendar({ step: { every, to: every + more, unit }, times: anchorTime });
          const given = { seed, zone: zoneNamed(name), anchor: begin };
          const list = chain(of, 5, given);
          expect(list).toHaveLength(5);
          const dates = [begin, ...list].map((at) => Math.floor(wallAt(name, at) / day));
          const [base] = dates as [number];
          for (const [i, date] of dates.slice(1).entries()) {
            const steps = unitsBetween(unit, dates[i]!, date);
            expect(steps % 1).toBe(0);
            expect(steps).toBeGreaterThanOrEqual(every);
            expect(steps).toBeLessThanOrEqual(every + more);
            if (unit === "month" || unit === "year") {
              const { year, month } = dateFields(date);
              expect(dateFields(date).day).toBe(Math.min(dateFields(base).day, monthLength(year, month)));
            }
          }
          expect(chain(of, 5, given)).toEqual(list);
        },
      ),
      { seed, numRuns: runs(80) },
    );
  });
});

const unitsBetween = (unit: DateUnit, from: number, to: number): number => {
  const [a, b] = [dateFields(from), dateFields(to)];
  if (unit === "month") return (b.year - a.year) * 12 + b.month - a.month;
  if (unit === "year") return b.year - a.year;
  return (to - from) / (unit === "week" ? 7 : 1);
};

describe("never", () => {
  const ask = (of: Recurrence, name = "Europe/Berlin") =>
    compile(of, { zone: zoneNamed(name), anchor }).next(anchor);
  const nine = timeList([9 * hour]);
  const dated = (dates: Dates) => calendar({ dates, times: nine });

  test.each<[string, Dates]>([
    ["30 February", { days: [{ kind: "annual", month: 2, day: 30 }] }],
    ["31 April", { days: [{ kind: "annual", month: 4, day: 31 }] }],
    ["the 31st of April or June", { months: [4, 6], days: [{ kind: "day", day: 31 }] }],
    ["the 30th from the end of February", { months: [2], days: [{ kind: "day", day: -30 }] }],
    ["the 366th day in a January", { months: [1], days: [{ kind: "year-day", day: 366 }] }],
    ["the first Monday on a Tuesday", { weekdays: [2], days: [{ kind: "nth", nth: 1, weekday: 1 }] }],
    ["a workday on a Sunday", { weekdays: [7], days: [{ kind: "workday", nth: 3 }] }],
    ["the weekday nearest to the 31st of April", { months: [4], days: [{ kind: "near", day: 31 }] }],
  ])("%s", (_, dates) => {
    expect(ask(dated(dates))).toBeNull();
  });

  test.each<[string, Recurrence]>([
    [
      "every second, with the whole day left out",
      except(
        interval(second as Milliseconds),
        { kind: "window", window: dailyWindow(0, 12 * hour) },
        { kind: "window", window: dailyWindow(11 * hour, hour) },
      ),
    ],
    [
      "every second on weekdays, without weekdays",
      except(calendar({ dates: { weekdays: [1, 2, 3, 4, 5] }, times: fields({ follows: "elapsed" }) }), {
        kind: "dates",
        dates: { weekdays: [1, 2, 3, 4, 5] },
      }),
    ],
    ["at nine, but not at nine", except(calendar({ times: nine }), { kind: "times", at: ["09:00"] })],
    ["at nine, in the evening only", within(calendar({ times: nine }), [dailyWindow(18 * hour, 22 * hour)])],
    [
      "every minute of the morning, in the evening only",
      within(calendar({ times: grid(minute as Milliseconds, [dailyWindow(6 * hour, 12 * hour)]) }), [
        dailyWindow(18 * hour, 22 * hour),
      ]),
    ],
    [
      "until before it starts",
      bounded(calendar({ times: nine }), {
        starting: (anchor + day) as Instant,
        until: (anchor + hour) as Instant,
      }),
    ],
    [
      "two that are never",
      union(
        dated({ days: [{ kind: "annual", month: 2, day: 30 }] }),
        dated({ days: [{ kind: "annual", month: 4, day: 31 }] }),
      ),
    ],
  ])("%s", (_, of) => {
    for (const name of ["UTC", "Europe/Berlin"]) expect(ask(of, name)).toBeNull();
  });

  test("rare occurrences are found", () => {
    const date = (dates: Dates) => new Date(ask(dated(dates))!).toISOString().slice(0, 10);
    expect(date({ weekdays: [1], days: [{ kind: "annual", month: 2, day: 29 }] })).toBe("2044-02-29");
    expect(date({ days: [{ kind: "nth", nth: 5, weekday: 5 }] })).toBe("2026-05-29");
    expect(date({ months: [2], days: [{ kind: "nth", nth: 5, weekday: 5 }] })).toBe("2036-02-29");
    expect(date({ days: [{ kind: "year-day", day: 366 }] })).toBe("2028-12-31");
    expect(date({ weekdays: [7], days: [{ kind: "year-day", day: 366 }] })).toBe("2028-12-31");
    expect(date({ days: [{ kind: "year-day", day: -366 }] })).toBe("2028-01-01");
    expect(date({ days: [{ kind: "workday", nth: 23 }] })).toBe("2026-07-31");
    expect(date({ weekdays: [5], days: [{ kind: "day", day: 13 }] })).toBe("2026-11-13");
  });
});

test("this Node knows all the odd zones", () => {
  for (const name of oddZones) expect(zoneNamed(name).name).toBe(name);
});
