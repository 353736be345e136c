import type { Trigger } from "../recurrence/next/compile.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { day, hour, minute } from "../time/plain-time.ts";

/**
 * What happens to occurrences that did not start in time: after sleep, a stop, a blocked loop or a late poll.
 *
 * - `"once"`: the latest one runs, the others are counted as coalesced
 * - `"skip"`: none runs
 * - `"all"`: all run, oldest first, the last hundred at most; of an interval, however long ago they were due
 */
export type CatchUp = "once" | "skip" | "all";

export const catchUps: readonly CatchUp[] = ["once", "skip", "all"];

export interface CatchUpPolicy {
  readonly missed: CatchUp;
  /** How late an occurrence may be and still be caught up. Left out: {@link usualWindow}. */
  readonly maxLateness?: Milliseconds;
}

/** Less late than this is only late, and always runs. */
export const onlyLate = minute as Milliseconds;

/** The most occurrences that `"all"` catches up. */
export const mostCaughtUp = 100;

/** Several occurrences that will not run: their number and bounds. */
export interface Missed {
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
}

/** What to do with all the occurrences of a job from its first unserved one until now. */
export interface Due {
  /** To run, oldest first. */
  readonly run: readonly Instant[];
  /** Made one with a later one that runs. */
  readonly coalesced: Missed | undefined;
  /** Too old to run. */
  readonly expired: Missed | undefined;
  /** The last of them all: the new `lastDecided`. */
  readonly last: Instant;
  /** The first occurrence that is not due yet, or null when there is none. */
  readonly next: Instant | null;
}

/**
 * Decides what of `first … now` runs.
 *
 *     first                              now
 *     |------|------|------|------|------->--|
 *      missed                     latest     next
 *
 * @param first the first occurrence without a decision; not later than `now`
 */
export const due = (trigger: Trigger, first: Instant, now: Instant, policy: CatchUpPolicy): Due => {
  const second = trigger.next(first);
  // One occurrence that is not missed: nearly always.
  return (second === null || second > now) && now - first < onlyLate
    ? { run: [first], coalesced: undefined, expired: undefined, last: first, next: second }
    : dueOfSeveral(trigger, first, now, policy);
};

const dueOfSeveral = (trigger: Trigger, first: Instant, now: Instant, policy: CatchUpPolicy): Due => {
  const last = latest(trigger, first, now);
  const next = trigger.next(last);
  const isWanted = (at: Instant) => isStillWanted(trigger, at, now, policy);
  if (!isWanted(last))
    return { run: [], coalesced: undefined, expired: count(trigger, first, last), last, next };
  if (policy.missed === "all") {
    const run = lastOnes(trigger, first, last, isWanted);
    return { run, coalesced: undefined, expired: countBefore(trigger, first, run[0]!), last, next };
  }
  // Under "skip" the latest is only late; it does not catch up what was missed before.
  const kept = policy.missed === "skip" ? firstWanted(trigger, first, last, isWanted) : first;
  return {
    run: [last],
    coalesced: countBefore(trigger, kept, last),
    expired: countBefore(trigger, first, kept),
    last,
    next,
  };
};

/** Whether an occurrence that did not run in time may run still. */
export const isStillWanted = (trigger: Trigger, at: Instant, now: Instant, policy: CatchUpPolicy): boolean =>
  now - at < onlyLate || (policy.missed !== "skip" && now - at <= windowOf(trigger, at, policy));

/** Why a missed occurrence that is not wanted is not. */
export const whyUnwanted = ({ missed }: CatchUpPolicy): "notCaughtUp" | "tooLate" =>
  missed === "skip" ? "notCaughtUp" : "tooLate";

/** The occurrences after a moment, up to another one and including it. */
export const occurrencesBetween = (trigger: Trigger, after: Instant, to: Instant): Missed | undefined => {
  const first = trigger.next(after);
  if (first === null || first > to) return undefined;
  // What comes after it is counted from its end.
  return trigger.isSpaced
    ? { count: 1, first, last: first }
    : countBefore(trigger, first, (to + 1) as Instant);
};

const windowOf = (trigger: Trigger, at: Instant, { missed, maxLateness }: CatchUpPolicy): number => {
  if (maxLateness !== undefined) return maxLateness;
  // One period would let "all" catch up only one.
  if (missed === "all" && trigger.counts === "elapsed") return Infinity;
  return usualWindow(trigger, at, trigger.next(at));
};

/**
 * Intervals are caught up within one period, or all of them with `"all"`; calendars within 24 hours, weekly and rarer ones within
 * one period. The very last occurrence has no period: it is caught up within 24 hours.
 *
 * @param next the occurrence after `at`
 */
export const usualWindow = (trigger: Trigger, at: Instant, next: Instant | null): Milliseconds => {
  const period = next === null ? day : next - at;
  if (trigger.counts === "elapsed") return period as Milliseconds;
  return (period >= 7 * day - 2 * hour ? period : day) as Milliseconds;
};

/** The last occurrence not later than `now`, by bisection: a year of missed seconds costs fifty questions. */
export const latest = (trigger: Trigger, first: Instant, now: Instant): Instant => {
  let found = first;
  let [low, high] = [first as number, now as number];
  while (low < high) {
    const middle = (low + Math.floor((high - low) / 2)) as Instant;
    const next = trigger.next(middle);
    if (next === null || next > now) high = middle;
    else {
      found = next;
      low = next;
    }
  }
  return found;
};

const count = (trigger: Trigger, first: Instant, last: Instant): Missed => ({
  count: trigger.count(first, last),
  first,
  last,
});

/** The occurrences from `first` on that come before another one. */
const countBefore = (trigger: Trigger, first: Instant, end: Instant): Missed | undefined =>
  first < end ? count(trigger, first, latest(trigger, first, (end - 1) as Instant)) : undefined;

/** The last hundred occurrences, oldest first, of those that are wanted. */
const lastOnes = (
  trigger: Trigger,
  first: Instant,
  last: Instant,
  isWanted: (at: Instant) => boolean,
): Instant[] => {
  const from = firstWanted(trigger, first, last, isWanted);
  // A year of missed seconds is not walked through: what is looked at grows from its end.
  for (let length: number = minute; ; length *= 2) {
    const start = Math.max(from, last - length);
    const found = between(trigger, (start - 1) as Instant, last);
    if (found.length >= mostCaughtUp || start === from) return found.slice(-mostCaughtUp);
  }
};

const between = (trigger: Trigger, after: Instant, end: Instant): Instant[] => {
  const found: Instant[] = [];
  for (let at = trigger.next(after); at !== null && at <= end; at = trigger.next(at)) found.push(at);
  return found;
};

const firstWanted = (
  trigger: Trigger,
  first: Instant,
  last: Instant,
  isWanted: (at: Instant) => boolean,
): Instant => {
  let [low, high] = [first, last];
  while (low < high) {
    const middle = (low + Math.floor((high - low) / 2)) as Instant;
    if (isWanted(middle)) high = middle;
    else low = (middle + 1) as Instant;
  }
  return isWanted(first) ? first : (trigger.next((low - 1) as Instant) ?? last);
};
