import { type Decision, type Job, type SkipReason, toRecord } from "../job.ts";
import { type Due, due, type Missed, whyUnwanted } from "../policy/catch-up.ts";
import { decidedAfter, isDecided, nextUndecided, withSkippedRange } from "../policy/clock-rollback.ts";
import { jitterOf } from "../policy/policies.ts";
import { countsFromNow, daySetsOf, moved, remaining, startOf, withDaySets } from "../recurrence/reanchor.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Begun, Claim, Claimed, JobState } from "../store/store.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { day, minute, second } from "../time/plain-time.ts";
import { Heap, type Planned } from "./heap.ts";
import { Entry, type SchedulerContext } from "./job.ts";

export interface Start {
  readonly entry: Entry;
  readonly scheduled: Instant;
  /** It catches up a missed occurrence behind another that does: it waits for that one whatever the overlap is. */
  readonly isBacklog: boolean;
}

/** A start that was decided on and comes later: put off by jitter, or spread after sleep. */
type DelayedStart = Start & Planned;

/** A job that is due and waits until its store can keep that it starts. */
interface Held extends Planned {
  readonly entry: Entry;
  readonly scheduled?: undefined;
}

interface Pass {
  readonly now: Instant;
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
  readonly due: Due;
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
  readonly #scheduler: SchedulerContext;

  constructor(scheduler: SchedulerContext) {
    this.#scheduler = scheduler;
  }

  /** The earliest moment at which something is to start, or `Infinity`. */
  get nextDue(): number {
    return this.#heap.first?.due ?? Infinity;
  }

  get size(): number {
    return this.#heap.size;
  }

  get nextJob(): Job | undefined {
    const { first } = this.#heap;
    return first instanceof Entry ? first : first?.entry;
  }

  plan(entry: Entry, after: Instant): void {
    this.drop(entry);
    if (entry.isPaused || entry.isGone || entry.left <= 0) return;
    const { trigger, decidedRanges } = entry;
    entry.due =
      (decidedRanges ? nextUndecided(trigger, after, decidedRanges) : trigger.next(after)) ?? Infinity;
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

  delay({ entry, scheduled, isBacklog }: Start, until: Instant): void {
    entry.delayed++;
    this.#heap.add({ due: until, order: entry.order, place: -1, entry, scheduled, isBacklog });
    this.onPlan();
  }

  /** Takes out the starts of a job that were put off. */
  undelay(entry: Entry): readonly Instant[] {
    if (entry.delayed === 0) return [];
    const taken = this.#heap.items().filter((item) => isDelayed(item) && item.entry === entry);
    for (const item of taken) this.#heap.remove(item);
    entry.delayed = 0;
    return (taken as DelayedStart[]).map(({ scheduled }) => scheduled);
  }

  /**
   * Takes all that is due, fixes each job's next occurrence, and gives the starts by their planned moments, then by registration.
   *
   * @param catchUpStagger how far apart starts are that catch up occurrences more than a minute late
   */
  take(now: Instant, catchUpStagger: Milliseconds): readonly Start[] {
    const pass: Pass = { now, catchUpStagger, missed: 0, starts: [], passed: [] };
    try {
      while (this.nextDue <= now) this.#takeAll(this.#heap.takeUntil(now), pass);
    } catch (error) {
      for (const start of pass.starts) this.delay(start, start.scheduled);
      throw error;
    } finally {
      // When all is claimed: a listener may cancel, pause or change any job.
      for (const [job, decision] of pass.passed)
        this.#scheduler.events.emit("missed", { job, run: toRecord(decision) });
    }
    return pass.starts.sort((a, b) => a.scheduled - b.scheduled || a.entry.order - b.entry.order);
  }

  /** Decides on all that is due, then claims it in one piece. When a store throws, what is left goes back, so that no job is lost. */
  #takeAll(items: readonly (Entry | DelayedStart | Held)[], pass: Pass): void {
    try {
      const decided: Decided[] = [];
      const delayed: DelayedStart[] = [];
      for (const item of items) {
        if (item instanceof Entry) decided.push(decide(item, pass));
        else if (isDelayed(item)) delayed.push(item);
        else if (isOut(item.entry)) this.#heap.add(item.entry);
      }
      const claims = decided.map(({ claim }) => claim);
      const claimed = this.#scheduler.store.claimAll(claims, startingNow(delayed), pass.now);
      for (const item of delayed) {
        item.due = Infinity;
        item.entry.delayed--;
        pass.starts.push(item);
      }
      for (let i = 0; i < decided.length; i++) this.#settle(decided[i]!, claimed[i]!, pass);
    } catch (error) {
      for (const item of items) if (isOut(item)) this.#heap.add(item);
      throw error;
    }
  }

  /** Continues after a claim: behind these occurrences, also when another process has taken them. */
  #settle({ entry, claim, due, wait }: Decided, claimed: Claimed, { now, starts, passed }: Pass): void {
    if (claimed === "held")
      return void this.#heap.add({ due: now + retryDelay, order: entry.order, place: -1, entry });
    if (claimed === "lost") {
      this.restore(entry, entry.jobRecord.jobState());
      if (entry.due === Infinity && !entry.isRunning) this.#scheduler.settle(entry);
      return;
    }
    if (due.coalesced || due.expired) {
      for (const decision of claim.passed) passed.push([entry, decision]);
      const range = { after: entry.lastDecided ?? -Infinity, until: due.run[0] ?? due.last + 1 };
      entry.skippedRanges = withSkippedRange(entry.skippedRanges, range);
    }
    entry.lastDecided = due.last;
    entry.runCount += due.run.length;
    // A job counted from the end of its run waits for that end.
    entry.due = entry.trigger.isSpaced ? Infinity : (due.next ?? Infinity);
    if (entry.due < Infinity) this.#heap.add(entry);
    else if (due.run.length === 0) this.#scheduler.settle(entry);
    for (let i = 0; i < due.run.length; i++) {
      const start = { entry, scheduled: due.run[i]!, isBacklog: i > 0 };
      const until = startingAt(entry, start.scheduled, due.next, now, wait);
      if (until > now) this.delay(start, until);
      else starts.push(start);
    }
  }

  /** Plans a job from where it stands, by what is remembered of it or by what another process has made of it. */
  restore(entry: Entry, jobState: JobState | undefined): void {
    if (jobState?.end) return void this.#scheduler.endedElsewhere(entry, jobState.end);
    if (jobState) {
      const { anchor } = jobState;
      const recurrence = withDaySets(jobState.recurrence, daySetsOf(entry.recurrence));
      const isMoved = anchor !== entry.anchor;
      const isChanged = isMoved || recurrence !== entry.recurrence;
      entry.recurrence = recurrence;
      entry.lastDecided = jobState.lastDecided;
      entry.runCount = jobState.runCount;
      if (isMoved) entry.readAt = null;
      // Where an engine decides, nothing has changed at most occurrences.
      if (isChanged) entry.countFrom(anchor);
    }
    const left = entry.trigger.isSpaced ? remaining(entry.recurrence, entry.runCount) : entry.recurrence;
    if (!left) return void this.drop(entry);
    if (left !== entry.recurrence) entry.countFrom(entry.anchor, left);
    this.plan(entry, entry.lastDecided ?? entry.anchor);
  }

  /** Counts a spaced job anew, from the end of its run. */
  respace(entry: Entry, ended: Instant): void {
    const left = remaining(entry.recurrence, entry.runCount);
    if (!left || this.#isMovedElsewhere(entry, entry.recurrence, ended)) return;
    entry.countFrom(ended, left);
    this.plan(entry, ended);
  }

  /**
   * Lets what was put off start after the same time when the clock is set back, but not before its planned moment; one that lies in a
   * future that was wrong by more than a day is not waited for.
   */
  shiftDelayed(now: Instant, by: Milliseconds): void {
    for (const item of this.#heap.items().filter((item) => !(item instanceof Entry))) {
      this.#heap.remove(item);
      const planned = isDelayed(item) && item.scheduled - now <= day ? item.scheduled : -Infinity;
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
    const { anchor, lastDecided, due } = entry;
    const read = entry.readAgain(reread);
    if (entry.trigger.counts === "elapsed") {
      // A start that has passed is part of the anchor; one still to come is a wall time.
      const isPart = lastDecided !== null && startOf(read) === startOf(entry.recurrence);
      const first = due < Infinity ? later(due as Instant, by) : undefined;
      return void this.#recount(entry, isPart ? moved(read, by) : read, later(anchor, by), first);
    }
    if (by < 0) this.#keepDecided(entry, now);
    if (due === Infinity && !entry.isPaused) return;
    if (by < 0) {
      const isNew = read !== entry.recurrence && lastDecided === null;
      const from = Math.min(entry.readAt === null ? anchor : later(anchor, reread), now) as Instant;
      return void this.#recount(entry, read, from, isNew ? later(from, 1 as Milliseconds) : now);
    }
    // Wall times that were skipped are missed, as after sleep; what is counted from now moves with the clock.
    const isCounted = entry.readAt !== null && countsFromNow(read);
    if (read === entry.recurrence && !isCounted) return;
    const from = isCounted ? later(anchor, reread) : anchor;
    this.#recount(entry, read, from, later(lastDecided ?? from, 1 as Milliseconds));
  }

  returnTo(entry: Entry, now: Instant): void {
    const { anchor, recurrence } = entry;
    const isElapsed = entry.trigger.counts === "elapsed";
    if (!isElapsed) this.#keepDecided(entry, now);
    const first = later(now, 1 as Milliseconds);
    if (anchor > now) {
      const isMoved = isElapsed && entry.lastDecided !== null;
      const base = isMoved ? moved(recurrence, (now - anchor) as Milliseconds) : recurrence;
      this.#recount(entry, base, now, first);
    } else if (isElapsed || entry.due < Infinity) this.plan(entry, now);
  }

  /** Remembers what was decided on of the time that comes again. */
  #keepDecided(entry: Entry, now: Instant): void {
    if (entry.lastDecided === null || entry.lastDecided <= now) return;
    const last = entry.lastDecided === entry.leftFrom ? -Infinity : entry.lastDecided;
    entry.decidedRanges = decidedAfter(entry.skippedRanges, entry.anchor, last, entry.decidedRanges);
    entry.skippedRanges = [{ after: -Infinity, until: now }];
    entry.leftFrom = entry.lastDecided;
  }

  /** Counts from another anchor. @param first the earliest moment to plan; left out where nothing is planned */
  #recount(entry: Entry, recurrence: Recurrence, anchor: Instant, first: Instant | undefined): void {
    if (recurrence !== entry.recurrence || anchor !== entry.anchor) {
      if (this.#isMovedElsewhere(entry, recurrence, anchor)) return;
      entry.recurrence = recurrence;
      entry.countFrom(anchor);
    }
    if (first !== undefined) this.plan(entry, (first - 1) as Instant);
  }

  /** Records another anchor in the store; continues with that of another process if it was first. */
  #isMovedElsewhere(entry: Entry, recurrence: Recurrence, anchor: Instant): boolean {
    const other = entry.jobRecord.rebase({ recurrence, anchor, runCount: entry.runCount });
    if (other) this.restore(entry, other);
    return other !== undefined;
  }
}

const isDelayed = (item: Entry | DelayedStart | Held): item is DelayedStart =>
  !(item instanceof Entry) && item.scheduled !== undefined;

const isOut = ({ place, due }: Planned): boolean => place < 0 && due < Infinity;

const decide = (entry: Entry, pass: Pass): Decided => {
  const { now } = pass;
  const { jobRecord, lastDecided: from, trigger } = entry;
  const { catchUp } = entry.definition.policies;
  const decision = stillOpen(entry, due(trigger, entry.due as Instant, now, catchUp));
  const { run: starts, last: to, expired, coalesced } = decision;
  const isMissed = now - to >= minute && starts.length > 0;
  const wait = (isMissed ? pass.missed++ * pass.catchUpStagger : 0) as Milliseconds;
  const passed =
    expired || coalesced
      ? [...passedAs("expired", expired, whyUnwanted(catchUp)), ...passedAs("coalesced", coalesced)]
      : none;
  const isPutOff = wait > 0 || entry.definition.policies.jitter !== undefined;
  const deferred = mayNotBegin(entry)
    ? starts
    : starts.length === 1 && !isPutOff
      ? nothing
      : laterStarts(entry, decision, now, wait);
  return { entry, claim: { jobRecord, from, to, now, starts, deferred, passed }, due: decision, wait };
};

/** Those that do not start in this very pass. */
const laterStarts = (entry: Entry, { run, next }: Due, now: Instant, wait: Milliseconds) =>
  run.filter((at, i) => i > 0 || startingAt(entry, at, next, now, wait) > now);

/** A decision without what has been decided on before, and with no more starts than `times` allows. */
const stillOpen = (entry: Entry, all: Due): Due => {
  const { left } = entry;
  let { run, next } = all;
  if (entry.decidedRanges) {
    const { decidedRanges, trigger } = entry;
    run = run.filter((at) => !isDecided(decidedRanges, at));
    next = next && nextUndecided(trigger, (next - 1) as Instant, decidedRanges);
  }
  if (run.length > left) run = run.slice(0, left);
  if (run.length >= left) next = null;
  return run === all.run && next === all.next ? all : { ...all, run, next };
};

const none: readonly Decision[] = [];
const nothing: readonly Instant[] = [];

const passedAs = (
  outcome: "expired" | "coalesced",
  missed: Missed | undefined,
  reason?: SkipReason,
): readonly Decision[] =>
  missed ? [{ scheduled: missed.last, outcome, reason, attempts: 0, count: missed.count }] : none;

/** Of starts that were put off, those that wait for no other run now. What only waits has not begun, and may begin after a crash. */
const startingNow = (delayed: readonly DelayedStart[]): readonly Begun[] => {
  const first = new Set<Entry>();
  return delayed
    .toSorted((a, b) => a.scheduled - b.scheduled)
    .filter(({ entry }) => {
      if (mayNotBegin(entry)) return false;
      if (first.has(entry) && entry.definition.policies.overlap !== "allow") return false;
      first.add(entry);
      return true;
    })
    .map(({ entry: { jobRecord }, scheduled }) => ({ jobRecord, scheduled }));
};

/** Whether an occurrence does not begin when it is claimed: it waits for a run to end or for its conditions, or does not start at all. */
const mayNotBegin = ({ running, definition }: Entry): boolean =>
  definition.conditions !== undefined || (running.length > 0 && definition.policies.overlap !== "allow");

/** When an occurrence starts: put off by the wait after sleep, or by jitter. The name, which may have to be made of a place in a stack, is asked for only where there is jitter. */
const startingAt = (
  entry: Entry,
  at: Instant,
  next: Instant | null,
  now: Instant,
  wait: Milliseconds,
): Instant => {
  const { jitter } = entry.definition.policies;
  if (wait > 0) return later(now, wait);
  if (jitter === undefined || now - at >= minute) return at;
  return later(at, jitterOf(entry.name, at, next, jitter, entry.trigger.endOf(at)));
};
