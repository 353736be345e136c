import type { Look } from "../terminal/style.ts";
import { cutTo, displayWidth, oneLine } from "../terminal/text.ts";

/** A place in a text, both numbers from 1. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A longer file is not read for the sake of three lines. */
const mostBytes = 2_000_000;

/** The text of a file, or nothing where it cannot be had. */
export const sourceOf = (file: string): string | undefined => {
  // Asked for and not imported, for an import is loaded at every start.
  const { readFileSync, statSync } = process.getBuiltinModule("node:fs");
  try {
    return statSync(file).size > mostBytes ? undefined : readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/**
 * The line of a place with its neighbours, its number marked and a sign under the column. Nothing when there is no such line, or when it is too
 * long to have been written by hand.
 *
 *      8 |   const offer = await findOffer("PS5");
 *   >  9 |   console.log("PS5", offer.price);
 *        |                            ^
 *     10 | }
 */
export const codeFrame = (
  source: string,
  { line, column }: Spot,
  { paint, width, glyphs }: Look,
): readonly string[] => {
  const lines = source.split(/\r\n|\n/);
  const marked = lines[line - 1];
  if (marked === undefined || marked.length > longestLine) return [];
  const last = Math.min(lines.length, line + 1);
  const digits = String(last).length;
  const shown: string[] = [];
  for (let number = Math.max(1, line - 1); number <= last; number++) {
    const text = asShown(lines[number - 1]!);
    if (number !== line && text.trim() === "") continue;
    const head = `${number === line ? ">" : " "} ${String(number).padStart(digits)} | `;
    const cut = cutTo(text, width - head.length, glyphs.ellipsis);
    shown.push(number === line ? paint(head, "red") + cut : paint(head + cut, "dim"));
    if (number === line) {
      const before = displayWidth(asShown(marked.slice(0, column - 1)));
      const gutter = `  ${" ".repeat(digits)} | `;
      if (gutter.length + before < width)
        shown.push(paint(gutter, "dim") + " ".repeat(before) + paint("^", "red"));
    }
  }
  return shown;
};

const longestLine = 500;

const asShown = (line: string): string => oneLine(line.replaceAll("\t", "  "));
