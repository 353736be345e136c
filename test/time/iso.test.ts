import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { formatIso, formatMoment, looksIso, parseMoment } from "../../src/time/iso.ts";
import { toInstant } from "../../src/time/moment.ts";
import { day, hour, minute } from "../../src/time/plain-time.ts";
import { formatOffset, utc, zoneNamed } from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";
import { moment, zone } from "../recurrence/arbitrary.ts";

const berlin = zoneNamed("Europe/Berlin");
const iso = (at: number) => new Date(at).toISOString();

describe("moments as text", () => {
  test.each([
    ["2027-02-03", "2027-02-02T23:00:00.000Z"],
    ["2027-02-03 04:05", "2027-02-03T03:05:00.000Z"],
    ["2027-02-03T04:05:06", "2027-02-03T03:05:06.000Z"],
    ["2027-02-03T04:05:06.789+02:00", "2027-02-03T02:05:06.789Z"],
    ["2027-02-03T04:05:06,5Z", "2027-02-03T04:05:06.500Z"],
    ["2027-02-03T04:05:06.123999999Z", "2027-02-03T04:05:06.123Z"],
    ["2027-02-03T04:05Z", "2027-02-03T04:05:00.000Z"],
    ["2027-02-03t04:05z", "2027-02-03T04:05:00.000Z"],
    ["2027-02-03 04:05 +0200", "2027-02-03T02:05:00.000Z"],
    ["2027-02-03T04:05-03", "2027-02-03T07:05:00.000Z"],
    ["2027-02-03T04:05-03:30", "2027-02-03T07:35:00.000Z"],
    ["2028-02-29", "2028-02-28T23:00:00.000Z"],
    ["2026-03-29 02:30", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25 02:30", "2026-10-25T00:30:00.000Z"],
    ["2026-10-25 02:30+01:00", "2026-10-25T01:30:00.000Z"],
    ["2026-10-25T02:30+01:00[Europe/Berlin]", "2026-10-25T01:30:00.000Z"],
    ["2027-02-03 04:05[Asia/Tokyo]", "2027-02-02T19:05:00.000Z"],
    [" 2027-02-03 ", "2027-02-02T23:00:00.000Z"],
  ])("%s", (text, at) => {
    expect(iso(parseMoment(text, berlin))).toBe(at);
    expect(looksIso(text.trim())).toBe(true);
  });

  test.each([
    "2027-02-29",
    "2027-04-31 10:00",
    "2027-13-01",
    "2027-00-01",
    "0000-01-01",
    "2027-02-03T24:00",
    "2027-02-03T04:60",
    "2027-02-03T04:05:60",
    "2027-02-03T04",
    "2027-02-03T04:05+25:00",
    "2027-02-03T04:05+02:99",
    "2027-02-03T04:05 CET",
    "2027-2-3",
    "20270203",
    "+002027-02-03",
    "tomorrow",
    "",
  ])("%j is no moment", (text) => {
    expect(() => parseMoment(text, berlin)).toThrow(ScheduleError);
    expect(() => parseMoment(text, berlin)).toThrow(expect.objectContaining({ code: "moment", given: text }));
  });

  test("an unknown zone at the end is rejected as a zone", () => {
    expect(() => parseMoment("2027-02-03[Nowhere]", utc)).toThrow(expect.objectContaining({ code: "zone" }));
  });

  test.each(["2027-02", "2027-02-03x", "x2027-02-03", "tomorrow", "2027-02-033", ""])(
    "%j does not look like one",
    (text) => expect(looksIso(text)).toBe(false),
  );

  test("are read back from both formats, also near clock changes", () => {
    fc.assert(
      fc.property(zone(), moment(), (name, at) => {
        const zone = zoneNamed(name);
        expect(parseMoment(formatMoment(at, zone), zone)).toBe(at);
        expect(parseMoment(formatIso(at, zone), utc)).toBe(at);
        expect(Date.parse(formatIso(at, zone))).toBe(at);
      }),
      { seed, numRuns: runs(1_500) },
    );
  });

  test.each([
    ["2026-10-25T00:30:00Z", "2026-10-25 02:30", "2026-10-25T02:30:00+02:00"],
    ["2026-10-25T01:30:00Z", "2026-10-25 02:30+01:00", "2026-10-25T02:30:00+01:00"],
    ["2027-02-03T03:05:06.070Z", "2027-02-03 04:05:06.070", "2027-02-03T04:05:06.070+01:00"],
    ["2027-02-02T23:00:00Z", "2027-02-03 00:00", "2027-02-03T00:00:00+01:00"],
  ])("%s on Berlin's wall", (at, short, long) => {
    const instant = toInstant(new Date(at));
    expect(formatMoment(instant, berlin)).toBe(short);
    expect(formatIso(instant, berlin)).toBe(long);
  });

  test.each([
    [0, "+00:00"],
    [hour, "+01:00"],
    [-3 * hour - 30 * minute, "-03:30"],
    [12 * hour + 45 * minute, "+12:45"],
    [14 * hour, "+14:00"],
  ])("an offset of %d", (offset, text) => expect(formatOffset(offset)).toBe(text));
});

describe("moments of any type", () => {
  test.each<[unknown, number]>([
    [500, 500],
    [500.9, 500],
    [-0.5, -1],
    [new Date(7), 7],
    [{ toMillis: () => 9 }, 9],
    [{ epochMilliseconds: 11 }, 11],
    ["1970-01-02", day],
  ])("%j", (given, at) => expect(toInstant(given as number)).toBe(at));

  test.each<[unknown]>([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [8.64e15 + 1],
    [new Date(Number.NaN)],
    ["tomorrow"],
    [null],
    [undefined],
    [{}],
    [5n],
    [{ toMillis: () => Number.NaN }],
    [{ epochMilliseconds: "soon" }],
  ])("%s is refused", (given) => {
    expect(() => toInstant(given as number)).toThrow(expect.objectContaining({ code: "moment" }));
  });
});
