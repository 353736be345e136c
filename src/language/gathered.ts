import type { Dates } from "../recurrence/recurrence.ts";
import type { Clause } from "./meaning.ts";
import { Mistake } from "./mistake.ts";
import { settleRanges } from "./ranges.ts";
import { Refusal } from "./refusal.ts";

/** A clause and its place in the text. */
export interface Placed<C extends Clause = Clause> {
  readonly clause: C;
  readonly start: number;
  readonly end: number;
}

type Kind = Clause["kind"];
type Of<K extends Kind> = Extract<Clause, { kind: K }>;

/** The clauses of one schedule by what they say. Each thing is said once; days and exceptions may add up. */
export class Gathered {
  readonly all: readonly Placed[];

  constructor(all: readonly Placed[]) {
    this.all = settleRanges(all);
  }

  /** Where the whole schedule stands. */
  get place(): { readonly start: number; readonly end: number } {
    return { start: this.all[0]?.start ?? 0, end: this.all.at(-1)?.end ?? 0 };
  }

  every<K extends Kind>(kind: K): readonly Placed<Of<K>>[] {
    return this.all.filter((placed): placed is Placed<Of<K>> => placed.clause.kind === kind);
  }

  /** The one clause of a kind; a second one contradicts it. */
  one<K extends Kind>(kind: K): Placed<Of<K>> | undefined {
    const [first, second] = this.every(kind);
    if (second) throw new Refusal(new Mistake("contradiction", "one of the two, not both"), second);
    return first;
  }

  has(...kinds: readonly Kind[]): boolean {
    return this.all.some(({ clause }) => kinds.includes(clause.kind));
  }

  /** Refuses clauses that do not go with what else was said. */
  without(accepted: string, ...kinds: readonly Kind[]): void {
    const found = this.all.find(({ clause }) => kinds.includes(clause.kind));
    if (found) throw new Refusal(new Mistake("contradiction", accepted), found);
  }
}

/** What was said of days and months, together. */
export interface SaidDays {
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
export const gatherDays = (said: Gathered): SaidDays | undefined => {
  const clauses = said.every("days");
  const months = said.one("months");
  if (clauses.length === 0 && !months) return undefined;
  let dates: Dates = months ? { months: months.clause.months } : {};
  for (const placed of clauses) {
    const added = placed.clause.dates;
    const isTwice = (Object.keys(added) as (keyof Dates)[]).some((key) => dates[key] !== undefined);
    const goesTogether =
      clauses.some(({ clause }) => clause.isStretch) ||
      isWeekdayOfDate(said.all[said.all.indexOf(placed) - 1], placed);
    if (isTwice || (added.weekdays && dates.days && !goesTogether) || (dates.weekdays && !goesTogether))
      throw new Refusal(new Mistake("contradiction", "the days once"), placed);
    dates = { ...dates, ...added };
  }
  const places = [...clauses, ...(months ? [months] : [])];
  return {
    dates,
    // Several months cannot be one moment, nor can several days of a month.
    repeats:
      clauses.some(({ clause }) => clause.repeats) ||
      months?.clause.repeats === true ||
      (dates.days !== undefined && !isAnnual(dates) && (dates.months?.length ?? 0) > 1) ||
      (clauses.some(({ clause }) => clause.isOpen) && !dates.months && (dates.days?.length ?? 0) > 1),
    isOpen: clauses.some(({ clause }) => clause.isOpen),
    isEach: clauses.some(({ clause }) => clause.isEach),
    isStretch: clauses.some(({ clause }) => clause.isStretch),
    place: {
      start: Math.min(...places.map(({ start }) => start)),
      end: Math.max(...places.map(({ end }) => end)),
    },
  };
};

const isAnnual = ({ days }: Dates): boolean => days?.some(({ kind }) => kind === "annual") === true;

const isWeekdayOfDate = (before: Placed | undefined, { clause }: Placed<Of<"days">>): boolean =>
  before?.clause.kind === "days" &&
  !before.clause.repeats &&
  !clause.repeats &&
  clause.dates.days?.every((rule) => rule.kind === "annual") === true;
