import type { Decision } from "../job/run.ts";
import type { Beat, JobEnd, Page, Standing } from "../store/store.ts";
import type { Instant } from "../time/instant.ts";
import type { Entry } from "./entry.ts";

/** What a page asks of the bridge to its engine. */
export interface PageHost {
  pause(entry: Entry, isPaused: boolean): void;
  end(entry: Entry, end: JobEnd): void;
  leave(entry: Entry): void;
  reset(entry: Entry, beat: Beat): void;
  record(entry: Entry, decision: Decision): void;
  history(entry: Entry): readonly Decision[];
}

/**
 * The page of a job whose starts an engine decides on. A claim is always lost, as it is when another process was first: so the agenda starts nothing, and only moves
 * on, which keeps the next run right that people are shown.
 */
export class EnginePage implements Page {
  readonly #entry: Entry;
  readonly #host: PageHost;
  /** The last occurrence that the agenda has passed. */
  #passed: Instant | null = null;

  constructor(entry: Entry, host: PageHost) {
    this.#entry = entry;
    this.#host = host;
  }

  get remembered(): undefined {
    return undefined;
  }

  /** The agenda has come to an occurrence that the engine decides on. */
  pass(to: Instant): "lost" {
    this.#passed = to;
    return "lost";
  }

  standing(): Standing {
    const { recurrence, anchor, served } = this.#entry;
    return { recurrence, anchor, served, cursor: this.#passed };
  }

  /** The beat of a job is that of all machines: it does not move with the clock of one. */
  rebase(_: Beat): Standing {
    return this.standing();
  }

  defer(): void {}

  begin(): void {}

  /** What was not started by hand, the engine knows. */
  record(decision: Decision): void {
    if (decision.byHand) this.#host.record(this.#entry, decision);
  }

  release(): void {}

  pause(isPaused: boolean): void {
    this.#host.pause(this.#entry, isPaused);
  }

  end(end: JobEnd): void {
    this.#host.end(this.#entry, end);
  }

  leave(): void {
    this.#host.leave(this.#entry);
  }

  reset(beat: Beat): void {
    this.#host.reset(this.#entry, beat);
  }

  history(limit = Infinity): readonly Decision[] {
    return this.#host.history(this.#entry).slice(-limit);
  }

  lastRun(): Decision | undefined {
    return this.history().findLast(({ started }) => started !== undefined);
  }
}
