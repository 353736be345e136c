import type { Definition } from "../job/definition.ts";
import type { Job, Sayable } from "../job/job.ts";
import { placeOf, shortPlace } from "../job/place.ts";
import type { RunRecord } from "../job/run.ts";
import { compile } from "../recurrence/compile.ts";
import { describe } from "../recurrence/describe.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Trigger } from "../recurrence/trigger.ts";
import type { Instant } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";
import type { Planned } from "./heap.ts";
import type { Run } from "./run.ts";

/** What an entry asks of its scheduler. */
export interface Keeper {
  readonly zone: Zone;
  /** Whether jobs are found again by their names. */
  readonly isDurable: boolean;
  runByHand(entry: Entry): Promise<unknown>;
  pauseEntry(entry: Entry): void;
  resumeEntry(entry: Entry): void;
  cancelEntry(entry: Entry): void;
  rescheduleEntry(entry: Entry, when: Sayable): void;
  historyOf(entry: Entry): readonly RunRecord[];
}

/** A job in the scheduler: what was said, where its beat stands, and what runs of it right now. */
export class Entry implements Job, Planned {
  /** The next unserved occurrence; `Infinity` when none is planned. */
  due: number = Infinity;
  readonly order: number;
  place = -1;

  definition: Definition;
  trigger: Trigger;
  anchor: Instant;
  /** The last occurrence that was decided on. */
  cursor: Instant | null = null;
  started: Instant | null = null;
  isPaused = false;
  isGone = false;
  failures = 0;
  /** Runs that were started since counting began. */
  served = 0;
  /** Starts that are put off, by jitter or after sleep. */
  delayed = 0;
  readonly running = new Set<Run>();
  /** Occurrences that wait for the running one. */
  waiting: Instant[] = [];

  readonly #keeper: Keeper;
  #name: string | undefined;
  #key: string | undefined;
  #tags: ReadonlySet<string> | undefined;

  constructor(definition: Definition, anchor: Instant, order: number, keeper: Keeper) {
    this.definition = definition;
    this.order = order;
    this.#keeper = keeper;
    this.anchor = anchor;
    this.trigger = this.compiled(definition.recurrence, anchor);
  }

  compiled(recurrence: Recurrence, anchor: Instant): Trigger {
    return compile(recurrence, { zone: this.#keeper.zone, anchor, seed: this.name });
  }

  get name(): string {
    this.#name ??= this.definition.name || this.definition.task.name || this.#placeName();
    return this.#name;
  }

  #placeName(): string {
    const place = this.definition.place && placeOf(this.definition.place);
    return `job ${this.order + 1}${place ? ` (${shortPlace(place)})` : ""}`;
  }

  /** What decisions are kept under: the name, made unique where only memory keeps them and names may be given twice. */
  get key(): string {
    this.#key ??= this.#keeper.isDurable ? this.name : `${this.name}\u0000${this.order}`;
    return this.#key;
  }

  forgetKey(): void {
    this.#key = undefined;
  }

  get tags(): ReadonlySet<string> {
    this.#tags ??= new Set(this.definition.tags);
    return this.#tags;
  }

  get nextRun(): Date | null {
    return this.due < Infinity && !this.isPaused ? new Date(this.due) : null;
  }

  get lastRun(): Date | null {
    return this.started === null ? null : new Date(this.started);
  }

  get isRunning(): boolean {
    return this.running.size > 0;
  }

  get history(): readonly RunRecord[] {
    return this.#keeper.historyOf(this);
  }

  get recurrence(): Recurrence {
    return this.definition.recurrence;
  }

  describe(language: "en" | "zh" = "en"): string {
    return describe(this.definition.recurrence, { zone: this.#keeper.zone, language });
  }

  next(count = 1): Date[] {
    const moments: Date[] = [];
    let at: Instant | null = this.due < Infinity ? (this.due as Instant) : null;
    for (; at !== null && moments.length < count; at = this.trigger.next(at)) moments.push(new Date(at));
    return moments;
  }

  run(): Promise<unknown> {
    return this.#keeper.runByHand(this);
  }

  pause(): void {
    this.#keeper.pauseEntry(this);
  }

  resume(): void {
    this.#keeper.resumeEntry(this);
  }

  cancel(): void {
    this.#keeper.cancelEntry(this);
  }

  reschedule(when: Sayable): void {
    this.#keeper.rescheduleEntry(this, when);
  }
}
