import type { RunRecord } from "../job/run.ts";
import type { IfInterrupted } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";

/** A job as it comes to a store. */
export interface Enrolment {
  readonly name: string;
  /** The words it was said with; other words are another schedule. */
  readonly said: string;
  readonly recurrence: Recurrence;
  readonly zone: string;
  readonly anchor: Instant;
  readonly ifInterrupted: IfInterrupted;
}

/** What a store knows of a job. */
export interface Remembered {
  /** The recurrence and the anchor it has been counted from so far, or those of the enrolment when it is new or said anew. */
  readonly recurrence: Recurrence;
  readonly anchor: Instant;
  /** The last occurrence that was decided on, or null when there was none. */
  readonly cursor: Instant | null;
  readonly isPaused: boolean;
  /** Failed runs in a row. */
  readonly failures: number;
  /** Occurrences whose run was cut off when its process died, to be run again. */
  readonly rerun: readonly Instant[];
  /** What the store had to say while it remembered, for a person: a changed schedule, runs that were cut off. */
  readonly remarks: readonly string[];
}

/** A decision on all occurrences of a job up to one, made before any of them is started. */
export interface Claim {
  readonly name: string;
  /** Where the cursor must stand, so that of several processes one alone wins. */
  readonly from: Instant | null;
  readonly to: Instant;
  readonly now: Instant;
  /** The occurrences that will be started. */
  readonly starts: readonly Instant[];
  /** What became of those that will not. */
  readonly passed: readonly RunRecord[];
}

/** Remembers jobs by name: in memory as long as the process lives, or in a file. Every call is done when it returns. */
export interface Store {
  /** Whether names must be given and be unique, because jobs are found again by them. */
  readonly isDurable: boolean;
  enrol(job: Enrolment): Remembered;
  /** Moves the cursor and keeps the decision, both or neither. False: another process was first, and the cursor is not at `from`. */
  claim(claim: Claim): boolean;
  /** Where the cursor of a job stands now. */
  cursor(name: string): Instant | null;
  /** Keeps what became of one occurrence. */
  record(name: string, run: RunRecord): void;
  pause(name: string, isPaused: boolean): void;
  /** The last decisions, oldest first. */
  history(name: string, most: number): readonly RunRecord[];
  close(): void;
}

/** Where a scheduler keeps its decisions; another store can be put in its place until the first one was made. */
export interface Books {
  store: Store;
}
