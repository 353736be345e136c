import type { Instant } from "../../time/instant.ts";
import { day } from "../../time/plain-time.ts";
import type { Zone } from "../../time/zone.ts";
import { bounded } from "../build.ts";
import { inside, partsOf } from "../reanchor.ts";
import type { Recurrence } from "../recurrence.ts";
import { compile } from "./compile.ts";
import { farthest } from "./search.ts";

/** The occurrences of a recurrence around any moment, also in the past if it does not count from now. */
export class Past {
  readonly now: Instant;
  readonly zone: Zone;
  readonly #recurrence: Recurrence;
  readonly #seed: string;

  constructor(recurrence: Recurrence, { now, zone, seed }: { now: Instant; zone: Zone; seed: string }) {
    this.#recurrence = recurrence;
    this.now = now;
    this.zone = zone;
    this.#seed = seed;
  }

  /** The first occurrences after a moment, at most so many. */
  from(after: Instant, most: number, until = Infinity): readonly Instant[] {
    const anchor = startsNow(this.#recurrence) ? this.now : (Math.min(this.now, after) as Instant);
    const trigger = compile(this.#recurrence, { zone: this.zone, anchor, seed: this.#seed });
    const found: Instant[] = [];
    for (
      let at = trigger.next(after);
      at !== null && at < until && found.length < most;
      at = trigger.next(at)
    )
      found.push(at);
    return found;
  }

  /** The last occurrences before a moment, latest first: looks back in growing steps until there are enough. */
  before(moment: Instant, most: number): readonly Instant[] {
    for (let back = day / 1_440; ; back *= 4) {
      const found = this.from((moment - Math.min(back, farthest)) as Instant, Infinity, moment);
      if (found.length >= most || back >= farthest) return found.slice(-most).reverse();
    }
  }
}

/** Whether it starts now because it has no other start: then it has no past. */
const startsNow = (recurrence: Recurrence): boolean => {
  switch (recurrence.kind) {
    case "interval":
      return true;
    case "calendar":
      return recurrence.step !== undefined || recurrence.times.kind === "anchor";
    case "bounded":
      if (recurrence.starting !== undefined) return false;
      return recurrence.times !== undefined || startsNow(recurrence.of);
    default:
      return partsOf(recurrence).some(startsNow);
  }
};

/**
 * Whether a schedule can have an occurrence at all. One that contradicts itself cannot, and is an error; one whose moment or end has passed
 * has ended.
 *
 * @param isEndCounted whether its end is a length from now, which does not pass
 */
export const canOccur = (
  recurrence: Recurrence,
  { now, zone }: { readonly now: Instant; readonly zone: Zone },
  isEndCounted = false,
): boolean => {
  const comes = (of: Recurrence) => compile(of, { zone, anchor: now }).next(now) !== null;
  if (comes(recurrence)) return true;
  return !isEndCounted && (hasMoment(recurrence) || comes(withoutEnd(recurrence)));
};

const hasMoment = (recurrence: Recurrence): boolean =>
  recurrence.kind === "once" || partsOf(recurrence).some(hasMoment);

/** An end may come before the first occurrence because the script was started late. */
const withoutEnd = (recurrence: Recurrence): Recurrence =>
  inside(recurrence, ({ of, starting, startDate, times }) => bounded(of, { starting, startDate, times })) ??
  recurrence;
