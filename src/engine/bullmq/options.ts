import { ScheduleError } from "../../errors.ts";
import { checkOptions } from "../../options.ts";
import { type DurationLike, parseDuration } from "../../time/duration.ts";
import type { Milliseconds } from "../../time/instant.ts";
import { hour, second } from "../../time/plain-time.ts";

/** How a script shares its jobs: see `bullmq`. */
export interface BullmqOptions {
  /** What the scripts that share their jobs have in common; others on the same Redis do not see them. @default "onthedot" */
  readonly queue?: string;
  /** How many runs go on here at once, at most. @default 100 */
  readonly concurrency?: number;
  /** So far ahead starts are put into the queue: from 4 seconds to 1 hour. @default "1 minute" */
  readonly horizon?: DurationLike;
}

export interface Settings {
  readonly queue: string;
  readonly concurrency: number;
  readonly horizon: Milliseconds;
}

const names = ["queue", "concurrency", "horizon"];

/** @throws ScheduleError `engine-options`, `duration` */
export const readOptions = (given: BullmqOptions): Settings => {
  checkOptions("bullmq(…)", given, names);
  const { queue = "onthedot", concurrency = 100 } = given;
  if (typeof queue !== "string" || !/^[\w.-]{1,100}$/.test(queue))
    refuse("queue", queue, "1 to 100 letters, digits, dots, dashes and underscores");
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10_000)
    refuse("concurrency", concurrency, "a whole number from 1 to 10000");
  const horizon = parseDuration(given.horizon ?? "1 minute", "horizon", 4 * second);
  if (horizon > hour) refuse("horizon", given.horizon, '"4 seconds" to "1 hour"');
  return { queue, concurrency, horizon };
};

const refuse = (what: string, given: unknown, accepted: string): never => {
  throw new ScheduleError({ code: "engine-options", what, given, accepted });
};
