import type { SkipReason, StartCondition } from "../job.ts";
import { texts } from "../text/text.ts";
import type { Clock } from "../time/clock.ts";
import { later } from "../time/instant.ts";
import type { Run } from "./attempt.ts";

/** Why a run may not start. */
export interface Refusal {
  readonly reason: Extract<SkipReason, "onlyIf" | "unless" | "conditionFailed">;
  /** What a condition threw. */
  readonly error?: unknown;
}

/**
 * The first condition of a job that keeps a run from starting, in the order in which they were written; undefined if it may start. A promise only where a condition
 * returns one; it never rejects.
 */
export const refusalOf = (
  check: Run,
  clock: Clock,
  keepsAlive: boolean,
): Refusal | undefined | Promise<Refusal | undefined> => {
  const { conditions = [], policies } = check.definition;
  const context = check.context();
  const from = (at: number): Refusal | undefined | Promise<Refusal | undefined> => {
    for (let i = at; i < conditions.length; i++) {
      const condition = conditions[i]!;
      try {
        const answer = condition.test(context);
        if (isThenable(answer))
          return Promise.resolve(answer).then((value) => verdict(condition, value) ?? from(i + 1), failed);
        const refusal = verdict(condition, answer);
        if (refusal) return refusal;
      } catch (error) {
        return failed(error);
      }
    }
    return undefined;
  };
  const found = from(0);
  if (!(found instanceof Promise)) return found;
  return new Promise((resolve) => {
    const { signal } = check.controller;
    const cancel =
      policies.timeout === undefined
        ? () => {}
        : clock.wakeAt(later(clock.now(), policies.timeout), () => check.abort("timeout"), keepsAlive);
    const end = (refusal: Refusal | undefined) => {
      cancel();
      resolve(refusal);
    };
    signal.addEventListener("abort", () => end(failed(signal.reason)), { once: true });
    void found.then(end);
  });
};

const verdict = ({ kind }: StartCondition, answer: unknown): Refusal | undefined =>
  Boolean(answer) === (kind === "onlyIf") ? undefined : { reason: kind };

const failed = (error: unknown): Refusal => ({
  reason: "conditionFailed",
  error: error ?? new Error(texts().commands.reasons.conditionFailed),
});

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
