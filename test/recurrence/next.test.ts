import fc from "fast-check";
import { days } from "onthedot/holidays";
import { createScheduler, VirtualClock } from "onthedot/testing";
import { describe, expect, test } from "vitest";
import { bounded, dailyWindow, except, interval, within } from "../../src/recurrence/build.ts";
import { readRecurrence } from "../../src/recurrence/json.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { day, hour, minute } from "../../src/time/plain-time.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { runs, seed, thorough } from "../random.ts";
import { known } from "../time/offsets.ts";
import { moment, nearChange, recurrence, zone } from "./arbitrary.ts";
import { firstAfter, occurrences, type Place } from "./slow-walk.ts";

/** A recurrence with a place, and moments to ask from, mostly near clock changes. */
const cases = (spread: number) =>
  fc.tuple(zone(), moment()).chain(([name, anchor]) =>
    fc.record({
      of: recurrence({ near: anchor, spread, random: false }),
      place: fc.record({
        zone: fc.constant(name),
        anchor: fc.oneof(
          fc.constant(anchor),
          fc.integer({ min: 0, max: 2 * day }).map((away) => anchor - away),
        ),
        inclusive: fc.boolean(),
      }),
      waits: fc.array(
        fc.oneof(
          fc.integer({ min: 0, max: 3 * 24 * 60 }).map((minutes) => minutes * minute),
          fc.integer({ min: 0, max: spread * day }),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  );

const triggerOf = (of: Recurrence, { zone, anchor, inclusive }: Place) =>
  compile(of, { zone: zoneNamed(zone), anchor: anchor as Instant, inclusive: inclusive ?? false });

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** What `next` says, unless it lies beyond what was walked. */
const nextUpTo = (of: Recurrence, place: Place, after: number, to: number) => {
  const at = triggerOf(of, place).next(after as Instant);
  return at !== null && at > to ? null : at;
};

describe("next agrees with a walk through all dates", () => {
  test.each([
    { spread: 3, horizon: 8, numRuns: 1_200 },
    { spread: 40, horizon: 40, numRuns: 1_200 },
    { spread: 400, horizon: 150, numRuns: 700 },
    { spread: 3_000, horizon: 1_500, numRuns: 60 },
  ])("within $spread days", { timeout: 60_000 * Math.max(1, thorough) }, ({ spread, horizon, numRuns }) => {
    fc.assert(
      fc.property(cases(spread), ({ of, place, waits }) => {
        for (const wait of waits) {
          const after = place.anchor + wait;
          const to = Math.min(after + horizon * day, known.to - 3 * day);
          expect(iso(nextUpTo(of, place, after, to)), `after ${iso(after)}`).toBe(
            iso(firstAfter(of, place, after, to)),
          );
        }
      }),
      { seed, numRuns: runs(numRuns) },
    );
  });

  test("run by run across a clock change", { timeout: 60_000 * Math.max(1, thorough) }, () => {
    const around = zone().chain((name) => nearChange(fc.constant(name)).map((at) => ({ name, at })));
    fc.assert(
      fc.property(
        around.chain(({ name, at }) =>
          fc.record({
            of: recurrence({ near: at, spread: 2, random: false }),
            place: fc.record({
              zone: fc.constant(name),
              anchor: fc.integer({ min: 0, max: 30 }).map((hours) => at - hours * hour),
              inclusive: fc.boolean(),
            }),
          }),
        ),
        ({ of, place }) => {
          const to = place.anchor + 3 * day;
          const walked: number[] = [];
          for (const at of occurrences(of, place, place.anchor + 1, to)) if (walked.push(at) === 30) break;
          const trigger = triggerOf(of, place);
          const asked: (number | null)[] = [];
          let at: number | null = place.anchor;
          while (asked.length < walked.length && at !== null) {
            at = trigger.next(at as Instant);
            asked.push(at);
          }
          expect(asked.map(iso)).toEqual(walked.map(iso));
          if (walked.length < 30) {
            const then = trigger.next((walked.at(-1) ?? place.anchor) as Instant);
            expect(then === null || then > to, `nothing more, but ${iso(then)}`).toBe(true);
          }
        },
      ),
      { seed, numRuns: runs(800) },
    );
  });
});

test("anchored at one of its own occurrences, which is the first if the anchor is inclusive", {
  timeout: 60_000 * Math.max(1, thorough),
}, () => {
  fc.assert(
    fc.property(cases(30), ({ of, place }) => {
      const first = firstAfter(of, place, place.anchor + day, place.anchor + 60 * day);
      if (first === null) return;
      for (const inclusive of [true, false]) {
        const there = { ...place, anchor: first, inclusive };
        const trigger = triggerOf(of, there);
        let at = inclusive ? first - 1 : first;
        let left = 4;
        for (const walked of occurrences(of, there, at + 1, first + 120 * day)) {
          expect(iso(trigger.next(at as Instant)), inclusive ? "inclusive" : "later").toBe(iso(walked));
          at = walked;
          if (--left === 0) break;
        }
      }
      const started = bounded(of, { starting: first as Instant });
      expect(iso(triggerOf(started, place).next((first - 1) as Instant))).toBe(
        iso(firstAfter(started, place, first - 1, first + 120 * day)),
      );
    }),
    { seed, numRuns: runs(500) },
  );
});

test("a window that opens in a gap opens at the end of the gap", () => {
  const anchor = Date.UTC(2031, 2, 30, 0, 30);
  const of = within(interval(minute as Milliseconds), [dailyWindow(hour + 15 * minute, 5 * hour)]);
  const place = { zone: "Europe/Dublin", anchor };
  expect(iso(triggerOf(of, place).next(anchor as Instant))).toBe("2031-03-30T01:00:00.000Z");
  expect(iso(firstAfter(of, place, anchor, anchor + day))).toBe("2031-03-30T01:00:00.000Z");
});

test("an excluded day ends with its date on the wall clock, whatever the clock change", () => {
  const anchor = Date.UTC(2026, 3, 23, 20);
  const of = except(interval(minute as Milliseconds), {
    kind: "range",
    from: "2026-04-23",
    to: "2026-04-23",
  });
  const place = { zone: "Africa/Cairo", anchor };
  expect(iso(triggerOf(of, place).next(anchor as Instant))).toBe("2026-04-23T22:00:00.000Z");
});

test.each([2099, 2127, 2999, 9998])("a moment in the year %i is planned", (year) => {
  const { once, every } = createScheduler({ clock: new VirtualClock("2026-11-30T12:00:00Z"), zone: "UTC" });
  const text = `${year}-12-24 18:00`;
  const expected = [`${year}-12-24T18:00:00.000Z`];
  expect(
    once(text)
      .next(1)
      .map((at) => at.toISOString()),
  ).toEqual(expected);
  expect(
    every()
      .day.at("18:00")
      .starting(`${year}-12-24`)
      .next(1)
      .map((at) => at.toISOString()),
  ).toEqual(expected);
});

test("counting what has windows, exceptions, alternatives and another zone is as exact as walking", () => {
  for (const zone of ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]) {
    const now = Date.UTC(2009, 11, 3, 7, 11) as Instant;
    const { cron } = createScheduler({ clock: new VirtualClock(new Date(now)), zone });
    const minutes = cron("* * * * *");
    for (const schedule of [
      minutes.between("01:30", "03:10"),
      minutes.between("22:00", "02:00"),
      minutes.except("december 25").between("09:00", "17:00"),
      cron("*/3 * * * mon-fri").between("02:00", "09:00"),
      minutes.in("Asia/Tokyo").between("01:30", "03:10"),
      cron("*/7 9-17 * * mon-fri").or(cron("0 */2 1,15 * *")),
      cron("*/20 * * * mon-fri")
        .between("22:00", "02:00")
        .except(days("days off", ["2010-03-29"])),
    ]) {
      const trigger = compile(readRecurrence(schedule.toJSON()), { zone: zoneNamed(zone), anchor: now });
      const first = trigger.next(now)!;
      let at = first;
      let walked = 1;
      for (; walked < 10_000; walked++) at = trigger.next(at)!;
      expect(trigger.count(first, at), `${zone} ${schedule.describe()}`).toBe(walked);
    }
  }
});
