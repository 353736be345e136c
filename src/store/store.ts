import type { Decision } from "../job/run.ts";
import type { IfInterrupted } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";

/** A job as it comes to a store. */
export interface Enrolment {
  readonly name: string;
  /** The words it was said with; other words are another schedule. */
  readonly said: string;
  readonly recurrence: Recurrence;
  readonly zoneName: string;
  readonly anchor: Instant;
  readonly ifInterrupted: IfInterrupted;
}

/** What a store knows of a job from earlier. */
export interface Remembered {
  /** The recurrence and the anchor it is counted from; those of the enrolment when it is new or was said anew. */
  readonly recurrence: Recurrence;
  readonly anchor: Instant;
  /** The last occurrence that was decided on, or null when there was none. */
  readonly cursor: Instant | null;
  readonly isPaused: boolean;
  /** Failed runs in a row. */
  readonly failures: number;
  /** Occurrences whose run was cut off when its process died, to be run again. */
  readonly rerun: readonly Instant[];
  /** What a person should know of it: a changed schedule, runs that were cut off. */
  readonly remarks: readonly string[];
}

/** A decision on all occurrences of a job up to one, made before any of them is started. */
export interface Claim {
  /** Where the cursor must stand, so that of several processes one alone wins. */
  readonly from: Instant | null;
  readonly to: Instant;
  readonly now: Instant;
  /** The occurrences that will be started. */
  readonly starts: readonly Instant[];
  /** What became of those that will not. */
  readonly passed: readonly Decision[];
}

/** The page of one job in a store. Every call is done when it returns. */
export interface Page {
  /** Nothing, where a job is forgotten with its process. */
  readonly remembered: Remembered | undefined;
  /** Moves the cursor and keeps the decision, both or neither. False: another process was first, and the cursor is not at `from`. */
  claim(claim: Claim): boolean;
  /** Where the cursor stands now. */
  cursor(): Instant | null;
  /** Keeps what became of one occurrence. */
  record(decision: Decision): void;
  pause(isPaused: boolean): void;
  /** The last decisions, oldest first. */
  history(): readonly Decision[];
}

/** Remembers jobs: in memory as long as the process lives, or in a file. */
export interface Store {
  /** Whether jobs are found again by their names, which then must be given and be unique. */
  readonly isDurable: boolean;
  enrol(job: Enrolment): Page;
  close(): void;
}
