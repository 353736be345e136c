import type { Decision } from "../job.ts";
import type { Policies } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";

/** What shares jobs among machines: `bullmq("redis://…")` from `onthedot/bullmq`. Pass it on; only the scheduler uses it. */
export interface Engine {
  /** For messages: `"Redis at localhost:6379"`. */
  readonly place: string;
}

/** A job as an engine gets it. */
export interface EngineJob {
  readonly name: string;
  /** The schedule as written; another text is another schedule. */
  readonly source: string;
  readonly recurrence: Recurrence;
  readonly zoneName: string;
  /** When it was registered, on the monotonic clock: the other one may be set before the job is known to all. */
  readonly registered: Milliseconds;
  readonly policies: Policies;
  /** Also run once at startup, by the first machine. */
  readonly isImmediate: boolean;
}

/** What all machines know about a job. */
export interface EngineJobState {
  readonly recurrence: Recurrence;
  readonly zoneName: string;
  readonly anchor: Instant;
  /** How many runs have started, for a job that is counted from the end of its runs. */
  readonly runCount: number;
  readonly isPaused: boolean;
  /** Why it was paused, if nobody asked for it. */
  readonly pausedWhy?: string | undefined;
  readonly end?: { readonly why: "ended" | "cancelled"; readonly at: Instant } | undefined;
}

/** How a run ended. */
export interface RunEnd {
  readonly decision: Decision;
  /** What the task returned. */
  readonly value?: unknown;
  /** What the task threw. */
  readonly error?: unknown;
  /** The task returned `CancelJob`. */
  readonly isLast: boolean;
  /** Resolves when the task itself has ended, if it ignored its timeout and is still running. */
  readonly settled?: Promise<void> | undefined;
}

/** A run on this machine. */
export interface EngineRun {
  /** Never rejects. Resolves when the timeout strikes, even if the task ignores it. */
  readonly ended: Promise<RunEnd>;
  /** Aborts its signal. */
  abort(): void;
}

/** The scheduler of this process, as an engine sees it. */
export interface EngineHost {
  readonly clock: Clock;
  warn(message: string): void;
  /** The decision on an occurrence that may not start, because a condition of its job does not hold. */
  refusal(name: string, scheduled: Instant): Promise<Decision | undefined>;
  /** Starts an occurrence now; undefined if this process has no such job. */
  run(name: string, scheduled: Instant): EngineRun | undefined;
  /** An occurrence was decided without a run here. */
  report(name: string, decision: Decision): void;
  /** Decisions about a job were recorded, here or on another machine. Some may be known already. */
  recorded(name: string, decisions: readonly Decision[]): void;
  /** A job changed, here or on another machine. */
  update(name: string, state: EngineJobState): void;
  /** The engine cannot be used at all. */
  fail(error: Error): void;
}

/** A job that an engine knows and this script does not have. */
export interface OrphanedJob {
  readonly name: string;
  readonly source: string;
  readonly isPaused: boolean;
}

/** Decides which machine runs what. Every call returns at once, and takes effect as soon as the engine can reach the others. */
export interface JobEngine extends Engine {
  /** Begins to plan, and to hand out runs. */
  start(host: EngineHost): void;
  /** Registers a job, also before the start. */
  register(job: EngineJob): void;
  /** Drops a job from this process; the others keep it. */
  drop(name: string): void;
  /** Pauses or resumes a job on all machines. */
  pause(name: string, isPaused: boolean): void;
  /** Ends a job on all machines. Registered again by this process, its name is a new job. */
  end(name: string, why: "ended" | "cancelled"): void;
  /** Gives a job another schedule, counted from now. */
  reschedule(name: string, recurrence: Recurrence): void;
  /** Makes a job start over, even one that has ended. */
  reset(name: string): void;
  /** Records a manual run. */
  record(name: string, decision: Decision): void;
  /** Asks for what other machines have recorded: see {@link EngineHost.recorded}. */
  readHistory(name: string): void;
  orphanedJobs(): readonly OrphanedJob[];
  /** Starts no more runs; what was taken and has not begun goes back to the others. */
  hold(): void;
  /** Disconnects. Runs that have not ended are abandoned. @returns whether everything was recorded */
  close(): Promise<boolean>;
  /**
   * Reads the state of all registered jobs, and neither plans nor runs anything. Changes made afterwards are sent before {@link close} resolves.
   *
   * @throws ScheduleError if the engine does not answer within some seconds
   */
  visit(host: EngineHost): Promise<void>;
}
