import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import type { Instant } from "../../src/time/instant.ts";
import { day, hour, minute, second } from "../../src/time/plain-time.ts";
import {
  fixedZone,
  offsetAt,
  resolveWall,
  systemZone,
  systemZoneTrouble,
  utc,
  type WallTime,
  wallAt,
  wallToInstants,
  zoneNamed,
  zoneNames,
  zoneUnder,
} from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";
import { moment, zone } from "../recurrence/arbitrary.ts";
import { allRules, intlOffset } from "./offsets.ts";

const wall = (text: string) => Date.parse(`${text}Z`) as WallTime;
const iso = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");

/** Both instants at which Temporal finds a wall time, each once. */
const temporal = (name: string, at: number): readonly number[] => {
  const plain = Temporal.PlainDateTime.from(iso(at).slice(0, -1));
  const both = (["earlier", "later"] as const).map(
    (disambiguation) => plain.toZonedDateTime(name, { disambiguation }).epochMilliseconds,
  );
  return [...new Set(both)];
};

describe("the span of an instant", () => {
  const rules = allRules(Date.UTC(2000, 0, 1), Date.UTC(2038, 0, 1));

  test("starts and ends at each clock change of each zone", () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const { zones, changes } of rules)
      for (const name of zones) {
        const zone = zoneNamed(name);
        for (const { at, before, after } of changes) {
          seen++;
          const [old, fresh] = [zone.spanAt((at - 1) as Instant), zone.spanAt(at as Instant)];
          const isRight =
            old.offset === before && fresh.offset === after && old.to === at && fresh.from === at;
          if (!isRight) wrong.push(`${name} ${iso(at)}`);
        }
      }
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(10_000);
  });

  test("no zone changes before 30 December 1844, nor twice within six days, which the search relies on", () => {
    for (const { zones, changes } of rules)
      for (const [i, { at }] of changes.entries())
        if (i > 0) expect(at - changes[i - 1]!.at, zones[0]).toBeGreaterThan(6 * day);
    for (const name of zoneNames()) {
      const offset = intlOffset(name);
      expect([name, offset(Date.UTC(1844, 11, 30) as Instant)]).toEqual([name, offset(-6e13 as Instant)]);
    }
  });

  test("contains the instant, has the offset of Intl, and does not depend on the order of calls", () => {
    fc.assert(
      fc.property(zone(), fc.array(moment(), { minLength: 1, maxLength: 8 }), (name, moments) => {
        const offset = intlOffset(name);
        for (const at of moments) {
          const span = zoneNamed(name).spanAt(at);
          expect(span.from).toBeLessThanOrEqual(at);
          expect(span.to).toBeGreaterThan(at);
          expect(span.offset).toBe(offset(at));
        }
      }),
      { seed, numRuns: runs(300) },
    );
  });

  test("works for centuries", () => {
    for (const year of [1850, 1901, 2100, 2399, 9999]) {
      const at = Date.UTC(year, 6, 1) as Instant;
      const { from, to, offset } = zoneNamed("America/New_York").spanAt(at);
      expect(from <= at && at < to).toBe(true);
      expect(offset).toBe(Math.round(intlOffset("America/New_York")(at) / second) * second);
    }
  });
});

describe("a wall time", () => {
  test("is shown at the instants Temporal finds, none in a gap", () => {
    fc.assert(
      fc.property(zone(), moment(), fc.integer({ min: -day, max: day }), (name, near, away) => {
        const zone = zoneNamed(name);
        const at = (Math.floor((near + away) / second) * second) as Instant;
        const shown = wallAt(zone, at);
        expect(shown - at).toBe(offsetAt(zone, at));
        expect(wallToInstants(zone, shown)).toContain(at);
        if (name.startsWith("UTC")) return;
        const found = temporal(name, shown);
        expect(wallToInstants(zone, shown).map(iso)).toEqual(found.map(iso));
        expect(resolveWall(zone, shown)).toBe(found[0]);
      }),
      { seed, numRuns: runs(1_000) },
    );
  });

  test.each([
    ["Europe/Berlin", "2026-03-29T02:00:00", [], "2026-03-29T01:00:00Z"],
    ["Europe/Berlin", "2026-03-29T02:59:59", [], "2026-03-29T01:59:59Z"],
    ["Europe/Berlin", "2026-03-29T03:00:00", ["2026-03-29T01:00:00Z"], "2026-03-29T01:00:00Z"],
    [
      "Europe/Berlin",
      "2026-10-25T02:30:00",
      ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
      "2026-10-25T00:30:00Z",
    ],
    ["Europe/Berlin", "2026-10-25T03:00:00", ["2026-10-25T02:00:00Z"], "2026-10-25T02:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:15:00", [], "2026-10-03T15:45:00Z"],
    ["Pacific/Apia", "2011-12-30T09:00:00", [], "2011-12-30T19:00:00Z"],
    ["Pacific/Apia", "2011-12-31T09:00:00", ["2011-12-30T19:00:00Z"], "2011-12-30T19:00:00Z"],
    ["Antarctica/Troll", "2026-03-29T01:30:00", [], "2026-03-29T01:30:00Z"],
    ["UTC+05:30", "2026-03-29T02:30:00", ["2026-03-28T21:00:00Z"], "2026-03-28T21:00:00Z"],
  ])("%s %s", (name, text, shown, resolved) => {
    const zone = zoneNamed(name);
    expect(wallToInstants(zone, wall(text)).map(iso)).toEqual(shown);
    expect(iso(resolveWall(zone, wall(text)))).toBe(resolved);
  });

  test("is the same in the system zone as in the zone of that name", () => {
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const offset = intlOffset(name);
    expect(systemZone().name).toBe(name);
    fc.assert(
      fc.property(moment(), (at) => {
        expect(offsetAt(systemZone(), at)).toBe(offset(at));
      }),
      { seed, numRuns: runs(1_000) },
    );
  });
});

describe("a zone by its name", () => {
  test.each([
    ["Europe/Berlin", "Europe/Berlin"],
    ["europe/berlin", "Europe/Berlin"],
    ["AMERICA/NEW_YORK", "America/New_York"],
    ["UTC", "UTC"],
    ["utc", "UTC"],
    ["Etc/UTC", "Etc/UTC"],
    ["US/Pacific", "US/Pacific"],
    ["UTC+05:30", "UTC+05:30"],
    ["UTC-14:00", "UTC-14:00"],
  ])("%s", (given, name) => {
    expect(zoneNamed(given).name).toBe(name);
    expect(zoneNamed(given)).toBe(zoneNamed(given));
  });

  test("a fixed offset never changes", () => {
    expect(offsetAt(zoneNamed("UTC+05:30"), 0 as Instant)).toBe(5 * hour + 30 * minute);
    expect(offsetAt(zoneNamed("UTC-03:30"), 0 as Instant)).toBe(-3 * hour - 30 * minute);
    expect(zoneNamed("UTC+00:00").spanAt(0 as Instant)).toEqual({ ...utc.spanAt(0 as Instant) });
    expect(fixedZone("ship", hour).spanAt(5 as Instant)).toEqual({
      from: -Infinity,
      to: Infinity,
      offset: hour,
    });
  });

  test.each<[unknown, string | undefined]>([
    ["berlin", '"Europe/Berlin"'],
    ["Europe/Berln", '"Europe/Berlin"'],
    ["new york", '"America/New_York"'],
    ["+05:30", '"UTC+05:30"'],
    ["+0530", '"UTC+05:30"'],
    ["UTC+2", '"UTC+02:00"'],
    ["GMT-3", '"UTC-03:00"'],
    ["UTC+15:00", undefined],
    ["UTC+05:60", undefined],
    ["CST", undefined],
    ["BST", undefined],
    ["IST", undefined],
    ["Nowhere/At/All", undefined],
    ["", undefined],
    [" ", undefined],
    ["x".repeat(100), undefined],
    [5, undefined],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
  ])("%j is refused, and the nearest is reported", (given, nearest) => {
    let thrown: unknown;
    try {
      zoneNamed(given as string);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ScheduleError);
    expect(thrown).toMatchObject({ code: "zone", given, nearest });
  });

  test.each<[string | undefined, RegExp | undefined]>([
    [undefined, undefined],
    ["UTC", undefined],
    ["Asia/Kolkata", undefined],
    [":America/New_York", undefined],
    ["US/Pacific", undefined],
    ["posix/Europe/Berlin", undefined],
    ["Zulu", undefined],
    ["", /^TZ is empty, so times are UTC$/],
    [
      "europe/berlin",
      /^TZ="europe\/berlin" is not a zone Node knows, so times are UTC\. Did you mean Europe\/Berlin\?$/,
    ],
    ["US/PACIFIC", /so times are UTC\. Did you mean America\/Los_Angeles\?$/],
    ["PST", /so times are UTC\. Use an IANA name/],
    ["IST", /so times are UTC\. Use an IANA name/],
    ["BST", /so times are UTC\. Use an IANA name/],
    ["JST", /so times are UTC\. Use an IANA name/],
    ["CST", /so times are UTC\. Use an IANA name/],
    ["EST", /^TZ="EST" is an abbreviation, which Node takes for America\/\w+\. Use an IANA name/],
    ["EST5EDT", undefined],
    ["UTC+2", /POSIX rule, in which a plus sign means behind UTC, so times are UTC-02:00/],
    ["GMT+3", /so times are UTC-03:00/],
    ["JST-9", /so times are UTC\+09:00/],
    [
      "/usr/share/zoneinfo/Europe/Berlin",
      /is a path.*so times are UTC\+01:00\. Did you mean Europe\/Berlin\?$/,
    ],
    ["UTC+02:00", /so times are UTC\. Use an IANA name/],
    ["Nowhere/City", /so times are UTC\. Use an IANA name/],
    [" ", /is not a zone Node knows/],
  ])("TZ=%s", (tz, trouble) => {
    if (trouble) expect(systemZoneTrouble(tz)).toMatch(trouble);
    else if (tz !== undefined) expect(systemZoneTrouble(tz)).toBeUndefined();
    else expect(systemZoneTrouble()).toBe(systemZoneTrouble(process.env.TZ));
  });

  test.each([
    ["PST", "UTC"],
    ["europe/berlin", "UTC"],
    ["GMT+3", "UTC-03:00"],
    ["JST-9", "UTC+09:00"],
    ["Asia/Singapore", "Asia/Singapore"],
  ])("under TZ=%s the zone shown is the one that is used, %s", (tz, name) => {
    const before = process.env.TZ;
    const zone = zoneUnder(tz);
    expect(zone.name).toBe(name);
    expect(process.env.TZ).toBe(before);
  });
});
