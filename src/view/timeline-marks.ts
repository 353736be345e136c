import { isRun, type Lane, startOf, type Timeline, type TimelineRun } from "../simulation/timeline.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";

/** One thing to draw on a lane: a run, or all that lie too near to each other to be told apart. */
export interface Mark {
  readonly kind: "run" | "late" | "missed";
  readonly from: Instant;
  /** The same as `from` for a single one. */
  readonly to: Instant;
  /** How many occurrences it stands for. */
  readonly count: number;
  /** The first of them, as many as a reader wants to see. */
  readonly first: readonly TimelineRun[];
}

/** So many moments of a mark are told one by one. */
const mostTold = 6;

/** The lengths into which time is cut, so that what lies in one cut becomes one mark. */
const cuts = [
  second,
  5 * second,
  15 * second,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  12 * hour,
  day,
  7 * day,
] as const;

/** What to draw of a lane: at most so many marks of each kind as fit side by side. */
export const marksOf = (lane: Lane, timeline: Timeline, most = 140): readonly Mark[] => {
  const span = timeline.to - timeline.from;
  const cut = cuts.find((length) => span / length <= most) ?? Math.ceil(span / most);
  const offset = timeline.zone.spanAt(timeline.from).offset;
  const marks: {
    kind: Mark["kind"];
    from: Instant;
    to: Instant;
    count: number;
    first: TimelineRun[];
    cut: number;
  }[] = [];
  const open = new Map<Mark["kind"], (typeof marks)[number]>();
  for (const run of lane.runs) {
    const [at, kind, count] = [startOf(run), kindOf(run), isRun(run) ? 1 : (run.count ?? 1)];
    const number = Math.floor((at + offset) / cut);
    const last = open.get(kind);
    if (last?.cut !== number) {
      const mark = { kind, from: at, to: at, count, first: [run], cut: number };
      open.set(kind, mark);
      marks.push(mark);
      continue;
    }
    last.to = at;
    last.count += count;
    if (last.first.length < mostTold) last.first.push(run);
  }
  return marks;
};

const kindOf = (run: TimelineRun): Mark["kind"] =>
  !isRun(run) ? "missed" : (run.late ?? (0 as Milliseconds)) >= minute ? "late" : "run";
