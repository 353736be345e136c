import type { KnownJob } from "../commands/command.ts";
import { invocation } from "../report/stack.ts";
import { entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { clockChanges } from "../simulate/clock-changes.ts";
import { timelineSvg } from "../simulate/picture.ts";
import { type Lane, type TimelineRun, zoneOf } from "../simulate/timeline.ts";
import { currentLanguage } from "../text/text.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { hour } from "../time/plain-time.ts";

/** The last hours as they were, and the next ones as they are planned, drawn as a simulation is. */
export const pageTimeline = async (
  scheduler: SchedulerCore,
  known: readonly KnownJob[],
  hours: number,
): Promise<string> => {
  const { clock, zone } = scheduler;
  const now = clock.now();
  const span = hour * (ranges.includes(hours) ? hours : ranges[0]!);
  const [from, to] = [later(now, -span as Milliseconds), later(now, span as Milliseconds)];
  const lanes: Lane[] = [];
  for (const one of known.slice(0, mostLanes)) {
    lanes.push(laneOf(one, scheduler, from, to));
    // The script's own jobs come first.
    await new Promise((go) => setImmediate(go));
  }
  return timelineSvg({
    from,
    to,
    wanted: to,
    zone,
    lanes: lanes.filter(({ runs, next }) => runs.length > 0 || next !== null),
    changes: clockChanges(zone, from, to),
    naps: [],
    paused: known.flatMap(({ name, job, end }) => (job?.isPaused && !end ? [name] : [])),
    script: invocation()?.script,
    now,
  });
};

/** Hours each way that can be asked for. */
const ranges = [6, 1, 24];
const mostLanes = 60;
/** Of each job; a run every five seconds for six hours is 4,320. */
const mostPast = 2_000;
const mostPlanned = 4_500;

const laneOf = (
  { name, job, end, history }: KnownJob,
  { zone }: SchedulerCore,
  from: Instant,
  to: Instant,
): Lane => {
  const past = history(mostPast).flatMap(({ scheduled, started, outcome, count }): readonly TimelineRun[] => {
    const at = scheduled.getTime() as Instant;
    const late = ((started?.getTime() ?? at) - at) as Milliseconds;
    return at + late < from ? [] : [{ at, outcome, ...(late > 0 && { late }), ...(count && { count }) }];
  });
  const entry = job && entryOf(job);
  const running =
    entry?.running.map(({ started }): TimelineRun => ({ at: started, outcome: "running" })) ?? [];
  const planned: TimelineRun[] = [];
  let next = end || !job?.nextRun ? null : (job.nextRun.getTime() as Instant);
  for (; next !== null && next <= to && planned.length < mostPlanned; next = entry!.trigger.next(next))
    planned.push({ at: next, outcome: "planned" });
  return {
    name,
    when: job?.describe(currentLanguage()) ?? "",
    zone: (job && zoneOf(job.recurrence)) ?? zone,
    runs: [...past, ...running, ...planned],
    next,
  };
};
