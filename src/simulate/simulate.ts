import { ScheduleError } from "../errors.ts";
import type { Job, Outcome } from "../job.ts";
import type { DailyWindow } from "../recurrence/recurrence.ts";
import type { Entry } from "../scheduler/job.ts";
import { SchedulerCore } from "../scheduler/scheduler.ts";
import { catchUpStagger } from "../scheduler/timer.ts";
import { memoryStore } from "../store/memory.ts";
import type { JobStore } from "../store/store.ts";
import { texts } from "../text/text.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { day, parseTime } from "../time/plain-time.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";

/** A run that would be, in a simulation. */
export interface SimulatedRun {
  /** The name of the job. */
  readonly job: string;
  /** The planned moment. */
  readonly at: Date;
  /** What would become of it, if every task did nothing and took no time. */
  readonly outcome: Outcome;
  /** How long after the planned moment it starts; left out when it starts in time. */
  readonly late?: Milliseconds;
  /** How many missed occurrences this is about. @default 1 */
  readonly count?: number;
}

export interface SimulationOptions {
  /**
   * Whether the jobs go on from where they stand, as they will when nothing happens to the script; else counting begins at the
   * beginning of the simulation, as if the script were started then. @default false
   */
  readonly goesOn?: boolean;
  /** The machine sleeps through this part of every day. */
  readonly asleep?: DailyWindow;
  /** After so many decisions the simulation ends early. @default 1,000,000 */
  readonly most?: number;
}

/** What was decided on one occurrence, or on several that were missed in a row. */
export interface Simulated {
  /** Which of the jobs. */
  readonly job: number;
  readonly at: Instant;
  readonly outcome: Outcome;
  readonly late: Milliseconds;
  readonly count: number;
}

/** A job in a simulation. */
export interface SimulatedJob {
  readonly job: Job;
  /** Its next run after the end of the simulation. */
  readonly next: Instant | null;
}

/** What jobs would do between two moments, both included. */
export interface Simulation {
  readonly from: Instant;
  /** Where the simulation ends: earlier than asked for when it was cut. */
  readonly to: Instant;
  /** The end that was asked for. */
  readonly wanted: Instant;
  readonly zone: Zone;
  readonly jobs: readonly SimulatedJob[];
  /** In the order in which they were decided on. */
  readonly decisions: readonly Simulated[];
  readonly naps: readonly Nap[];
  /** The jobs that are paused, and so left out. */
  readonly paused: readonly Job[];
}

/** A week of a job that runs every second has 604,800 runs. */
const usualMost = 1_000_000;

/** After so many steps others may go on. */
const stepsAtATime = 20_000;

/**
 * What the jobs of a scheduler would do: the real scheduler on a virtual clock that goes from one due moment to the next, with tasks that do
 * nothing. Jobs that are paused are left out.
 */
export const rehearse = async (
  original: SchedulerCore,
  from: Instant,
  wanted: Instant,
  { goesOn = false, asleep, most = usualMost }: SimulationOptions = {},
): Promise<Simulation> => {
  const { zone } = original;
  const clock = new VirtualClock(from);
  const decisions: Simulated[] = [];
  const scheduler = new SchedulerCore({ clock, zone, store: noting(decisions) });
  // What the script itself would warn about is not news of a simulation.
  scheduler.events.listen("warning", () => {});
  const originals = original.jobs() as Entry[];
  const chosen = originals.filter((entry) => !entry.isPaused);
  for (const entry of chosen) {
    const { recurrence, source, tags, policies, now } = entry.definition;
    const copy = scheduler.register({
      recurrence,
      source,
      name: entry.name,
      tags,
      policies,
      now: now && !(goesOn && entry.started !== null),
      task: () => {},
      args: [],
    }) as Entry;
    if (goesOn) restore(copy, entry, scheduler);
  }
  const copies = scheduler.jobs();
  const naps = asleep ? napsIn(asleep, zone, from, wanted) : [];
  const to = await pass(scheduler, clock, wanted, naps, () => decisions.length >= most);
  return {
    from,
    to,
    wanted,
    zone,
    jobs: chosen.map((job, i) => ({ job, next: (copies[i]?.nextRun?.getTime() ?? null) as Instant | null })),
    decisions,
    naps,
    paused: originals.filter((entry) => entry.isPaused),
  };
};

/** Gives a job the beat of another one, and what that one has not served. */
const restore = (copy: Entry, { anchor, lastDecided, runCount }: Entry, scheduler: SchedulerCore): void => {
  copy.countFrom(anchor);
  copy.lastDecided = lastDecided;
  copy.runCount = runCount;
  scheduler.jobQueue.plan(copy, lastDecided ?? anchor);
};

/** Goes from one due moment to the next. Asleep, the wall clock goes on and nobody looks. Gives the moment at which it ended. */
const pass = async (
  scheduler: SchedulerCore,
  clock: VirtualClock,
  to: Instant,
  naps: readonly Nap[],
  isEnough: () => boolean,
): Promise<Instant> => {
  let nap = 0;
  for (let steps = 1; ; steps++) {
    const due = Math.max(scheduler.jobQueue.nextDue, clock.now());
    while (nap < naps.length && naps[nap]!.to <= due) nap++;
    const sleep = naps[nap];
    const at = sleep && due >= sleep.from ? sleep.to : due;
    if (at > to) return to;
    if (isEnough()) return clock.now();
    if (at > clock.now()) clock.setTo(at);
    void scheduler.runPending(catchUpStagger);
    if (steps % stepsAtATime === 0) await new Promise<void>((go) => setImmediate(go));
  }
};

/** A store that notes what is decided on each job, by its place in the order of registration. */
const noting = (decisions: Simulated[]): JobStore => {
  const memory = memoryStore();
  let jobs = 0;
  return {
    ...memory,
    register(registration) {
      const jobRecord = memory.register(registration);
      const job = jobs++;
      jobRecord.record = ({ scheduled, outcome, started = scheduled, count = 1 }) => {
        const late = Math.max(0, started - scheduled) as Milliseconds;
        decisions.push({ job, at: scheduled, outcome, late, count });
      };
      return jobRecord;
    },
  };
};

/**
 * What the jobs of a scheduler would do between two moments, counted from the first of them; jobs that are paused are left out.
 *
 * @throws ScheduleError `simulation` when that is more than a million runs.
 */
export const simulate = async (
  original: SchedulerCore,
  from: Instant,
  to: Instant,
): Promise<SimulatedRun[]> => {
  const simulation = await rehearse(original, from, to);
  if (simulation.to < to)
    throw new ScheduleError({
      code: "simulation",
      what: texts().scheduler.about.simulation,
      given: `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
      accepted: texts().scheduler.expected.fewerRuns,
      nearest: texts().scheduler.expected.endAt(new Date(simulation.to).toISOString()),
    });
  return simulation.decisions.map(({ job, at, outcome, late, count }) => ({
    job: simulation.jobs[job]!.job.name,
    at: new Date(at),
    outcome,
    ...(late > 0 && { late }),
    ...(count > 1 && { count }),
  }));
};

/** A stretch in which the machine is thought to sleep, its end excluded. */
export interface Nap {
  readonly from: Instant;
  readonly to: Instant;
}

/** The daily naps that touch a span of time, in order. A window that ends before it begins passes midnight. */
export const napsIn = (window: DailyWindow, zone: Zone, from: Instant, to: Instant): readonly Nap[] => {
  const [down, up] = [parseTime(window.from), parseTime(window.to)];
  const length = up > down ? up - down : up - down + day;
  const naps: Nap[] = [];
  const lastDate = Math.floor(wallAt(zone, to) / day);
  for (let date = Math.floor(wallAt(zone, from) / day) - 1; date <= lastDate; date++) {
    const wall = date * day + down;
    const nap = {
      from: resolveWall(zone, wall as WallTime),
      to: resolveWall(zone, (wall + length) as WallTime),
    };
    if (nap.to > from && nap.from < to) naps.push(nap);
  }
  return naps;
};
