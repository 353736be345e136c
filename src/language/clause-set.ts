import type { Dates, DateUnit, DayRule } from "../recurrence/recurrence.ts";
import { dateFields, dayNumber, leapYear, monthLength } from "../time/plain-date.ts";
import { type Clause, type Day, dayPoint, daysClause, type Point } from "./clauses.ts";
import { around, isFloating } from "./days.ts";
import { type Place, refuse, type Wording } from "./errors.ts";

export interface Located<C extends Clause = Clause> extends Place {
  readonly clause: C;
}

type Kind = Clause["kind"];
type Of<K extends Kind> = Extract<Clause, { kind: K }>;

/** The clauses of one schedule by what they say. Each thing stands once; days and exceptions may add up. */
export class ClauseSet {
  readonly all: readonly Located[];
  #days?: { readonly of: DayClauses | undefined };

  constructor(all: readonly Located[]) {
    this.all = settle(all);
  }

  get place(): Place {
    return { start: this.all[0]?.start ?? 0, end: this.all.at(-1)?.end ?? 0 };
  }

  /** What they say of days and months, together. */
  get days(): DayClauses | undefined {
    this.#days ??= { of: daysOfClauses(this) };
    return this.#days.of;
  }

  every<K extends Kind>(kind: K): readonly Located<Of<K>>[] {
    return this.all.filter((placed): placed is Located<Of<K>> => placed.clause.kind === kind);
  }

  /** The one clause of a kind; a second one contradicts it. */
  one<K extends Kind>(kind: K): Located<Of<K>> | undefined {
    const [first, second] = this.every(kind);
    if (second) refuse("contradiction", (t) => t.oneOfTwo, second);
    return first;
  }

  has(...kinds: readonly Kind[]): boolean {
    return this.all.some(({ clause }) => kinds.includes(clause.kind));
  }

  /** Refuses clauses that do not go with what else is written. */
  without(accepted: Wording, ...kinds: readonly Kind[]): void {
    const found = this.all.find(({ clause }) => kinds.includes(clause.kind));
    if (found) refuse("contradiction", accepted, found);
  }
}

export interface DayClauses {
  readonly dates: Dates;
  readonly repeats: boolean;
  /** Which one, but not of what. */
  readonly isOpen: boolean;
  readonly isStretch: boolean;
  readonly isEach: boolean;
  readonly place: Place;
}

/**
 * All that must hold of a date: weekdays, days of the month, months. Two sets of one sort contradict each other; a weekday goes with
 * a single date only directly beside it, as in "friday, june 5" and 6月5日周五.
 */
const daysOfClauses = (set: ClauseSet): DayClauses | undefined => {
  const days = set.every("days");
  const months = set.one("months");
  if (days.length === 0 && !months) return undefined;
  let dates: Dates = months ? { months: months.clause.months } : {};
  for (const placed of days) {
    const added = placed.clause.dates;
    const isTwice = (Object.keys(added) as (keyof Dates)[]).some((key) => dates[key] !== undefined);
    const goesTogether =
      days.some(({ clause }) => clause.isStretch) ||
      isWeekdayOfDate(set.all[set.all.indexOf(placed) - 1], placed);
    if (isTwice || (added.weekdays && dates.days && !goesTogether) || (dates.weekdays && !goesTogether))
      refuse("contradiction", (t) => t.once("days"), placed);
    dates = { ...dates, ...added };
  }
  const places = [...days, ...(months ? [months] : [])];
  const is = (key: "repeats" | "isOpen" | "isEach" | "isStretch") => days.some(({ clause }) => clause[key]);
  const isSeveral = (dates.days?.length ?? 0) > 1;
  return {
    dates,
    // Several months cannot be one moment, nor can several days of a month.
    repeats:
      is("repeats") ||
      months?.clause.repeats === true ||
      (dates.days !== undefined && !isAnnual(dates) && (dates.months?.length ?? 0) > 1) ||
      (is("isOpen") && !dates.months && isSeveral),
    isOpen: is("isOpen"),
    isEach: is("isEach"),
    isStretch: is("isStretch"),
    place: {
      start: Math.min(...places.map(({ start }) => start)),
      end: Math.max(...places.map(({ end }) => end)),
    },
  };
};

const isAnnual = ({ days }: Dates): boolean => days?.some(({ kind }) => kind === "annual") === true;

const isWeekdayOfDate = (before: Located | undefined, { clause }: Located<Of<"days">>): boolean =>
  before?.clause.kind === "days" &&
  !before.clause.repeats &&
  !clause.repeats &&
  (clause.dates.days ?? before.clause.dates.days)?.every((rule) => rule.kind === "annual") === true;

const replaced = (
  all: readonly Located[],
  change: (clause: Clause) => readonly Clause[] | undefined,
): readonly Located[] =>
  all.flatMap((placed) => change(placed.clause)?.map((clause) => ({ ...placed, clause })) ?? placed);

/** Clauses that mean something else beside others. */
const settle = (all: readonly Located[]): readonly Located[] =>
  settleStart(settleDailyEnd(settlePeriods(settleRange(all))));

/** "every 15 minutes until 5pm on weekdays": on each of them, as in a window. */
const settleDailyEnd = (all: readonly Located[]): readonly Located[] => {
  const kinds = new Set(all.map(({ clause }) => clause.kind));
  const clockOf = (kind: "start" | "end") =>
    all.flatMap(({ clause }) =>
      clause.kind === kind && clause.point.kind === "clock" ? clause.point.clock : [],
    )[0];
  const to = clockOf("end");
  const isDaily =
    kinds.has("days") || all.some(({ clause }) => clause.kind === "step" && clause.unit === "day");
  if (!to || !kinds.has("rate") || !isDaily || kinds.has("windows")) return all;
  const windows = [{ from: clockOf("start") ?? { at: 0 }, to }];
  return replaced(all, (clause) => {
    if (clause.kind === "end") return [{ kind: "windows", windows }];
    return clause.kind === "start" && clause.point.kind === "clock" ? [] : undefined;
  });
};

/** "every hour tomorrow", "every monday in 2027": only within that time. Today has begun already. */
const settlePeriods = (all: readonly Located[]): readonly Located[] => {
  const isBelowDay = all.some(({ clause }) => clause.kind === "rate");
  return replaced(all, (clause) => {
    const isDay = clause.kind === "day" && isBelowDay;
    if (clause.kind !== "period" && !isDay) return undefined;
    const { from, to } = isDay ? { from: clause.day, to: clause.day } : (clause as Of<"period">);
    const hasBegun = (from.kind === "ahead" && from.days === 0) || (from.kind === "edge" && from.ahead === 0);
    const end: Clause = { kind: "end", point: dayPoint(to), isPeriod: true };
    return hasBegun ? [end] : [{ kind: "start", point: dayPoint(from) }, end];
  });
};

/** "从下周一9点开始每天": a start with a time beside days without one says the time of the schedule. */
const settleStart = (all: readonly Located[]): readonly Located[] => {
  const has = (kinds: readonly Kind[]) => all.some(({ clause }) => kinds.includes(clause.kind));
  if (has([...timed, "windows", "spaced"]) || !has(["step", "days", "months"])) return all;
  return replaced(all, (clause) => {
    if (clause.kind !== "start" || clause.point.kind !== "day" || !clause.point.clock) return undefined;
    const { day, clock } = clause.point;
    return [
      { kind: "start", point: dayPoint(day) },
      { kind: "clocks", clocks: [clock] },
    ];
  });
};

export const timed = ["clocks", "part", "rate", "minutes", "marks", "sameTime"] as const;

/** "from june 1 to june 5" is a start and an end; beside "every year" it is the days between them, every year. */
const settleRange = (all: readonly Located[]): readonly Located[] => {
  const range = all.find((placed): placed is Located<Of<"range">> => placed.clause.kind === "range");
  if (!range) return all;
  const { from, to } = range.clause;
  const cycle = all.flatMap(({ clause }) =>
    clause.kind === "step" && clause.unit !== "day" ? clause : [],
  )[0];
  const dates = cycle && datesEvery(cycle.unit, from, to, range);
  return replaced(all, (clause) => {
    if (clause === cycle && cycle.every === 1 && dates) return [];
    if (clause.kind !== "range") return undefined;
    if (dates) return daysClause(dates, true, { isStretch: true });
    return [
      { kind: "start", point: clause.from },
      { kind: "end", point: clause.to },
    ];
  });
};

/** The days of a range in each cycle; undefined where it is a stretch of time of its own, as from June 2026 to May 2027. */
const datesEvery = (unit: DateUnit, from: Point, to: Point, place: Located): Dates | undefined => {
  const ends = [from, to].map((point) => (point.kind === "day" ? dayOfCycle(point.day, unit) : undefined));
  const isTimed = (point: Point, i: number) =>
    ends[i] !== undefined && point.kind === "day" && point.clock !== undefined;
  if ([from, to].some(isTimed)) refuse("contradiction", (t) => t.daysWithoutTime(unit), place);
  const [first, last] = ends;
  if (first === undefined || last === undefined) return undefined;
  if (unit === "week") return { weekdays: around(first, last, 7) };
  if (unit === "year") return { days: datesAround(first, last) };
  return { days: around(first, last, 31).map((day) => ({ kind: "day", day })) };
};

const dayOfCycle = (day: Day, unit: DateUnit): number | undefined => {
  if (unit === "week") return day.kind === "weekday" && day.week === "coming" ? day.weekday : undefined;
  const last = unit === "month" ? 31 : 366;
  if (day.kind === "edge")
    return day.of !== unit || day.ahead !== 0 ? undefined : day.edge === "end" ? last : 1;
  if (unit === "year" && day.kind === "month" && day.year === undefined && day.edge)
    return dayOfYear({ month: day.month, day: day.edge === "end" ? monthLength(leapYear, day.month) : 1 });
  if (day.kind !== "matching" || !isFloating(day) || day.dates.weekdays || day.dates.days?.length !== 1)
    return undefined;
  const [rule] = day.dates.days;
  if (unit === "year") return rule?.kind === "annual" ? dayOfYear(rule) : undefined;
  return rule?.kind !== "day" || rule.day < -1 ? undefined : rule.day === -1 ? 31 : rule.day;
};

const newYear = dayNumber(leapYear, 1, 1);
const dayOfYear = (date: { readonly month: number; readonly day: number }): number =>
  dayNumber(leapYear, date.month, date.day) - newYear + 1;

/** The dates of a year from one day to another, over New Year where the second one is earlier. */
const datesAround = (first: number, last: number): readonly DayRule[] =>
  around(first, last, 366).map((of) => {
    const { month, day } = dateFields(newYear + of - 1);
    return { kind: "annual", month, day };
  });

export const datesFromTo = (
  [from, ...more]: readonly DayRule[],
  [to, ...others]: readonly DayRule[],
): readonly DayRule[] | undefined =>
  from?.kind === "annual" && to?.kind === "annual" && more.length + others.length === 0
    ? datesAround(dayOfYear(from), dayOfYear(to))
    : undefined;
