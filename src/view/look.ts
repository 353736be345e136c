import { type Paint, painter, wantsColour } from "./colour.ts";
import { type Glyphs, glyphsFor } from "./glyphs.ts";
import type { Environment, Output } from "./output.ts";

/** How text may look in one place. */
export interface Look {
  readonly paint: Paint;
  readonly glyphs: Glyphs;
  /** Columns of the terminal; `Infinity` where no terminal cuts lines. */
  readonly width: number;
}

/** What a stream bears: colour, signs and width, each decided for this stream alone. The width is read anew each time, for windows change theirs. */
export const lookOf = (output: Output, env: Environment): Look => ({
  paint: painter(wantsColour(output, env)),
  glyphs: glyphsFor(env),
  get width() {
    return widthOf(output);
  },
});

/** Some pseudo-terminals say that they are 0 columns wide. */
const widthOf = ({ isTTY, columns }: Output): number =>
  columns === undefined ? (isTTY ? 80 : Infinity) : columns > 0 ? columns : 80;
