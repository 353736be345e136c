import { due, isStillWanted, latest } from "../../policy/catch-up.ts";
import { jitterOf } from "../../policy/policies.ts";
import { compile, type Trigger } from "../../recurrence/next/compile.ts";
import { remaining, timesOf, withoutTimes } from "../../recurrence/reanchor.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute } from "../../time/plain-time.ts";
import { zoneNamed } from "../../time/zone.ts";
import type { EngineJob, EngineJobState } from "../engine.ts";
import { type JobRecord, keyOf } from "./records.ts";

/** A job of this script, with what this machine knows about it. */
export class TrackedJob {
  readonly job: EngineJob;
  readonly key: string;
  /** Undefined until it is registered. */
  record: JobRecord | undefined;
  /** What is left of its schedule, or null if nothing is. */
  trigger: Trigger | null = null;
  /** Up to here this machine has added its occurrences, or another one has. */
  planned: Instant | null = null;
  /** Changes that were asked for here and are not made yet. */
  changes = 0;
  /** How many of its runs may start, and how many have as far as this machine knows. */
  times = Infinity;
  started = 0;
  #next: Instant | null | undefined;
  #upcoming: Instant | null = null;

  constructor(job: EngineJob) {
    this.job = job;
    this.key = keyOf(job.name);
  }

  /** Its next run counts from the end of the last. */
  get isSpaced(): boolean {
    return this.record?.progress.spaced !== undefined || this.trigger?.isSpaced === true;
  }

  get isActive(): boolean {
    const { record, trigger } = this;
    return record !== undefined && !record.end && !record.paused && trigger !== null;
  }

  /** From when it counts. */
  get anchor(): Instant {
    const { definition, progress } = this.record!;
    return progress.spaced?.anchor ?? definition.anchor;
  }

  update(record: JobRecord | undefined): void {
    const before = this.record;
    this.record = record;
    this.#next = undefined;
    this.#upcoming = null;
    if (!record) {
      this.planned = null;
      return;
    }
    const { definition, progress } = record;
    const { name, recurrence } = definition;
    const runCount = progress.spaced?.runCount ?? 0;
    const left = runCount > 0 ? remaining(recurrence, runCount) : withoutTimes(recurrence);
    const seed = runCount > 0 ? `${name} ${runCount}` : name;
    const zone = zoneNamed(definition.zoneName);
    this.trigger = left && compile(left, { zone, anchor: this.anchor, seed });
    this.times = this.isSpaced ? Infinity : timesOf(recurrence);
    const isSame =
      before?.definition.by === definition.by && before?.progress.spaced?.anchor === progress.spaced?.anchor;
    if (!isSame) this.started = 0;
    const isAhead = isSame && (this.planned ?? -Infinity) > (progress.decided ?? -Infinity);
    if (!isAhead) this.planned = progress.decided;
  }

  /** The next occurrence to add. A spaced job has one at a time. */
  get nextUnplanned(): Instant | null {
    if (this.#next === undefined) {
      const isBusy = this.isSpaced && this.planned !== null;
      this.#next = this.isActive && !isBusy ? this.trigger!.next(this.planned ?? this.anchor) : null;
    }
    return this.#next;
  }

  /** Whether all its occurrences have been added. */
  get isSpent(): boolean {
    return (
      this.trigger === null || (this.nextUnplanned === null && !(this.isSpaced && this.planned !== null))
    );
  }

  /** The next occurrence, planned or not. */
  upcoming(now: Instant): Instant | null {
    if (this.#upcoming === null || this.#upcoming <= now) this.#upcoming = this.trigger?.next(now) ?? null;
    return this.#upcoming;
  }

  /** @param at undefined if what was planned could not be added, and is planned again */
  planTo(at = this.record?.progress.decided ?? null): void {
    this.planned = at;
    this.#next = undefined;
  }

  /** Whether it is one of its occurrences, as it counts now. */
  has(at: Instant): boolean {
    return at > this.anchor && this.trigger?.next((at - 1) as Instant) === at;
  }

  /** The occurrence before one of its occurrences. */
  before(at: Instant): Instant | undefined {
    const first = this.trigger?.next(this.anchor) ?? at;
    return first < at ? latest(this.trigger!, first, (at - 1) as Instant) : undefined;
  }

  get state(): EngineJobState {
    const { definition, progress, paused, end } = this.record!;
    return {
      recurrence: definition.recurrence,
      zoneName: definition.zoneName,
      anchor: this.anchor,
      runCount: progress.spaced?.runCount ?? this.started,
      isPaused: paused !== undefined,
      ...(paused?.why && { pausedWhy: paused.why }),
      end,
    };
  }
}

/**
 * Decides the occurrences of a job from the first undecided one to the horizon: those that have passed as its `catchUp` says, and those to come.
 *
 *     decided  first        now                horizon
 *     |--------|------|------|------|------|------|
 *               missed         planned
 *
 * @param stagger delays a start that catches up what was missed a minute ago or longer
 * @returns what to start, what has been missed and is not started, and the last of them all
 */
export const planFor = (
  { job: { name, policies }, trigger: all, nextUnplanned }: TrackedJob,
  now: Instant,
  horizon: Instant,
  stagger: Milliseconds,
) => {
  const { catchUp, jitter } = policies;
  const [trigger, first] = [all!, nextUnplanned!];
  const starts: { at: Instant; start: Instant }[] = [];
  const passed = first <= now ? due(trigger, first, now, catchUp) : undefined;
  let decided = passed?.last ?? first;
  let next = passed ? passed.next : first;
  const startOf = (at: Instant, following: Instant | null) =>
    jitter === undefined ? at : later(at, jitterOf(name, at, following, jitter, trigger.endOf(at)));
  const isLate = now - decided >= minute;
  for (const at of passed?.run ?? [])
    starts.push({ at, start: isLate ? later(now, stagger) : startOf(at, next) });
  // The next one of a spaced job is known when this one has ended.
  while (next !== null && next <= horizon && !(trigger.isSpaced && starts.length > 0)) {
    decided = next;
    next = trigger.next(decided);
    starts.push({ at: decided, start: startOf(decided, next) });
  }
  return { starts, isLate, expired: passed?.expired, coalesced: passed?.coalesced, decided };
};

/** The outcome of an occurrence that comes too late to run; undefined if it still runs. */
export const missedBy = (
  { trigger, job }: TrackedJob,
  at: Instant,
  late: Milliseconds,
): "expired" | "coalesced" | undefined => {
  if (late <= 0 || !trigger) return undefined;
  const { catchUp } = job.policies;
  const now = later(at, late);
  if (trigger.isSpaced) return isStillWanted(trigger, at, now, catchUp) ? undefined : "expired";
  const { run, expired } = due(trigger, at, now, catchUp);
  if (run.includes(at)) return undefined;
  return expired?.first === at ? "expired" : "coalesced";
};
