import type { Milliseconds } from "../time/instant.ts";
import type { CatchUpPolicy } from "./catch-up.ts";
import type { Overlap } from "./overlap.ts";
import type { RetryPolicy } from "./retry.ts";

/** What happens to a run whose process died. `"report"`: recorded, at most once. `"rerun"`: at least once. */
export type IfInterrupted = "report" | "rerun";

export const ifInterrupteds: readonly IfInterrupted[] = ["report", "rerun"];

/** How a job runs, beside when and what. */
export interface Policies {
  readonly overlap: Overlap;
  readonly catchUp: CatchUpPolicy;
  readonly retry?: RetryPolicy;
  /** How long one attempt may take. */
  readonly timeout?: Milliseconds;
  /** How far the start may be put off. */
  readonly jitter?: Milliseconds;
  readonly ifInterrupted: IfInterrupted;
  /** So many failed runs in a row pause the job. */
  readonly pauseAfterFailures?: number;
}

export const usualPolicies: Policies = Object.freeze({
  overlap: "skip",
  catchUp: Object.freeze({ missed: "once" }),
  ifInterrupted: "report",
});
