import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { calendar, timeList } from "../../src/recurrence/build.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Instant } from "../../src/time/instant.ts";
import { day, hour, second } from "../../src/time/plain-time.ts";
import { resolveWall, type WallTime, wallToInstants, zoneNamed, zoneNames } from "../../src/time/zone.ts";
import { allRules, type Change } from "../time/offsets.ts";

/** The wall times at the start, in the middle, at the last second and at the end of what a change hides or repeats, and around it. */
const wallsAround = ({ at, before, after }: Change): readonly number[] => {
  const start = at + Math.min(before, after);
  const end = at + Math.max(before, after);
  const middle = Math.floor((start + end) / 2 / second) * second;
  return [start - hour, start - second, start, middle, end - second, end, end + hour];
};

/** Where Temporal puts a wall time. */
const temporal = (zone: string, wall: number): number => {
  const shown = new Date(wall);
  return new Temporal.PlainDateTime(
    shown.getUTCFullYear(),
    shown.getUTCMonth() + 1,
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
  ).toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
};

/** A moment to ask from, and the right answer. */
interface Question {
  readonly wall: number;
  readonly after: number;
  readonly at: number;
}

const questionsAbout = (zone: string, change: Change): readonly Question[] =>
  wallsAround(change).flatMap((wall) => {
    const firings = [-3, -2, -1, 0, 1, 2, 3].map((days) => temporal(zone, wall + days * day));
    const at = firings[3]!;
    const width = Math.abs(change.after - change.before);
    const afters = [
      at - day,
      at - second,
      at - 1,
      at,
      change.at - 1,
      change.at,
      at + Math.floor(width / 2),
      at + width - 1,
      at + width,
    ];
    return afters.map((after) => ({ wall, after, at: firings.find((firing) => firing > after)! }));
  });

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

describe("every change of every clock from 2000 to 2037", () => {
  const rules = allRules(Date.UTC(2000, 0, 1), Date.UTC(2038, 0, 1));
  const questions = rules.map(({ zones, changes }) =>
    changes.map((change) => questionsAbout(zones[0]!, change)),
  );

  test("there are clock changes to check", () => {
    expect(rules.flatMap(({ zones }) => zones).sort()).toEqual([...zoneNames()].sort());
    expect(questions.flat(2).length).toBeGreaterThan(100_000);
  });

  test("a fixed wall time runs when Temporal says, from any starting point", {
    timeout: 120_000,
  }, () => {
    let wrong = 0;
    let asked = 0;
    const examples: string[] = [];
    for (const [i, { zones, changes }] of rules.entries())
      for (const name of zones)
        for (const [j, change] of changes.entries()) {
          let [trigger, wanted] = [undefined as ReturnType<typeof compile> | undefined, Number.NaN];
          for (const { wall, after, at } of questions[i]![j]!) {
            if (wall !== wanted || !trigger) {
              const time = ((wall % day) + day) % day;
              trigger = compile(calendar({ times: timeList([time]) }), {
                zone: zoneNamed(name),
                anchor: (change.at - 5 * day) as Instant,
              });
              wanted = wall;
            }
            asked++;
            const given = trigger.next(after as Instant);
            if (given === at) continue;
            wrong++;
            if (examples.length < 5)
              examples.push(`${name} ${iso(wall)} after ${iso(after)}: ${iso(given)}, not ${iso(at)}`);
          }
        }
    expect(examples).toEqual([]);
    expect(wrong).toBe(0);
    expect(asked).toBeGreaterThan(500_000);
  });

  test("a wall time resolves as in Temporal, and is shown there unless it is in a gap", () => {
    const examples: string[] = [];
    for (const { zones, changes } of rules)
      for (const change of changes)
        for (const wall of wallsAround(change)) {
          const right = temporal(zones[0]!, wall);
          const zone = zoneNamed(zones[0]!);
          const shown = wallToInstants(zone, wall as WallTime);
          const isHidden = wall >= change.at + change.before && wall < change.at + change.after;
          const isDoubled = wall >= change.at + change.after && wall < change.at + change.before;
          const count = isHidden ? 0 : isDoubled ? 2 : 1;
          if (resolveWall(zone, wall as WallTime) !== right || shown.length !== count)
            examples.push(`${zones[0]} ${iso(wall)}: ${shown.map(iso).join(" and ")}, not ${iso(right)}`);
          if (shown.length > 0 && shown[0] !== right) examples.push(`${zones[0]} ${iso(wall)}: first pass`);
        }
    expect(examples.slice(0, 5)).toEqual([]);
  });
});
