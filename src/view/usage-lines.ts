import type { Look } from "./look.ts";
import { joinTo } from "./width.ts";

/** How something is called, and what it does: beside each other where the terminal has room for both, else below each other. */
export const usageLines = (
  rows: readonly (readonly [usage: string, does: string])[],
  { width }: Pick<Look, "width">,
): readonly string[] => {
  const column = Math.max(
    ...rows.map(([usage]) => usage.length).filter((length) => length <= widest(width)),
    0,
  );
  const left = indent + column + gap;
  return rows.flatMap(([usage, does]) => {
    const words = joinTo(does.split(" "), " ", width - left);
    const isBeside = usage.length <= column;
    const [first = "", ...more] = isBeside ? words : ["", ...words];
    return [
      `${" ".repeat(indent)}${usage.padEnd(column)}${" ".repeat(gap)}${first}`.trimEnd(),
      ...more.map((line) => " ".repeat(left) + line),
    ];
  });
};

const indent = 2;
const gap = 3;

/** A longer usage stands on a line of its own. */
const widest = (width: number): number => (width === Infinity ? 50 : Math.floor(width * 0.4));
