import { ascii, type Style } from "../terminal/style.ts";
import { cutTo, displayWidth, joinTo, oneLine, padTo, sayDateTime } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { formatDay } from "../time/format.ts";
import type { Instant } from "../time/instant.ts";
import { day } from "../time/plain-time.ts";
import { type WallTime, wallAt, type Zone } from "../time/zone.ts";
import {
  countMissed,
  countRuns,
  isRun,
  type Lane,
  spanOf,
  startOf,
  type Timeline,
  timelineFacts,
} from "./timeline.ts";

/**
 * The timeline for a terminal: a line a job, a group of six cells a day, each cell four hours of the wall clock. Days that do not fit side by side
 * stand in blocks below each other.
 */
export const timelineStrip = (timeline: Timeline, style: Style): string => {
  const { from, to, zone, lanes } = timeline;
  const width = Math.min(style.width, widest);
  const names = lanes.map(({ name }) => cutTo(oneLine(name), longestName, style.glyphs.ellipsis));
  const left = Math.max(0, ...names.map(displayWidth)) + gap;
  const counts = lanes.map((lane) => cellCounts(lane, zone));
  const first = dateOf(from, zone);
  const last = lastDate(to, zone, counts);
  const dates = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const fitting = Math.max(1, Math.floor((width - left - runsWidth + 1) / (cellsADay + 1)));
  const perBlock = Math.ceil(dates.length / Math.ceil(dates.length / fitting));
  const blocks: string[] = [];
  for (let start = 0; start < dates.length; start += perBlock) {
    const shown = dates.slice(start, start + perBlock);
    const isLast = start + perBlock >= dates.length;
    const rows = lanes.map((lane, i) => {
      const cells = shown.map((date) => dayCells(date, counts[i]!, timeline, style)).join(" ");
      const runs = shown.reduce((sum, date) => sum + runsOn(date, counts[i]!), 0);
      const row = `${padTo(names[i]!, left)}${cells}${String(runs).padStart(runsWidth)}`;
      return isLast
        ? row + nextOf(lane, timeline, width - left - shown.length * (cellsADay + 1) - runsWidth + 1, style)
        : row;
    });
    const days = shown.map(dayName).join(" ");
    const { runs } = texts().timeline.cells;
    blocks.push(
      [`${" ".repeat(left)}${days}${" ".repeat(runsWidth - displayWidth(runs))}${runs}`, ...rows].join("\n"),
    );
  }
  const legend = legendParts(timeline, style).join("   ");
  const indent = Math.max(2, Math.min(left, width - legendWidth));
  const facts = joinTo(timelineFacts(timeline, style.glyphs), ` ${style.glyphs.dot} `, width - 2);
  const end = [" ".repeat(indent) + legend, ...facts.map((line) => `  ${line}`)];
  return [header(timeline, style), ...blocks, end.join("\n")].join("\n\n");
};

const cellsADay = 6;
const cell = day / cellsADay;
const gap = 3;
const runsWidth = 7;
/** The most that the legend takes. */
const legendWidth = 69;
const longestName = 24;
/** Wider, the eye loses its line. */
const widest = 200;

const dateOf = (at: Instant, zone: Zone): number => Math.floor(wallAt(zone, at) / day);
const cellOf = (at: Instant, zone: Zone): number => Math.floor(wallAt(zone, at) / cell);

/** A timeline that ends at midnight touches one more day, which is left out where nothing runs at that very moment. */
const lastDate = (to: Instant, zone: Zone, counts: readonly ReadonlyMap<number, CellCount>[]): number => {
  const date = dateOf(to, zone);
  const isTouched = wallAt(zone, to) % day > 0 || counts.some((cells) => cells.has(date * cellsADay));
  return isTouched ? date : date - 1;
};

interface CellCount {
  runs: number;
  missed: number;
}

/** What happens in each cell, by its number since 1970. A late run counts where it starts. */
const cellCounts = (lane: Lane, zone: Zone): ReadonlyMap<number, CellCount> => {
  const cells = new Map<number, CellCount>();
  for (const run of lane.runs) {
    const number = cellOf(startOf(run), zone);
    const known = cells.get(number) ?? { runs: 0, missed: 0 };
    if (isRun(run)) known.runs++;
    else known.missed += run.count ?? 1;
    cells.set(number, known);
  }
  return cells;
};

const runsOn = (date: number, cells: ReadonlyMap<number, CellCount>): number =>
  Array.from({ length: cellsADay }, (_, i) => cells.get(date * cellsADay + i)?.runs ?? 0).reduce(
    (a, b) => a + b,
  );

/** The six cells of a day; blank outside the timeline. */
const dayCells = (
  date: number,
  cells: ReadonlyMap<number, CellCount>,
  { from, to, zone }: Timeline,
  { paint, glyphs }: Style,
): string => {
  const signs = glyphs === ascii ? asciiCells : unicodeCells;
  const [first, last] = [cellOf(from, zone), cellOf(to, zone)];
  return Array.from({ length: cellsADay }, (_, i) => {
    const number = date * cellsADay + i;
    if (number < first || number > last) return " ";
    const { runs, missed } = cells.get(number) ?? nothing;
    if (runs > 0) return runs === 1 ? signs.one : runs < 8 ? signs.some : signs.many;
    return missed > 0 ? paint(signs.missed, "yellow") : paint(signs.none, "dim");
  }).join("");
};

const nothing: CellCount = { runs: 0, missed: 0 };

const unicodeCells = { none: "·", one: "▪", some: "▒", many: "█", missed: "○" };
const asciiCells = { none: ".", one: "+", some: "*", many: "#", missed: "o" };

/** What the signs mean; only those that can be there. */
const legendParts = ({ lanes }: Timeline, { glyphs, paint }: Style): readonly string[] => {
  const { cells: words, legend } = texts().timeline;
  const { none, one, some, many, missed } = glyphs === ascii ? asciiCells : unicodeCells;
  return [
    `${paint(none, "dim")} ${words.none}`,
    `${one} ${words.one}`,
    `${some} ${words.some}`,
    `${many} ${words.many}`,
    ...(lanes.some((lane) => countMissed(lane) > 0) ? [`${paint(missed, "yellow")} ${legend.missed}`] : []),
    words.each,
  ];
};

const dayName = (date: number): string => {
  const { locale, shortDay } = texts().time;
  return padTo(formatDay((date * day) as WallTime, shortDay, locale), cellsADay);
};

/** For a job without a run, when the first one comes; left out where there is no room for it. */
const nextOf = (lane: Lane, { from, zone }: Timeline, room: number, { paint }: Style): string => {
  if (countRuns(lane) > 0) return "";
  const next =
    lane.next === null
      ? texts().timeline.neverAgain
      : texts().timeline.next(sayDateTime(lane.next, from, zone));
  return gap + displayWidth(next) <= room ? `${" ".repeat(gap)}${paint(next, "dim")}` : "";
};

const header = (timeline: Timeline, { glyphs, paint, width }: Style): string => {
  const head = `  ${paint(spanOf(timeline, glyphs.arrow), "bold")}   ${timeline.zone.name}`;
  const note = texts().timeline.notRun;
  const fits = displayWidth(spanOf(timeline, glyphs.arrow) + timeline.zone.name + note) + 8 <= width;
  return `${head}${fits ? "   " : "\n  "}${note}`;
};
