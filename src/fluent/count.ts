import { ScheduleError } from "../errors.ts";
import { longest } from "../time/duration.ts";
import { isElapsed, lengths, type Unit } from "./said.ts";

/**
 * Checks the number of `every(5)` and `to(10)`.
 *
 * @param least the smallest number that is accepted. @default 1
 * @throws ScheduleError `interval`
 */
export const checkCount = (given: unknown, word: "every" | "to", least = 1): number => {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= least) return given;
  throw new ScheduleError({
    code: "interval",
    what: `${word}(…)`,
    given,
    accepted: `a whole number from ${least} up`,
    nearest: nearestCount(given, word, least),
  });
};

/** Whether a text is a number in quotes, or nothing: no phrase, then. */
export const looksCounted = (text: string): boolean => /^\s*(?:[-+]?[\d.,]+)?\s*$/.test(text);

/** Checks that a number of units is not longer than a hundred years. */
export const checkLength = (count: number, unit: Unit): void => {
  const most = isElapsed(unit) ? longest / lengths[unit] : mostDates[unit];
  if (count <= most) return;
  throw new ScheduleError({
    code: "interval",
    what: `every(…).${unit}s`,
    given: count,
    accepted: `at most ${most}: a hundred years`,
    nearest: `every(${most}).${unit}s`,
  });
};

const mostDates = { day: 36_525, week: 5_217, month: 1_200, year: 100 };

const nearestCount = (given: unknown, word: string, least: number): string | undefined => {
  const number = typeof given === "string" && given.trim() !== "" ? Number(given.replace(",", ".")) : given;
  if (typeof number === "boolean") return `${word}(${least})`;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  return `${word}(${Math.min(Math.max(least, Math.round(number)), Number.MAX_SAFE_INTEGER)})`;
};
