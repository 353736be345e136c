import type { Outcome } from "../job/run.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import { type Zone, zoneNamed } from "../time/zone.ts";
import { type ClockChange, clockChanges } from "./clock-changes.ts";
import type { Nap } from "./naps.ts";
import type { Simulation } from "./simulate.ts";

/** A run on a lane, or occurrences that were missed in a row. */
export interface TimelineRun {
  /** The planned moment; that of the last of several. */
  readonly at: Instant;
  readonly outcome: Outcome;
  /** How long after the planned moment it starts. */
  readonly late?: Milliseconds;
  /** How many missed occurrences this is about. @default 1 */
  readonly count?: number;
}

/** One job on a timeline. */
export interface Lane {
  readonly name: string;
  /** When it runs, in words. */
  readonly when: string;
  /** The zone in which its wall times are read. */
  readonly zone: Zone;
  readonly runs: readonly TimelineRun[];
  /** Its first run after the end of the timeline. */
  readonly next: Instant | null;
}

/** What is drawn, whatever it is drawn with. */
export interface Timeline {
  readonly from: Instant;
  readonly to: Instant;
  /** The end that was asked for; later than `to` where there were too many runs. */
  readonly wanted: Instant;
  readonly zone: Zone;
  /** By their first run, those without any last. */
  readonly lanes: readonly Lane[];
  /** The clock changes of all the zones on it, in order. */
  readonly changes: readonly ClockChange[];
  /** When the machine is thought to sleep. */
  readonly naps: readonly Nap[];
  /** The names of the jobs that are paused, and so not drawn. */
  readonly paused: readonly string[];
}

/** Puts what a simulation found on lanes. */
export const timelineOf = ({
  from,
  to,
  wanted,
  zone,
  jobs,
  decisions,
  naps,
  paused,
}: Simulation): Timeline => {
  const runs: TimelineRun[][] = jobs.map(() => []);
  for (const { job, at, outcome, late, count } of decisions)
    runs[job]!.push({ at, outcome, ...(late > 0 && { late }), ...(count > 1 && { count }) });
  const lanes = jobs.map(({ job, next }, i) => ({
    name: job.name,
    when: job.describe(),
    zone: zoneOf(job.recurrence) ?? zone,
    runs: runs[i]!.sort((a, b) => startOf(a) - startOf(b)),
    next,
  }));
  const zones = [...new Set([zone, ...lanes.map((lane) => lane.zone)])];
  return {
    from,
    to,
    wanted,
    zone,
    lanes: lanes.sort((a, b) => firstOf(a) - firstOf(b)),
    changes: zones.flatMap((one) => clockChanges(one, from, to)).sort((a, b) => a.at - b.at),
    naps,
    paused: paused.map((job) => job.name),
  };
};

/** The zone that was said for a whole recurrence. */
const zoneOf = (recurrence: Recurrence): Zone | undefined => {
  if (recurrence.kind === "zoned") return zoneNamed(recurrence.zone);
  return "of" in recurrence && recurrence.kind !== "union" ? zoneOf(recurrence.of) : undefined;
};

const firstOf = ({ runs, next }: Lane): number => (runs[0] ? startOf(runs[0]) : (next ?? Infinity));

/** When a run starts. */
export const startOf = ({ at, late = 0 as Milliseconds }: TimelineRun): Instant => (at + late) as Instant;

/** Whether it is a run that happens, and not one that is missed or skipped. */
export const isRun = ({ outcome }: TimelineRun): boolean => outcome === "succeeded";

/** How many runs happen on a lane. */
export const countRuns = ({ runs }: Lane): number => runs.reduce((sum, run) => sum + (isRun(run) ? 1 : 0), 0);

/** How many occurrences of a lane are missed, skipped or dropped. */
export const countMissed = ({ runs }: Lane): number =>
  runs.reduce((sum, run) => sum + (isRun(run) ? 0 : (run.count ?? 1)), 0);

/** The minute in which most jobs run; of several, the one with most runs, then the first. */
export interface BusiestMinute {
  readonly at: Instant;
  readonly jobs: number;
  readonly runs: number;
}

/** Nothing, where no job runs. */
export const busiestMinute = ({ lanes }: Timeline): BusiestMinute | undefined => {
  const minutes = new Map<number, { jobs: number; runs: number; last: Lane }>();
  for (const lane of lanes) {
    for (const run of lane.runs) {
      if (!isRun(run)) continue;
      const at = Math.floor(startOf(run) / minute) * minute;
      const known = minutes.get(at);
      if (!known) minutes.set(at, { jobs: 1, runs: 1, last: lane });
      else {
        known.runs++;
        if (known.last !== lane) known.jobs++;
        known.last = lane;
      }
    }
  }
  let best: BusiestMinute | undefined;
  for (const [at, { jobs, runs }] of minutes) {
    const isMore = !best || jobs > best.jobs || (jobs === best.jobs && runs > best.runs);
    if (isMore || (jobs === best?.jobs && runs === best.runs && at < best.at))
      best = { at: at as Instant, jobs, runs };
  }
  return best;
};
