import type { Look } from "./look.ts";
import { cutSpans, painted, type Span, spansWidth } from "./spans.ts";

export interface TableShape {
  /** The columns that may be cut where the table is too wide, the first to be cut first. */
  readonly shrinks: readonly number[];
  /** Blanks before each line. @default 0 */
  readonly indent?: number;
}

const gap = 3;
/** A column is not cut below this. */
const narrowest = 10;

/** Rows of cells as lines, the columns aligned by what a terminal shows. A row may end early. */
export const tableLines = (
  rows: readonly (readonly (readonly Span[])[])[],
  look: Look,
  { shrinks, indent = 0 }: TableShape,
): readonly string[] => {
  const widths = fitted(columnWidths(rows), look.width - indent, shrinks);
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      filled(cutSpans(cell, widths[column]!, look.glyphs.ellipsis), widths[column]!),
    );
    const line = cells.flatMap((cell, column) => (column === 0 ? cell : [blanks(gap), ...cell]));
    return " ".repeat(indent) + painted(withoutEnd(line), look);
  });
};

const columnWidths = (rows: readonly (readonly (readonly Span[])[])[]): readonly number[] => {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: count }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, spansWidth(row[column] ?? [])), 0),
  );
};

const fitted = (widths: readonly number[], room: number, shrinks: readonly number[]): readonly number[] => {
  const result = [...widths];
  let over = result.reduce((sum, width) => sum + width, gap * (result.length - 1)) - room;
  for (const column of shrinks) {
    const give = Math.min(Math.max(0, over), Math.max(0, result[column]! - narrowest));
    result[column] = result[column]! - give;
    over -= give;
  }
  return result;
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
