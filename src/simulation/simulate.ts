import type { Outcome } from "../job/run.ts";
import { Entry } from "../scheduler/entry.ts";
import { Loop } from "../scheduler/loop.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import { memoryStore } from "../store/memory.ts";
import type { Instant } from "../time/instant.ts";
import { VirtualClock } from "../time/virtual-clock.ts";

/** A run that would be, in a simulation. */
export interface SimulatedRun {
  /** The name of the job. */
  readonly job: string;
  readonly at: Date;
  readonly outcome: Outcome;
}

/**
 * What the jobs of a scheduler would do between two moments: the real scheduler on a virtual clock, with tasks that do nothing. Counting begins
 * at `from`.
 */
export const simulate = async (original: Scheduler, from: Instant, to: Instant): Promise<SimulatedRun[]> => {
  const clock = new VirtualClock(from);
  const scheduler = new Scheduler({ clock, zone: original.zone, store: memoryStore() });
  const runs: SimulatedRun[] = [];
  for (const name of ["succeeded", "skipped", "dropped", "missed"] as const) {
    scheduler.listen(name, ({ job, run }) => {
      runs.push({ job: job.name, at: run.scheduled, outcome: run.outcome });
    });
  }
  for (const job of original.jobs()) {
    if (job instanceof Entry) scheduler.register({ ...job.definition, name: job.name, task: () => {} });
  }
  const loop = new Loop(scheduler);
  loop.start();
  await clock.advanceTo(to);
  loop.stop();
  return runs;
};
