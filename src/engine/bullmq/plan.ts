import type { Decision } from "../../job/run.ts";
import { due, type Missed } from "../../policy/catch-up.ts";
import { jitterOf } from "../../policy/jitter.ts";
import type { Policies } from "../../policy/policies.ts";
import type { Trigger } from "../../recurrence/trigger.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute } from "../../time/plain-time.ts";

/** An occurrence, and when it is to start. */
export interface PlannedStart {
  readonly at: Instant;
  readonly start: Instant;
}

/** What is decided on the next occurrences of a job. */
export interface Plan {
  readonly passed: readonly Decision[];
  readonly starts: readonly PlannedStart[];
  /** The last of them all. */
  readonly cursor: Instant;
  /** There is more to be planned at once. */
  readonly isCut: boolean;
}

/** A job as it is planned. */
export interface Plannable {
  readonly name: string;
  readonly policies: Policies;
  readonly trigger: Trigger;
  /** The first occurrence that has not been decided on. */
  readonly first: Instant;
}

/** So many starts of a job are planned at a time. */
export const mostStarts = 500;

/**
 * Decides on the occurrences of a job from the first undecided one up to the horizon: what has passed as its `catchUp` says, and what is to come, to start then.
 *
 *     cursor   first        now                horizon
 *     |--------|------|------|------|------|------|
 *               missed         planned
 *
 * Undefined when the first lies beyond the horizon.
 *
 * @param wait put before a start that makes up for what was missed a minute ago and longer
 */
export const planFor = (
  job: Plannable,
  now: Instant,
  horizon: Instant,
  wait: Milliseconds,
): Plan | undefined => {
  const { policies, trigger, first } = job;
  if (first > horizon) return undefined;
  const starts: PlannedStart[] = [];
  const passed: Decision[] = [];
  let cursor = first;
  let next: Instant | null = first;
  if (first <= now) {
    const missed = due(trigger, first, now, policies.catchUp);
    passed.push(...decisionsOn(missed.expired, "expired"), ...decisionsOn(missed.coalesced, "coalesced"));
    const isLate = now - missed.last >= minute;
    for (const at of missed.run)
      starts.push({ at, start: isLate ? later(now, wait) : startOf(job, at, missed.next) });
    cursor = missed.last;
    next = missed.next;
  }
  const most = trigger.isSpaced ? 1 : mostStarts;
  while (next !== null && next <= horizon && starts.length < most) {
    const at: Instant = next;
    next = trigger.next(at);
    starts.push({ at, start: startOf(job, at, next) });
    cursor = at;
  }
  return { passed, starts, cursor, isCut: !trigger.isSpaced && next !== null && next <= horizon };
};

const startOf = ({ name, policies, trigger }: Plannable, at: Instant, next: Instant | null): Instant => {
  const { jitter } = policies;
  return jitter === undefined ? at : later(at, jitterOf(name, at, next, jitter, trigger.endOf(at)));
};

const decisionsOn = (missed: Missed | undefined, outcome: "expired" | "coalesced"): readonly Decision[] =>
  missed ? [{ scheduled: missed.last, outcome, attempts: 0, count: missed.count }] : [];
