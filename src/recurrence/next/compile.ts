import { type Instant, isInstant } from "../../time/instant.ts";
import { parseDate } from "../../time/plain-date.ts";
import { day } from "../../time/plain-time.ts";
import { offsetAt, type Zone, zoneNamed } from "../../time/zone.ts";
import type { DailyWindow, Except, Recurrence, Within } from "../recurrence.ts";
import { searchCalendar } from "./calendar.ts";
import { IntervalTrigger, searchInterval } from "./interval.ts";
import { searchBounded, searchExcept, searchUnion, searchWithin } from "./limits.ts";
import type { Search, Setting, Trigger } from "./trigger.ts";

/**
 * A trigger for a recurrence in a zone, counted from an anchor. Nothing is computed before the first call of `next`.
 *
 * No occurrence lies before the anchor, or at it unless the setting is `inclusive`.
 */
export const compile = (recurrence: Recurrence, setting: Setting): Trigger =>
  recurrence.kind === "interval" && !recurrence.random
    ? new IntervalTrigger(recurrence, setting)
    : new CompiledTrigger(recurrence, setting);

class CompiledTrigger implements Trigger {
  readonly #recurrence: Recurrence;
  readonly #setting: Setting;
  #search: Search | undefined;

  constructor(recurrence: Recurrence, setting: Setting) {
    this.#recurrence = recurrence;
    this.#setting = setting;
  }

  next(after: Instant): Instant | null {
    this.#search ??= searchFor(this.#recurrence, this.#setting);
    const at = this.#search.next(after);
    return isInstant(at) ? at : null;
  }

  count(first: Instant, last: Instant): number {
    const every = spacingOf(this.#recurrence);
    if (every !== undefined) return (last - first) / every + 1;
    const zone = sameEachDay(this.#recurrence, this.#setting.zone);
    let counted = 1;
    let perDay: number | undefined;
    // The first day is counted from `first`, which need not be its first occurrence.
    let isWhole = false;
    for (let at: Instant | null = first; at !== null && at < last; counted++) {
      const end: Instant = zone ? endOfDay(zone, at) : last;
      if (end >= last) return counted - 1 + this.#countUntil(at, last);
      if (isWhole && isUsual(zone!, end)) {
        perDay ??= this.#countUntil(at, end);
        counted += perDay - 1;
      } else counted += this.#countUntil(at, end) - 1;
      isWhole = zone !== undefined && isMidnight(zone, end);
      at = this.next(end);
    }
    return counted;
  }

  #countUntil(first: Instant, end: Instant): number {
    let counted = 0;
    for (let at: Instant | null = first; at !== null && at <= end; counted++) at = this.next(at);
    return counted;
  }

  endOf(occurrence: Instant): number {
    return endIn(this.#recurrence, this.#setting, occurrence);
  }

  get counts(): "elapsed" | "wall" {
    return isElapsed(this.#recurrence) ? "elapsed" : "wall";
  }

  get isSpaced(): boolean {
    const base = baseOf(this.#recurrence);
    return base.kind === "interval" && base.fixedDelay === true;
  }
}

/** The length between all occurrences, where it is the same. */
const spacingOf = (recurrence: Recurrence): number | undefined => {
  if (recurrence.kind === "interval") return recurrence.random ? undefined : recurrence.every;
  return recurrence.kind === "bounded" || recurrence.kind === "zoned" ? spacingOf(recurrence.of) : undefined;
};

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

/** The zone of a recurrence that has the same number of occurrences on each of its days, so that years of seconds can be counted day by day. */
const sameEachDay = (recurrence: Recurrence, zone: Zone): Zone | undefined => {
  if (recurrence.kind === "zoned") return sameEachDay(recurrence.of, zoneNamed(recurrence.zone));
  if (recurrence.kind === "bounded") return sameEachDay(recurrence.of, zone);
  const isSame =
    recurrence.kind === "within"
      ? recurrence.windows.every(isWithinDay)
      : recurrence.kind === "except"
        ? recurrence.not.every(
            (one) => one.kind !== "days" && (one.kind !== "window" || isWithinDay(one.window)),
          )
        : undefined;
  // A window around another zone shows other hours when the clocks of only one of them change.
  if (isSame !== undefined)
    return isSame && !hasZone(recurrence) ? sameEachDay((recurrence as Within | Except).of, zone) : undefined;
  return recurrence.kind === "calendar" && recurrence.step?.to === undefined ? zone : undefined;
};

const hasZone = (recurrence: Recurrence): boolean =>
  recurrence.kind === "zoned" ||
  ("of" in recurrence && recurrence.kind !== "union" && hasZone(recurrence.of));

const isWithinDay = ({ from, to }: DailyWindow): boolean => from <= to;

/** The last millisecond of a local day; with a clock change on it, one before its end. */
const endOfDay = (zone: Zone, at: Instant): Instant => {
  const { offset, to } = zone.spanAt(at);
  const end = ((Math.floor((at + offset) / day) + 1) * day - offset - 1) as Instant;
  return offsetAt(zone, end) === offset ? end : (Math.min(end, to - 1) as Instant);
};

const isMidnight = (zone: Zone, end: Instant): boolean => (end + 1 + offsetAt(zone, end)) % day === 0;

/** Whether a day that ends so is without a clock change, as is the day before, whose times a gap may move past midnight. */
const isUsual = (zone: Zone, end: Instant): boolean => {
  const offset = offsetAt(zone, end);
  return (
    [1, 2].every((days) => offsetAt(zone, (end - days * day) as Instant) === offset) && isMidnight(zone, end)
  );
};

/** The recurrence without its limits and zones. */
const baseOf = (recurrence: Recurrence): Recurrence =>
  "of" in recurrence && recurrence.kind !== "union" ? baseOf(recurrence.of) : recurrence;

const searchFor = (recurrence: Recurrence, setting: Setting): Search => {
  if (recurrence.kind === "interval") return searchInterval(recurrence, setting);
  const search = searchOf(recurrence, setting);
  const before = lastBefore(setting);
  return { next: (after) => search.next(Math.max(after, before)), date: () => search.date?.() };
};

/** The last instant that cannot have an occurrence because counting has not begun. */
const lastBefore = ({ anchor, inclusive }: Setting): number => (inclusive ? anchor - 1 : anchor);

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
      return searchBounded(searchFor(recurrence.of, inner), recurrence, lastBefore(inner), setting.zone);
    }
    case "zoned": {
      const zone = zoneNamed(recurrence.zone);
      const search = searchOf(recurrence.of, like(setting, { zone }));
      return zone.name === setting.zone.name ? search : { next: search.next };
    }
  }
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
