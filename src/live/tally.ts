import type { Job } from "../job.ts";
import { signatureOf } from "../report/failure.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";

/** What has become of one job since the screen was opened. */
export interface JobStats {
  /** When its running runs were started, oldest first. */
  readonly running: readonly Instant[];
  readonly successes: number;
  /** When its last three successes ended, oldest first. */
  readonly recent: readonly Instant[];
  /** Failed runs in a row. */
  readonly failures: number;
  /** How the last failure looked, and how many in a row looked like it. */
  readonly trouble?: string | undefined;
  readonly alike: number;
  /** When the run was started that ended last; one that was given up may go on all the same. */
  readonly lastEnded?: Instant | undefined;
  /** Occurrences that were skipped while the run goes on. */
  readonly skipped: number;
}

const unknown: JobStats = { running: [], successes: 0, recent: [], failures: 0, alike: 0, skipped: 0 };

/** Counts what it is told, so that a line can say "same error, 4th time" and a status line what runs. */
export class Tally {
  /** Runs that have ended. */
  runs = 0;
  failed = 0;
  /** Occurrences that nobody served in time. */
  missed = 0;
  /** Nothing starts any more: what still ends was waited for. */
  isStopping = false;
  readonly #courses = new Map<Job, JobStats>();
  readonly #running = new Set<Job>();
  readonly #failing = new Set<Job>();
  readonly #frequent = new Set<Job>();

  hear(event: SchedulerEvent, at: Instant): void {
    switch (event.name) {
      case "started":
        this.#start(event.data.job, at);
        break;
      case "succeeded":
        this.#succeed(event.data.job, event.data.run.started, at);
        break;
      case "failed":
      case "timedOut":
        this.#fail(event.data.job, event.data.run.started, event.data.error);
        break;
      case "cancelled":
        this.#end(event.data.job, event.data.run.started, {});
        break;
      case "skipped":
      case "dropped":
        this.#change(event.data.job, { skipped: this.of(event.data.job).skipped + 1 });
        break;
      case "missed":
        this.missed += event.data.run.count ?? 1;
        break;
      case "stopping":
        this.isStopping = true;
        break;
      case "removed":
        this.#forget(event.data.job);
    }
  }

  of(job: Job): JobStats {
    return this.#courses.get(job) ?? unknown;
  }

  get running(): ReadonlySet<Job> {
    return this.#running;
  }

  /** The jobs whose last run failed. */
  get failing(): ReadonlySet<Job> {
    return this.#failing;
  }

  /** The jobs that succeed more than twice a minute. */
  frequent(now: Instant): readonly Job[] {
    return [...this.#frequent].filter((job) => succeeds(this.of(job), 3, now));
  }

  #start(job: Job, at: Instant): void {
    this.#running.add(job);
    const { running, skipped } = this.of(job);
    this.#change(job, { running: [...running, at], skipped: running.length === 0 ? 0 : skipped });
  }

  #succeed(job: Job, started: Date | undefined, at: Instant): void {
    const { successes, recent } = this.of(job);
    this.#failing.delete(job);
    this.#end(job, started, {
      successes: successes + 1,
      recent: [...recent.slice(-2), at],
      failures: 0,
      trouble: undefined,
      alike: 0,
    });
    if (succeeds(this.of(job), 3, at)) this.#frequent.add(job);
    else this.#frequent.delete(job);
  }

  #fail(job: Job, started: Date | undefined, error: unknown): void {
    const { failures, trouble, alike } = this.of(job);
    const signature = signatureOf(error);
    this.failed++;
    this.#failing.add(job);
    this.#end(job, started, {
      failures: failures + 1,
      trouble: signature,
      alike: trouble === signature ? alike + 1 : 1,
    });
  }

  #end(job: Job, started: Date | undefined, change: Partial<JobStats>): void {
    const { running } = this.of(job);
    const index = Math.max(0, running.indexOf(started?.getTime() as Instant));
    const left = running.filter((_, i) => i !== index);
    this.runs++;
    this.#change(job, { ...change, running: left, lastEnded: running[index] });
    if (left.length === 0) this.#running.delete(job);
  }

  #change(job: Job, change: Partial<JobStats>): void {
    this.#courses.set(job, { ...this.of(job), ...change });
  }

  #forget(job: Job): void {
    this.#failing.delete(job);
    this.#frequent.delete(job);
    if (!this.#running.has(job)) this.#courses.delete(job);
  }
}

/** Whether so many successes lie within the last minute: the last of them may be the one that is told now. */
export const succeeds = ({ recent }: JobStats, times: number, now: Instant): boolean => {
  const first = recent.at(-times);
  return first !== undefined && now - first < minute;
};
