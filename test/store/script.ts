import { createScheduler, type Scheduler } from "../../src/create.ts";
import type { Job } from "../../src/job.ts";
import { type SqliteOptions, sqlite } from "../../src/sqlite.ts";
import type { VirtualClock } from "../../src/time/virtual-clock.ts";

/** A script on a file, as it is started, and all that it warns of. */
export interface Started extends Scheduler {
  readonly clock: VirtualClock;
  readonly warnings: string[];
  /** `"beat 12:10"`, as tasks note it: see {@link Started.note}. */
  readonly ran: string[];
  /** A task that notes the job's name and the planned moment. */
  readonly note: (context: { job: { name: string }; scheduled: Date }) => void;
}

type Options = SqliteOptions & { readonly allowMultiple?: boolean; readonly zone?: string };

export const startScript = (
  path: string,
  clock: VirtualClock,
  { allowMultiple = false, zone = "UTC", ...how }: Options = {},
): Started => {
  const warnings: string[] = [];
  const ran: string[] = [];
  const schedule = createScheduler({ clock, zone, allowMultiple, store: sqlite(path, how) });
  schedule.listen("warning", ({ message }) => warnings.push(message));
  schedule.listen("failed", () => {});
  const note: Started["note"] = ({ job, scheduled }) => {
    ran.push(`${job.name} ${scheduled.toISOString().slice(11, 16)}`);
  };
  return { ...schedule, clock, warnings, ran, note };
};

/** Writes the jobs of a script, and gives one of them. */
export type Script = (script: Started) => Job;

export const beat: Script = ({ every, note }) => every(10).minutes.named("beat").do(note);

/** A script that runs, started as a process of its own would be. */
export const started = (path: string, clock: VirtualClock, script: Script, options?: Options) => {
  const process = startScript(path, clock, options);
  const job = script(process);
  process.start();
  return { ...process, job };
};

/** The same, stopped again after a while. */
export const lived = async (
  path: string,
  clock: VirtualClock,
  time: Parameters<VirtualClock["advance"]>[0],
  script: Script,
  options?: Options,
) => {
  const process = started(path, clock, script, options);
  await clock.advance(time);
  await process.stop();
  return process;
};
