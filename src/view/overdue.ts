import type { Job } from "../job/job.ts";
import { due } from "../policy/catch-up.ts";
import { entryOf } from "../scheduler/entry.ts";
import { clockAt, oneLine } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";

/** More names than these are only counted. */
const mostNamed = 3;

/** What was missed, and what becomes of it by each job's `catchUp`: `"missed backupPhotos 02:30"`, `"running it once now"`. */
export const sayOverdue = (jobs: readonly Job[], now: Instant, zone: Zone): readonly string[] => {
  const overdue = jobs.flatMap((job) => entryOf(job) ?? []).filter((entry) => entry.due <= now);
  if (overdue.length === 0) return [];
  const named = overdue
    .slice(0, mostNamed)
    .map((job) => `${oneLine(job.name)} ${clockAt(job.due as Instant, zone)}`);
  const more = overdue.length - named.length;
  const starts = overdue.map(
    ({ trigger, due: first, definition }) =>
      due(trigger, first as Instant, now, definition.policies.catchUp).run.length,
  );
  return [`missed ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`, becoming(starts)];
};

const becoming = (starts: readonly number[]): string => {
  const running = starts.filter((count) => count > 0).length;
  const runs = starts.reduce((sum, count) => sum + count, 0);
  if (runs === 0) return starts.length === 1 ? "it is not made up for" : "none is made up for";
  if (starts.length === 1) return runs === 1 ? "running it once now" : `making up for ${runs} runs`;
  return running === runs
    ? `running ${running === starts.length ? "each" : running} once`
    : `making up for ${runs} runs`;
};
