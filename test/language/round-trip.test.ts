import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { describe as inWords } from "../../src/language/describe.ts";
import { parseWhen } from "../../src/language/language.ts";
import { longestPhrase } from "../../src/language/lexer.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Dates, Recurrence } from "../../src/recurrence/recurrence.ts";
import { monthLength } from "../../src/time/plain-date.ts";
import { type Zone, zoneNamed } from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";
import { recurrence } from "../recurrence/arbitrary.ts";
import { contextAt } from "./reading.ts";

/** Before everything the drawn recurrences speak of. */
const parseContext = contextAt("2024-01-01T10:15:00Z", "Europe/Paris");
const trips = runs(400);

/** Each part runs at least once: a phrase that never runs is refused. */
const runsAtAll = (value: Recurrence, zone: Zone): boolean => {
  if (value.kind === "zoned") return runsAtAll(value.of, zoneNamed(value.zone));
  if (compile(value, { zone, anchor: parseContext.now }).next(parseContext.now) === null) return false;
  return value.kind === "union"
    ? value.of.every((part) => runsAtAll(part, zone))
    : !("of" in value) || runsAtAll(value.of, zone);
};

/** No limits around a single moment, and no day that its months never have: nobody writes that. */
const hasWords = (value: Recurrence): boolean => {
  switch (value.kind) {
    case "calendar":
      return value.dates === undefined || hasDays(value.dates);
    case "union":
      return value.of.every(hasWords);
    case "zoned":
      return hasWords(value.of);
    case "within":
    case "except":
    case "bounded":
      return coreOf(value) !== "once" && hasWords(value.of);
    default:
      return true;
  }
};

const coreOf = (value: Recurrence): Recurrence["kind"] =>
  "of" in value && value.kind !== "union" ? coreOf(value.of) : value.kind;

const hasDays = ({ months = [1], days = [] }: Dates): boolean => {
  const longest = Math.max(...months.map((month) => monthLength(2000, month)));
  return days.every((rule) => (rule.kind !== "day" && rule.kind !== "near") || Math.abs(rule.day) <= longest);
};

describe.each(["en", "zh"] as const)("%s: what describe writes is read back as the very same", (language) => {
  test.each([1, 3])("nested %i deep", (depth) => {
    const any = recurrence({ depth }).filter(
      (value) => hasWords(value) && runsAtAll(value, parseContext.zone),
    );
    fc.assert(
      fc.property(any, (value) => {
        const text = inWords(value, { zone: parseContext.zone, language });
        if (text.length <= longestPhrase) expect(parseWhen(text, parseContext)).toEqual(value);
        else expect(() => parseWhen(text, parseContext)).toThrow(ScheduleError);
      }),
      { numRuns: trips, seed },
    );
  });
});
