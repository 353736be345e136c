import type { Outcome } from "../job.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Glyphs } from "../terminal/style.ts";
import { clockAt, oneLine, sayDate, sayDateTime, sayLength } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import { fixedZone, type Zone, zoneNamed } from "../time/zone.ts";
import { type ClockChange, clockChanges } from "./clock-changes.ts";
import type { Nap, Simulation } from "./simulate.ts";

/** A run on a lane, or occurrences that were missed in a row. */
export interface TimelineRun {
  /** The planned moment; that of the last of several. */
  readonly at: Instant;
  /** What became of it, or where it stands on a picture of what really happens. */
  readonly outcome: Outcome | "planned" | "running";
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
  /** Left out where it is not a job of this scheduler. */
  readonly recurrence?: Recurrence;
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
  /** The name of the script, where there is one. */
  readonly script?: string | undefined;
  /** The moment at which it was made, which may lie outside. */
  readonly now?: Instant;
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
    when: job.describe(currentLanguage()),
    recurrence: job.recurrence,
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

/** The zone of a whole recurrence. */
export const zoneOf = (recurrence: Recurrence): Zone | undefined => {
  if (recurrence.kind === "zoned") return zoneNamed(recurrence.zone);
  return "of" in recurrence && recurrence.kind !== "union" ? zoneOf(recurrence.of) : undefined;
};

const firstOf = ({ runs, next }: Lane): number => (runs[0] ? startOf(runs[0]) : (next ?? Infinity));

/** When a run starts. */
export const startOf = ({ at, late = 0 as Milliseconds }: TimelineRun): Instant => (at + late) as Instant;

/** Whether it is a run that happens, and not one that is missed or skipped. */
export const isRun = ({ outcome }: TimelineRun): boolean => !passedOver.has(outcome);

const passedOver: ReadonlySet<TimelineRun["outcome"]> = new Set([
  "cancelled",
  "skipped",
  "coalesced",
  "expired",
  "dropped",
]);

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

/** The timeline for programs: one object, moments as ISO text with the offset of the zone they belong to. The names of its fields do not change. */
export const timelineJson = ({ from, to, wanted, zone, lanes, changes, naps, paused }: Timeline): object => ({
  from: formatIso(from, zone),
  to: formatIso(to, zone),
  zone: zone.name,
  isCut: to < wanted,
  jobs: lanes.map((lane) => ({
    job: lane.name,
    when: lane.when,
    zone: lane.zone.name,
    runs: lane.runs.map((run) => ({
      scheduled: formatIso(run.at, lane.zone),
      outcome: run.outcome,
      ...(run.late !== undefined && { starts: formatIso(startOf(run), lane.zone), lateMs: run.late }),
      ...(run.count !== undefined && { count: run.count }),
    })),
    next: lane.next === null ? null : formatIso(lane.next, lane.zone),
  })),
  clockChanges: changes.map((change) => ({
    at: formatIso(change.at, change.zone),
    zone: change.zone.name,
    byMs: change.after - change.before,
  })),
  asleep: naps.map((nap) => ({ from: formatIso(nap.from, zone), to: formatIso(nap.to, zone) })),
  paused,
});

/** From when to when a timeline goes. */
export const spanOf = ({ from, to, zone }: Timeline, arrow: string): string =>
  `${sayDateTime(toMinute(from), from, zone)} ${arrow} ${sayDateTime(toMinute(to), from, zone)}`;

const toMinute = (at: Instant): Instant => (Math.floor(at / minute) * minute) as Instant;

/** What is worth saying about a timeline as a whole, as short texts. */
export const timelineFacts = (
  timeline: Timeline,
  { ellipsis }: Pick<Glyphs, "ellipsis">,
): readonly string[] => {
  const { from, to, wanted, zone, lanes, naps, paused } = timeline;
  const words = texts().timeline;
  const busiest = busiestMinute(timeline);
  const late = latest(lanes);
  const missed = sum(lanes, countMissed);
  const changes = changesOnce(timeline);
  return [
    words.runs(sum(lanes, countRuns)),
    ...(busiest && busiest.jobs > 1
      ? [words.busiest(sayDateTime(busiest.at, from, zone), busiest.jobs)]
      : []),
    ...(late ? [words.late(sayLength(late))] : []),
    ...(missed > 0 ? [words.missed(missed)] : []),
    ...(naps.length > 0 ? [words.asleep(naps.length)] : []),
    ...(changes.length === 0
      ? [words.noClockChange(to - from)]
      : changes.map((change) => sayChange(change, timeline))),
    ...(paused.length > 0 ? [words.paused(few(paused, ellipsis))] : []),
    ...(wanted > to ? [words.cut(sayDateTime(wanted, from, zone))] : []),
  ];
};

/** Zones that change their clocks at one instant by the same amount are one change: the timeline's own zone stands for them. */
const changesOnce = ({ changes, zone }: Timeline): readonly ClockChange[] =>
  changes.filter((change) => {
    const same = changes.filter(
      (one) => one.at === change.at && one.after - one.before === change.after - change.before,
    );
    return change === (same.find((one) => one.zone.name === zone.name) ?? same[0]);
  });

const sayChange = ({ at, zone, before, after }: ClockChange, timeline: Timeline): string =>
  texts().timeline.clockChange({
    forward: after > before,
    length: sayLength(Math.abs(after - before)),
    date: sayDate(at, timeline.from, zone),
    before: clockAt(at, fixedZone("before", before)),
    after: clockAt(at, zone),
    zone: zone.name === timeline.zone.name ? undefined : zone.name,
  });

const sum = (lanes: readonly Lane[], count: (lane: Lane) => number): number =>
  lanes.reduce((total, lane) => total + count(lane), 0);

/** How late the latest run is, where one is a minute late or later. */
const latest = (lanes: readonly Lane[]): number => {
  let most = 0;
  for (const { runs } of lanes) for (const run of runs) most = Math.max(most, startOf(run) - run.at);
  return most >= minute ? most : 0;
};

const few = (names: readonly string[], ellipsis: string): string =>
  names.slice(0, 5).map(oneLine).join(", ") + (names.length > 5 ? `, ${ellipsis}` : "");
