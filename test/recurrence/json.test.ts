import fc from "fast-check";
import { expect, describe as suite, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { describe } from "../../src/language/describe.ts";
import { calendar, dailyWindow, grid, timeList, union } from "../../src/recurrence/build.ts";
import { readRecurrence } from "../../src/recurrence/json.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Milliseconds } from "../../src/time/instant.ts";
import { hour, minute } from "../../src/time/plain-time.ts";
import { utc } from "../../src/time/zone.ts";
import { runs, seed, thorough } from "../random.ts";
import { recurrence } from "./arbitrary.ts";

const times = { kind: "list", at: ["09:00"] };
const daily = { kind: "calendar", times };
const onDates = (dates: unknown) => ({ kind: "calendar", dates, times });
const onDay = (rule: unknown) => onDates({ days: [rule] });
const atTimes = (times: unknown) => ({ kind: "calendar", times });
const inSteps = (step: unknown) => ({ kind: "calendar", step, times });
const without = (...not: unknown[]) => ({ kind: "except", of: daily, not });

/** The error that reading gives; anything else than a `ScheduleError` fails the test. */
const refusal = (value: unknown): ScheduleError => {
  try {
    readRecurrence(value);
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(value)}`);
};

const isFrozen = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozen));

/** So many recurrences inside one another. */
const deep = (levels: number): unknown =>
  levels === 1 ? daily : { kind: levels % 2 ? "except" : "within", of: deep(levels - 1), ...extra(levels) };
const extra = (levels: number) =>
  levels % 2
    ? { not: [{ kind: "times", at: ["10:00"] }] }
    : { windows: [{ from: "09:00", to: `${String(levels % 24).padStart(2, "0")}:30` }] };

suite("what is written is read back", () => {
  test("every recurrence, deeply equal and frozen", () => {
    fc.assert(
      fc.property(recurrence({ depth: 4 }), (given) => {
        const read = readRecurrence(JSON.parse(JSON.stringify(given)));
        expect(read).toStrictEqual(given);
        expect(isFrozen(read)).toBe(true);
      }),
      { numRuns: runs(3_000), seed },
    );
  });

  test("hand-written JSON is normalized", () => {
    const read = readRecurrence({
      of: [
        {
          times: { at: ["12:00:00", "09:00"], kind: "list" },
          dates: { weekdays: [6, 2, 2] },
          kind: "calendar",
        },
        {
          kind: "calendar",
          times: { kind: "grid", windows: [{ to: "17:00", from: "09:00" }], every: 900_000 },
        },
      ],
      kind: "union",
    });
    expect(read).toStrictEqual(
      union(
        calendar({ times: grid((15 * minute) as Milliseconds, [dailyWindow(9 * hour, 17 * hour)]) }),
        calendar({ dates: { weekdays: [2, 6] }, times: timeList([9 * hour, 12 * hour]) }),
      ),
    );
  });

  test("the input is neither kept nor frozen", () => {
    const given = { kind: "calendar", dates: { weekdays: [1] }, times: { kind: "list", at: ["09:00"] } };
    const read = readRecurrence(given) as Extract<Recurrence, { kind: "calendar" }>;
    given.dates.weekdays.push(2);
    given.times.at.push("10:00");
    expect(read.dates?.weekdays).toEqual([1]);
    expect(read.times).toEqual({ kind: "list", at: ["09:00"] });
  });

  test("up to 32 nested recurrences, and up to 10,000 parts", () => {
    expect(readRecurrence(deep(32))).toMatchObject({ kind: "within" });
    const at = Array.from({ length: 9_999 }, (_, i) => new Date(i * 8_000).toISOString().slice(11, 19));
    expect(readRecurrence(atTimes({ kind: "list", at }))).toMatchObject({ kind: "calendar" });
  });
});

test("recurrences in stores from before 1.0 are read", () => {
  const old = {
    kind: "within",
    of: { kind: "interval", every: 5_000, spaced: true },
    windows: [{ from: "09:00", to: "17:00" }],
  };
  expect(readRecurrence(old)).toMatchObject({ of: { kind: "interval", every: 5_000, fixedDelay: true } });
  expect(refusal({ kind: "interval", every: 5_000, spaced: true, fixedDelay: true }).what).toBe(
    "Recurrence at spaced",
  );
});

suite("invalid parts are rejected with their path", () => {
  const table: readonly (readonly [value: unknown, what: string, accepted: string])[] = [
    [undefined, "Recurrence", "an object with a kind"],
    [null, "Recurrence", "an object with a kind"],
    ["every day", "Recurrence", "an object with a kind"],
    [[daily], "Recurrence", "an object with a kind"],
    [{}, "Recurrence", "an object with a kind"],
    [{ kind: "daily" }, "Recurrence at kind", '"once", "interval", "calendar"'],
    [{ kind: "toString" }, "Recurrence at kind", '"once"'],
    [{ kind: "once" }, "Recurrence", "an object with kind, at"],
    [{ kind: "once", at: 0, zone: "UTC" }, "Recurrence at zone", "one of the keys kind, at"],
    [{ kind: "once", at: "2026-11-23" }, "Recurrence at at", "a whole number from -8640000000000000"],
    [{ kind: "once", at: 0.5 }, "Recurrence at at", "a whole number"],
    [{ kind: "once", at: 8.64e15 + 2 }, "Recurrence at at", "to 8640000000000000"],
    [{ kind: "interval", every: 0 }, "Recurrence at every", "a whole number from 1 to 3155760000000"],
    [{ kind: "interval", every: 3_155_760_000_001 }, "Recurrence at every", "a whole number from 1"],
    [{ kind: "interval", every: Number.NaN }, "Recurrence at every", "a whole number from 1"],
    [{ kind: "interval", every: 10, fixedDelay: false }, "Recurrence at fixedDelay", "true, or nothing"],
    [{ kind: "interval", every: 10, random: { to: 9, unit: 1 } }, "Recurrence at random.to", "from 10 to"],
    [{ kind: "interval", every: 10, random: { to: 20 } }, "Recurrence at random", "an object with to, unit"],
    [{ kind: "calendar" }, "Recurrence", "an object with kind, step (optional), dates (optional), times"],
    [atTimes({ kind: "list", at: [] }), "Recurrence at times.at", "a list of at least one entry"],
    [atTimes({ kind: "list", at: "09:00" }), "Recurrence at times.at", "a list of at least one entry"],
    [atTimes({ kind: "list", at: ["09:00", "24:00"] }), "Recurrence at times.at[1]", '"HH:MM"'],
    [atTimes({ kind: "list", at: [900] }), "Recurrence at times.at[0]", '"HH:MM"'],
    [atTimes({ kind: "anchor", at: ["09:00"] }), "Recurrence at times.at", "one of the keys kind"],
    [atTimes({ kind: "grid", every: 0 }), "Recurrence at times.every", "a whole number from 1"],
    [
      atTimes({ kind: "grid", every: 60_000, windows: [{ from: "09:00" }] }),
      "Recurrence at times.windows[0]",
      "an object with from, to",
    ],
    [
      atTimes({ kind: "fields", hours: [24], follows: "wall" }),
      "Recurrence at times.hours[0]",
      "from 0 to 23",
    ],
    [
      atTimes({ kind: "fields", minutes: [60], follows: "wall" }),
      "Recurrence at times.minutes[0]",
      "0 to 59",
    ],
    [
      atTimes({ kind: "fields", seconds: [-1], follows: "wall" }),
      "Recurrence at times.seconds[0]",
      "0 to 59",
    ],
    [atTimes({ kind: "fields", follows: "moon" }), "Recurrence at times.follows", '"elapsed", "wall"'],
    [inSteps({ every: 0, unit: "day" }), "Recurrence at step.every", "a whole number from 1 to 36525"],
    [inSteps({ every: 101, unit: "year" }), "Recurrence at step.every", "a whole number from 1 to 100"],
    [inSteps({ every: 2, to: 1, unit: "week" }), "Recurrence at step.to", "a whole number from 2"],
    [inSteps({ every: 2, unit: "hour" }), "Recurrence at step.unit", '"day", "week", "month", "year"'],
    [
      { kind: "calendar", step: { every: 2, to: 3, unit: "week" }, dates: { weekdays: [1] }, times },
      "Recurrence at step",
      "no random step together with dates",
    ],
    [onDates({}), "Recurrence at dates", "at least one of months, weekdays, days"],
    [onDates({ months: [13] }), "Recurrence at dates.months[0]", "a whole number from 1 to 12"],
    [onDates({ weekdays: [] }), "Recurrence at dates.weekdays", "a list of at least one entry"],
    [onDates({ weekdays: [1, 0] }), "Recurrence at dates.weekdays[1]", "a whole number from 1 to 7"],
    [onDay({ kind: "day", day: 0 }), "Recurrence at dates.days[0].day", "from 1 to 31, or from -1 to -31"],
    [onDay({ kind: "day", day: 32 }), "Recurrence at dates.days[0].day", "from -31 to 31"],
    [onDay({ kind: "nth", nth: 6, weekday: 1 }), "Recurrence at dates.days[0].nth", "from -5 to 5"],
    [onDay({ kind: "nth", nth: 1, weekday: 8 }), "Recurrence at dates.days[0].weekday", "from 1 to 7"],
    [onDay({ kind: "workday", nth: 24 }), "Recurrence at dates.days[0].nth", "from -23 to 23"],
    [onDay({ kind: "near", day: -1 }), "Recurrence at dates.days[0].day", "from 1 to 31"],
    [onDay({ kind: "year-day", day: 367 }), "Recurrence at dates.days[0].day", "from -366 to 366"],
    [onDay({ kind: "annual", month: 2, day: 30 }), "Recurrence at dates.days[0].day", "from 1 to 29"],
    [onDay({ kind: "easter" }), "Recurrence at dates.days[0].kind", '"day", "nth", "workday"'],
    [{ kind: "union", of: [daily] }, "Recurrence at of", "a list of at least 2 entries"],
    [
      { kind: "union", of: [daily, atTimes({ kind: "list", at: ["9:00"] })] },
      "Recurrence at of[1].times.at[0]",
      '"HH:MM"',
    ],
    [without(), "Recurrence at not", "a list of at least one entry"],
    [without({ kind: "dates", dates: { weekdays: [1, 2, 3, 4, 5, 6, 7] } }), "Recurrence at not", "leave"],
    [
      without({ kind: "range", from: "2026-02-29", to: "2026-03-01" }),
      "Recurrence at not[0].from",
      "YYYY-MM-DD",
    ],
    [
      without({ kind: "range", from: "2026-03-02", to: "2026-03-01" }),
      "Recurrence at not[0]",
      "ends on or after",
    ],
    [without({ kind: "times", at: ["25:00"] }), "Recurrence at not[0].at[0]", '"HH:MM"'],
    [
      without({ kind: "window", window: { from: "09:00", to: "9" } }),
      "Recurrence at not[0].window.to",
      '"HH:MM"',
    ],
    [{ kind: "within", of: daily, windows: [] }, "Recurrence at windows", "a list of at least one entry"],
    [{ kind: "bounded", of: daily }, "Recurrence", "at least one of starting, until, times"],
    [{ kind: "bounded", of: daily, times: 0 }, "Recurrence at times", "a whole number from 1 to 100000"],
    [{ kind: "bounded", of: daily, until: "soon" }, "Recurrence at until", "a whole number"],
    [
      { kind: "bounded", of: daily, startDate: "2011-12-30", times: 2 },
      "Recurrence at startDate",
      "starting",
    ],
    [{ kind: "bounded", of: daily, untilDate: "2011-12-30", times: 2 }, "Recurrence at untilDate", "until"],
    [
      { kind: "bounded", of: daily, starting: Date.UTC(2011, 11, 30), startDate: "2012-01-04" },
      "Recurrence at startDate",
      "a date at most 4 days from starting",
    ],
    [
      { kind: "bounded", of: daily, until: Date.UTC(2011, 11, 30), untilDate: "2011-12-25" },
      "Recurrence at untilDate",
      "a date at most 4 days from until",
    ],
    [{ kind: "zoned", of: daily, zone: "Europe/Pariss" }, "Recurrence at zone", "an IANA name"],
    [{ kind: "zoned", of: daily, zone: 2 }, "Recurrence at zone", "the name of a time zone"],
    [
      { kind: "zoned", of: { kind: "zoned", of: 1, zone: "UTC" }, zone: "UTC" },
      "Recurrence at of.of",
      "a kind",
    ],
    [JSON.parse('{"kind":"once","at":0,"__proto__":{"at":1}}'), "Recurrence at __proto__", "one of the keys"],
    [Object.create({ kind: "once", at: 0 }), "Recurrence", "an object with a kind"],
  ];

  test.each(table)("%#: %j", (value, what, accepted) => {
    const error = refusal(value);
    expect(error.code).toBe("recurrence");
    expect(error.what).toBe(what);
    expect(error.accepted).toContain(accepted);
  });

  test("with the given value and the nearest valid form", () => {
    expect(refusal({ kind: "calender", times }).message).toBe(
      'Recurrence at kind: got "calender". Did you mean "calendar"? Expected one of "once", "interval", "calendar", "union", "except", "within", "bounded", "zoned".',
    );
    expect(refusal({ kind: "zoned", of: daily, zone: "Europe/Pariss" }).nearest).toBe('"Europe/Paris"');
    expect(refusal(atTimes({ kind: "list", at: ["9:00"] })).nearest).toBe('"09:00"');
    expect(refusal({ kind: "calendar", time: times }).nearest).toBe("times");
  });

  test("too deep, too large, or circular", () => {
    expect(refusal(deep(33)).accepted).toBe("at most 32 nested recurrences");
    const circle: Record<string, unknown> = { kind: "within", windows: [{ from: "09:00", to: "17:00" }] };
    circle.of = circle;
    expect(refusal(circle).accepted).toBe("at most 32 nested recurrences");
    expect(refusal(atTimes({ kind: "list", at: Array(10_000).fill("09:00") })).what).toBe(
      "Recurrence at times.at",
    );
    expect(refusal(atTimes({ kind: "list", at: Array(2 ** 32 - 1) })).accepted).toBe(
      "at most 10,000 parts in all",
    );
    const wide = { kind: "union", of: Array.from({ length: 4_000 }, () => daily) };
    expect(refusal(wide).accepted).toBe("at most 10,000 parts in all");
  });
});

suite("any input", () => {
  /** A recurrence, or an error of ours: nothing else may come out. */
  const readOrRefuse = (value: unknown) => {
    let read: Recurrence;
    try {
      read = readRecurrence(value);
    } catch (error) {
      expect(error).toBeInstanceOf(ScheduleError);
      expect((error as ScheduleError).code).toBe("recurrence");
      return false;
    }
    expect(readRecurrence(JSON.parse(JSON.stringify(read)))).toStrictEqual(read);
    expect(describe(read, { zone: utc })).not.toBe("");
    return true;
  };

  test("arbitrary values", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => void readOrRefuse(value)),
      { numRuns: runs(2_000), seed },
    );
  });

  test("a recurrence with one part replaced", () => {
    const other = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        -1,
        0,
        1,
        2,
        7,
        31,
        60,
        1e9,
        0.5,
        "",
        "09:00",
        "2027-01-01",
        "UTC",
        true,
        [],
        {},
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(recurrence(), fc.nat({ max: 1_000 }), other, (given, which, put) => {
        let left = which % JSON.stringify(given).split(/[,[{]/).length;
        const text = JSON.stringify(given);
        const changed = JSON.parse(text, (_, value) => (left-- === 0 ? put : value));
        if (readOrRefuse(changed)) accepted++;
      }),
      { numRuns: runs(4_000), seed },
    );
    if (thorough >= 1) expect(accepted).toBeGreaterThan(100);
  });
});
