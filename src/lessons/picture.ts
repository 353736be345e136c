import type { RunRecord } from "../job.ts";
import { ascii, type Color, type Style } from "../terminal/style.ts";
import { clockAt, cutTo, displayWidth, joinTo, oneLine, padTo } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { hour, minute, second } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";

interface Stroke {
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
  readonly asleep?: { readonly from: Date; readonly to: Date };
}

export const strokesOf = (history: readonly RunRecord[]): readonly Stroke[] =>
  history.map(({ scheduled, started, ended, outcome }) => ({
    at: started ?? scheduled,
    to: ended,
    kind: started === undefined ? "missed" : outcome === "succeeded" ? "run" : "failed",
  }));

const unicodeSigns = { none: "·", start: "▪", on: "━", failed: "✖", missed: "○", asleep: "~" };
const asciiSigns = { none: ".", start: "+", on: "=", failed: "x", missed: "o", asleep: "~" };

/** What a column shows, or how many runs at once. */
type Cell = keyof typeof unicodeSigns | number;

const colors: Partial<Record<Cell, Color>> = { none: "dim", asleep: "dim", failed: "red", missed: "yellow" };

/** Pictures below each other, and what their signs mean. */
export const pictureLines = (pictures: readonly Picture[], style: Style): readonly string[] => {
  // In the legend, a number stands for any number of runs at once.
  const signs = { ...(style.glyphs === ascii ? asciiSigns : unicodeSigns), several: "2" };
  const used = new Set<string>();
  const draw = (cell: Cell) => {
    used.add(typeof cell === "number" ? "several" : cell);
    const color = colors[cell];
    const sign = typeof cell === "number" ? String(Math.min(cell, 9)) : signs[cell];
    return color ? style.paint(sign, color) : sign;
  };
  const width = Math.min(style.width, widest) - indent.length;
  const lines = pictures.flatMap((picture, i) => {
    const { title, lanes } = picture;
    const names = Object.keys(lanes).map((name) => cutTo(oneLine(name), longestName, style.glyphs.ellipsis));
    const left = Math.max(...names.map(displayWidth)) + gap;
    const columns = Math.max(narrowest, width - left - 1);
    return [
      ...(i === 0 ? [] : [""]),
      ...(title === undefined ? [] : [`${indent}${title}`]),
      ...Object.values(lanes).map(
        (strokes, lane) =>
          indent + padTo(names[lane]!, left) + cellsOf(strokes, picture, columns).map(draw).join(""),
      ),
      `${indent}${" ".repeat(left)}${style.paint(clockLine(picture, columns), "dim")}`,
    ];
  });
  const legend = Object.entries(texts().lessons.legend)
    .filter(([cell]) => used.has(cell))
    .map(([cell, meaning]) => `${signs[cell as keyof typeof signs]} ${meaning}`);
  return [...lines, "", ...joinTo(legend, "   ", width).map((line) => indent + style.paint(line, "dim"))];
};

const indent = "  ";
const gap = 2;
const longestName = 20;
const narrowest = 20;
/** Wider, a short lesson has nothing to fill it with. */
const widest = 100;

const columnOf = (at: Date, { from, to }: Picture, columns: number): number =>
  Math.round(((at.getTime() - from.getTime()) / (to.getTime() - from.getTime())) * (columns - 1));

/** For every column what begins there, else what goes on there, and how many where that is several. */
const cellsOf = (strokes: readonly Stroke[], picture: Picture, columns: number): readonly Cell[] => {
  const column = (at: Date) => columnOf(at, picture, columns);
  const placed = strokes.map(({ at, to = at, kind = "run" }) => ({
    first: column(at),
    // The end belongs to what comes next.
    last: Math.max(column(at), column(to) - 1),
    kind,
  }));
  const nap = picture.asleep && { first: column(picture.asleep.from), last: column(picture.asleep.to) };
  return Array.from({ length: columns }, (_, here): Cell => {
    const found = placed.filter(({ first, last }) => first <= here && here <= last);
    const ran = found.filter(({ kind }) => kind !== "missed");
    if (found.some(({ kind, last }) => kind === "failed" && last === here)) return "failed";
    if (ran.length === 1 && ran[0]!.first === here) return "start";
    if (found.length > ran.length) return "missed";
    if (ran.length > 0) return ran.length > 1 ? ran.length : "on";
    return nap && nap.first <= here && here < nap.last ? "asleep" : "none";
  });
};

const steps = [
  ...[second, minute].flatMap((unit) => [1, 5, 10, 20, 30].map((n) => n * unit)),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * hour),
];

/** What the wall clock shows, as often as there is room for it. */
const clockLine = (picture: Picture, columns: number): string => {
  const { from, to, zone } = picture;
  const label = (at: number) => clockAt(at as Instant, zone);
  const [start, end] = [from.getTime(), to.getTime()];
  const room = label(start + second).length + gap;
  const step = steps.find((step) => ((end - start) / step + 1) * room <= columns) ?? steps.at(-1)!;
  let line = "";
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) {
    const column = columnOf(new Date(at), picture, columns);
    const text = label(at);
    if (column < line.length || column + text.length > columns + 1) continue;
    line = padTo(line, column) + text;
  }
  return line;
};
