import { hour, minute, second } from "../../time/plain-time.ts";
import type { Interval } from "../recurrence.ts";

/** Units of elapsed time. A day is none: "every 24 hours" and "every day" differ when clocks change. */
export type LengthUnit = "hour" | "minute" | "second" | "millisecond";

export interface Amount {
  readonly count: number;
  readonly unit: LengthUnit;
}

/** From one count to another of a unit; or from a length to another in steps of a third. */
export type RandomLength =
  | { readonly from: number; readonly to: number; readonly unit: LengthUnit }
  | { readonly from: readonly Amount[]; readonly to: readonly Amount[]; readonly steps: readonly Amount[] };

const sizes: readonly (readonly [LengthUnit, number])[] = [
  ["hour", hour],
  ["minute", minute],
  ["second", second],
  ["millisecond", 1],
];

/** A length as people say it: 90 minutes, 36 hours, 2 hours and 30 minutes. The sum is exact. */
export const amountsOf = (length: number): readonly Amount[] => {
  for (const [unit, size] of sizes) {
    const count = length / size;
    if (Number.isInteger(count) && (size === hour || count < mostCounted)) return [{ count, unit }];
  }
  const parts: Amount[] = [];
  let rest = length;
  for (const [unit, size] of sizes) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push({ count, unit });
    rest -= count * size;
  }
  return parts;
};

/** More minutes or seconds than this are easier to grasp in larger units. */
const mostCounted = 120;

export const randomLength = (every: number, { to, unit }: NonNullable<Interval["random"]>): RandomLength => {
  for (const [name, size] of sizes)
    if (size === unit && every % size === 0) return { from: every / size, to: to / size, unit: name };
  return { from: amountsOf(every), to: amountsOf(to), steps: amountsOf(unit) };
};
