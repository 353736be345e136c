import { createRequire } from "node:module";
import type * as Kleur from "kleur/colors";
import type { Environment, Output } from "./output.ts";

/** Colours and weights that we use. Nothing is told by colour alone. */
export type Tint = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Gives a text a tint, or leaves it as it is where colour is not wanted. */
export type Paint = (text: string, tint: Tint) => string;

/**
 * Whether a stream wants colour: `NO_COLOR` that is not empty says no, else `FORCE_COLOR` says yes (`0` and `false`: no), else a terminal does that is
 * not dumb (no-color.org, force-color.org).
 */
export const wantsColour = ({ isTTY }: Pick<Output, "isTTY">, env: Environment): boolean => {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTTY === true && env.TERM !== "dumb";
};

/** Paints, or does nothing. kleur itself decides once, at import, and for stdout alone. */
export const painter = (isWanted: boolean): Paint => {
  if (!isWanted) return (text) => text;
  const colours = kleur();
  return (text, tint) => {
    colours.$.enabled = true;
    return colours[tint](text);
  };
};

const require = (name: string): unknown => createRequire(import.meta.url)(name);
let loaded: typeof Kleur | undefined;
const kleur = (): typeof Kleur => {
  loaded ??= require("kleur/colors") as typeof Kleur;
  return loaded;
};
