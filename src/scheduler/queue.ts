import { type Decision, type Job, type SkipReason, toRecord } from "../job.ts";
import { type Due, due, isInTime, whyUnwanted } from "../policy/catch-up.ts";
import { decidedAfter, isDecided, nextUndecided, withSkippedRange } from "../policy/clock-rollback.ts";
import { jitterOf } from "../policy/jitter.ts";
import { countsFromNow, daySetsOf, moved, remaining, startOf, withDaySets } from "../recurrence/reanchor.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Anchor, Begun, Claim, Claimed, JobState } from "../store/store.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { day, minute, second } from "../time/plain-time.ts";
import type { EventStream } from "./events.ts";
import { Heap, type Planned } from "./heap.ts";
import { Entry, type SchedulerContext } from "./job.ts";

/** An occurrence that is to start in this very pass. */
export interface Start {
  readonly entry: Entry;
  readonly scheduled: Instant;
  /** It catches up a missed occurrence behind another that does: it waits for that one whatever the overlap is. */
  readonly isBacklog: boolean;
}

/** A start that was decided on and comes later: put off by jitter, or spread after sleep. */
interface DelayedStart extends Planned {
  readonly entry: Entry;
  readonly scheduled: Instant;
  readonly isBacklog: boolean;
}

/** A job that is due and waits until its store can keep that it starts. */
interface Held extends Planned {
  readonly entry: Entry;
}

/** One look at all that is due. */
interface Pass {
  readonly now: Instant;
  /** How far apart catch-up starts are. */
  readonly catchUpStagger: Milliseconds;
  /** How many such starts there are so far. */
  missed: number;
  readonly starts: Start[];
  /** What was claimed and does not start. */
  readonly passed: [Entry, Decision][];
}

/** A decision on a job that is due, before it is claimed. */
interface Decided {
  readonly entry: Entry;
  readonly claim: Claim;
  /** Left out for the plain decision: one occurrence, in time, that starts at once. */
  readonly due?: Due;
  readonly next: Instant | null;
  /** How long after sleep its first start waits. */
  readonly wait: Milliseconds;
}

/** How long a job waits for its store before it asks again. */
const retryDelay = 5 * second;

/** Every job by its next occurrence, and what was decided but not yet started. */
export class JobQueue {
  /** Called when the earliest moment may have become earlier. */
  onPlan: () => void = () => {};
  readonly #heap = new Heap<Entry | DelayedStart | Held>();
  readonly #events: EventStream;
  readonly #scheduler: SchedulerContext;

  constructor(scheduler: SchedulerContext) {
    this.#events = scheduler.events;
    this.#scheduler = scheduler;
  }

  /** The earliest moment at which something is to start, or `Infinity`. */
  get nextDue(): number {
    return this.#heap.first?.due ?? Infinity;
  }

  /** How many moments are planned. */
  get size(): number {
    return this.#heap.size;
  }

  /** The job that starts next. */
  get nextJob(): Job | undefined {
    const first = this.#heap.first;
    return first instanceof Entry ? first : first?.entry;
  }

  /** Puts a job at its first occurrence after an instant. */
  plan(entry: Entry, after: Instant): void {
    this.#heap.remove(entry);
    const isIdle = entry.isPaused || entry.isGone || entry.left <= 0;
    entry.due = isIdle ? Infinity : (nextOf(entry, after) ?? Infinity);
    if (entry.due === Infinity) return;
    this.#heap.add(entry);
    this.onPlan();
  }

  drop(entry: Entry): void {
    this.#heap.remove(entry);
    entry.due = Infinity;
  }

  /** Whether nothing of a job is left but a running run. */
  isSpent(entry: Entry): boolean {
    const { due, delayed, waiting, isPaused, isRunning, trigger } = entry;
    if (due < Infinity || delayed > 0 || waiting.length > 0 || isPaused || !isRunning) return false;
    return !trigger.isSpaced || !remaining(entry.recurrence, entry.runCount);
  }

  /** Starts an occurrence at another moment than its own. */
  delay(entry: Entry, scheduled: Instant, until: Instant, isBacklog = false): void {
    entry.delayed++;
    this.#heap.add({ due: until, order: entry.order, place: -1, entry, scheduled, isBacklog });
    this.onPlan();
  }

  /** Takes out the starts of a job that were put off. */
  undelay(entry: Entry): readonly Instant[] {
    if (entry.delayed === 0) return nobody;
    const taken = this.#heap
      .items()
      .filter((item): item is DelayedStart => "scheduled" in item && item.entry === entry);
    for (const item of taken) this.#heap.remove(item);
    entry.delayed = 0;
    return taken.map(({ scheduled }) => scheduled);
  }

  /**
   * Takes all that is due, fixes each job's next occurrence, and gives the starts by their planned moments, then by registration.
   *
   * @param catchUpStagger how far apart starts are that catch up occurrences more than a minute late
   */
  take(now: Instant, catchUpStagger: Milliseconds): readonly Start[] {
    const pass: Pass = { now, catchUpStagger, missed: 0, starts: [], passed: [] };
    const { starts } = pass;
    try {
      while (this.nextDue <= now) this.#takeAll(this.#heap.takeUntil(now), pass);
    } catch (error) {
      for (const { entry, scheduled, isBacklog } of starts)
        this.delay(entry, scheduled, scheduled, isBacklog);
      throw error;
    } finally {
      this.#reportPassed(pass);
    }
    return isInOrder(starts)
      ? starts
      : starts.sort((a, b) => a.scheduled - b.scheduled || a.entry.order - b.entry.order);
  }

  /** Decides on all that is due, then claims it in one piece. When a store throws, what is left goes back, so that no job is lost. */
  #takeAll(items: readonly (Entry | DelayedStart | Held)[], pass: Pass): void {
    try {
      const decided: Decided[] = [];
      const delayed: DelayedStart[] = [];
      for (const item of items) {
        if (item instanceof Entry) decided.push(decide(item, pass));
        else if ("scheduled" in item) delayed.push(item);
        else if (isOut(item.entry)) this.#heap.add(item.entry);
      }
      const begun = startingNow(delayed);
      const claims = decided.map(({ claim }) => claim);
      const claimed = this.#scheduler.claimAll(claims, begun, pass.now);
      for (const item of delayed) this.#takeDelayed(item, pass);
      for (let i = 0; i < decided.length; i++) this.#settle(decided[i]!, claimed[i]!, pass);
    } catch (error) {
      for (const item of items) if (isOut(item)) this.#heap.add(item);
      throw error;
    }
  }

  #takeDelayed(item: DelayedStart, pass: Pass): void {
    const { entry, scheduled, isBacklog } = item;
    item.due = Infinity;
    entry.delayed--;
    pass.starts.push({ entry, scheduled, isBacklog });
  }

  /** Continues after a claim: behind these occurrences, also when another process has taken them. */
  #settle(decided: Decided, claimed: Claimed, pass: Pass): void {
    const { entry, claim, due, next, wait } = decided;
    if (claimed === "held") return void this.#hold(entry, pass.now);
    if (claimed === "lost") return void this.#lose(entry);
    const before = entry.lastDecided;
    entry.lastDecided = claim.to;
    entry.runCount += claim.starts.length;
    if (!due) {
      this.#goTo(entry, next, true);
      pass.starts.push({ entry, scheduled: claim.to, isBacklog: false });
      return;
    }
    for (const decision of claim.passed) pass.passed.push([entry, decision]);
    if (due.coalesced || due.expired) noteSkipped(entry, before, due);
    this.#goTo(entry, next, due.run.length > 0);
    this.#put(entry, due, pass.now, wait, pass.starts);
  }

  #lose(entry: Entry): void {
    this.restore(entry, entry.jobRecord.jobState());
    if (entry.due === Infinity && !entry.isRunning) this.#scheduler.settle(entry);
  }

  /** Emitted when all is claimed: a listener may cancel, pause or change any job. */
  #reportPassed({ passed }: Pass): void {
    if (passed.length > 0 && this.#events.hasListeners("missed"))
      for (const [job, decision] of passed) this.#events.emit("missed", { job, run: toRecord(decision) });
  }

  /** The decided occurrences of one job: into this pass, or later by jitter or by the wait after sleep. */
  #put(entry: Entry, { run, next }: Due, now: Instant, wait: Milliseconds, starts: Start[]): void {
    for (let i = 0; i < run.length; i++) {
      const scheduled = run[i]!;
      const until = startingAt(entry, scheduled, next, now, wait);
      if (until > now) this.delay(entry, scheduled, until, i > 0);
      else starts.push({ entry, scheduled, isBacklog: i > 0 });
    }
  }

  #hold(entry: Entry, now: Instant): void {
    this.#heap.add({ due: now + retryDelay, order: entry.order, place: -1, entry });
  }

  /** Plans a job from where it stands, by what is remembered of it or by what another process has made of it. */
  restore(entry: Entry, jobState: JobState | undefined): void {
    if (jobState?.end) return void this.#scheduler.endedElsewhere(entry, jobState.end);
    if (jobState) {
      entry.recurrence = withDaySets(jobState.recurrence, daySetsOf(entry.recurrence));
      entry.lastDecided = jobState.lastDecided;
      entry.runCount = jobState.runCount;
      if (jobState.anchor !== entry.anchor) entry.readAt = null;
      entry.countFrom(jobState.anchor);
    }
    const left = entry.trigger.isSpaced ? remaining(entry.recurrence, entry.runCount) : entry.recurrence;
    if (left && left !== entry.recurrence) entry.countFrom(entry.anchor, left);
    if (left) this.plan(entry, entry.lastDecided ?? entry.anchor);
    else this.drop(entry);
  }

  /** Plans what comes after a decision. A job counted from the end of its run waits for that end. */
  #goTo(entry: Entry, next: Instant | null, hasStart: boolean): void {
    entry.due = entry.trigger.isSpaced ? Infinity : (next ?? Infinity);
    if (entry.due < Infinity) this.#heap.add(entry);
    else if (!hasStart) this.#scheduler.settle(entry);
  }

  /** Counts a spaced job anew, from the end of its run. */
  respace(entry: Entry, ended: Instant): void {
    const left = remaining(entry.recurrence, entry.runCount);
    if (!left || this.#isMovedElsewhere(entry, { recurrence: entry.recurrence, anchor: ended })) return;
    entry.countFrom(ended, left);
    this.plan(entry, ended);
  }

  /**
   * Lets what was put off start after the same time when the clock is set back, but not before its planned moment; one that lies in a
   * future that was wrong by more than a day is not waited for.
   */
  shiftDelayed(now: Instant, by: Milliseconds): void {
    const putOff = this.#heap.items().filter((item) => !(item instanceof Entry));
    for (const item of putOff) {
      this.#heap.remove(item);
      const planned = "scheduled" in item && item.scheduled - now <= day ? item.scheduled : -Infinity;
      item.due = Math.max(item.due + by, planned);
      this.#heap.add(item);
    }
  }

  /**
   * Continues after the clock was set, forward or back. What is counted in elapsed time moves with the clock, so that the distance between runs stays what it was. Wall times come when the
   * clock shows them; those that come again and were decided on are left out, and not those that were only passed over.
   *
   * @param by how far the clock was set
   * @param reread how far the moment moves at which the words were read: "in 10 minutes" is counted from there
   */
  correct(entry: Entry, now: Instant, by: Milliseconds, reread: Milliseconds): void {
    const recurrence = entry.readAgain(reread);
    if (entry.trigger.counts === "elapsed") this.#moveAnchor(entry, recurrence, by);
    else if (by < 0) this.#setWallBack(entry, recurrence, now, reread);
    else this.#setWallForward(entry, recurrence, reread);
  }

  #moveAnchor(entry: Entry, read: Recurrence, by: Milliseconds): void {
    // A start that has passed is part of the anchor; one still to come is a wall time.
    const isPart = entry.lastDecided !== null && startOf(read) === startOf(entry.recurrence);
    const recurrence = isPart ? moved(read, by) : read;
    const first = entry.due < Infinity ? later(entry.due as Instant, by) : undefined;
    this.#recount(entry, { recurrence, anchor: later(entry.anchor, by) }, first);
  }

  #setWallBack(entry: Entry, recurrence: Recurrence, now: Instant, reread: Milliseconds): void {
    this.#keepLived(entry, now);
    if (entry.due === Infinity && !entry.isPaused) return;
    const isNew = recurrence !== entry.recurrence && entry.lastDecided === null;
    const moved = entry.readAt === null ? entry.anchor : later(entry.anchor, reread);
    const anchor = Math.min(moved, now) as Instant;
    const first = isNew ? later(anchor, 1 as Milliseconds) : now;
    this.#recount(entry, { recurrence, anchor }, first);
  }

  /** Wall times that were skipped are missed, as after sleep; what is counted from now moves with the clock. */
  #setWallForward(entry: Entry, recurrence: Recurrence, reread: Milliseconds): void {
    const isCounted = entry.readAt !== null && countsFromNow(recurrence);
    if (entry.due === Infinity && !entry.isPaused) return;
    if (recurrence === entry.recurrence && !isCounted) return;
    const anchor = isCounted ? later(entry.anchor, reread) : entry.anchor;
    this.#recount(entry, { recurrence, anchor }, later(entry.lastDecided ?? anchor, 1 as Milliseconds));
  }

  /** Continues from a moment before what an earlier process decided on. */
  returnTo(entry: Entry, now: Instant): void {
    const isAhead = entry.anchor > now;
    const isElapsed = entry.trigger.counts === "elapsed";
    if (!isElapsed) this.#keepLived(entry, now);
    const anchor = isAhead ? now : entry.anchor;
    const recurrence =
      isAhead && isElapsed && entry.lastDecided !== null
        ? moved(entry.recurrence, (now - entry.anchor) as Milliseconds)
        : entry.recurrence;
    const first = later(now, 1 as Milliseconds);
    if (isElapsed || isAhead) this.#recount(entry, { recurrence, anchor }, first);
    else if (entry.due < Infinity) this.plan(entry, now);
  }

  /** Remembers what was decided on of the time that comes again. */
  #keepLived(entry: Entry, now: Instant): void {
    if (entry.lastDecided === null || entry.lastDecided <= now) return;
    const last = entry.lastDecided === entry.leftFrom ? -Infinity : entry.lastDecided;
    entry.decidedRanges = decidedAfter(entry.skippedRanges, entry.anchor, last, entry.decidedRanges);
    entry.skippedRanges = [{ after: -Infinity, until: now }];
    entry.leftFrom = entry.lastDecided;
  }

  /** Counts from another anchor. @param first the earliest moment to plan; left out where nothing is planned */
  #recount(entry: Entry, base: Omit<Anchor, "runCount">, first: Instant | undefined): void {
    const isSame = base.recurrence === entry.recurrence && base.anchor === entry.anchor;
    if (!isSame) {
      if (this.#isMovedElsewhere(entry, base)) return;
      entry.recurrence = base.recurrence;
      entry.countFrom(base.anchor);
    }
    if (first !== undefined) this.plan(entry, (first - 1) as Instant);
  }

  /** Records another anchor in the store; continues with that of another process if it was first. */
  #isMovedElsewhere(entry: Entry, base: Omit<Anchor, "runCount">): boolean {
    const other = entry.jobRecord.rebase({ ...base, runCount: entry.runCount });
    if (other) this.restore(entry, other);
    return other !== undefined;
  }
}

/** Whether one occurrence is due, in time, and starts in this very pass: nearly always. */
const isPlain = (entry: Entry, first: Instant, second: Instant | null, now: Instant): boolean =>
  isInTime(first, second, now) &&
  entry.decidedRanges === undefined &&
  entry.definition.policies.jitter === undefined;

const decide = (entry: Entry, pass: Pass): Decided => {
  const { now, catchUpStagger } = pass;
  const first = entry.due as Instant;
  const second = entry.trigger.next(first);
  // Where 10,000 jobs are due at once, the plain decision alone saves a sixth of the time.
  if (isPlain(entry, first, second, now)) {
    const deferred = mayNotBegin(entry) ? [first] : nobody;
    const claim = {
      jobRecord: entry.jobRecord,
      from: entry.lastDecided,
      to: first,
      now,
      starts: [first],
      deferred,
      passed: none,
    };
    return { entry, claim, next: entry.left > 1 ? second : null, wait: 0 as Milliseconds };
  }
  const all = due(entry.trigger, first, now, entry.definition.policies.catchUp);
  const decision = counted(entry, entry.decidedRanges ? withoutDecided(entry, all) : all);
  const isMissed = now - decision.last >= minute && decision.run.length > 0;
  const wait = (isMissed ? pass.missed++ * catchUpStagger : 0) as Milliseconds;
  return { entry, claim: claimOf(entry, decision, now, wait), due: decision, next: decision.next, wait };
};

const claimOf = (entry: Entry, decision: Due, now: Instant, wait: Milliseconds): Claim => ({
  jobRecord: entry.jobRecord,
  from: entry.lastDecided,
  to: decision.last,
  now,
  starts: decision.run,
  deferred: deferredBy(entry, decision, now, wait),
  passed: passedBy(decision, whyUnwanted(entry.definition.policies.catchUp)),
});

/** Of starts that were put off, those that wait for no other run now. What only waits has not begun, and may begin after a crash. */
const startingNow = (delayed: readonly DelayedStart[]): readonly Begun[] => {
  const first = new Set<Entry>();
  const inOrder = [...delayed].sort((a, b) => a.scheduled - b.scheduled);
  return inOrder.flatMap(({ entry, scheduled }) => {
    if (mayNotBegin(entry)) return [];
    if (first.has(entry) && entry.definition.policies.overlap !== "allow") return [];
    first.add(entry);
    return [{ jobRecord: entry.jobRecord, scheduled }];
  });
};

/** Whether an occurrence does not begin when it is claimed: it waits for a run to end or for its conditions, or does not start at all. */
const mayNotBegin = ({ running, definition }: Entry): boolean =>
  definition.conditions !== undefined || (running.length > 0 && definition.policies.overlap !== "allow");

/** When an occurrence starts: put off by the wait after sleep, or by jitter. */
const startingAt = (
  entry: Entry,
  at: Instant,
  next: Instant | null,
  now: Instant,
  wait: Milliseconds,
): Instant => (wait > 0 ? later(now, wait) : later(at, jitterFor(entry, at, next, now)));

/** Those that do not start in this very pass. */
const deferredBy = (
  entry: Entry,
  { run, next }: Due,
  now: Instant,
  wait: Milliseconds,
): readonly Instant[] =>
  mayNotBegin(entry)
    ? run
    : run.length === 1 && wait === 0 && entry.definition.policies.jitter === undefined
      ? nobody
      : run.filter((at, i) => i > 0 || startingAt(entry, at, next, now, wait) > now);

const nobody: readonly Instant[] = [];

/** The name, which may have to be made of a place in a stack, is asked for only where there is jitter. */
const jitterFor = (entry: Entry, at: Instant, next: Instant | null, now: Instant): Milliseconds => {
  const { jitter } = entry.definition.policies;
  return jitter === undefined || now - at >= minute
    ? (0 as Milliseconds)
    : jitterOf(entry.name, at, next, jitter, entry.trigger.endOf(at));
};

const nextOf = ({ trigger, decidedRanges }: Entry, after: Instant): Instant | null =>
  decidedRanges ? nextUndecided(trigger, after, decidedRanges) : trigger.next(after);

/** A decision without what has been decided on before. */
const withoutDecided = (entry: Entry, decided: Due): Due => {
  const { decidedRanges = [] } = entry;
  const run = decided.run.filter((at) => !isDecided(decidedRanges, at));
  const next = decided.next && nextUndecided(entry.trigger, (decided.next - 1) as Instant, decidedRanges);
  return { ...decided, run, next };
};

/** No more starts than `times` allows. */
const counted = (entry: Entry, decided: Due): Due => {
  const left = entry.left - decided.run.length;
  return left > 0 ? decided : { ...decided, run: decided.run.slice(0, entry.left), next: null };
};

const noteSkipped = (entry: Entry, before: Instant | null, { run, last }: Due): void => {
  entry.skippedRanges = withSkippedRange(entry.skippedRanges, {
    after: before ?? -Infinity,
    until: run[0] ?? last + 1,
  });
};

const isOut = ({ place, due }: Planned): boolean => place < 0 && due < Infinity;

const isInOrder = (starts: readonly Start[]): boolean => {
  for (let i = 1; i < starts.length; i++) if (starts[i - 1]!.scheduled > starts[i]!.scheduled) return false;
  return true;
};

const passedBy = ({ coalesced, expired }: Due, reason: SkipReason): readonly Decision[] => {
  if (!coalesced && !expired) return none;
  const records: Decision[] = [];
  if (expired)
    records.push({
      scheduled: expired.last,
      outcome: "expired",
      reason,
      attempts: 0,
      count: expired.count,
    });
  if (coalesced)
    records.push({
      scheduled: coalesced.last,
      outcome: "coalesced",
      attempts: 0,
      count: coalesced.count,
    });
  return records;
};

const none: readonly Decision[] = [];
