import {
  counted,
  cutTo,
  displayWidth,
  grouped,
  sayDate,
  sayTime,
  escapeMarkup as text,
} from "../terminal/text.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatOffset } from "../time/iso.ts";
import { weekday } from "../time/plain-date.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import { offsetAt, resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type { ClockChange } from "./clock-changes.ts";
import {
  countRuns,
  isRun,
  type Lane,
  spanOf,
  startOf,
  type Timeline,
  type TimelineRun,
  timelineFacts,
} from "./timeline.ts";

/** The timeline as a picture for a README: 960 units wide, dark and light as the reader's system is, without a script. */
export const timelineSvg = (timeline: Timeline): string => {
  const { lanes } = timeline;
  const height = top + lanes.length * lane + bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(`${counted(lanes.length, "job")}, ${spanOf(timeline, "to")}`)}">
<style>${style}</style>
<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10"/>
<text class="title" x="${margin}" y="30">${text(spanOf(timeline, "→"))}</text>
<text class="soft" x="${width - margin}" y="30" text-anchor="end">${text(timeline.zone.name)}</text>
${background(timeline, height - bottom)}
${lanes.map((one, i) => laneOf(one, top + i * lane, timeline)).join("\n")}
<text class="soft" x="${margin}" y="${height - 16}">${text(cutTo(timelineFacts(timeline, { arrow: "→", ellipsis: "…" }).join(" · "), 130, "…"))}</text>
</svg>
`;
};

const width = 960;
const margin = 20;
const left = 190;
const right = 870;
const top = 72;
const bottom = 40;
const lane = 30;

const style = `
text { font: 13px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif; fill: #1d2129; }
.card { fill: #ffffff; stroke: #e6e7ea; } .title { font-size: 15px; font-weight: 650; } .soft { fill: #667085; font-size: 12px; }
.line { stroke: #e6e7ea; } .weekend { fill: #f4f5f3; } .night { fill: #d9930d; opacity: .15; } .moment { stroke: #d9930d; stroke-width: 2; stroke-dasharray: 4 3; }
.nap { fill: #64748b; opacity: .18; } .run { fill: #0e7c66; } .many { opacity: .75; } .late { fill: #b45309; } .missed { fill: none; stroke: #b42318; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
text { fill: #e8eaee; } .card { fill: #161a20; stroke: #272d36; } .soft { fill: #95a0b0; } .line { stroke: #272d36; } .weekend { fill: #1a1f26; }
.night { fill: #f2b63c; } .moment { stroke: #f2b63c; } .nap { fill: #7d8ba0; } .run { fill: #3ecfae; } .late { fill: #f0a848; } .missed { stroke: #f47067; }
}`;

const across = (at: Instant, timeline: Timeline): number =>
  Math.round((left + (percent(at, timeline) / 100) * (right - left)) * 100) / 100;

const band = (className: string, from: Instant, to: Instant, timeline: Timeline, end: number): string => {
  const [start, stop] = [across(from, timeline), across(to, timeline)];
  return `<rect class="${className}" x="${start}" y="44" width="${Math.round((stop - start) * 100) / 100}" height="${end - 44}"/>`;
};

const background = (timeline: Timeline, end: number): string => {
  const days = daysOf(timeline);
  const every = Math.ceil(days.length / 10);
  const room = (timeline.to - timeline.from) / 14;
  return [
    ...days
      .filter(({ isWeekend }) => isWeekend)
      .map(({ from, to }) => band("weekend", from, to, timeline, end)),
    ...timeline.naps.map(({ from, to }) =>
      band(
        "nap",
        Math.max(from, timeline.from) as Instant,
        Math.min(to, timeline.to) as Instant,
        timeline,
        end,
      ),
    ),
    ...days.map(({ from }) => {
      const x = across(from, timeline);
      return `<path class="line" d="M${x} 44V${end}"/>`;
    }),
    ...days
      .filter(({ from, to }, i) => i % every === 0 && (to - from) * every > room)
      .map(
        ({ from, name }) =>
          `<text class="soft" x="${across(from, timeline) + 6}" y="61">${text(name)}</text>`,
      ),
    ...timeline.changes
      .filter(({ zone }) => zone === timeline.zone)
      .map((change) => {
        const night = nightOf(change, timeline);
        const x = across(change.at, timeline);
        return `${band("night", night.from, night.to, timeline, end)}<path class="moment" d="M${x} ${top}V${end}"/>`;
      }),
  ].join("\n");
};

const laneOf = (one: Lane, y: number, timeline: Timeline): string => {
  const middle = y + lane / 2;
  const name = cutTo(one.name, 22, "…");
  const squeezed =
    displayWidth(name) > 19 ? ` textLength="${left - margin - 14}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<path class="line" d="M${margin} ${y}H${width - margin}"/><text x="${margin}" y="${middle + 5}"${squeezed}>${text(name)}<title>${text(`${one.name}: ${one.when}`)}</title></text>${marksOf(
    one,
    timeline,
    110,
  )
    .map((mark) => markOf(mark, one, middle, timeline))
    .join(
      "",
    )}<text class="soft" x="${width - margin}" y="${middle + 5}" text-anchor="end">${grouped(countRuns(one))}</text>`;
};

const markOf = (mark: Mark, { zone, name }: Lane, middle: number, timeline: Timeline): string => {
  const { kind, from, to, count, first } = mark;
  const start = across(from, timeline);
  const isMany = to > from;
  const wide = isMany ? Math.max(5, across(to, timeline) - start) : 5;
  const high = kind === "missed" ? 8 : 16;
  const said = first.map(
    (run) => `${sayExact(startOf(run), zone)} ${zone.name}, ${sayUtc(startOf(run))} UTC`,
  );
  const more = count > first.length ? [`${count} in all, the last ${sayExact(to, zone)}`] : [];
  const title = [name, ...said, ...more].map(text).join("\n");
  return `<rect class="${kind === "late" ? "late" : kind}${isMany ? " many" : ""}" x="${isMany ? start : start - 2.5}" y="${middle - high / 2}" width="${Math.round(wide * 100) / 100}" height="${high}" rx="2"><title>${title}</title></rect>`;
};

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

/** A day of the wall clock, as much of it as lies on the timeline. */
export interface Day {
  readonly from: Instant;
  readonly to: Instant;
  /** `"Mon 23 Nov"`. */
  readonly name: string;
  readonly isWeekend: boolean;
}

/** The days of a timeline. They are as long as they are: 23 and 25 hours where clocks change. */
export const daysOf = ({ from, to, zone }: Timeline): readonly Day[] => {
  const days: Day[] = [];
  const last = Math.floor(wallAt(zone, to) / day);
  for (let date = Math.floor(wallAt(zone, from) / day); date <= last; date++) {
    const start = Math.max(from, resolveWall(zone, (date * day) as WallTime)) as Instant;
    const end = Math.min(to, resolveWall(zone, ((date + 1) * day) as WallTime)) as Instant;
    if (end > start)
      days.push({ from: start, to: end, name: sayDate(start, from, zone), isWeekend: weekday(date) > 5 });
  }
  return days;
};

/** The night in which clocks change: from the midnight before to six in the morning, as much of it as lies on the timeline. */
export const nightOf = (
  { at, zone }: ClockChange,
  { from, to }: Timeline,
): { readonly from: Instant; readonly to: Instant } => {
  const midnight = Math.floor(wallAt(zone, (at - 1) as Instant) / day) * day;
  const start = resolveWall(zone, midnight as WallTime);
  const end = Math.max(at, resolveWall(zone, (midnight + 6 * hour) as WallTime));
  return { from: Math.max(from, start) as Instant, to: Math.min(to, end) as Instant };
};

/** Where a moment lies, from 0 at the left to 100 at the right. */
export const percent = (at: Instant, { from, to }: Timeline): number =>
  Math.round(((at - from) / Math.max(1, to - from)) * 100_000) / 1_000;

/** A moment on the wall clock of a zone, to the second: `"Mon 23 Nov 2026 08:00:00 +01:00"`. */
export const sayExact = (at: Instant, zone: Zone): string =>
  `${sayDate(at, farAway, zone)} ${sayTime(at, zone)} ${formatOffset(offsetAt(zone, at))}`;

/** The same moment in UTC: `"2026-11-23 07:00:00"`. */
export const sayUtc = (at: Instant): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

/** In another year than any timeline, so that years are told. */
const farAway = 0 as Instant;
