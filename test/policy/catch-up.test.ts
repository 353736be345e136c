import fc from "fast-check";
import { expect, test } from "vitest";
import { type CatchUpPolicy, due, latest, mostCaughtUp } from "../../src/policy/catch-up.ts";
import { bounded, calendar, dates, interval, union, zoned } from "../../src/recurrence/build.ts";
import { compile, type Trigger } from "../../src/recurrence/next/compile.ts";
import type { Recurrence, Times } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { day, hour, minute, second } from "../../src/time/plain-time.ts";
import { utc } from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";

const anchor = Date.parse("2026-03-01T00:00:00Z") as Instant;
const on = (recurrence: Recurrence): Trigger => compile(recurrence, { zone: utc, anchor });
const every = (length: number) => on(interval(length as Milliseconds));
const nine: Times = { kind: "list", at: ["09:00"] };
const daily = on(calendar({ times: nine }));
const weekly = on(calendar({ dates: dates({ weekdays: [1] }), times: nine }));

const policies = {
  once: { missed: "once" },
  skip: { missed: "skip" },
  all: { missed: "all" },
} as const satisfies Record<string, CatchUpPolicy>;

/** What is decided when the first unserved occurrence is noticed so late, as `"1 run, 5 coalesced, 0 expired"`. */
const decide = (trigger: Trigger, late: number, policy: CatchUpPolicy): string => {
  const first = trigger.next(anchor)!;
  const decision = due(trigger, first, (first + late) as Instant, policy);
  const { run, coalesced, expired } = decision;
  return `${run.length} run, ${coalesced?.count ?? 0} coalesced, ${expired?.count ?? 0} expired`;
};

test.each([
  // trigger, how late, and once, skip, all
  ["in time", every(10 * minute), 0, "1, 0, 0", "1, 0, 0", "1, 0, 0"],
  ["only late", every(10 * minute), minute - 1, "1, 0, 0", "1, 0, 0", "1, 0, 0"],
  ["missed by a minute", every(10 * minute), minute, "1, 0, 0", "0, 0, 1", "1, 0, 0"],
  ["an hour of tens of minutes", every(10 * minute), hour + minute, "1, 6, 0", "0, 0, 7", "7, 0, 0"],
  ["an hour, the last only late", every(10 * minute), hour + second, "1, 6, 0", "1, 0, 6", "7, 0, 0"],
  ["half a minute of tens of seconds", every(10 * second), 35 * second, "1, 3, 0", "1, 3, 0", "4, 0, 0"],
  ["five minutes of tens of seconds", every(10 * second), 5 * minute, "1, 30, 0", "1, 5, 25", "31, 0, 0"],
  ["a day of minutes", every(minute), day, "1, 1440, 0", "1, 0, 1440", "100, 0, 1341"],
  ["a day that is 23 hours late", daily, 23 * hour, "1, 0, 0", "0, 0, 1", "1, 0, 0"],
  ["five days", daily, 5 * day - hour, "1, 4, 0", "0, 0, 5", "1, 0, 4"],
  ["ten days", daily, 10 * day - hour, "1, 9, 0", "0, 0, 10", "1, 0, 9"],
  ["six days of a week", weekly, 6 * day, "1, 0, 0", "0, 0, 1", "1, 0, 0"],
  ["three weeks", weekly, 21 * day - hour, "1, 2, 0", "0, 0, 3", "1, 0, 2"],
] as const)("%s", (_, trigger, late, ...answers) => {
  const found = Object.values(policies).map((policy) =>
    decide(trigger, late, policy).replaceAll(/ [a-z]+/g, ""),
  );
  expect(found).toEqual(answers);
});

test.each([
  // within, how late, and once, all
  [hour, hour, "1, 6, 0", "7, 0, 0"],
  [30 * minute, hour, "1, 6, 0", "4, 0, 3"],
  [5 * minute, 65 * minute, "1, 6, 0", "1, 0, 6"],
  [5 * minute, 65 * minute + 1, "0, 0, 7", "0, 0, 7"],
  [0, 65 * minute, "0, 0, 7", "0, 0, 7"],
] as const)("within %i ms, %i ms late", (within, late, once, all) => {
  const found = (["once", "all"] as const).map((missed) =>
    decide(every(10 * minute), late, { missed, maxLateness: within as Milliseconds }).replaceAll(
      / [a-z]+/g,
      "",
    ),
  );
  expect(found).toEqual([once, all]);
});

test("the hundred that all makes up for are the latest, oldest first", () => {
  const trigger = every(minute);
  const first = trigger.next(anchor)!;
  const now = (first + day + 30 * second) as Instant;
  const { run, expired, last, next } = due(trigger, first, now, policies.all);
  expect(run).toEqual(Array.from({ length: mostCaughtUp }, (_, i) => last - (mostCaughtUp - 1 - i) * minute));
  expect(expired).toEqual({ count: 1_341, first, last: run[0]! - minute });
  expect(next).toBe(last + minute);
});

test("the last run of a job is caught up, and has no next", () => {
  const trigger = on({ kind: "once", at: (anchor + hour) as Instant });
  const at = (anchor + hour) as Instant;
  for (const [late, runs] of [
    [second, 1],
    [23 * hour, 1],
    [25 * hour, 0],
  ] as const) {
    const decision = due(trigger, at, (at + late) as Instant, policies.once);
    expect([decision.run.length, decision.next]).toEqual([runs, null]);
  }
});

test("years of missed runs are counted exactly and quickly, also within bounds and in a zone", () => {
  const trigger = on(zoned(bounded(interval(second as Milliseconds), { starting: anchor }), "Europe/Berlin"));
  const first = trigger.next(anchor)!;
  const now = (first + 3_650 * day) as Instant;
  const began = process.cpuUsage();
  for (const policy of Object.values(policies)) {
    const { run, coalesced, expired, last } = due(trigger, first, now, policy);
    expect(last).toBe(now);
    expect(run.at(-1)).toBe(now);
    const passed = (coalesced ?? expired)!;
    expect((expired?.count ?? 0) + (coalesced?.count ?? 0) + run.length).toBe(3_650 * 86_400 + 1);
    expect(expired?.last ?? passed.last).toBeLessThan(run[0]!);
    expect(run[0]! - (coalesced ?? expired)!.last).toBe(second);
  }
  const { user } = process.cpuUsage(began);
  expect(user).toBeLessThan(5_000_000);
});

/** The same decision, found by looking at every occurrence. */
const walk = (trigger: Trigger, first: Instant, now: Instant) => {
  const all: Instant[] = [];
  let at: Instant | null = first;
  for (; at !== null && at <= now; at = trigger.next(at)) all.push(at);
  return { all, next: at };
};

test("whatever was missed: nothing vanishes, nothing runs twice, the latest is the last", () => {
  const trigger = fc.oneof(
    fc.integer({ min: 1_000, max: 2 * day }).map(every),
    fc.constantFrom(daily, weekly),
    fc
      .tuple(fc.integer({ min: minute, max: day }), fc.integer({ min: minute, max: 9 * day }))
      .map(([a, b]) => on(union(interval(a as Milliseconds), interval(b as Milliseconds)))),
  );
  const policy = fc.record(
    { missed: fc.constantFrom("once", "skip", "all"), maxLateness: fc.integer({ min: 0, max: 3 * day }) },
    { requiredKeys: ["missed"] },
  ) as fc.Arbitrary<CatchUpPolicy>;
  const late = fc.oneof(fc.integer({ min: 0, max: 2 * minute }), fc.integer({ min: 0, max: 20 * day }));
  fc.assert(
    fc.property(trigger, late, policy, (trigger, late, policy) => {
      const first = trigger.next(anchor)!;
      const now = (first + late) as Instant;
      const { all, next } = walk(trigger, first, now);
      fc.pre(all.length < 20_000);
      const decision = due(trigger, first, now, policy);
      const passed = (decision.coalesced?.count ?? 0) + (decision.expired?.count ?? 0);
      expect(decision.run.length + passed).toBe(all.length);
      expect(decision.last).toBe(all.at(-1));
      expect(decision.next).toBe(next);
      expect(decision.run).toEqual(decision.run.length === 0 ? [] : all.slice(-decision.run.length));
      expect(latest(trigger, first, now)).toBe(all.at(-1));
      // Expired ones lie before coalesced ones, and those before what runs; each tells its true ends.
      const { expired, coalesced } = decision;
      let i = 0;
      for (const missed of [expired, coalesced]) {
        if (!missed) continue;
        expect([missed.first, missed.last]).toEqual([all[i], all[i + missed.count - 1]]);
        i += missed.count;
      }
      if (now - all.at(-1)! < minute) expect(decision.run.length).toBeGreaterThan(0);
      if (policy.missed !== "all") expect(decision.run.length).toBeLessThanOrEqual(1);
      if (policy.missed === "all" && policy.maxLateness !== undefined)
        for (const at of decision.run) expect(now - at < minute || now - at <= policy.maxLateness).toBe(true);
    }),
    { seed, numRuns: runs(2_000) },
  );
});
