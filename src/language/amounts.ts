import type { DateUnit } from "../recurrence/recurrence.ts";
import type { Milliseconds } from "../time/instant.ts";
import { day, hour, minute } from "../time/plain-time.ts";
import type { Amount, Clause, Unit } from "./meaning.ts";
import { Mistake } from "./mistake.ts";

/** So many of a unit. Elapsed time may be broken; of dates only a half year is a whole number of months. */
export const amountOf = (count: number, unit: Unit): Amount | Mistake => {
  if (count === 0) return new Mistake("interval", "a number from 1 up");
  if ("elapsed" in unit) {
    const elapsed = Math.round(count * unit.elapsed * 1_000) / 1_000;
    return Number.isInteger(elapsed)
      ? bounded({ elapsed, every: 0 })
      : new Mistake("interval", "whole milliseconds");
  }
  const { every, unit: of, isQuarter } = unit;
  if (Number.isInteger(count * every))
    return bounded({ elapsed: 0, every: count * every, unit: of, ...(isQuarter && { isQuarter }) });
  if (of === "year" && Number.isInteger(count * 12))
    return bounded({ elapsed: 0, every: count * 12, unit: "month" });
  return new Mistake("interval", `a whole number of ${of}s`);
};

/** Two lengths together: "1 hour and 10 minutes", "1 year and 6 months". */
export const sumOf = (a: Amount, b: Amount): Amount | Mistake => {
  const elapsed = a.elapsed + b.elapsed;
  if (!a.unit || !b.unit) {
    const { every, unit } = a.unit ? a : b;
    return bounded({ elapsed, every, ...(unit && { unit }) });
  }
  const [x, y] = [smaller[a.unit], smaller[b.unit]];
  if (x.unit !== y.unit)
    return new Mistake("interval", "lengths of one kind: weeks and days, or years and months");
  return bounded({ elapsed, every: a.every * x.size + b.every * y.size, unit: x.unit });
};

const smaller: Readonly<Record<DateUnit, { size: number; unit: DateUnit }>> = {
  day: { size: 1, unit: "day" },
  week: { size: 7, unit: "day" },
  month: { size: 1, unit: "month" },
  year: { size: 12, unit: "month" },
};

/** A hundred years, in days and in milliseconds. */
const longestDays = 36_525;
const daysIn: Readonly<Record<DateUnit, number>> = { day: 1, week: 7, month: 30, year: 365 };

const bounded = (amount: Amount): Amount | Mistake =>
  amount.elapsed > longestDays * day || amount.every * daysIn[amount.unit ?? "day"] > longestDays
    ? new Mistake("interval", "at most 100 years")
    : amount;

/** How often: every so much time, or every so many days, weeks, months or years. */
export const frequencyOf = ({ elapsed, every, unit, isQuarter }: Amount): readonly Clause[] | Mistake => {
  if (!unit) return [{ kind: "rate", every: elapsed as Milliseconds }];
  if (elapsed > 0) return new Mistake("interval", "either elapsed time or whole days");
  return [{ kind: "step", every, unit, ...(isQuarter && { isQuarter }) }];
};

/** "Twice a day" says how often, but not when: what it could mean, where that can be computed. */
export const rateOf = (readings: readonly (string | undefined)[], accepted: string): Mistake => {
  const known = readings.filter((reading) => reading !== undefined);
  return new Mistake(
    "ambiguous",
    known.length === 0 ? accepted : known.map((reading) => JSON.stringify(reading)).join(" or "),
  );
};

/** The unit of a rate: per hour, day, week, month or year. */
export const rateUnit = (unit: Unit): "minute" | "hour" | DateUnit | undefined => {
  if ("every" in unit) return unit.every === 1 ? unit.unit : undefined;
  return unit.elapsed === hour ? "hour" : unit.elapsed === minute ? "minute" : undefined;
};

/** A random number of units, drawn anew each time. */
export const randomOf = (from: number, to: number, unit: Unit): readonly Clause[] | Mistake => {
  if ("every" in unit && unit.every !== 1) return new Mistake("interval", `a number of ${unit.unit}s`);
  if (to < from) return new Mistake("interval", "the smaller number first");
  const [least, most] = [amountOf(from, unit), amountOf(to, unit)];
  if (least instanceof Mistake) return least;
  if (most instanceof Mistake) return most;
  if ("elapsed" in unit)
    return [
      {
        kind: "rate",
        every: least.elapsed as Milliseconds,
        random: { to: most.elapsed as Milliseconds, unit: unit.elapsed as Milliseconds },
      },
    ];
  return [{ kind: "step", every: least.every, to: most.every, unit: unit.unit }];
};

/** A random length from one to another in steps of a third. */
export const steppedOf = (from: Amount, to: Amount, step: Amount): readonly Clause[] | Mistake =>
  from.unit || to.unit || step.unit || to.elapsed < from.elapsed
    ? new Mistake("interval", "two lengths below a day, the shorter one first, and the step between them")
    : [
        {
          kind: "rate",
          every: from.elapsed as Milliseconds,
          random: { to: to.elapsed as Milliseconds, unit: step.elapsed as Milliseconds },
        },
      ];
