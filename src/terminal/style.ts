import type * as Kleur from "kleur/colors";
import { requirePackage as require } from "../require-package.ts";
import { cutTo, displayWidth, padTo, wrapText } from "./text.ts";

/** How text may look in one place. */
export interface Style {
  readonly paint: Paint;
  readonly glyphs: Glyphs;
  /** Columns of the terminal; `Infinity` where no terminal cuts lines. */
  readonly width: number;
}

/** What a stream bears: colour, signs and width, each decided for this stream alone. The width is read anew each time, for windows change theirs. */
export const styleOf = (output: Output, env: Environment): Style => ({
  paint: painter(wantsColour(output, env)),
  glyphs: glyphsFor(env),
  get width() {
    return widthOf(output);
  },
});

/** Some pseudo-terminals say that they are 0 columns wide. */
const widthOf = ({ isTTY, columns }: Output): number =>
  columns === undefined ? (isTTY ? 80 : Infinity) : columns > 0 ? columns : 80;

/** Colours and weights that we use. Nothing is shown by colour alone. */
export type Color = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Gives a text a tint, or leaves it as it is where colour is not wanted. */
type Paint = (text: string, color: Color) => string;

/**
 * Whether a stream wants colour: `NO_COLOR` that is not empty says no, else `FORCE_COLOR` says yes (`0` and `false`: no), else a terminal does that is
 * not dumb (no-color.org, force-color.org).
 */
export const wantsColour = ({ isTTY }: Pick<Output, "isTTY">, env: Environment): boolean => {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTTY === true && env.TERM !== "dumb";
};

/** Whether a line may be redrawn: on a terminal that is not dumb, and not in CI. */
export const isLive = ({ isTTY }: Pick<Output, "isTTY">, { CI, TERM }: Environment): boolean =>
  isTTY === true && TERM !== "dumb" && (!CI || CI === "false" || CI === "0");

/** Paints, or does nothing. kleur itself decides once, at import, and for stdout alone. */
export const painter = (isWanted: boolean): Paint => {
  if (!isWanted) return (text) => text;
  const colours = kleur();
  if (!colours) return (text) => text;
  return (text, color) => {
    colours.$.enabled = true;
    return colours[color](text);
  };
};

let loaded: typeof Kleur | undefined;
/** Undefined in a bundle that has left kleur behind: its output has no colours, but its jobs run. */
const kleur = (): typeof Kleur | undefined => {
  try {
    loaded ??= require("kleur/colors") as typeof Kleur;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
  }
  return loaded;
};

/** The signs of a screen. */
export interface Glyphs {
  readonly run: string;
  readonly ok: string;
  readonly fail: string;
  readonly asleep: string;
  readonly skip: string;
  readonly warn: string;
  readonly paused: string;
  readonly times: string;
  readonly dot: string;
  readonly arrow: string;
  readonly ellipsis: string;
}

export const unicode: Glyphs = {
  run: "▶",
  ok: "✔",
  fail: "✖",
  asleep: "☾",
  skip: "–",
  warn: "!",
  paused: "‖",
  times: "×",
  dot: "·",
  arrow: "→",
  ellipsis: "…",
};

/** For terminals that have no other letters. */
export const ascii: Glyphs = {
  run: ">",
  ok: "+",
  fail: "x",
  asleep: "z",
  skip: "-",
  warn: "!",
  paused: "=",
  times: "x",
  dot: "-",
  arrow: "->",
  ellipsis: "...",
};

/**
 * The console of Linux itself, terminals that call themselves dumb and the old console of Windows lack most of the signs, and a locale without UTF-8 (`C`, `POSIX`,
 * `en_US.ISO-8859-1`) cannot write them. Where no locale is set, as in a container, terminals can.
 */
export const glyphsFor = ({ TERM, OS, WT_SESSION, TERM_PROGRAM, ...env }: Environment): Glyphs => {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  const lacksUtf8 = /^(?:C|POSIX)$|\.(?!utf-?8)/i.test(locale);
  const isOldConsole = OS === "Windows_NT" && !WT_SESSION && !TERM_PROGRAM && !TERM;
  return TERM === "linux" || TERM === "dumb" || lacksUtf8 || isOldConsole ? ascii : unicode;
};

/** Where text is written: a stream of the process, or a test's. */
export interface Output {
  write(text: string): unknown;
  /** Whether a terminal shows it. */
  readonly isTTY?: boolean;
  /** How wide that terminal is. */
  readonly columns?: number;
}

/** The part of the environment that says how text may look, and what started the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A piece of text that looks the same throughout. */
export interface Span {
  readonly text: string;
  readonly color?: Color;
}

export const plain = (text: string): Span => ({ text });
export const colored = (color: Color, text: string): Span => ({ text, color });

/** A line of several pieces, painted. */
export const painted = (spans: readonly Span[], { paint }: Style): string =>
  spans.map(({ text, color }) => (color && text ? paint(text, color) : text)).join("");

const spansWidth = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + displayWidth(text), 0);

/** The pieces that fit into a width; where one does not, it is cut and the rest left out. */
export const cutSpans = (spans: readonly Span[], width: number, ellipsis: string): readonly Span[] => {
  if (spansWidth(spans) <= width) return spans;
  const kept: Span[] = [];
  let room = width - displayWidth(ellipsis);
  for (const span of spans) {
    const wanted = displayWidth(span.text);
    if (wanted > room) return [...kept, { ...span, text: cutTo(span.text, room, "") + ellipsis }];
    kept.push(span);
    room -= wanted;
  }
  return kept;
};

export interface TableShape {
  /** The columns that may be cut where the table is too wide, the first to be cut first, and what is left of each at least. */
  readonly shrinks: readonly (readonly [column: number, least: number])[];
  /** Blanks before each line. @default 0 */
  readonly indent?: number;
}

const gap = 3;

/** Rows of cells as lines, the columns aligned by what a terminal shows. A row may end early. */
export const tableLines = (
  rows: readonly (readonly (readonly Span[])[])[],
  style: Style,
  { shrinks, indent = 0 }: TableShape,
): readonly string[] => {
  const widths = fitted(columnWidths(rows), style.width - indent, shrinks).widths;
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      filled(cutSpans(cell, widths[column]!, style.glyphs.ellipsis), widths[column]!),
    );
    const line = cells.flatMap((cell, column) => (column === 0 ? cell : [blanks(gap), ...cell]));
    return " ".repeat(indent) + painted(withoutEnd(line), style);
  });
};

/** Whether a table has room for all its columns, each cut as far as it may be. */
export const hasRoom = (
  rows: readonly (readonly (readonly Span[])[])[],
  { width }: Pick<Style, "width">,
  { shrinks, indent = 0 }: TableShape,
): boolean => fitted(columnWidths(rows), width - indent, shrinks).over <= 0;

const columnWidths = (rows: readonly (readonly (readonly Span[])[])[]): readonly number[] => {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: count }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, spansWidth(row[column] ?? [])), 0),
  );
};

const fitted = (
  widths: readonly number[],
  room: number,
  shrinks: TableShape["shrinks"],
): { readonly widths: readonly number[]; readonly over: number } => {
  const result = [...widths];
  let over = result.reduce((sum, width) => sum + width, gap * (result.length - 1)) - room;
  for (const [column, least] of shrinks) {
    const give = Math.min(Math.max(0, over), Math.max(0, result[column]! - least));
    result[column] = result[column]! - give;
    over -= give;
  }
  return { widths: result, over };
};

const blanks = (count: number): Span => ({ text: " ".repeat(count) });

const filled = (cell: readonly Span[], width: number): readonly Span[] => [
  ...cell,
  blanks(Math.max(0, width - spansWidth(cell))),
];

/** Without the blanks at the end of a line. */
const withoutEnd = (spans: readonly Span[]): readonly Span[] => {
  const last = spans.findLastIndex(({ text }) => text.trim() !== "");
  return spans.slice(0, last + 1);
};

/** How something is called, and what it does: next to each other if the terminal has room for both, else below each other. */
export const usageLines = (
  rows: readonly (readonly [usage: string, does: string])[],
  { width }: Pick<Style, "width">,
): readonly string[] => {
  const column = Math.max(
    ...rows.map(([usage]) => displayWidth(usage)).filter((length) => length <= widest(width)),
    0,
  );
  const left = indent + column + usageGap;
  return rows.flatMap(([usage, does]) => {
    const lines = wrapText(does, width - left);
    const isBeside = displayWidth(usage) <= column;
    const [first = "", ...more] = isBeside ? lines : ["", ...lines];
    return [
      `${" ".repeat(indent)}${padTo(usage, column)}${" ".repeat(usageGap)}${first}`.trimEnd(),
      ...more.map((line) => " ".repeat(left) + line),
    ];
  });
};

const indent = 2;
const usageGap = 3;

/** A longer usage stands on a line of its own. */
const widest = (width: number): number => (width === Infinity ? 50 : Math.floor(width * 0.4));
