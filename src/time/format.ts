import { requirePackage } from "../require-package.ts";
import type { WallTime } from "./zone.ts";

/** The part of luxon that is used. */
interface Luxon {
  readonly DateTime: {
    fromMillis(ms: number, how: { zone: "utc"; locale: string }): { toFormat(pattern: string): string };
  };
  readonly Duration: {
    fromObject(
      units: Readonly<Record<string, number>>,
      how: { locale: string },
    ): { toHuman(how: { unitDisplay: "narrow"; minimumFractionDigits: number }): string };
  };
}

let loaded: Luxon | null | undefined;
/** Loaded when the first moment or length is written for a person. Null in a bundle that has left it behind: then dates are as in ISO 8601, and units are English. */
const luxon = (): Luxon | null => {
  try {
    if (loaded === undefined) loaded = requirePackage("luxon") as Luxon;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    loaded = null;
  }
  return loaded;
};

export type LengthUnit = "days" | "hours" | "minutes" | "seconds" | "milliseconds";

/** The day of a wall time in a pattern of luxon's. Which wall time a moment has is not luxon's to say: it resolves a repeated hour by the season. */
export const formatDay = (wall: WallTime, pattern: string, locale: string): string =>
  once(`${pattern} ${locale} ${Math.floor(wall / 86_400_000)}`, () => {
    const library = luxon();
    return library
      ? library.DateTime.fromMillis(wall, { zone: "utc", locale }).toFormat(pattern)
      : new Date(wall).toISOString().slice(0, 10);
  });

/** A length in one unit: `"48s"`, `"48秒"`. @param digits how many stand behind the point at least */
export const formatUnit = (count: number, unit: LengthUnit, locale: string, digits = 0): string =>
  once(`${count} ${unit} ${locale} ${digits}`, () => {
    const library = luxon();
    if (!library) return `${count.toFixed(digits)}${unit === "milliseconds" ? "ms" : unit[0]}`;
    const length = library.Duration.fromObject({ [unit]: count }, { locale });
    return length.toHuman({ unitDisplay: "narrow", minimumFractionDigits: digits });
  });

/** Lists name the same days and lengths again and again, and luxon takes 20 to 50 µs for each. */
const formatted = new Map<string, string>();
const mostFormatted = 1_000;

const once = (key: string, format: () => string): string => {
  let text = formatted.get(key);
  if (text === undefined) {
    text = format();
    if (formatted.size >= mostFormatted) formatted.clear();
    formatted.set(key, text);
  }
  return text;
};
