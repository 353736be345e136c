import type { Job } from "./job.ts";

/** What a task gets as its last argument. */
export interface RunContext {
  /** The job it runs for. */
  readonly job: Job;
  /** The planned moment, however late the run started. */
  readonly scheduled: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborts on timeout, on `overlap("cancel")`, on `job.cancel()`, and when the script is stopped. */
  readonly signal: AbortSignal;
}

/** How long a program may take to end, on the reason of its signal. */
export const endWithin: unique symbol = Symbol.for("onthedot.endWithin@1") as never;
