import type { Engine, EngineStanding, Host, Performance } from "../engine/engine.ts";
import { ScheduleError } from "../errors.ts";
import { type Decision, toRecord } from "../job/run.ts";
import { zoned } from "../recurrence/combine.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type {
  Beat,
  Claim,
  Claimed,
  Enrolment,
  JobEnd,
  LeftBehind,
  Living,
  Page,
  Store,
} from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import type { Agenda } from "./agenda.ts";
import { EnginePage, type PageHost } from "./engine-page.ts";
import type { Entry } from "./entry.ts";
import type { EventStream } from "./events.ts";
import type { Served } from "./runner.ts";

/** What a bridge asks of its scheduler. */
export interface Bank {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly events: EventStream;
  warn(message: string): void;
  serve(entry: Entry, scheduled: Instant): Served;
  pauseEntry(entry: Entry, why?: string): void;
  resumeEntry(entry: Entry): void;
  cancelEntry(entry: Entry): void;
  endEntry(entry: Entry): void;
  /** Nothing can go on. */
  fail(error: Error): void;
}

/**
 * Joins a scheduler and an engine. To the scheduler it is a store that others write in: jobs are found by their names there, and what is decided is decided elsewhere. To the engine it is what runs jobs.
 */
export class Bridge implements Store, PageHost {
  readonly isDurable = true;
  readonly #engine: Engine;
  readonly #bank: Bank;
  readonly #entries = new Map<string, Entry>();
  /** What comes from the engine is not told it again. */
  #isHearing = false;
  #isRunning = false;
  #isKept = true;

  constructor(engine: Engine, bank: Bank) {
    this.#engine = engine;
    this.#bank = bank;
  }

  isTo(engine: Engine): boolean {
    return engine === this.#engine;
  }

  open(): void {}

  enrol(job: Enrolment): Page {
    const entry = job as Entry;
    const { name, said, recurrence, zoneName, anchor, definition } = entry;
    const { policies, now } = definition;
    this.#entries.set(name, entry);
    this.#engine.enrol({ name, said, recurrence, zoneName, anchor, policies, now });
    return new EnginePage(entry, this);
  }

  claimAll(claims: readonly Claim[]): readonly Claimed[] {
    return claims.map(({ page, to }) => (page as EnginePage).pass(to));
  }

  commit(): void {}

  leftBehind(): readonly LeftBehind[] {
    return this.#engine.strangers();
  }

  /** Other machines, and not other processes of this one. */
  others(): readonly Living[] {
    return [];
  }

  /** What others say of a job, the engine tells at once. */
  news(): undefined {}

  /** The engine itself is let go by {@link stop}. */
  close(): boolean {
    return this.#isKept;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#engine.start(this.#host);
  }

  /** Reads where jobs stand, for a command. @throws ScheduleError when the engine cannot be reached */
  visit(): Promise<void> {
    this.#isRunning = true;
    return this.#engine.visit(this.#host);
  }

  hold(): void {
    this.#engine.hold();
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#isKept = await this.#engine.close();
  }

  /** A job has ended here: when it was cancelled, it has for all machines. */
  end(entry: Entry, { why }: JobEnd): void {
    if (this.#isHearing || why === "ended") return void this.leave(entry);
    this.#entries.delete(entry.name);
    this.#engine.cancel(entry.name);
  }

  /** A job was dropped from this process, and goes on elsewhere. */
  leave({ name }: Entry): void {
    this.#entries.delete(name);
    this.#engine.forget(name);
  }

  reset({ name }: Entry, { recurrence }: Beat): void {
    this.#engine.reschedule(name, recurrence);
  }

  reschedule({ name }: Entry, recurrence: Recurrence): void {
    this.#engine.reschedule(name, recurrence);
  }

  pause({ name }: Entry, isPaused: boolean): void {
    if (!this.#isHearing) this.#engine.pause(name, isPaused);
  }

  record({ name }: Entry, decision: Decision): void {
    this.#engine.record(name, decision);
  }

  history({ name }: Entry): readonly Decision[] {
    return this.#engine.history(name);
  }

  #hear(name: string, act: (entry: Entry) => void): void {
    const entry = this.#entries.get(name);
    if (!entry || entry.isGone) return;
    this.#isHearing = true;
    try {
      act(entry);
    } finally {
      this.#isHearing = false;
    }
  }

  get #host(): Host {
    const bank = this.#bank;
    return {
      clock: bank.clock,
      warn: (message) => bank.warn(message),
      perform: (name, scheduled) => this.#perform(name, scheduled),
      tell: (name, decision) => this.#tell(name, decision),
      stands: (name, standing) => this.#hear(name, (entry) => this.#stands(entry, standing)),
      paused: (name, why) => this.#hear(name, (entry) => bank.pauseEntry(entry, why)),
      resumed: (name) => this.#hear(name, (entry) => bank.resumeEntry(entry)),
      over: (name, why) =>
        this.#hear(name, (entry) => (why === "ended" ? bank.endEntry(entry) : bank.cancelEntry(entry))),
      fail: (error) => bank.fail(error),
    };
  }

  #perform(name: string, scheduled: Instant): Performance | undefined {
    const entry = this.#entries.get(name);
    if (!entry || entry.isGone) return undefined;
    const { run, ended } = this.#bank.serve(entry, scheduled);
    return { ended, cancel: () => run.abort("cancelled") };
  }

  #tell(name: string, decision: Decision): void {
    const { outcome } = decision;
    const event = outcome === "coalesced" || outcome === "expired" ? "missed" : outcome;
    const job = this.#entries.get(name);
    if (job && this.#bank.events.hears(event))
      this.#bank.events.emit(event, { job, run: toRecord(decision) });
  }

  #stands(entry: Entry, { recurrence, zoneName, anchor, cursor, served, failures }: EngineStanding): void {
    const now = this.#bank.clock.now();
    entry.failures = failures;
    this.#bank.agenda.goOn(entry, {
      recurrence: zoneName === entry.zoneName ? recurrence : zoned(recurrence, zoneName),
      anchor,
      served,
      // Starts are planned ahead, and shown until they come.
      cursor: cursor === null || entry.trigger.isSpaced ? null : (Math.min(cursor, now) as Instant),
    });
  }
}

/** @throws ScheduleError `engine` for what is no engine, most often the address of one */
export const checkEngine = (given: Engine): void => {
  if (typeof given?.enrol === "function" && typeof given.visit === "function") return;
  throw new ScheduleError({
    code: "engine",
    what: "Engine",
    // An address that was given instead may hold a password.
    given: given === null ? null : `a value of type ${typeof given}`,
    accepted:
      'an engine, as in run({ engine: bullmq("redis://localhost:6379") }) with bullmq from "onthedot/bullmq"',
  });
};

/** An engine remembers by itself. */
export const notBoth = (): ScheduleError =>
  new ScheduleError({
    code: "engine-and-store",
    what: "An engine and a store were given, and an engine keeps in its Redis what a store keeps in a file",
    accepted: "one of them: { engine } for many machines, { store } for one",
  });

/** Jobs are with one engine for good. */
export const otherEngine = (): ScheduleError =>
  new ScheduleError({
    code: "engine",
    what: "This scheduler has an engine already, and was given another one",
    accepted: "one engine: it goes on with that when it is started again",
  });

/** Jobs of an engine come when it says so. */
export const noPolling = (): ScheduleError =>
  new ScheduleError({
    code: "engine-polling",
    what: "runPending() cannot be used with an engine, which gives out jobs by itself",
    accepted: "run({ engine }) in a script, or start({ engine }) in a program that does other things",
  });

/** Several machines have no virtual clock in common. */
export const noOwnClock = (): ScheduleError =>
  new ScheduleError({
    code: "engine-clock",
    what: "An engine goes by the real time, and this scheduler has a clock of its own",
    accepted: "createScheduler({ engine }) without a clock",
  });
