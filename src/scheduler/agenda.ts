import type { Job } from "../job/job.ts";
import { type Decision, toRecord } from "../job/run.ts";
import { type Due, due, isInTime } from "../policy/catch-up.ts";
import { jitterOf } from "../policy/jitter.ts";
import { isLived, livedAfter, nextUnlived, withLeap } from "../policy/lived.ts";
import { moved, remaining } from "../recurrence/reanchor.ts";
import type { Beat, Claim, Standing } from "../store/store.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { day, minute, second } from "../time/plain-time.ts";
import { Entry } from "./entry.ts";
import type { EventStream } from "./events.ts";
import { Heap, type Planned } from "./heap.ts";

/** An occurrence that is to start in this very pass. */
export interface Start {
  readonly entry: Entry;
  readonly scheduled: Instant;
  /** It makes up for a missed one, after another that does: it waits for that one whatever the overlap says. */
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
  /** How far the starts lie apart that make up for what was missed. */
  readonly apart: Milliseconds;
  /** How many such starts there are so far. */
  missed: number;
  readonly starts: Start[];
}

/** How long a job waits for its store before it asks again. */
const patience = 5 * second;

/** Every job by its next occurrence, and what was decided but not yet started. */
export class Agenda {
  /** Called when the earliest moment may have become earlier. */
  onPlan: () => void = () => {};
  readonly #heap = new Heap<Entry | DelayedStart | Held>();
  readonly #events: EventStream;
  readonly #rest: (entry: Entry) => void;

  /** @param rest called for a job of which nothing starts and nothing is planned any more */
  constructor(events: EventStream, rest: (entry: Entry) => void) {
    this.#events = events;
    this.#rest = rest;
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
    entry.due = entry.isPaused || entry.isGone ? Infinity : (nextOf(entry, after) ?? Infinity);
    if (entry.due === Infinity) return;
    this.#heap.add(entry);
    this.onPlan();
  }

  drop(entry: Entry): void {
    this.#heap.remove(entry);
    entry.due = Infinity;
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
   * @param apart how far the starts lie apart that make up for occurrences a minute ago and longer
   */
  take(now: Instant, apart: Milliseconds): readonly Start[] {
    const pass: Pass = { now, apart, missed: 0, starts: [] };
    const { starts } = pass;
    try {
      while (this.nextDue <= now) this.#takeAll(this.#heap.takeUntil(now), pass);
    } catch (error) {
      for (const { entry, scheduled, isBacklog } of starts)
        this.delay(entry, scheduled, scheduled, isBacklog);
      throw error;
    }
    return isInOrder(starts)
      ? starts
      : starts.sort((a, b) => a.scheduled - b.scheduled || a.entry.order - b.entry.order);
  }

  /** Goes through what is due. What is left when a store throws goes back, so that no job is lost. */
  #takeAll(due: readonly (Entry | DelayedStart | Held)[], pass: Pass): void {
    let done = 0;
    try {
      for (; done < due.length; done++) this.#takeOne(due[done]!, pass);
    } finally {
      for (; done < due.length; done++) if (isOut(due[done]!)) this.#heap.add(due[done]!);
    }
  }

  #takeOne(item: Entry | DelayedStart | Held, pass: Pass): void {
    if (item instanceof Entry) {
      // Whoever heard of an earlier one may have cancelled, paused or planned it anew.
      if (item.place < 0 && item.due <= pass.now) this.#decide(item, pass);
      return;
    }
    const { entry } = item;
    if ("scheduled" in item) {
      entry.delayed--;
      pass.starts.push({ entry, scheduled: item.scheduled, isBacklog: item.isBacklog });
    } else if (isOut(entry)) this.#heap.add(entry);
  }

  #decide(entry: Entry, pass: Pass): void {
    const first = entry.due as Instant;
    const second = entry.trigger.next(first);
    if (isPlain(entry, first, second, pass.now)) this.#startOne(entry, first, second, pass);
    else this.#decideOn(entry, first, pass);
  }

  /** The plain decision: where 10,000 jobs are due at once, it alone saves a sixth of the time. */
  #startOne(entry: Entry, at: Instant, next: Instant | null, { now, starts }: Pass): void {
    const claim = { from: entry.cursor, to: at, now, starts: [at], deferred: nobody, passed: none };
    if (!this.#claim(entry, claim)) return;
    this.#goTo(entry, next, true);
    starts.push({ entry, scheduled: at, isBacklog: false });
  }

  #decideOn(entry: Entry, first: Instant, pass: Pass): void {
    const { now, apart, starts } = pass;
    const decided = due(entry.trigger, first, now, entry.definition.policies.catchUp);
    const decision = entry.lived ? unlived(entry, decided) : decided;
    const before = entry.cursor;
    const isMissed = now - decision.last >= minute && decision.run.length > 0;
    const wait = (isMissed ? pass.missed * apart : 0) as Milliseconds;
    if (!this.#claim(entry, claimOf(entry, decision, now, wait))) return;
    if (decision.coalesced || decision.expired) leap(entry, before, decision);
    this.#goTo(entry, decision.next, decision.run.length > 0);
    if (isMissed) pass.missed++;
    this.#put(entry, decision, now, wait, starts);
  }

  /** The decided occurrences of one job: into this pass, or later by jitter or by the wait after sleep. */
  #put(entry: Entry, { run, next }: Due, now: Instant, wait: Milliseconds, starts: Start[]): void {
    for (let i = 0; i < run.length; i++) {
      const scheduled = run[i]!;
      const until = startOf(entry, scheduled, next, now, wait);
      if (until > now) this.delay(entry, scheduled, until, i > 0);
      else starts.push({ entry, scheduled, isBacklog: i > 0 });
    }
  }

  /** Keeps the decision in the store; when another process has taken these occurrences, goes on after them. */
  #claim(entry: Entry, claim: Claim): boolean {
    const claimed = entry.page.claim(claim);
    if (claimed === "lost") this.goOn(entry, entry.page.standing());
    else if (claimed === "held") this.#hold(entry, claim.now);
    if (claimed !== "won") return false;
    entry.cursor = claim.to;
    if (claim.passed.length > 0 && this.#events.hears("missed"))
      for (const one of claim.passed) this.#events.emit("missed", { job: entry, run: toRecord(one) });
    return true;
  }

  #hold(entry: Entry, now: Instant): void {
    this.#heap.add({ due: now + patience, order: entry.order, place: -1, entry });
  }

  /** Plans a job from where it stands, by what is remembered of it or by what another process has made of it. */
  goOn(entry: Entry, standing: Standing | undefined): void {
    if (standing) {
      entry.recurrence = standing.recurrence;
      entry.cursor = standing.cursor;
      entry.served = standing.served;
      entry.countFrom(standing.anchor);
    }
    const left = entry.trigger.isSpaced ? remaining(entry.recurrence, entry.served) : entry.recurrence;
    if (left && left !== entry.recurrence) entry.countFrom(entry.anchor, left);
    if (left) this.plan(entry, entry.cursor ?? entry.anchor);
    else this.drop(entry);
  }

  /** Where a job goes on after a decision. One that is counted from the end of its run waits for that end. */
  #goTo(entry: Entry, next: Instant | null, hasStart: boolean): void {
    entry.due = entry.trigger.isSpaced ? Infinity : (next ?? Infinity);
    if (entry.due < Infinity) this.#heap.add(entry);
    else if (!hasStart) this.#rest(entry);
  }

  /** Counts a spaced job anew, from the end of its run. */
  respace(entry: Entry, ended: Instant): void {
    const left = remaining(entry.recurrence, entry.served);
    if (!left || this.#isMovedElsewhere(entry, { recurrence: entry.recurrence, anchor: ended })) return;
    entry.countFrom(ended, left);
    this.plan(entry, ended);
  }

  /**
   * Lets what was put off start after the same time when the clock is set back, but not before its planned moment; one that lies in a
   * future that was wrong by more than a day is not waited for.
   */
  hasten(now: Instant, by: Milliseconds): void {
    const putOff = this.#heap.items().filter((item) => !(item instanceof Entry));
    for (const item of putOff) {
      this.#heap.remove(item);
      const planned = "scheduled" in item && item.scheduled - now <= day ? item.scheduled : -Infinity;
      item.due = Math.max(item.due + by, planned);
      this.#heap.add(item);
    }
  }

  /**
   * Goes on after the clock was set back. The beat of an interval moves with the clock, so that the distance between its runs stays what it was. Of wall times that come again, those
   * are left out that were decided on, and not those that were only passed over.
   */
  setBack(entry: Entry, now: Instant, by: Milliseconds): void {
    if (entry.trigger.counts !== "elapsed") this.returnTo(entry, now);
    else if (entry.due < Infinity) this.#recount(entry, by, later(entry.due as Instant, by));
  }

  /** Goes on from a moment that lies before what was decided on. */
  returnTo(entry: Entry, now: Instant): void {
    const isAhead = entry.anchor > now;
    if (entry.trigger.counts === "elapsed") {
      this.#recount(entry, (isAhead ? now - entry.anchor : 0) as Milliseconds, later(now, 1 as Milliseconds));
      return;
    }
    if (entry.cursor !== null && entry.cursor > now) {
      const last = entry.cursor === entry.leftAt ? -Infinity : entry.cursor;
      entry.lived = livedAfter(entry.leaps, last, entry.lived);
      entry.leaps = [{ after: -Infinity, until: now }];
      entry.leftAt = entry.cursor;
    }
    if (isAhead) this.#recount(entry, (now - entry.anchor) as Milliseconds, later(now, 1 as Milliseconds));
    else if (entry.due < Infinity) this.plan(entry, now);
  }

  /** Counts from an anchor that moves with the clock. @param first the earliest moment that is planned */
  #recount(entry: Entry, by: Milliseconds, first: Instant): void {
    const beat = { recurrence: moved(entry.recurrence, by), anchor: later(entry.anchor, by) };
    if (this.#isMovedElsewhere(entry, beat)) return;
    entry.recurrence = beat.recurrence;
    entry.countFrom(beat.anchor);
    this.plan(entry, (first - 1) as Instant);
  }

  /** Keeps another beat in the store; when another process has done so first, goes on with that. */
  #isMovedElsewhere(entry: Entry, beat: Omit<Beat, "served">): boolean {
    const other = entry.page.rebase({ ...beat, served: entry.served });
    if (other) this.goOn(entry, other);
    return other !== undefined;
  }
}

/** Whether one occurrence is due, in time, and starts in this very pass: nearly always. */
const isPlain = (entry: Entry, first: Instant, second: Instant | null, now: Instant): boolean =>
  isInTime(first, second, now) && entry.lived === undefined && entry.definition.policies.jitter === undefined;

const claimOf = (entry: Entry, decision: Due, now: Instant, wait: Milliseconds): Claim => ({
  from: entry.cursor,
  to: decision.last,
  now,
  starts: decision.run,
  deferred: deferredBy(entry, decision, now, wait),
  passed: passedBy(decision),
});

/** When an occurrence starts: put off by the wait after sleep, or by jitter. */
const startOf = (
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
  run.length === 1 && wait === 0 && entry.definition.policies.jitter === undefined
    ? nobody
    : run.filter((at, i) => i > 0 || startOf(entry, at, next, now, wait) > now);

const nobody: readonly Instant[] = [];

/** The name, which may have to be made of a place in a stack, is asked for only where there is jitter. */
const jitterFor = (entry: Entry, at: Instant, next: Instant | null, now: Instant): Milliseconds => {
  const { jitter } = entry.definition.policies;
  return jitter === undefined || now - at >= minute
    ? (0 as Milliseconds)
    : jitterOf(entry.name, at, next, jitter, entry.trigger.endOf(at));
};

const nextOf = ({ trigger, lived }: Entry, after: Instant): Instant | null =>
  lived ? nextUnlived(trigger, after, lived) : trigger.next(after);

/** A decision without what has been decided on before. */
const unlived = (entry: Entry, decided: Due): Due => {
  const { lived = [] } = entry;
  const run = decided.run.filter((at) => !isLived(lived, at));
  const next = decided.next && nextUnlived(entry.trigger, (decided.next - 1) as Instant, lived);
  return { ...decided, run, next };
};

const leap = (entry: Entry, before: Instant | null, { run, last }: Due): void => {
  entry.leaps = withLeap(entry.leaps, { after: before ?? -Infinity, until: run[0] ?? last + 1 });
};

const isOut = ({ place, due }: Planned): boolean => place < 0 && due < Infinity;

const isInOrder = (starts: readonly Start[]): boolean => {
  for (let i = 1; i < starts.length; i++) if (starts[i - 1]!.scheduled > starts[i]!.scheduled) return false;
  return true;
};

const passedBy = ({ coalesced, expired }: Due): readonly Decision[] => {
  if (!coalesced && !expired) return none;
  const records: Decision[] = [];
  if (expired)
    records.push({
      scheduled: expired.last,
      outcome: "expired",
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
