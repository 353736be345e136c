import type { Job } from "../job.ts";
import type { RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import { taskErrorInLine } from "./failure.ts";

/** The counts of one job since its events are followed. */
class JobStats {
  /** When its running runs were started, oldest first. */
  readonly running: Instant[] = [];
  successes = 0;
  /** When its last three successes ended, oldest first. */
  recent: readonly Instant[] = [];
  /** Failed runs in a row. */
  failures = 0;
  /** What the last failure looked like, and how many in a row looked the same. */
  signature: string | undefined;
  sameFailures = 0;
  /** When the run was started that ended last; after a timeout it may still be running. */
  lastEnded: Instant | undefined;
  /** Occurrences skipped during the present run. */
  skipped = 0;
}

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
        this.#start(this.#statsOf(data.job), at);
        this.running.add(data.job);
        break;
      case "succeeded":
        this.#succeed(data, at);
        break;
      case "failed":
      case "timedOut":
        this.#fail(data);
        break;
      case "cancelled":
        this.#end(data);
        break;
      case "skipped":
      case "dropped":
        if (data.run.reason === "overlap" || data.run.reason === "queueFull")
          this.#statsOf(data.job).skipped++;
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
        this.failing.delete(data.job);
        this.#frequent.delete(data.job);
        if (!this.running.has(data.job)) this.#stats.delete(data.job);
    }
  }

  of(job: Job): Readonly<JobStats> {
    return this.#stats.get(job) ?? new JobStats();
  }

  /** The jobs that succeed more than twice a minute. */
  frequent(now: Instant): readonly Job[] {
    return [...this.#frequent].filter((job) => hasSucceeded(this.of(job), 3, now));
  }

  #statsOf(job: Job): JobStats {
    const stats = this.#stats.get(job) ?? new JobStats();
    this.#stats.set(job, stats);
    return stats;
  }

  #start(stats: JobStats, at: Instant): void {
    if (stats.running.length === 0) stats.skipped = 0;
    stats.running.push(at);
  }

  #succeed(event: RunEvent, at: Instant): void {
    const { job } = event;
    const stats = this.#end(event);
    this.failing.delete(job);
    stats.successes++;
    stats.recent = [...stats.recent.slice(-2), at];
    Object.assign(stats, { failures: 0, signature: undefined, sameFailures: 0 });
    if (hasSucceeded(stats, 3, at)) this.#frequent.add(job);
    else this.#frequent.delete(job);
  }

  #fail(event: RunEvent): void {
    const stats = this.#end(event);
    const signature = taskErrorInLine(event.error);
    this.failed++;
    this.failing.add(event.job);
    stats.failures++;
    stats.sameFailures = stats.signature === signature ? stats.sameFailures + 1 : 1;
    stats.signature = signature;
  }

  #end({ job, run }: RunEvent): JobStats {
    const stats = this.#statsOf(job);
    const index = stats.running.indexOf(run.started?.getTime() as Instant);
    [stats.lastEnded] = stats.running.splice(Math.max(0, index), 1);
    if (stats.running.length === 0) this.running.delete(job);
    this.runs++;
    return stats;
  }
}

/** Whether that many successes lie within the last minute, the present one included. */
export const hasSucceeded = (
  { recent }: { readonly recent: readonly Instant[] },
  times: number,
  now: Instant,
): boolean => {
  const first = recent.at(-times);
  return first !== undefined && now - first < minute;
};
