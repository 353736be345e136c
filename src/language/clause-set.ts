import type { Dates, DayRule } from "../recurrence/recurrence.ts";
import { monthLength } from "../time/plain-date.ts";
import type { Clause, Day, Point } from "./clauses.ts";
import { around } from "./days.ts";
import { refuse, type Wording } from "./errors.ts";

/** A clause and its place in the text. */
export interface Located<C extends Clause = Clause> {
  readonly clause: C;
  readonly start: number;
  readonly end: number;
}

type Kind = Clause["kind"];
type Of<K extends Kind> = Extract<Clause, { kind: K }>;

/** The clauses of one schedule by what they say. Each thing stands once; days and exceptions may add up. */
export class ClauseSet {
  readonly all: readonly Located[];

  constructor(all: readonly Located[]) {
    this.all = settleRanges(all);
  }

  /** Where the whole schedule stands. */
  get place(): { readonly start: number; readonly end: number } {
    return { start: this.all[0]?.start ?? 0, end: this.all.at(-1)?.end ?? 0 };
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

/** What the clauses say of days and months, together. */
export interface DayClauses {
  readonly dates: Dates;
  readonly repeats: boolean;
  /** Which one, but not of what. */
  readonly isOpen: boolean;
  readonly isStretch: boolean;
  readonly isEach: boolean;
  readonly place: { readonly start: number; readonly end: number };
}

/**
 * All that must hold of a date: weekdays, days of the month, months. Two sets of one sort contradict each other; a weekday goes with
 * a single date only directly in front of it, as in "friday, june 5".
 */
export const daysOfClauses = (set: ClauseSet): DayClauses | undefined => {
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
  return {
    dates,
    // Several months cannot be one moment, nor can several days of a month.
    repeats:
      days.some(({ clause }) => clause.repeats) ||
      months?.clause.repeats === true ||
      (dates.days !== undefined && !isAnnual(dates) && (dates.months?.length ?? 0) > 1) ||
      (days.some(({ clause }) => clause.isOpen) && !dates.months && (dates.days?.length ?? 0) > 1),
    isOpen: days.some(({ clause }) => clause.isOpen),
    isEach: days.some(({ clause }) => clause.isEach),
    isStretch: days.some(({ clause }) => clause.isStretch),
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
  clause.dates.days?.every((rule) => rule.kind === "annual") === true;

type Days = Extract<Clause, { kind: "days" }>;

/** "from june 1 to june 5" is a start and an end; beside "every year" it is the days between them, every year. */
export const settleRanges = (all: readonly Located[]): readonly Located[] => {
  return settleStart(settleDailyEnd(settlePeriods(settleRange(all))));
};

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
  return all.flatMap((placed): readonly Located[] => {
    const { clause, start, end } = placed;
    if (clause.kind === "end") return [{ clause: { kind: "windows", windows }, start, end }];
    return clause.kind === "start" && clause.point.kind === "clock" ? [] : [placed];
  });
};

/** "every hour tomorrow", "every monday in 2027": only within that time. Today has begun already. */
const settlePeriods = (all: readonly Located[]): readonly Located[] => {
  const isBelowDay = all.some(({ clause }) => clause.kind === "rate");
  return all.flatMap((placed): readonly Located[] => {
    const { clause, start, end } = placed;
    const period =
      clause.kind === "period"
        ? clause
        : clause.kind === "day" && isBelowDay
          ? { from: clause.day, to: clause.day }
          : undefined;
    if (!period) return [placed];
    const { from, to } = period;
    const hasBegun = (from.kind === "ahead" && from.days === 0) || (from.kind === "edge" && from.ahead === 0);
    return [
      ...(hasBegun
        ? []
        : [{ clause: { kind: "start", point: { kind: "day", day: from } } as const, start, end }]),
      { clause: { kind: "end", point: { kind: "day", day: to }, isPeriod: true }, start, end },
    ];
  });
};

/** "从下周一9点开始每天": a start with a time beside days without one says the time of the schedule. */
const settleStart = (all: readonly Located[]): readonly Located[] => {
  if (all.some(({ clause }) => timed.has(clause.kind)) || !all.some(({ clause }) => dated.has(clause.kind)))
    return all;
  return all.flatMap((placed): readonly Located[] => {
    const { clause, start, end } = placed;
    if (clause.kind !== "start" || clause.point.kind !== "day" || !clause.point.clock) return [placed];
    const { day, clock } = clause.point;
    return [
      { clause: { kind: "start", point: { kind: "day", day } }, start, end },
      { clause: { kind: "clocks", clocks: [clock] }, start, end },
    ];
  });
};

const timed: ReadonlySet<Clause["kind"]> = new Set([
  "clocks",
  "part",
  "rate",
  "minutes",
  "marks",
  "sameTime",
  "windows",
  "spaced",
]);
const dated: ReadonlySet<Clause["kind"]> = new Set(["step", "days", "months"]);

const settleRange = (all: readonly Located[]): readonly Located[] => {
  const range = all.find((placed): placed is Located<Range> => placed.clause.kind === "range");
  if (!range) return all;
  const cycle = all.find(({ clause }) => clause.kind === "step" && clause.unit !== "day");
  const days = cycle?.clause.kind === "step" && daysEvery(cycle.clause.unit, range.clause, range);
  return all.flatMap((placed): readonly Located[] => {
    const { clause, start, end } = placed;
    if (placed === cycle && clause.kind === "step" && clause.every === 1 && days) return [];
    if (clause.kind !== "range") return [placed];
    if (days) return [{ clause: days, start, end }];
    return [
      { clause: { kind: "start", point: clause.from }, start, end },
      { clause: { kind: "end", point: clause.to }, start, end },
    ];
  });
};

/** The days of a range in each cycle; undefined where it is a stretch of time of its own, as from June 2026 to May 2027. */
const daysEvery = (unit: string, { from, to }: Range, place: Located): Days | undefined => {
  const [first, last] = [from, to].map((point) => dayOf(point, unit));
  if (first && last)
    return { kind: "days", dates: stretches[unit]!(first, last), repeats: true, isStretch: true };
  if (
    [from, to].some(
      (point) => point.kind === "day" && point.clock && dayOf({ ...point, clock: undefined }, unit),
    )
  )
    refuse("contradiction", (t) => t.daysWithoutTime(unit), place);
  return undefined;
};

type Range = Extract<Clause, { kind: "range" }>;

/** A day of a cycle: a date, a day of the month, a weekday. */
interface DayOf {
  readonly month: number;
  readonly day: number;
}

const dayOf = (point: Point, unit: string): DayOf | undefined => {
  if (point.kind !== "day" || point.clock) return undefined;
  return cycles[unit]?.(point.day);
};

const cycles: Readonly<Record<string, (day: Day) => DayOf | undefined>> = {
  week: (day) =>
    day.kind === "weekday" && day.week === "coming" ? { month: 1, day: day.weekday } : undefined,
  month(day) {
    if (day.kind === "edge" && day.of === "month" && day.ahead === 0)
      return { month: 1, day: day.edge === "end" ? 31 : 1 };
    const rule = onlyRule(day);
    if (rule?.kind !== "day") return undefined;
    return rule.day === -1 ? { month: 1, day: 31 } : rule.day > 0 ? { month: 1, day: rule.day } : undefined;
  },
  year(day) {
    if (day.kind === "month" && day.year === undefined && day.edge)
      return { month: day.month, day: day.edge === "end" ? monthLength(leapYear, day.month) : 1 };
    if (day.kind === "edge" && day.of === "year" && day.ahead === 0)
      return day.edge === "end" ? { month: 12, day: 31 } : { month: 1, day: 1 };
    const rule = onlyRule(day);
    return rule?.kind === "annual" ? rule : undefined;
  },
};

const leapYear = 2000;

const onlyRule = (day: Day) =>
  day.kind === "matching" &&
  day.year === undefined &&
  day.yearsAhead === undefined &&
  day.monthsAhead === undefined &&
  !day.dates.weekdays &&
  day.dates.days?.length === 1
    ? day.dates.days[0]
    : undefined;

const stretches: Readonly<Record<string, (from: DayOf, to: DayOf) => Days["dates"]>> = {
  week: (from, to) => ({ weekdays: around(from.day, to.day, 7) }),
  month: (from, to) => ({ days: around(from.day, to.day, 31).map((day) => ({ kind: "day", day })) }),
  year: (from, to) => ({ days: datesBetween(from, to) }),
};

/** The dates of a year from one to another, over New Year where the second one is earlier. */
export const datesBetween = (from: DayOf, to: DayOf): readonly DayRule[] => {
  const all = Array.from({ length: 12 }, (_, month) => month + 1).flatMap((month) =>
    Array.from({ length: monthLength(leapYear, month) }, (_, i) => ({
      kind: "annual" as const,
      month,
      day: i + 1,
    })),
  );
  const [first, last] = [from, to].map(({ month, day }) =>
    all.findIndex((date) => date.month === month && date.day === day),
  ) as [number, number];
  return first <= last ? all.slice(first, last + 1) : [...all.slice(first), ...all.slice(0, last + 1)];
};

/** The same of two single dates. */
export const datesFromTo = (
  [from, ...more]: readonly DayRule[],
  [to, ...others]: readonly DayRule[],
): readonly DayRule[] | undefined =>
  from?.kind === "annual" && to?.kind === "annual" && more.length + others.length === 0
    ? datesBetween(from, to)
    : undefined;
