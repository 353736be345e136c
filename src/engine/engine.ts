import type { Decision } from "../job/run.ts";
import type { Policies } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";

/** A job as an engine knows it. */
export interface EngineJob {
  readonly name: string;
  /** The words it was said with; other words are another schedule. */
  readonly said: string;
  readonly recurrence: Recurrence;
  readonly zoneName: string;
  /** When it was said, on the clock of this machine. */
  readonly anchor: Instant;
  readonly policies: Policies;
  /** Also run once when the script starts, by the first machine. */
  readonly now: boolean;
}

/** Where a job stands, for all machines. */
export interface EngineStanding {
  readonly recurrence: Recurrence;
  readonly zoneName: string;
  readonly anchor: Instant;
  /** Up to here it was decided what starts; ahead of the clock, for starts are planned. */
  readonly cursor: Instant | null;
  /** How many runs of a job that is counted from their ends were started. */
  readonly served: number;
  readonly isPaused: boolean;
  /** Failed runs in a row. */
  readonly failures: number;
}

/** How a run that an engine has given to this process ended. */
export interface Ended {
  readonly decision: Decision;
  /** The task returned `CancelJob`. */
  readonly isLast: boolean;
}

/** A run that goes on here. */
export interface Performance {
  /** Never rejects. */
  readonly ended: Promise<Ended>;
  /** Aborts its signal. */
  cancel(): void;
}

/** What an engine asks of the scheduler of its process. */
export interface Host {
  readonly clock: Clock;
  /** Tells a person something that no job has done. */
  warn(message: string): void;
  /** Starts an occurrence here and now; undefined when there is no such job any more. */
  perform(name: string, scheduled: Instant): Performance | undefined;
  /** An occurrence was decided on without a start here. */
  tell(name: string, decision: Decision): void;
  /** A job stands elsewhere than was known: at first, and when any machine has changed that. */
  stands(name: string, standing: EngineStanding): void;
  /** @param why told where it was paused by itself */
  paused(name: string, why?: string): void;
  resumed(name: string): void;
  /** No run of a job is left, or a machine has cancelled it. */
  over(name: string, why: "ended" | "cancelled"): void;
  /** Nothing can go on: what was said of the engine is wrong. */
  fail(error: Error): void;
}

/** A job that an engine knows and that the script does not. */
export interface Stranger {
  readonly name: string;
  readonly said: string;
  readonly cursor: Instant | null;
  readonly isPaused: boolean;
}

/**
 * Decides what starts when, and where: one of several machines that run the same script. Every call returns at once; what it means is done
 * as soon as the engine can.
 */
export interface Engine {
  /** For error messages and commands: `"Redis at localhost:6379"`. */
  readonly place: string;
  /** Begins to plan jobs and to give runs to the host. @internal */
  start(host: Host): void;
  /** Makes a job known, or finds it again. Before the start, too. @internal */
  enrol(job: EngineJob): void;
  /** Lets a job go that this script no longer has: other machines may have it still. @internal */
  forget(name: string): void;
  /** Holds a job back for all machines, or lets it go on. @internal */
  pause(name: string, isPaused: boolean): void;
  /** Ends a job for all machines. @internal */
  cancel(name: string): void;
  /** Gives a job another schedule, counted from now. @internal */
  reschedule(name: string, recurrence: Recurrence): void;
  /** Keeps what became of a run by hand. @internal */
  record(name: string, decision: Decision): void;
  /** The last decisions as far as they are known here, by their planned moments, the oldest first. @internal */
  history(name: string): readonly Decision[];
  /** The jobs that it knows and that nobody has enrolled here. @internal */
  strangers(): readonly Stranger[];
  /** Gives no more runs to the host; what was taken and not begun goes back to other machines. @internal */
  hold(): void;
  /**
   * Lets go of everything. Runs that go on are left to their end, which nobody hears.
   *
   * @returns whether everything that has ended or was said here is kept
   * @internal
   */
  close(): Promise<boolean>;
  /**
   * Only looks: makes known where the enrolled jobs stand, and plans and starts nothing. What is said afterwards, such as a pause, is kept before
   * {@link close} is done.
   *
   * @throws ScheduleError when it cannot be reached within some seconds
   * @internal
   */
  visit(host: Host): Promise<void>;
}
