import { draw } from "./draw.ts";
import type { Interval } from "./recurrence.ts";
import type { Search } from "./search.ts";
import type { Setting } from "./trigger.ts";

/**
 * Elapsed time from the anchor. Every occurrence is computed from the anchor and not from the one before, so nothing drifts:
 *
 *     anchor        1             2             3
 *     |-- every ----|-- every ----|-- every ----|
 */
export const searchInterval = (
  { every, random }: Interval,
  { anchor, inclusive, seed = "" }: Setting,
): Search => {
  const first = inclusive ? 0 : 1;
  if (!random) return (after) => anchor + Math.max(first, Math.floor((after - anchor) / every) + 1) * every;
  const lengths = draw(seed, every, random.to, random.unit);
  return (after) => {
    const fitting = after < anchor ? -1 : lengths.reach(after - anchor);
    return anchor + lengths.sum(Math.max(first, fitting + 1));
  };
};
