import { ScheduleError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { checkOptions } from "../options.ts";
import type { RetryPolicy } from "../policy/retry.ts";
import { parseDuration } from "../time/duration.ts";
import type { Milliseconds } from "../time/instant.ts";
import { minute, second } from "../time/plain-time.ts";
import type { RetryOptions } from "./grammar.ts";

/**
 * Checks that a word is one of a few.
 *
 * @throws ScheduleError with the given code
 */
export const oneOf = <T extends string>(given: T, accepted: readonly T[], code: string, what: string): T => {
  if (accepted.includes(given)) return given;
  const near = typeof given === "string" ? nearest(given, accepted) : undefined;
  throw new ScheduleError({
    code,
    what,
    given,
    accepted: accepted.map((word) => JSON.stringify(word)).join(", "),
    nearest: near && JSON.stringify(near),
  });
};

/** Checks a whole number from 1 to a greatest one. @throws ScheduleError with the given code */
export const wholeUpTo = (most: number, given: number, code: string, what: string): number => {
  if (Number.isInteger(given) && given >= 1 && given <= most) return given;
  throw new ScheduleError({ code, what, given, accepted: `a whole number from 1 to ${most}` });
};

/** @throws ScheduleError `retry`, `duration` */
export const readRetry = (times: number, options: RetryOptions = {}): RetryPolicy => {
  checkOptions("retry(…)", options, ["backoff", "from", "upTo"]);
  const { backoff = "exponential", from = 10 * second, upTo = 5 * minute } = options;
  const first = parseDuration(from, "retry: from", 0);
  const longest = parseDuration(upTo, "retry: upTo", 0);
  if (longest < first && options.upTo !== undefined)
    throw new ScheduleError({
      code: "retry",
      what: "retry: upTo",
      given: upTo,
      accepted: "at least as long as from",
    });
  return {
    times: wholeUpTo(100, times, "retry", "retry(…)"),
    backoff: oneOf(backoff, ["fixed", "exponential"], "retry", "retry: backoff"),
    from: first,
    upTo: Math.max(first, longest) as Milliseconds,
  };
};

/** A name or a tag: text with something to see in it. @throws ScheduleError with the given code */
export const readLabel = (given: string, code: "name" | "tag"): string => {
  if (typeof given === "string" && given.trim() !== "" && given.length <= 200) return given;
  throw new ScheduleError({
    code,
    what: `${code === "name" ? "Name" : "Tag"} of a job`,
    given,
    accepted: "text of 1 to 200 characters",
  });
};
