import type { Engine } from "../engine/engine.ts";
import { type Decision, toRecord } from "../job.ts";
import { isStillWanted, occurrencesBetween, whyUnwanted } from "../policy/catch-up.ts";
import { decidedIn } from "../policy/clock-rollback.ts";
import { daySetsOf, withDaySets } from "../recurrence/reanchor.ts";
import type { Incident, JobStore, Opening, Remembered, Store } from "../store/store.ts";
import type { Instant } from "../time/instant.ts";
import { clockDriftThreshold } from "./clock-monitor.ts";
import { checkName, type Entry, type SchedulerContext } from "./job.ts";
import type { JobQueue } from "./queue.ts";

/** Where jobs are kept: the options that `createScheduler`, `run` and `start` share. */
export interface StorageOptions {
  /** Where jobs are remembered: `sqlite("jobs.db")`. @default memory */
  readonly store?: Store | undefined;
  /** Shares the jobs with other machines, instead of a store: `bullmq("redis://…")`. */
  readonly engine?: Engine | undefined;
  /**
   * Whether another process may run jobs on the same store: each occurrence is started by one of them. Otherwise a script that is started twice
   * is rejected. @default false; in `run()`, whether the script was called with `--allow-multiple`
   */
  readonly allowMultiple?: boolean | undefined;
}

export const storageOptionNames: Record<keyof StorageOptions, 1> = { store: 1, engine: 1, allowMultiple: 1 };

/** Keeps jobs in the scheduler's store: registers each, restores its state, and releases at the end what has not begun. */
export class Persistence {
  /** Whether everything that was decided was kept when the store was closed. */
  isKept = true;
  isOpen = true;
  store: JobStore;
  #opening: Opening;
  /** The names of jobs that the store finds again. */
  readonly #names = new Map<string, Entry>();
  readonly #jobQueue: JobQueue;
  readonly #scheduler: SchedulerContext;

  constructor(store: JobStore, opening: Opening, jobQueue: JobQueue, scheduler: SchedulerContext) {
    this.store = store;
    this.#opening = opening;
    this.#jobQueue = jobQueue;
    this.#scheduler = scheduler;
    store.open(opening);
  }

  /** Puts a store in the place of the one before, and finds the jobs there. Nothing has changed when one of them is refused. */
  moveTo(
    store: JobStore,
    how: Pick<Opening, "allowMultiple" | "isReadOnly">,
    entries: readonly Entry[],
    now: Instant,
  ): void {
    if (store.isDurable) {
      const taken = new Map<string, Entry>();
      for (const entry of entries) {
        checkName(entry, taken);
        taken.set(entry.name, entry);
      }
    }
    const opening = { ...this.#opening, ...how };
    store.open(opening);
    const paused = store === this.store ? [] : entries.filter((entry) => entry.isPaused);
    if (store !== this.store && this.isOpen) this.store.close();
    this.store = store;
    this.#opening = opening;
    this.isOpen = true;
    this.#names.clear();
    try {
      for (const entry of entries) this.enter(entry, now);
      // They were paused before the script named its store.
      if (!how.isReadOnly)
        for (const entry of paused) {
          entry.isPaused = true;
          entry.jobRecord.pause(true, entry.pausedUntil);
          this.#jobQueue.drop(entry);
        }
      store.commit(true);
    } catch (error) {
      // Another process runs one of the jobs: this one has not begun.
      this.close();
      throw error;
    }
  }

  /** Opens a store again that was closed. What was kept in memory is there still. */
  reopen(entries: readonly Entry[], now: Instant): void {
    if (this.store.isDurable) this.moveTo(this.store, {}, entries, now);
    else this.store.open(this.#opening);
    this.isOpen = true;
  }

  /** The job that has the name of another one, where jobs are found again by their names. */
  namesake(entry: Entry): Entry | undefined {
    return this.store.isDurable ? this.#names.get(entry.name) : undefined;
  }

  /** Registers a job with the store, and continues from the state it has there. */
  enter(entry: Entry, now: Instant): void {
    const { isDurable } = this.store;
    if (isDurable) checkName(entry, this.#names);
    entry.jobRecord = this.store.register(entry);
    if (isDurable) this.#names.set(entry.name, entry);
    const { lastDecided } = entry;
    const known = entry.jobRecord.remembered;
    if (known) this.#recall(entry, known, now);
    else if (isDurable && lastDecided !== null) {
      // It ran before it came to its store, which does not know it.
      entry.lastDecided = null;
      this.#jobQueue.plan(entry, entry.anchor);
      this.passOver(entry, lastDecided);
    } else this.#jobQueue.plan(entry, lastDecided ?? entry.anchor);
  }

  leave(entry: Entry): void {
    if (this.namesake(entry) === entry) this.#names.delete(entry.name);
  }

  #recall(entry: Entry, known: Remembered, now: Instant): void {
    const ranUntil = entry.lastDecided;
    entry.isPaused = known.isPaused && !known.end;
    entry.pausedUntil = known.pausedUntil;
    entry.failures = known.failures;
    if (known.end) {
      entry.end = known.end;
      entry.recurrence = withDaySets(known.recurrence, daySetsOf(entry.recurrence));
      entry.lastDecided = known.lastDecided;
      entry.runCount = known.runCount;
      entry.countFrom(known.anchor);
    } else {
      this.#jobQueue.restore(entry, known);
      if (ranUntil !== null && ranUntil > (known.lastDecided ?? -Infinity)) this.passOver(entry, ranUntil);
      if (known.lastDecided !== null && known.lastDecided - now > clockDriftThreshold)
        this.#returnTo(entry, known, now);
    }
    for (const message of known.remarks) this.#scheduler.warn(message);
    for (const run of known.interrupted)
      this.#scheduler.events.emit("interrupted", { job: entry, run: toRecord(run) });
    if (entry.end) return;
    const { catchUp } = entry.definition.policies;
    const start = (scheduled: Instant) => this.#jobQueue.delay({ entry, scheduled, isBacklog: true }, now);
    known.rerun.forEach(start);
    for (const at of known.unstarted) {
      if (isStillWanted(entry.trigger, at, now, catchUp)) start(at);
      else {
        const reason = whyUnwanted(catchUp);
        entry.jobRecord.record({ scheduled: at, outcome: "expired", reason, attempts: 0 });
        entry.runCount--;
        if (entry.due === Infinity) this.#jobQueue.plan(entry, entry.lastDecided ?? entry.anchor);
      }
    }
  }

  /** An earlier process decided on what this clock shows as the future. */
  #returnTo(entry: Entry, { decidedFrom, lastDecided }: Remembered, now: Instant): void {
    if (entry.trigger.counts === "wall") {
      const history = entry.jobRecord.history();
      // The oldest are looked for from time to time, and one is left out for the next.
      const isCut = history.length >= (entry.jobRecord.keeps ?? Infinity) - 1;
      entry.decidedRanges = decidedIn(history, now, { isCut, from: decidedFrom });
    }
    entry.leftFrom = lastDecided;
    this.#jobQueue.returnTo(entry, now);
  }

  /** Another process that has paused it has reported it already. */
  notePause(entry: Entry, from: Instant, why: string | undefined): void {
    if (this.#pauseOf(entry)) return;
    this.store.note({ kind: "paused", from, until: null, job: entry.name, why: why ?? null });
  }

  noteResume(entry: Entry, until: Instant): void {
    const pause = this.#pauseOf(entry);
    if (pause) this.store.note({ ...pause, until });
  }

  #pauseOf({ name }: Entry): Incident | undefined {
    return this.store.incidents(name).find(({ kind, until }) => kind === "paused" && until === null);
  }

  /** Continues after a moment, as if everything before it had been decided. */
  passOver(entry: Entry, to: Instant): void {
    if (to <= (entry.lastDecided ?? entry.anchor)) return;
    this.#skipTo(entry, to, []);
    if (!entry.trigger.isSpaced || !entry.isRunning) this.#jobQueue.plan(entry, to);
  }

  /** Skips what was due while a job was paused, as one decision. */
  skipPaused(entry: Entry, to: Instant): void {
    const { trigger, isRunning } = entry;
    const from = entry.lastDecided ?? entry.anchor;
    if (to <= from) return;
    const isPlanned = !trigger.isSpaced || !isRunning;
    const skipped = isPlanned ? occurrencesBetween(trigger, from, to) : undefined;
    const passed: readonly Decision[] = skipped
      ? [{ scheduled: skipped.last, outcome: "skipped", reason: "paused", attempts: 0, count: skipped.count }]
      : [];
    // Another process may have moved it.
    if (!this.#skipTo(entry, to, passed)) return;
    for (const decision of passed)
      this.#scheduler.events.emit("skipped", { job: entry, run: toRecord(decision) });
  }

  /** @returns whether the job stands there now */
  #skipTo(entry: Entry, to: Instant, passed: readonly Decision[]): boolean {
    const { jobRecord, lastDecided: from } = entry;
    const claim = { jobRecord, from, to, now: to, starts: [], deferred: [], passed };
    const isWon = this.store.claimAll([claim], [], to)[0] === "won";
    if (isWon) entry.lastDecided = to;
    return isWon;
  }

  release(entry: Entry): void {
    for (const at of [...entry.waiting, ...this.#jobQueue.undelay(entry)]) entry.jobRecord.release(at);
    entry.waiting = [];
  }

  close(): void {
    this.isOpen = false;
    this.isKept = this.store.close();
  }
}
