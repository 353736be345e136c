import { callText } from "../fluent/definition.ts";
import type { Definition, Registrar } from "../job.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { oneLine } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { day, second } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";

/** More of a kind are not reported. */
const mostReported = 5;

/** Warns about schedules that have no task: `"every(5).minutes has no .do(…), so it schedules nothing"`. */
export const unfinishedWarnings = ({ unfinished }: Registrar): readonly string[] =>
  [...unfinished.values()]
    .slice(0, mostReported)
    .map((callTrace) => texts().reports.missingDo(oneLine(callText(callTrace))));

/** Warns about moments that mean another day at the next start of the script, where no store remembers them: `once("tomorrow at 9")`. */
export const movingWarnings = (scheduler: SchedulerCore): readonly string[] => {
  if (scheduler.isDurable) return [];
  const now = scheduler.clock.now();
  return scheduler
    .jobs()
    .filter(
      (job) => momentOf(job.recurrence) !== undefined && moves(entryOf(job)?.definition, now, scheduler.zone),
    )
    .slice(0, mostReported)
    .map((job) => texts().reports.movingMoment(oneLine(job.name), oneLine(entryOf(job)!.source)));
};

/** Whether a moment stays for a second and is another one in a year. "In 10 minutes" is meant from each start. */
const moves = (definition: Definition | undefined, now: Instant, zone: Zone): boolean => {
  const momentAt = (after: number) => {
    const read = definition?.recurrenceAt?.({ now: (now + after) as Instant, zone });
    return read && momentOf(read);
  };
  try {
    return momentAt(0) === momentAt(second) && momentAt(0) !== momentAt(400 * day);
  } catch {
    return true;
  }
};

const momentOf = (recurrence: Recurrence): Instant | undefined =>
  recurrence.kind === "zoned"
    ? momentOf(recurrence.of)
    : recurrence.kind === "once"
      ? recurrence.at
      : undefined;
