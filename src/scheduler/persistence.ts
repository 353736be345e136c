import type { Engine } from "../engine/engine.ts";
import { type Decision, type Job, toRecord } from "../job.ts";
import { isStillWanted, occurrencesBetween, whyUnwanted } from "../policy/catch-up.ts";
import { decidedIn } from "../policy/clock-rollback.ts";
import { daySetsOf, withDaySets } from "../recurrence/reanchor.ts";
import type {
  Begun,
  Claim,
  Claimed,
  Incident,
  JobChange,
  JobStore,
  Opening,
  OrphanedJob,
  OutputKept,
  ProcessInfo,
  Remembered,
  Store,
} from "../store/store.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { clockDriftThreshold } from "./clock-monitor.ts";
import type { EventStream } from "./events.ts";
import { checkName, checkNames, type Entry } from "./job.ts";
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

/** Their names, to check what was given. */
export const storageOptionNames = {
  store: 1,
  engine: 1,
  allowMultiple: 1,
} satisfies Record<keyof StorageOptions, 1>;

/** Keeps jobs in a store: registers each, restores its state, and releases at the end what has not begun. */
export class Persistence {
  /** Whether everything that was decided was kept when the store was closed. */
  isKept = true;
  isOpen = true;
  #store: JobStore;
  #opening: Opening;
  /** The names of jobs that the store finds again. */
  readonly #names = new Map<string, Entry>();
  readonly #jobQueue: JobQueue;
  readonly #events: EventStream;

  constructor(store: JobStore, opening: Opening, jobQueue: JobQueue, events: EventStream) {
    this.#store = store;
    this.#opening = opening;
    this.#jobQueue = jobQueue;
    this.#events = events;
    store.open(opening);
  }

  /** Whether jobs are found again when the process has ended. */
  get isDurable(): boolean {
    return this.#store.isDurable;
  }

  /** Of which runs the store keeps what they print. */
  get outputKept(): OutputKept {
    return this.#store.output ?? "none";
  }

  /** The jobs that the store knows and the script no longer names. */
  orphanedJobs(): readonly OrphanedJob[] {
    return this.#store.orphanedJobs();
  }

  /** The other processes that run jobs on the store. */
  otherProcesses(): readonly ProcessInfo[] {
    return this.#store.otherProcesses();
  }

  /** What other processes have changed about jobs. */
  pollChanges(entries: Iterable<Entry>): readonly (readonly [Entry, JobChange])[] {
    const changeOf = this.isOpen ? this.#store.pollChanges() : undefined;
    if (!changeOf) return [];
    return [...entries]
      .map((entry) => [entry, changeOf(entry.jobRecord)] as const)
      .filter(([entry, { isPaused, isMoved }]) => isMoved || isPaused !== entry.isPaused);
  }

  /** Keeps what a pass has decided before any of it starts. */
  claimAll(claims: readonly Claim[], begun: readonly Begun[], now: Instant): readonly Claimed[] {
    return this.#store.claimAll(claims, begun, now);
  }

  /** Keeps all that was decided since the last time, in one piece. */
  commit(): void {
    this.#store.commit();
  }

  /** Puts a store in the place of the one before, and finds the jobs there. Nothing has changed when one of them is refused. */
  moveTo(
    store: JobStore,
    how: Pick<Opening, "allowMultiple" | "isReadOnly">,
    entries: readonly Entry[],
    now: Instant,
  ): void {
    if (store.isDurable) checkNames(entries);
    const opening = { ...this.#opening, ...how };
    store.open(opening);
    const paused = store === this.#store ? [] : entries.filter((entry) => entry.isPaused);
    if (store !== this.#store && this.isOpen) this.#store.close();
    this.#store = store;
    this.#opening = opening;
    this.isOpen = true;
    this.#names.clear();
    try {
      for (const entry of entries) this.enter(entry, now);
      // They were paused before the script named its store.
      for (const entry of paused) if (!how.isReadOnly) this.#holdBack(entry);
      this.#store.keepEnrolled?.();
    } catch (error) {
      // Another process runs one of the jobs: this one has not begun.
      this.close();
      throw error;
    }
  }

  #holdBack(entry: Entry): void {
    entry.isPaused = true;
    entry.jobRecord.pause(true, entry.pausedUntil);
    this.#jobQueue.drop(entry);
  }

  /** Opens a store again that was closed. What was kept in memory is there still. */
  reopen(entries: readonly Entry[], now: Instant): void {
    if (this.isDurable) this.moveTo(this.#store, {}, entries, now);
    else this.#store.open(this.#opening);
    this.isOpen = true;
  }

  /** The job that has the name of another one, where jobs are found again by their names. */
  namesake(entry: Entry): Entry | undefined {
    return this.isDurable ? this.#names.get(entry.name) : undefined;
  }

  /** Registers a job with the store, and continues from the state it has there. */
  enter(entry: Entry, now: Instant): void {
    if (this.isDurable) checkName(entry, this.#names);
    entry.jobRecord = this.#store.register(entry);
    if (this.isDurable) this.#names.set(entry.name, entry);
    const known = entry.jobRecord.remembered;
    if (known) this.#recall(entry, known, now);
    else if (this.isDurable && entry.lastDecided !== null) this.#carryOver(entry, entry.lastDecided);
    else this.#jobQueue.plan(entry, entry.lastDecided ?? entry.anchor);
  }

  /** A job that ran before it came to its store, which does not know it. */
  #carryOver(entry: Entry, ranUntil: Instant): void {
    entry.lastDecided = null;
    this.#jobQueue.plan(entry, entry.anchor);
    this.passOver(entry, ranUntil);
  }

  /** The name of a job that is gone may be given again. */
  leave(entry: Entry): void {
    if (this.isDurable && this.#names.get(entry.name) === entry) this.#names.delete(entry.name);
  }

  #recall(entry: Entry, known: Remembered, now: Instant): void {
    entry.isPaused = known.isPaused;
    entry.pausedUntil = known.pausedUntil;
    entry.failures = known.failures;
    const ranUntil = entry.lastDecided;
    this.#restore(entry, known);
    if (entry.end) {
      this.#reportCutOff(entry, known);
      return;
    }
    if (ranUntil !== null && ranUntil > (known.lastDecided ?? -Infinity)) this.passOver(entry, ranUntil);
    if (known.lastDecided !== null && known.lastDecided - now > clockDriftThreshold) {
      if (entry.trigger.counts === "wall") {
        const history = entry.jobRecord.history();
        // The oldest are looked for from time to time, and one is left out for the next.
        const isCut = history.length >= (entry.jobRecord.keeps ?? Infinity) - 1;
        entry.decidedRanges = decidedIn(history, now, { isCut, from: known.decidedFrom });
      }
      entry.leftFrom = known.lastDecided;
      this.#jobQueue.returnTo(entry, now);
    }
    this.#reportCutOff(entry, known);
    for (const at of known.rerun) this.#jobQueue.delay(entry, at, now, true);
    const { catchUp } = entry.definition.policies;
    for (const at of known.unstarted) {
      if (isStillWanted(entry.trigger, at, now, catchUp)) this.#jobQueue.delay(entry, at, now, true);
      else {
        const reason = whyUnwanted(catchUp);
        entry.jobRecord.record({ scheduled: at, outcome: "expired", reason, attempts: 0 });
        entry.runCount--;
        if (entry.due === Infinity) this.#jobQueue.plan(entry, entry.lastDecided ?? entry.anchor);
      }
    }
  }

  #restore(entry: Entry, known: Remembered): void {
    if (!known.end) return void this.#jobQueue.restore(entry, known);
    entry.end = known.end;
    entry.isPaused = false;
    entry.recurrence = withDaySets(known.recurrence, daySetsOf(entry.recurrence));
    entry.lastDecided = known.lastDecided;
    entry.runCount = known.runCount;
    entry.countFrom(known.anchor);
  }

  #reportCutOff(entry: Entry, { remarks, interrupted }: Remembered): void {
    for (const message of remarks) this.#opening.warn(message);
    for (const run of interrupted) this.#events.emit("interrupted", { job: entry, run: toRecord(run) });
  }

  note(incident: Incident): void {
    this.#store.note(incident);
  }

  /** What concerns a job beside its own decisions, oldest first. */
  incidents(job: string): readonly Incident[] {
    return this.#store.incidents(job);
  }

  /** Another process that has paused it has reported it already. */
  notePause(entry: Entry, from: Instant, why: string | undefined): void {
    if (this.#pauseOf(entry)) return;
    this.note({ kind: "paused", from, until: null, job: entry.name, why: why ?? null });
  }

  noteResume(entry: Entry, until: Instant): void {
    const pause = this.#pauseOf(entry);
    if (pause) this.note({ ...pause, until });
  }

  #pauseOf({ name }: Entry): Incident | undefined {
    return this.incidents(name).find(({ kind, until }) => kind === "paused" && until === null);
  }

  /** Continues after a moment, as if everything before it had been decided. */
  passOver(entry: Entry, to: Instant): void {
    if (to <= (entry.lastDecided ?? entry.anchor)) return;
    this.#moveTo(entry, to, []);
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
    if (!this.#moveTo(entry, to, passed)) return;
    for (const decision of passed) this.#events.emit("skipped", { job: entry, run: toRecord(decision) });
  }

  /** @returns whether the job stands there now, and no other process has moved it */
  #moveTo(entry: Entry, to: Instant, passed: readonly Decision[]): boolean {
    const { jobRecord, lastDecided: from } = entry;
    const claim = { jobRecord, from, to, now: to, starts: [], deferred: [], passed };
    if (this.claimAll([claim], [], to)[0] !== "won") return false;
    entry.lastDecided = to;
    return true;
  }

  /** Gives back what a job was to start and has not begun. */
  release(entry: Entry): void {
    for (const at of [...entry.waiting, ...this.#jobQueue.undelay(entry)]) entry.jobRecord.release(at);
    entry.waiting = [];
  }

  close(): void {
    this.isOpen = false;
    this.isKept = this.#store.close();
  }
}

/** More names than these are not listed. */
const mostNamed = 10;

/** The jobs of a script that had ended before it was started. */
export class EndedJobs {
  readonly #all = new Set<Job>();
  readonly #unreported: Job[] = [];

  get jobs(): readonly Job[] {
    return [...this.#all];
  }

  add(job: Job): void {
    this.#all.add(job);
    this.#unreported.push(job);
  }

  /** Reports those that were added since the last time, in one line. */
  report(warn: (message: string) => void): void {
    if (this.#unreported.length === 0) return;
    const names = this.#unreported.splice(0).map(({ name }) => name);
    if (names.length === 1) warn(texts().scheduler.wasEnded(names[0]!));
    else if (names.length > 1) {
      const named = names.slice(0, mostNamed).join(", ") + (names.length > mostNamed ? ", …" : "");
      warn(texts().scheduler.wereEnded(names.length, named));
    }
  }
}
