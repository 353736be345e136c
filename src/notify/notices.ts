import type { Job, Notices } from "../job.ts";
import type { RunEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import { formatDuration } from "../time/duration.ts";
import { second } from "../time/plain-time.ts";

/** What a job has said of who is told of its runs. */
export const noticesOf = (job: Job): Notices | undefined => entryOf(job)?.definition.notices;

/** How long a run took, in words: `"1 minute 8 seconds"`; nothing where it was never started. */
export const lengthOf = ({ run: { started, ended } }: RunEvent): string | undefined => {
  if (!started || !ended) return undefined;
  const length = ended.getTime() - started.getTime();
  return formatDuration(length < 10 * second ? length : Math.round(length / second) * second);
};

/** What went wrong, in a line or two; nothing of a stack, which may hold what is nobody's business. */
export const troubleOf = ({ run }: RunEvent): string => run.error ?? "no reason given";
