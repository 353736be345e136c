import { type Instant, isInstant } from "../../time/instant.ts";
import { mod, parseDate } from "../../time/plain-date.ts";
import { day } from "../../time/plain-time.ts";
import { wallAt, type Zone, zoneNamed } from "../../time/zone.ts";
import { withoutTimes } from "../reanchor.ts";
import type { Interval, Recurrence } from "../recurrence.ts";
import { searchCalendar } from "./calendar.ts";
import { draw } from "./draw.ts";
import { searchBounded, searchExcept, searchUnion, searchWithin } from "./limits.ts";
import { countOf, type Search, type Setting, stepAfter } from "./search.ts";

/**
 * A trigger for a recurrence in a zone, counted from an anchor. Nothing is computed before the first call of `next`.
 *
 * No occurrence lies before the anchor, or at it unless the setting is `inclusive`.
 */
export const compile = (recurrence: Recurrence, setting: Setting): Trigger =>
  new Trigger(recurrence, setting);

/** Answers one question: when is the next occurrence? Pure: the same `after` always gets the same answer. */
export class Trigger {
  readonly #recurrence: Recurrence;
  readonly #setting: Setting;
  #search: Search | undefined;

  constructor(recurrence: Recurrence, setting: Setting) {
    this.#recurrence = recurrence;
    this.#setting = setting;
  }

  /** The first occurrence strictly after `after`, or null when there is none within 100 years. */
  next(after: Instant): Instant | null {
    const recurrence = this.#recurrence;
    const setting = this.#setting;
    // Most jobs have a plain interval: without a search they take hundreds of bytes less.
    const isPlain = recurrence.kind === "interval" && !recurrence.random;
    if (!isPlain) this.#search ??= searchFrom(recurrence, setting);
    const at = isPlain
      ? stepAfter(setting.anchor, recurrence.every, Math.max(after, lastBefore(setting)))
      : this.#search!.next(after);
    return isInstant(at) ? at : null;
  }

  /**
   * How many occurrences there are from one to another, both included: at once where they are evenly spaced, day by day where days are alike, else 8 million a
   * second.
   */
  count(first: Instant, last: Instant): number {
    return 1 + countOf(searchFrom(withoutTimes(this.#recurrence), this.#setting), first, last);
  }

  /** The `until` that applies to an occurrence, or `Infinity`: no run of it may start later. */
  endOf(occurrence: Instant): number {
    return endIn(this.#recurrence, this.#setting, occurrence);
  }

  /** Whether it counts elapsed time only. */
  get counts(): "elapsed" | "wall" {
    return isElapsed(this.#recurrence) ? "elapsed" : "wall";
  }

  /** Whether it has a fixed delay: the scheduler compiles it again from the end of each run. */
  get isSpaced(): boolean {
    const base = baseOf(this.#recurrence);
    return base.kind === "interval" && base.fixedDelay === true;
  }
}

/** The latest end of those parts of a recurrence that have an occurrence. */
const endIn = (recurrence: Recurrence, setting: Setting, at: Instant): number => {
  if (recurrence.kind === "union") {
    const ends = recurrence.of
      .filter((part) => compile(part, setting).next((at - 1) as Instant) === at)
      .map((part) => endIn(part, setting, at));
    return Math.max(-Infinity, ...ends);
  }
  if (!("of" in recurrence)) return Infinity;
  const inner = recurrence.kind === "zoned" ? like(setting, { zone: zoneNamed(recurrence.zone) }) : setting;
  const end = endIn(recurrence.of, inner, at);
  return recurrence.kind === "bounded" ? Math.min(end, recurrence.until ?? Infinity) : end;
};

/** Whether it counts elapsed time only. */
const isElapsed = (recurrence: Recurrence): boolean => {
  const base = baseOf(recurrence);
  return base.kind === "union" ? base.of.every(isElapsed) : base.kind === "interval";
};

/** The recurrence without its limits and zones. */
const baseOf = (recurrence: Recurrence): Recurrence =>
  "of" in recurrence && recurrence.kind !== "union" ? baseOf(recurrence.of) : recurrence;

/** The last instant that cannot have an occurrence because counting has not begun. */
const lastBefore = ({ anchor, inclusive }: Setting): number => (inclusive ? anchor - 1 : anchor);

/** The occurrences since counting began. */
const searchFrom = (recurrence: Recurrence, setting: Setting): Search => {
  const { days, next, ...search } = searchOf(recurrence, setting);
  const before = lastBefore(setting);
  const first = (zone: Zone) => Math.floor(wallAt(zone, setting.anchor) / day);
  return {
    ...search,
    next: (after) => next(Math.max(after, before)),
    days: days && { ...days, first: Math.max(days.first, first(days.zone)) },
  };
};

const searchOf = (recurrence: Recurrence, setting: Setting): Search => {
  switch (recurrence.kind) {
    case "once":
      return { next: (after) => (recurrence.at > after ? recurrence.at : Infinity) };
    case "interval":
      return searchInterval(recurrence, setting);
    case "calendar":
      return searchCalendar(recurrence, setting);
    case "union":
      return searchUnion(recurrence.of.map((part) => searchOf(part, setting)));
    case "except":
      return searchExcept(searchOf(recurrence.of, setting), recurrence.not, setting.zone);
    case "within":
      return searchWithin(searchOf(recurrence.of, setting), recurrence.windows, setting.zone);
    case "bounded": {
      const { starting, startDate } = recurrence;
      const begin = startDate === undefined ? undefined : parseDate(startDate);
      const inner =
        starting === undefined
          ? setting
          : like(setting, { anchor: starting, inclusive: true, startDate: begin });
      return searchBounded(searchFrom(recurrence.of, inner), recurrence, lastBefore(inner), setting.zone);
    }
    case "zoned": {
      const zone = zoneNamed(recurrence.zone);
      const search = searchOf(recurrence.of, like(setting, { zone }));
      return zone.name === setting.zone.name ? search : { ...search, date: undefined, counted: undefined };
    }
  }
};

/**
 * Elapsed time from the anchor. Every occurrence is computed from the anchor, not from the last one, so nothing drifts:
 *
 *     anchor        1             2             3
 *     |-- every ----|-- every ----|-- every ----|
 */
const searchInterval = ({ every, random }: Interval, { anchor, seed = "", zone }: Setting): Search => {
  if (random) {
    const lengths = draw(seed, every, random.to, random.unit);
    return {
      next: (after) => anchor + lengths.sum(after < anchor ? 0 : lengths.reach(after - anchor) + 1),
    };
  }
  const key = (_: number, offset: number) => String(mod(offset + anchor, every));
  const days = { zone, first: -Infinity, last: Infinity, period: 1, key, known: new Map() };
  return { next: (after) => stepAfter(anchor, every, after), every, ...(day % every === 0 && { days }) };
};

/** A setting with changes. It may have getters, so it is not spread. */
const like = (setting: Setting, change: Partial<Omit<Setting, "seed">>): Setting => ({
  zone: change.zone ?? setting.zone,
  anchor: change.anchor ?? setting.anchor,
  inclusive: change.inclusive ?? setting.inclusive ?? false,
  startDate: "anchor" in change ? change.startDate : setting.startDate,
  get seed() {
    return setting.seed ?? "";
  },
});
