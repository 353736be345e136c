import { startOf, type Timeline } from "../simulation/timeline.ts";
import { formatIso } from "../time/iso.ts";

/** The timeline for programs: one object, moments as ISO text with the offset of the zone they belong to. The names of its fields do not change. */
export const timelineJson = ({ from, to, wanted, zone, lanes, changes, naps, paused }: Timeline): object => ({
  from: formatIso(from, zone),
  to: formatIso(to, zone),
  zone: zone.name,
  isCut: to < wanted,
  jobs: lanes.map((lane) => ({
    name: lane.name,
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
