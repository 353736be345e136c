import type { Decision } from "../job.ts";
import type { IfInterrupted } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";

/** Where a scheduler remembers its jobs: `sqlite("jobs.db")` from `onthedot/sqlite`. Pass it on; only the scheduler uses it. */
export interface Store {
  /** Whether jobs are found again by their names after a restart; then every job needs a name of its own. */
  readonly isDurable: boolean;
}

/** Of which runs a store keeps what they print. */
export type OutputKept = "failed" | "all" | "none";

/** The options a store is opened with. */
export interface Opening {
  readonly clock: Clock;
  /** Whether another process may have the same store open. @default false */
  readonly allowMultiple?: boolean | undefined;
  /** To read, and to change little, beside a process that runs the jobs: nothing is decided. @default false */
  readonly isReadOnly?: boolean | undefined;
  /** Warns a person about something that is not the outcome of a run. */
  warn(message: string): void;
}

/** A job as it comes to a store. */
export interface Registration {
  readonly name: string;
  /** The schedule as written; another text is another schedule. */
  readonly source: string;
  readonly recurrence: Recurrence;
  readonly zoneName: string;
  readonly anchor: Instant;
  readonly ifInterrupted: IfInterrupted;
}

/** When and why a job ended: its moment passed or its count was reached, or it was cancelled. */
export interface JobEnd {
  readonly at: Instant;
  readonly why: "ended" | "cancelled";
}

/** What the occurrences of a job are counted from. */
export interface Anchor {
  readonly recurrence: Recurrence;
  readonly anchor: Instant;
  /** How many runs have started since counting began, and were claimed to. */
  readonly runCount: number;
}

/** Where a job stands. */
export interface JobState extends Anchor {
  /** The last occurrence that was decided on, or null when there was none. */
  readonly lastDecided: Instant | null;
  /** Set once it has ended, here or in another process: nothing of it starts again. */
  readonly end?: JobEnd | undefined;
}

/** What a store knows about a job from before. The anchor is that of the registration when the job is new or its schedule has changed. */
export interface Remembered extends JobState {
  readonly isPaused: boolean;
  /** When a pause ends by itself. */
  readonly pausedUntil?: Instant | undefined;
  /** Failed runs in a row. */
  readonly failures: number;
  /** Occurrences whose run was cut off when its process died, to be run again. */
  readonly rerun: readonly Instant[];
  /** Occurrences that were decided on and had not begun when the scheduler was stopped or its process died. */
  readonly unstarted: readonly Instant[];
  /** Where counting began before, when the clock has been set back to before that: nothing earlier was decided on. */
  readonly decidedFrom?: Instant | undefined;
  /** Runs that were cut off and will not be run again. */
  readonly interrupted: readonly Decision[];
  /** What a person should know of it: a changed schedule, runs that were cut off. */
  readonly remarks: readonly string[];
}

/** A decision on all occurrences of a job up to one, made before any of them is started. */
export interface Claim {
  readonly jobRecord: JobRecord;
  /** What `lastDecided` must still be, so that of several processes only one wins. */
  readonly from: Instant | null;
  readonly to: Instant;
  readonly now: Instant;
  /** The occurrences that will be started. */
  readonly starts: readonly Instant[];
  /** Those of them that do not start at once. */
  readonly deferred: readonly Instant[];
  /** The outcomes of those that will not start. */
  readonly passed: readonly Decision[];
}

/** An occurrence claimed earlier that begins now. */
export interface Begun {
  readonly jobRecord: JobRecord;
  readonly scheduled: Instant;
}

/**
 * The result of a claim.
 *
 * - `"won"`: it is kept, and the occurrences may start
 * - `"lost"`: another process was first; see {@link JobRecord.jobState}
 * - `"held"`: it cannot be kept now and must be before anything starts; to be asked again later
 */
export type Claimed = "won" | "lost" | "held";

/**
 * The record of one job in a store. Changes are written by the next {@link JobStore.commit} at the latest, unless a method says that they are written when it returns.
 */
export interface JobRecord {
  /** Nothing, where a job is forgotten with its process. */
  readonly remembered: Remembered | undefined;
  /** Where the job stands by now, when another process may have moved it. */
  jobState(): JobState | undefined;
  /** How many decisions are kept; the oldest are forgotten. Left out where nobody asks. */
  readonly keeps?: number;
  /** Counts from another moment on. Gives where the job stands instead when another process has moved it first. */
  rebase(anchor: Anchor): JobState | undefined;
  /** A claimed occurrence that was to start waits for another run. */
  defer(scheduled: Instant): void;
  /** A run begins: of an occurrence that was claimed, or one that the schedule knows nothing of, by hand or at the start. Kept when it returns. */
  begin(scheduled: Instant, now: Instant, byHand: boolean): void;
  /** Records the outcome of one occurrence. */
  record(decision: Decision): void;
  /** Gives back an occurrence that was claimed and not begun: see {@link Remembered.unstarted}. */
  release(scheduled: Instant): void;
  /** Kept when it returns. */
  pause(isPaused: boolean, until?: Instant): void;
  /** Ends the job, for every process on the store. Registered again by this process, the name is a new job. */
  end(end: JobEnd): void;
  /** Drops the job from this process and ends nothing for others. Registered again by this process, the name counts from then on. */
  leave(): void;
  /** Makes the job start over, as if it had never been known. Kept when it returns. */
  reset(anchor: Anchor): void;
  /** The last decisions, by their planned moments, the oldest first. @param limit how many at most. @default all that are kept */
  history(limit?: number): readonly Decision[];
  /** The last run that started and has ended. */
  lastRun(): Decision | undefined;
}

/** A job that a store knows and that is no longer in the script. */
export interface OrphanedJob extends Pick<JobState, "lastDecided" | "end"> {
  readonly name: string;
  readonly source: string;
  readonly isPaused: boolean;
  /** The last decisions, oldest first. */
  history(limit: number): readonly Decision[];
}

/** What another process has changed about a job. */
export interface JobChange {
  readonly isPaused: boolean;
  /** Why it is paused, if that is known. */
  readonly why?: string | undefined;
  readonly pausedUntil?: Instant | undefined;
  /** It was ended, or counts from another moment: see {@link JobRecord.jobState}. */
  readonly isMoved: boolean;
}

/** A process that lives and has a store open to run jobs. */
export interface ProcessInfo {
  readonly pid: number;
  /** The name of the file it was started with. */
  readonly script: string;
  /** When it opened the store. */
  readonly since: Instant;
}

/** What kept runs from starting on time, or at all. */
export interface Incident {
  /** `paused` is about one job, the others are about all. */
  readonly kind: "asleep" | "stalled" | "set-back" | "set-forward" | "notRunning" | "paused";
  readonly from: Instant;
  /** Null while it lasts. */
  readonly until: Instant | null;
  /** `""` for all jobs. */
  readonly job: string;
  /** Why a job was paused; `"died"` for a script that did not stop by itself. */
  readonly why: string | null;
}

/** How many incidents are kept. */
export const incidentLimit = 500;

/** Incidents in memory. */
export class Incidents {
  #all: readonly Incident[] = [];

  note(incident: Incident): void {
    const isOpen = ({ kind, job, until }: Incident) =>
      kind === incident.kind && job === incident.job && until === null;
    this.#all = [...this.#all.filter((other) => !isOpen(other)), incident].slice(-incidentLimit);
  }

  of(job: string): readonly Incident[] {
    return this.#all.filter((incident) => incident.job === "" || incident.job === job);
  }
}

/** Remembers jobs: in memory as long as the process lives, or in a file. What it can do is for the scheduler to ask. */
export interface JobStore extends Store {
  /** Of which runs it keeps what they print. @default "none" */
  readonly output?: OutputKept;
  /** Called once before anything else, and again after {@link close}. */
  open(opening: Opening): void;
  /** Finds the record of a job, or begins one, which the next {@link commit} writes. */
  register(job: Registration): JobRecord;
  /**
   * Keeps what a pass has decided, all in one transaction, before any of it starts.
   *
   * @param begun occurrences that were claimed earlier and start in this pass, at `now`
   * @returns the result of each claim
   */
  claimAll(claims: readonly Claim[], begun: readonly Begun[], now: Instant): readonly Claimed[];
  /**
   * Writes all changes of all records since the last commit, in one transaction. What cannot be written now is tried again.
   *
   * @param isStart whether another process that registered one of the jobs is an error. @default false
   * @throws ScheduleError `already-running`
   */
  commit(isStart?: boolean): void;
  /** The jobs that are known from before and have not been registered; they are never deleted. */
  orphanedJobs(): readonly OrphanedJob[];
  /** The other processes that run jobs on it right now, the oldest first; also those in which nothing is due. */
  otherProcesses(): readonly ProcessInfo[];
  /** Notes an incident, in place of one of its kind and job that lasts. */
  note(incident: Incident): void;
  /** The incidents that concern a job, oldest first. */
  incidents(job: string): readonly Incident[];
  /**
   * What has changed about each job, if another process has written to the store since the last call; undefined if none has. Cheap enough to be called every
   * second.
   */
  pollChanges(): ((jobRecord: JobRecord) => JobChange) | undefined;
  /** Lets go of the file. @returns whether everything that was decided is kept */
  close(): boolean;
}
