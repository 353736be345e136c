import { monthDayRule, weekdayRule } from "./day-rules.ts";
import type { Field } from "./field.ts";

const numbered = (name: string, first: number, last: number): Field => ({
  name,
  first,
  last,
  highest: last,
  names: new Map(),
  range: `${first} to ${last}`,
  accepted: `*, or ${first} to ${last}`,
  unit: `${name}s`,
});

/** Each name in full and as its first three letters. */
const named = (names: string, first: number): ReadonlyMap<string, number> =>
  new Map(
    names.split(" ").flatMap((name, i) => [
      [name, first + i],
      [name.slice(0, 3), first + i],
    ]),
  );

export const second: Field = numbered("second", 0, 59);
export const minute: Field = numbered("minute", 0, 59);
export const hour: Field = numbered("hour", 0, 23);

export const dayOfMonth: Field = {
  ...numbered("day of the month", 1, 31),
  accepted: "*, 1 to 31, L (the last), L-2, LW (the last workday) or 15W (the workday nearest to the 15th)",
  unit: "days",
  rule: monthDayRule,
};

export const month: Field = {
  ...numbered("month", 1, 12),
  names: named("january february march april may june july august september october november december", 1),
  range: "1 to 12 or jan to dec",
  accepted: "*, 1 to 12 or jan to dec",
};

export const weekday: Field = {
  ...numbered("weekday", 0, 6),
  highest: 7,
  names: named("sunday monday tuesday wednesday thursday friday saturday", 0),
  range: "0 to 7 (0 and 7 are Sunday) or sun to sat",
  accepted: "*, 0 to 7 (0 and 7 are Sunday), sun to sat, fri#2 (the second of the month) or friL (the last)",
  unit: "days",
  rule: weekdayRule,
};
