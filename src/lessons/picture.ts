import type { RunRecord } from "../job.ts";
import { ascii, type Style } from "../terminal/style.ts";
import { clockAt, cutTo, displayWidth, joinTo, oneLine, padTo } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";

/** Something that happened on a lane. */
export interface Stroke {
  readonly at: Date;
  /** When it ended; left out where that took no time. */
  readonly to?: Date | undefined;
  /** @default "run" */
  readonly kind?: "run" | "failed" | "missed";
}

/** What ran when, to be drawn under a clock. */
export interface Picture {
  /** What is to be seen, where there are several. */
  readonly title?: string;
  readonly from: Date;
  readonly to: Date;
  /** The zone whose wall clock is drawn below. */
  readonly zone: Zone;
  readonly lanes: Readonly<Record<string, readonly Stroke[]>>;
  /** When the machine slept. */
  readonly asleep?: { readonly from: Date; readonly to: Date };
}

/** The occurrences of a job as strokes. */
export const strokesOf = (history: readonly RunRecord[]): readonly Stroke[] =>
  history.map(({ scheduled, started, ended, outcome }) => ({
    at: started ?? scheduled,
    to: ended,
    kind: started === undefined ? "missed" : outcome === "succeeded" ? "run" : "failed",
  }));

/** Pictures below each other, and what their signs mean. */
export const pictureLines = (pictures: readonly Picture[], style: Style): readonly string[] => {
  const signs = style.glyphs === ascii ? asciiSigns : unicodeSigns;
  const used = new Set<string>();
  const drawn = pictures.flatMap((picture, i) => [
    ...(i === 0 ? [] : [""]),
    ...lanesOf(picture, signs, used, style),
  ]);
  const room = Math.min(style.width, widest) - indent.length;
  const legend = joinTo(legendOf(used, signs), "   ", room);
  return [...drawn, "", ...legend.map((line) => indent + style.paint(line, "dim"))];
};

/** The lanes below each other, and the clock under them. @param used gets the signs that are drawn */
const lanesOf = (picture: Picture, signs: Signs, used: Set<string>, style: Style): readonly string[] => {
  const names = Object.keys(picture.lanes).map((name) =>
    cutTo(oneLine(name), longestName, style.glyphs.ellipsis),
  );
  const left = Math.max(...names.map(displayWidth)) + gap;
  const columns = Math.max(narrowest, Math.min(style.width, widest) - indent.length - left - 1);
  const rows = Object.values(picture.lanes).map((strokes) => cellsOf(strokes, picture, columns, signs));
  for (const cell of rows.flat()) used.add(/\d/.test(cell) ? several : cell);
  return [
    ...(picture.title === undefined ? [] : [`${indent}${picture.title}`]),
    ...rows.map((cells, i) => indent + padTo(names[i]!, left) + colored(cells, signs, style)),
    `${indent}${" ".repeat(left)}${style.paint(clockLine(picture, columns), "dim")}`,
  ];
};

const indent = "  ";
const gap = 2;
const longestName = 20;
const narrowest = 20;
/** Wider, a short lesson has nothing to fill it with. */
const widest = 100;

interface Signs {
  readonly none: string;
  readonly start: string;
  readonly on: string;
  readonly failed: string;
  readonly missed: string;
  readonly asleep: string;
}

/** In the legend, for any number of runs at once. */
const several = "2";

const unicodeSigns: Signs = { none: "·", start: "▪", on: "━", failed: "✖", missed: "○", asleep: "~" };
const asciiSigns: Signs = { none: ".", start: "+", on: "=", failed: "x", missed: "o", asleep: "~" };

const columnOf = (at: Date, { from, to }: Picture, columns: number): number =>
  Math.round(((at.getTime() - from.getTime()) / (to.getTime() - from.getTime())) * (columns - 1));

/** A sign for every column: what begins there, else what goes on there, and how many where that is several. */
const cellsOf = (
  strokes: readonly Stroke[],
  picture: Picture,
  columns: number,
  signs: Signs,
): readonly string[] => {
  const placed = strokes.map(({ at, to = at, kind = "run" }) => ({
    first: columnOf(at, picture, columns),
    // The end belongs to what comes next.
    last: Math.max(columnOf(at, picture, columns), columnOf(to, picture, columns) - 1),
    kind,
  }));
  const nap = picture.asleep && {
    first: columnOf(picture.asleep.from, picture, columns),
    last: columnOf(picture.asleep.to, picture, columns),
  };
  return Array.from({ length: columns }, (_, column) => {
    const here = placed.filter(({ first, last }) => first <= column && column <= last);
    const ran = here.filter(({ kind }) => kind !== "missed");
    const isMissed = here.length > ran.length;
    const failed = here.some(({ kind, last }) => kind === "failed" && last === column);
    const begins = ran.some(({ first }) => first === column);
    if (failed) return signs.failed;
    if (begins && ran.length === 1) return signs.start;
    if (isMissed) return signs.missed;
    if (ran.length > 1) return ran.length < 10 ? String(ran.length) : "9";
    if (ran.length === 1) return signs.on;
    return nap && nap.first <= column && column < nap.last ? signs.asleep : signs.none;
  });
};

const colored = (cells: readonly string[], signs: Signs, { paint }: Style): string =>
  cells
    .map((cell) =>
      cell === signs.none || cell === signs.asleep
        ? paint(cell, "dim")
        : cell === signs.failed
          ? paint(cell, "red")
          : cell === signs.missed
            ? paint(cell, "yellow")
            : cell,
    )
    .join("");

const steps = [
  second,
  5 * second,
  10 * second,
  20 * second,
  30 * second,
  minute,
  5 * minute,
  10 * minute,
  20 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
];

/** What the wall clock shows, as often as there is room for it. */
const clockLine = (picture: Picture, columns: number): string => {
  const { from, to, zone } = picture;
  const label = (at: number) => clockAt(at as Instant, zone);
  const [start, end] = [from.getTime(), to.getTime()];
  const room = label(start + second).length + gap;
  const fitting = steps.find((step) => ((end - start) / step + 1) * room <= columns) ?? day;
  let line = "";
  for (let at = Math.ceil(start / fitting) * fitting; at <= end; at += fitting) {
    const column = columnOf(new Date(at), picture, columns);
    const text = label(at);
    if (column < line.length || column + text.length > columns + 1) continue;
    line = padTo(line, column) + text;
  }
  return line;
};

const legendOf = (used: ReadonlySet<string>, signs: Signs): readonly string[] => {
  const { legend } = texts().lessons;
  const meanings: readonly (readonly [string, string])[] = [
    [signs.start, legend.starts],
    [signs.on, legend.runs],
    [several, legend.several],
    [signs.failed, legend.fails],
    [signs.missed, legend.missed],
    [signs.asleep, legend.asleep],
  ];
  return meanings.filter(([sign]) => used.has(sign)).map(([sign, meaning]) => `${sign} ${meaning}`);
};
