import type { Job } from "../job.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import { signatureOf } from "./failure.ts";

/** The counts of one job since its events are followed. */
export interface JobStats {
  /** When its running runs were started, oldest first. */
  readonly running: readonly Instant[];
  readonly successes: number;
  /** When its last three successes ended, oldest first. */
  readonly recent: readonly Instant[];
  /** Failed runs in a row. */
  readonly failures: number;
  /** What the last failure looked like, and how many in a row looked the same. */
  readonly signature?: string | undefined;
  readonly sameFailures: number;
  /** When the run was started that ended last; after a timeout it may still be running. */
  readonly lastEnded?: Instant | undefined;
  /** Occurrences skipped during the present run. */
  readonly skipped: number;
}

const noStats: JobStats = {
  running: [],
  successes: 0,
  recent: [],
  failures: 0,
  sameFailures: 0,
  skipped: 0,
};

/** Counts events, so that a line can say "same error, 4th time" and a status line what is running. */
export class Tally {
  /** Runs that have ended. */
  runs = 0;
  failed = 0;
  missed = 0;
  /** Nothing starts any more. */
  isStopping = false;
  /** The jobs whose last run failed. */
  readonly failing = new Set<Job>();
  readonly running = new Set<Job>();
  readonly #stats = new Map<Job, JobStats>();
  readonly #frequent = new Set<Job>();
  #opened: number;

  /** @param opened when the screen or the log was opened */
  constructor(opened: Instant) {
    this.#opened = opened;
  }

  /** How long the screen or the log has been open, also when the clock was set meanwhile. */
  length(at: Instant): Milliseconds {
    return Math.max(0, at - this.#opened) as Milliseconds;
  }

  add({ name, data }: SchedulerEvent, at: Instant): void {
    switch (name) {
      case "started":
        this.#start(data.job, at);
        break;
      case "succeeded":
        this.#succeed(data.job, data.run.started, at);
        break;
      case "failed":
      case "timedOut":
        this.#fail(data.job, data.run.started, data.error);
        break;
      case "cancelled":
        this.#end(data.job, data.run.started, {});
        break;
      case "skipped":
      case "dropped":
        if (data.run.reason === "overlap" || data.run.reason === "queueFull")
          this.#change(data.job, { skipped: this.of(data.job).skipped + 1 });
        break;
      case "missed":
        this.missed += data.run.count ?? 1;
        break;
      case "stopping":
        this.isStopping = true;
        break;
      case "clockJumped":
        if (data.cause === "set-back" || data.cause === "set-forward") this.#opened += data.by;
        break;
      case "removed":
        this.#forget(data.job);
    }
  }

  of(job: Job): JobStats {
    return this.#stats.get(job) ?? noStats;
  }

  /** The jobs that succeed more than twice a minute. */
  frequent(now: Instant): readonly Job[] {
    return [...this.#frequent].filter((job) => hasSucceeded(this.of(job), 3, now));
  }

  #start(job: Job, at: Instant): void {
    this.running.add(job);
    const { running, skipped } = this.of(job);
    this.#change(job, { running: [...running, at], skipped: running.length === 0 ? 0 : skipped });
  }

  #succeed(job: Job, started: Date | undefined, at: Instant): void {
    const { successes, recent } = this.of(job);
    this.failing.delete(job);
    this.#end(job, started, {
      successes: successes + 1,
      recent: [...recent.slice(-2), at],
      failures: 0,
      signature: undefined,
      sameFailures: 0,
    });
    if (hasSucceeded(this.of(job), 3, at)) this.#frequent.add(job);
    else this.#frequent.delete(job);
  }

  #fail(job: Job, started: Date | undefined, error: unknown): void {
    const stats = this.of(job);
    const signature = signatureOf(error);
    this.failed++;
    this.failing.add(job);
    this.#end(job, started, {
      failures: stats.failures + 1,
      signature,
      sameFailures: stats.signature === signature ? stats.sameFailures + 1 : 1,
    });
  }

  #end(job: Job, started: Date | undefined, change: Partial<JobStats>): void {
    const { running } = this.of(job);
    const index = Math.max(0, running.indexOf(started?.getTime() as Instant));
    const left = running.filter((_, i) => i !== index);
    this.runs++;
    this.#change(job, { ...change, running: left, lastEnded: running[index] });
    if (left.length === 0) this.running.delete(job);
  }

  #change(job: Job, change: Partial<JobStats>): void {
    this.#stats.set(job, { ...this.of(job), ...change });
  }

  #forget(job: Job): void {
    this.failing.delete(job);
    this.#frequent.delete(job);
    if (!this.running.has(job)) this.#stats.delete(job);
  }
}

/** Whether that many successes lie within the last minute, the present one included. */
export const hasSucceeded = ({ recent }: JobStats, times: number, now: Instant): boolean => {
  const first = recent.at(-times);
  return first !== undefined && now - first < minute;
};
