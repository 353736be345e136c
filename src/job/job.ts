import type { Hearing } from "../language/hearing.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { RunRecord } from "./run.ts";

/**
 * A function that a job runs. It gets the arguments given to `do`, and last the run's context: see `RunContext`. It may be asynchronous.
 */
// biome-ignore lint/suspicious/noExplicitAny: a task may take whatever `do` passes on; `do` checks that they fit
export type Task = (...args: any[]) => unknown;

/** Anything that says when: a chain, a phrase's chain, a cron chain. */
export interface Sayable {
  /** What was said, as it is read now, or at another moment. */
  recurrence(hearing?: Hearing): Recurrence;
}

/** What a job is as JSON. */
export interface JobSummary {
  readonly name: string;
  /** When it runs, in words. */
  readonly schedule: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly nextRun: string | null;
  /** ISO 8601. */
  readonly lastRun: string | null;
  readonly isPaused: boolean;
  readonly isRunning: boolean;
}

/** A registered task: its name, when it runs, and what became of its runs. */
export interface Job {
  /** `.named("…")`, else the function's own name, else its place: `"job 3 (myjobs.ts:12)"`. */
  readonly name: string;
  /** The groups it belongs to. */
  readonly tags: ReadonlySet<string>;
  /** The next planned moment, or null when there is none: paused, cancelled, or at its end. */
  readonly nextRun: Date | null;
  /** When the last run was started, or null. */
  readonly lastRun: Date | null;
  /** Whether it plans nothing until {@link resume}. */
  readonly isPaused: boolean;
  /** Whether its task runs right now, also one whose time is up and that goes on all the same. */
  readonly isRunning: boolean;
  /** The last decisions, oldest first: a hundred in memory, all that are kept in a store. */
  readonly history: readonly RunRecord[];
  /** What was said about when, as data. */
  readonly recurrence: Recurrence;
  /** Name, schedule, next and last run in one line: what `console.log(job)` shows. */
  toString(): string;
  /** The same as data, for `JSON.stringify(jobs())`. */
  toJSON(): JobSummary;
  /** When it runs, in words. @default "en" */
  describe(language?: "en" | "zh"): string;
  /** The next moments. @param count @default 1 */
  next(count?: number): Date[];
  /** Runs the task now, whatever the schedule says; the schedule is not touched. Resolves with what the task returned, rejects with what it threw. */
  run(): Promise<unknown>;
  /** Plans nothing until {@link resume}. */
  pause(): void;
  /** Goes on with the beat it had; what passed meanwhile is not made up for. */
  resume(): void;
  /** Takes the job out for good; a run in progress gets its signal. */
  cancel(): void;
  /** Adds groups it belongs to, and gives the job back, as Python's `schedule` has it: `every().day.do(greet).tag("friend")`. */
  tag(...tags: readonly string[]): Job;
  /** Gives the job another schedule, counted from now. */
  reschedule(when: Sayable): void;
}
