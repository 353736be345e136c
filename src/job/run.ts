import type { Instant } from "../time/instant.ts";

/**
 * What became of an occurrence; every one has exactly one.
 *
 * - `succeeded`, `failed`, `timed-out`: it was started; a task that ignores its signal may go on after `timed-out`, and its job runs until it has ended · `cancelled`: it was started or waited for that, and was called off
 * - `skipped`: the last run still ran · `dropped`: too many were waiting
 * - `coalesced`: missed, and made one with a later one · `expired`: missed, and too old to be made up for
 * - `interrupted`: the process died in the middle
 */
export type Outcome =
  | "succeeded"
  | "failed"
  | "timed-out"
  | "cancelled"
  | "skipped"
  | "coalesced"
  | "expired"
  | "interrupted"
  | "dropped";

/** The decision on one occurrence, or on several that were missed in a row. */
export interface RunRecord {
  /** The planned moment; with a count, that of the last of them. */
  readonly scheduled: Date;
  /** What became of it. */
  readonly outcome: Outcome;
  /** When the first attempt began; left out when nothing was started. */
  readonly started?: Date;
  /** When the last attempt ended. */
  readonly ended?: Date;
  /** How many attempts were made. @default 0 when nothing was started */
  readonly attempts: number;
  /** What the task threw, in words. */
  readonly error?: string;
  /** How many occurrences this decision is about. @default 1 */
  readonly count?: number;
  /** Started by hand, outside the schedule. */
  readonly byHand?: true;
}

/**
 * A {@link RunRecord} as it is made and kept: with instants, because a `Date` costs more than the decision itself, and one is made for
 * every run.
 */
export interface Decision {
  readonly scheduled: Instant;
  readonly outcome: Outcome;
  readonly started?: Instant | undefined;
  readonly ended?: Instant | undefined;
  readonly attempts: number;
  readonly error?: string | undefined;
  readonly count?: number | undefined;
  readonly byHand?: boolean | undefined;
}

/** A decision as people see it. */
export const toRecord = ({
  scheduled,
  outcome,
  started,
  ended,
  attempts,
  error,
  count,
  byHand,
}: Decision): RunRecord => ({
  scheduled: new Date(scheduled),
  outcome,
  ...(started !== undefined && { started: new Date(started) }),
  ...(ended !== undefined && { ended: new Date(ended) }),
  attempts,
  ...(error !== undefined && { error }),
  ...(count !== undefined && { count }),
  ...(byHand && { byHand: true as const }),
});

/** A task that returns this, or a promise of it, is not run again. */
export const CancelJob: unique symbol = Symbol.for("onthedot.CancelJob@1") as never;
