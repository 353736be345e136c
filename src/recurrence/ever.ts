import type { Instant } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";
import { bounded } from "./combine.ts";
import { compile } from "./compile.ts";
import { inside } from "./reanchor.ts";
import type { Recurrence } from "./recurrence.ts";

/**
 * Whether a schedule can have an occurrence at all. One that contradicts itself cannot, and is a mistake; one whose moment or end has passed
 * could, and has ended.
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

const hasMoment = (recurrence: Recurrence): boolean => {
  if (recurrence.kind === "union") return recurrence.of.some(hasMoment);
  return "of" in recurrence ? hasMoment(recurrence.of) : recurrence.kind === "once";
};

/** An end may come before the first occurrence because the script was started late. */
const withoutEnd = (recurrence: Recurrence): Recurrence =>
  inside(recurrence, ({ of, starting, times }) =>
    bounded(of, {
      ...(starting !== undefined && { starting }),
      ...(times !== undefined && { times }),
    }),
  ) ?? recurrence;
