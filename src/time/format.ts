import { requirePackage } from "../require-package.ts";
import type { WallTime } from "./zone.ts";

/** The part of luxon that is used. */
interface Luxon {
  readonly DateTime: {
    fromMillis(ms: number, how: { zone: "utc"; locale: string }): { toFormat(pattern: string): string };
  };
}

let loaded: Luxon | null | undefined;
/** Loaded when the first date is written for a person. Null in a bundle that has left it behind: then dates are as in ISO 8601. */
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
  once(days, `${pattern} ${locale} ${Math.floor(wall / 86_400_000)}`, () => {
    const library = luxon();
    return library
      ? library.DateTime.fromMillis(wall, { zone: "utc", locale }).toFormat(pattern)
      : new Date(wall).toISOString().slice(0, 10);
  });

/** A length in one unit: `"48s"`, `"48秒"`. @param digits how many stand behind the point at least */
export const formatUnit = (count: number, unit: LengthUnit, locale: string, digits = 0): string =>
  once(units, `${unit} ${locale} ${digits}`, () => {
    const how = { style: "unit", unitDisplay: "narrow", minimumFractionDigits: digits } as const;
    return new Intl.NumberFormat(locale, { ...how, unit: unit.slice(0, -1) });
  }).format(count);

/** Lists name the same days again and again, and luxon takes 20 to 50 µs for each; so does a format of a unit when it is made. */
const days = new Map<string, string>();
const units = new Map<string, Intl.NumberFormat>();
const mostFormatted = 1_000;

const once = <T>(formatted: Map<string, T>, key: string, format: () => T): T => {
  const known = formatted.get(key) ?? format();
  if (formatted.size >= mostFormatted) formatted.clear();
  formatted.set(key, known);
  return known;
};
