import type { ClockChange } from "../simulation/clock-changes.ts";
import {
  busiestMinute,
  countMissed,
  countRuns,
  type Lane,
  startOf,
  type Timeline,
} from "../simulation/timeline.ts";
import type { Instant } from "../time/instant.ts";
import { day, minute } from "../time/plain-time.ts";
import { fixedZone } from "../time/zone.ts";
import { oneLine } from "./clean.ts";
import type { Glyphs } from "./glyphs.ts";
import { clockAt, counted, grouped, sayDateTime, sayLength } from "./words.ts";

/** From when to when a timeline goes. */
export const spanOf = ({ from, to, zone }: Timeline, arrow: string): string =>
  `${sayDateTime(toMinute(from), from, zone)} ${arrow} ${sayDateTime(toMinute(to), from, zone)}`;

const toMinute = (at: Instant): Instant => (Math.floor(at / minute) * minute) as Instant;

/** What is to be said of a timeline as a whole, the shortest way. */
export const timelineFacts = (
  timeline: Timeline,
  { arrow, ellipsis }: Pick<Glyphs, "arrow" | "ellipsis">,
): readonly string[] => {
  const { from, to, wanted, zone, lanes, changes, naps, paused } = timeline;
  const busiest = busiestMinute(timeline);
  const late = latest(lanes);
  const missed = sum(lanes, countMissed);
  return [
    counted(sum(lanes, countRuns), "run"),
    ...(busiest && busiest.jobs > 1
      ? [`busiest minute ${sayDateTime(busiest.at, from, zone)} (${counted(busiest.jobs, "job")})`]
      : []),
    ...(late ? [`up to ${sayLength(late)} late`] : []),
    ...(missed > 0 ? [`${grouped(missed)} missed`] : []),
    ...(naps.length > 0 ? [`asleep ${counted(naps.length, "time")}`] : []),
    ...(changes.length === 0
      ? [`no clock change in ${to - from > 6 * day && to - from < 8 * day ? "this week" : "this time"}`]
      : changes.map((change) => sayChange(change, timeline, arrow))),
    ...(paused.length > 0 ? [`paused, so left out: ${few(paused, ellipsis)}`] : []),
    ...(wanted > to ? [`cut here, before ${sayDateTime(wanted, from, zone)}: there are too many runs`] : []),
  ];
};

/** `"clocks go forward 1h on Sun 28 Mar 02:00"`, with the zone when it is not that of the whole. */
export const sayChange = (
  { at, zone, before, after }: ClockChange,
  timeline: Timeline,
  arrow: string,
): string => {
  const from = clockAt(at, fixedZone("before", before));
  const where = zone === timeline.zone ? "" : ` in ${zone.name}`;
  const way = after > before ? "forward" : "back";
  const date = sayDateTime(at, timeline.from, zone).replace(/ [\d:]+$/, "");
  return `clocks go ${way} ${sayLength(Math.abs(after - before))}${where} on ${date}, ${from} ${arrow} ${clockAt(at, zone)}`;
};

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
