import type { Decision } from "../../job.ts";
import type { Instant } from "../../time/instant.ts";
import { day, second } from "../../time/plain-time.ts";
import { fields, isInstant, occurrenceId } from "./records.ts";
import type { Job } from "./redis.ts";

/** How long finished runs stay for other tools to see. BullMQ applies one age to the whole queue. */
export const runRetention = day;

/** An occurrence, as it is in the queue. */
export interface Occurrence {
  readonly key: string;
  readonly at: Instant;
  /** When it starts: later than `at` with jitter, or if it is caught up. */
  readonly start: Instant;
  /** A run at startup, which is not part of the schedule. */
  readonly isImmediate?: true | undefined;
  /** Waits for another run of its job: as the next one under `overlap("queue")`, or for older ones that are caught up. */
  readonly waits?: "turn" | "backlog" | undefined;
}

const immediate = "~start";

const idOf = ({ key, at, isImmediate }: Occurrence): string =>
  `${occurrenceId(key, at)}${isImmediate ? immediate : ""}`;

/** The BullMQ job of an occurrence. Other tools show its data, so times are text. */
export const toBullmq = (name: string, occurrence: Occurrence, now: Instant) => {
  const { at, start } = occurrence;
  return {
    name,
    data: { scheduled: new Date(at), start: new Date(start) },
    opts: {
      jobId: idOf(occurrence),
      // BullMQ would take the time from the clock of this machine.
      timestamp: now,
      ...(start > now && { delay: start - now }),
      removeOnComplete: { age: runRetention / second },
      removeOnFail: { age: runRetention / second },
    },
  };
};

/** Undefined for a job that onthedot did not add. */
export const readOccurrence = ({ id = "", data }: Pick<Job, "id" | "data">): Occurrence | undefined => {
  const { scheduled, start: begins, waits } = fields(data);
  const [at, start] = [readTime(scheduled), readTime(begins)];
  if (at === undefined || start === undefined) return undefined;
  const occurrence: Occurrence = {
    key: id.slice(0, id.lastIndexOf("@")),
    at,
    start,
    ...(id.endsWith(immediate) && { isImmediate: true }),
    ...((waits === "turn" || waits === "backlog") && { waits }),
  };
  return idOf(occurrence) === id ? occurrence : undefined;
};

/** What the progress of a BullMQ job says about an attempt that has begun. */
export interface Begun {
  readonly started: Instant;
  readonly attempts: number;
  /** Its outcome is recorded, and its task is still running. */
  readonly isDecided: boolean;
}

export const readBegun = (progress: unknown): Begun | undefined => {
  const { started: given, attempts, outcome } = fields(progress);
  const started = readTime(given);
  return started === undefined
    ? undefined
    : {
        started,
        attempts: Number.isSafeInteger(attempts) ? (attempts as number) : 1,
        isDecided: outcome !== undefined,
      };
};

/** A decision as other tools show it. */
export const forPeople = ({ scheduled, started, ended, byHand: _, ...rest }: Decision): object => ({
  ...rest,
  scheduled: new Date(scheduled),
  ...(started !== undefined && { started: new Date(started) }),
  ...(ended !== undefined && { ended: new Date(ended) }),
});

const readTime = (value: unknown): Instant | undefined => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return isInstant(at) ? at : undefined;
};
