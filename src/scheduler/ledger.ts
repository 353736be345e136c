import { toRecord } from "../job/run.ts";
import { isStillWanted } from "../policy/catch-up.ts";
import { livedIn } from "../policy/lived.ts";
import type {
  Begun,
  Claim,
  Claimed,
  LeftBehind,
  Living,
  News,
  Opening,
  Remembered,
  Store,
} from "../store/store.ts";
import type { Instant } from "../time/instant.ts";
import type { Agenda } from "./agenda.ts";
import type { Entry } from "./entry.ts";
import type { EventStream } from "./events.ts";
import { checkName, checkNames, checkStore } from "./mistakes.ts";
import { tolerance } from "./tolerance.ts";

/** Keeps jobs in a store: gives each its page, finds out where it stood, and gives back at the end what was not begun. */
export class Ledger {
  /** Whether everything that was decided was kept when the store was closed. */
  isKept = true;
  isOpen = true;
  #store: Store;
  #opening: Opening;
  /** The names of jobs that the store finds again. */
  readonly #names = new Map<string, Entry>();
  readonly #agenda: Agenda;
  readonly #events: EventStream;

  constructor(store: Store, opening: Opening, agenda: Agenda, events: EventStream) {
    checkStore(store);
    this.#store = store;
    this.#opening = opening;
    this.#agenda = agenda;
    this.#events = events;
    store.open(opening);
  }

  /** Whether jobs are found again when the process has ended. */
  get isDurable(): boolean {
    return this.#store.isDurable;
  }

  /** The jobs that the store knows and the script no longer names. */
  leftBehind(): readonly LeftBehind[] {
    return this.#store.leftBehind();
  }

  /** The other processes that run jobs on the store. */
  others(): readonly Living[] {
    return this.#store.others();
  }

  /** What other processes have made of jobs in the meantime. */
  news(entries: Iterable<Entry>): readonly (readonly [Entry, News])[] {
    const newsOf = this.isOpen ? this.#store.news() : undefined;
    if (!newsOf) return [];
    return [...entries]
      .map((entry) => [entry, newsOf(entry.page)] as const)
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
    store: Store,
    how: Pick<Opening, "another" | "isVisit">,
    entries: readonly Entry[],
    now: Instant,
  ): void {
    checkStore(store);
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
      // The script said so before it named its store.
      for (const entry of paused) if (!how.isVisit) this.#holdBack(entry);
      this.#store.keepEnrolled?.();
    } catch (error) {
      // Another process runs one of the jobs: this one has not begun.
      this.close();
      throw error;
    }
  }

  #holdBack(entry: Entry): void {
    entry.isPaused = true;
    entry.page.pause(true);
    this.#agenda.drop(entry);
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

  /** Opens a job's page, and lets it go on where it stood. */
  enter(entry: Entry, now: Instant): void {
    if (this.isDurable) checkName(entry, this.#names);
    entry.page = this.#store.enrol(entry);
    if (this.isDurable) this.#names.set(entry.name, entry);
    const known = entry.page.remembered;
    if (known) this.#recall(entry, known, now);
    else if (this.isDurable && entry.cursor !== null) this.#carryOver(entry, entry.cursor);
    else this.#agenda.plan(entry, entry.cursor ?? entry.anchor);
  }

  /** A job that ran before it came to its store, which does not know it. */
  #carryOver(entry: Entry, served: Instant): void {
    entry.cursor = null;
    this.#agenda.plan(entry, entry.anchor);
    this.passOver(entry, served);
  }

  /** The name of a job that is gone may be given again. */
  leave(entry: Entry): void {
    if (this.isDurable && this.#names.get(entry.name) === entry) this.#names.delete(entry.name);
  }

  #recall(entry: Entry, known: Remembered, now: Instant): void {
    entry.isPaused = known.isPaused;
    entry.failures = known.failures;
    const served = entry.cursor;
    this.#goOn(entry, known);
    if (entry.end) {
      this.#reportCutOff(entry, known);
      return;
    }
    if (served !== null && served > (known.cursor ?? -Infinity)) this.passOver(entry, served);
    if (known.cursor !== null && known.cursor - now > tolerance) {
      if (entry.trigger.counts === "wall") {
        const history = entry.page.history();
        // The oldest are looked for from time to time, and one is left out for the next.
        const isCut = history.length >= (entry.page.keeps ?? Infinity) - 1;
        entry.lived = livedIn(history, now, { isCut, from: known.decidedFrom });
      }
      entry.leftAt = known.cursor;
      this.#agenda.returnTo(entry, now);
    }
    this.#reportCutOff(entry, known);
    for (const at of known.rerun) this.#agenda.delay(entry, at, now, true);
    const { catchUp } = entry.definition.policies;
    for (const at of known.unstarted) {
      if (isStillWanted(entry.trigger, at, now, catchUp)) this.#agenda.delay(entry, at, now, true);
      else {
        entry.page.record({ scheduled: at, outcome: "expired", attempts: 0 });
        entry.served--;
        if (entry.due === Infinity) this.#agenda.plan(entry, entry.cursor ?? entry.anchor);
      }
    }
  }

  #goOn(entry: Entry, known: Remembered): void {
    if (!known.end) return void this.#agenda.goOn(entry, known);
    entry.end = known.end;
    entry.isPaused = false;
    entry.recurrence = known.recurrence;
    entry.cursor = known.cursor;
    entry.served = known.served;
    entry.countFrom(known.anchor);
  }

  #reportCutOff(entry: Entry, { remarks, interrupted }: Remembered): void {
    for (const message of remarks) this.#opening.warn(message);
    for (const run of interrupted) this.#events.emit("interrupted", { job: entry, run: toRecord(run) });
  }

  /** Lets a job go on after a moment, as though all before it had been decided on. */
  passOver(entry: Entry, to: Instant): void {
    if (to <= (entry.cursor ?? entry.anchor)) return;
    const { page, cursor: from } = entry;
    const claim = { page, from, to, now: to, starts: [], deferred: [], passed: [] };
    if (this.claimAll([claim], [], to)[0] === "won") entry.cursor = to;
    if (!entry.trigger.isSpaced || !entry.isRunning) this.#agenda.plan(entry, to);
  }

  /** Gives back what a job was to start and has not begun. */
  release(entry: Entry): void {
    for (const at of [...entry.waiting, ...this.#agenda.undelay(entry)]) entry.page.release(at);
    entry.waiting = [];
  }

  close(): void {
    this.isOpen = false;
    this.isKept = this.#store.close();
  }
}
