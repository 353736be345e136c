import { type Instant, isInstant } from "../../time/instant.ts";
import type { Interval } from "../recurrence.ts";
import { draw } from "./draw.ts";
import type { Search, Setting, Trigger } from "./trigger.ts";

/**
 * Elapsed time from the anchor. Every occurrence is computed from the anchor, not from the last one, so nothing drifts:
 *
 *     anchor        1             2             3
 *     |-- every ----|-- every ----|-- every ----|
 */
export const searchInterval = (interval: Interval, setting: Setting): Search => {
  const { every, random } = interval;
  const { anchor, inclusive } = setting;
  if (!random) {
    const origin = originOf(setting, every);
    return { next: (after) => stepAfter(origin, every, after) };
  }
  const lengths = draw(setting.seed ?? "", every, random.to, random.unit);
  return {
    next(after) {
      const fitting = after < anchor ? -1 : lengths.reach(after - anchor);
      return anchor + lengths.sum(Math.max(inclusive ? 0 : 1, fitting + 1));
    },
  };
};

/** The first moment after an instant that is a whole number of lengths after an origin. */
const stepAfter = (origin: number, every: number, after: number): number =>
  origin + Math.max(1, Math.floor((after - origin) / every) + 1) * every;

/**
 * The trigger of a plain interval, which most jobs have; two fields instead of closures save 160 bytes per job.
 */
export class IntervalTrigger implements Trigger {
  readonly #interval: Interval;
  readonly #setting: Setting;

  /** @param interval without random lengths */
  constructor(interval: Interval, setting: Setting) {
    this.#interval = interval;
    this.#setting = setting;
  }

  next(after: Instant): Instant | null {
    const { every } = this.#interval;
    const at = stepAfter(originOf(this.#setting, every), every, after);
    return isInstant(at) ? at : null;
  }

  count(first: Instant, last: Instant): number {
    return (last - first) / this.#interval.every + 1;
  }

  endOf(): number {
    return Infinity;
  }

  get counts(): "elapsed" {
    return "elapsed";
  }

  get isSpaced(): boolean {
    return this.#interval.fixedDelay === true;
  }
}

/** One interval before the first occurrence. */
const originOf = ({ anchor, inclusive }: Setting, every: number): number =>
  inclusive ? anchor - every : anchor;
