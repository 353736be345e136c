import type { Dates, Exclusion } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import type { TimeNumber } from "../time/plain-time.ts";
import { zoneNamed } from "../time/zone.ts";
import { settled } from "./clocks.ts";
import type { ParseContext } from "./hearing.ts";
import { exclusionOf } from "./limits.ts";
import type { Clause, Clock } from "./meaning.ts";
import { given, Mistake } from "./mistake.ts";
import type { Parse } from "./parse.ts";
import { resolvePoint, type Side } from "./points.ts";
import { byRule, readText, whole } from "./read.ts";
import { impossibleDates } from "./which-days.ts";

/**
 * Reads one or several times of day: `"9am"`, `"noon"`, `"9am and 5:30pm"`, `"早上8点"`.
 *
 * @throws ScheduleError that points at what is not understood
 */
export const parseClock = (text: string): readonly TimeNumber[] =>
  readText(
    text,
    (parse) =>
      byRule("openClocks", (clocks) => whole(timesOf(clocks), parse))(parse) ??
      byRule("atTimes", ([clause]) =>
        clause?.kind === "clocks" ? whole(timesOf(clause.clocks), parse) : undefined,
      )(parse),
  );

const timesOf = (clocks: readonly Clock[]): readonly TimeNumber[] | Mistake =>
  given(settled(clocks), (read) =>
    read.some(({ isPastMidnight, isNextDay }) => isPastMidnight || isNextDay)
      ? new Mistake("ambiguous", 'a time that says its day, such as "00:00"')
      : read.map(({ at }) => at),
  );

/**
 * Reads a beginning or an end: `"tomorrow"`, `"next monday"`, `"june 1 at 9am"`, `"11am"`, `"明天"`. A day begins with its first moment and ends with
 * its last millisecond; a time of day is the next such.
 *
 * @throws ScheduleError that points at what is not understood
 */
export const parseBoundary = (text: string, parseContext: ParseContext, side: Side): Instant =>
  readText(
    text,
    (parse) =>
      byRule("point", (point) => whole(resolvePoint(point, side, parseContext), parse))(parse) ??
      pointInZone(parse, side, parseContext),
  );

/** "2026-12-24 18:00 Europe/Berlin" */
const pointInZone = (parse: Parse, side: Side, parseContext: ParseContext): Instant | undefined => {
  for (const point of parse.read("point", 0))
    for (const { meaning, end } of parse.read("inZone", point.end)) {
      const [clause] = meaning;
      if (end === parse.text.length && clause?.kind === "zone")
        return whole(
          resolvePoint(point.meaning, side, { ...parseContext, zone: zoneNamed(clause.zone) }),
          parse,
        );
    }
  return undefined;
};

/**
 * Reads what is left out: `"the 13th"`, `"wednesdays"`, `"december"`, `"1pm"`, `"from june 8 to june 12"`.
 *
 * @throws ScheduleError that points at what is not understood
 */
export const parseExclusions = (text: string, parseContext: ParseContext): readonly Exclusion[] =>
  readText(
    text,
    (parse) =>
      byRule("except", (clauses: readonly Clause[]) =>
        clauses.flatMap((clause) =>
          clause.kind === "except"
            ? clause.not.map((excluded) => whole(exclusionOf(excluded, parseContext), parse))
            : [],
        ),
      )(parse),
    (language) => language.except,
  );

/**
 * Reads days of the week, the month or the year: `"last friday"`, `"first workday"`, `"december 25"`, `"the 15th"`, `"mondays"`, `"最后一天"`.
 *
 * @throws ScheduleError that points at what is not understood
 */
export const parseDays = (text: string): Dates =>
  readText(
    text,
    (parse) =>
      byRule("onDays", (clauses) => whole(datesOf(clauses), parse))(parse) ??
      byRule("months", (months): Dates => ({ months }))(parse),
  );

const datesOf = ([first, ...more]: readonly Clause[]): Dates | Mistake | undefined => {
  if (first?.kind !== "days" || more.length > 0) return new Mistake("phrase", "days alone");
  return impossibleDates(first.dates) ?? first.dates;
};
