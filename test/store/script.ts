import { createScheduler, type Scheduler } from "../../src/create.ts";
import type { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { type SqliteOptions, sqlite } from "../../src/sqlite.ts";
import type { VirtualClock } from "../../src/time/virtual-clock.ts";

/** A script on a file, as it is started, and all that it tells. */
export interface Started extends Scheduler {
  readonly clock: VirtualClock;
  readonly warnings: string[];
  /** `"beat 12:10"`, as tasks note it: see {@link Started.note}. */
  readonly ran: string[];
  /** A task that notes the job's name and the planned moment. */
  readonly note: (context: { job: { name: string }; scheduled: Date }) => void;
}

export const startScript = (
  path: string,
  clock: VirtualClock,
  options: SqliteOptions & { allowMultiple?: boolean; zone?: string } = {},
): Started => {
  const warnings: string[] = [];
  const ran: string[] = [];
  const { allowMultiple = false, zone = "UTC", ...how } = options;
  const schedule = createScheduler({ clock, zone, allowMultiple, store: sqlite(path, how) });
  schedule.listen("warning", ({ message }) => warnings.push(message));
  const note: Started["note"] = ({ job, scheduled }) => {
    ran.push(`${job.name} ${scheduled.toISOString().slice(11, 16)}`);
  };
  return { ...schedule, clock, warnings, ran, note };
};

export type { SchedulerCore };
