import type { Environment } from "./output.ts";

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

/** The console of Linux itself, and terminals that call themselves dumb, lack most of the signs. */
export const glyphsFor = ({ TERM }: Environment): Glyphs =>
  TERM === "linux" || TERM === "dumb" ? ascii : unicode;
