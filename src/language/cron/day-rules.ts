import type { DayRule } from "../../recurrence/recurrence.ts";
import { type Field, type Part, readWord, take } from "./field.ts";
import { Mistake } from "./mistake.ts";

/**
 * `L`, `L-2`, `LW` and `15W`, as in Quartz. The workday nearest to the 1st is the month's first, so `1W` becomes that.
 */
export const monthDayRule = (part: Part, field: Field): DayRule | undefined => {
  const found = take(/(\d+)W|L(?:W|-(\d+))?/iy, part);
  if (!found) return undefined;
  const [read, near, before] = found;
  if (near !== undefined) {
    const day = readWord(near, part.at - read.length, field);
    return day === 1 ? { kind: "workday", nth: 1 } : { kind: "near", day };
  }
  if (before !== undefined) return { kind: "day", day: -1 - daysBefore(before, part.at) };
  return read.length === 2 ? { kind: "workday", nth: -1 } : { kind: "day", day: -1 };
};

/** `fri#2`, the second Friday of the month, and `friL`, the last. */
export const weekdayRule = (part: Part, field: Field): DayRule | undefined => {
  const start = part.at;
  const found = take(/(\d+|[a-z]+?)(?:L(?![a-z\d])|#(\w*))/iy, part);
  if (!found) return undefined;
  const weekday = isoWeekday(readWord(found[1]!, start, field));
  return { kind: "nth", nth: found[2] === undefined ? -1 : nthOf(found[2], part.at), weekday };
};

/** 1 Monday to 7 Sunday, from cron's 0 Sunday to 6 Saturday. */
export const isoWeekday = (weekday: number): number => weekday % 7 || 7;

const daysBefore = (digits: string, end: number): number => {
  const days = Number(digits);
  if (days >= 1 && days <= 30) return days;
  const what = "number of days before the last";
  throw new Mistake({ what, accepted: "1 to 30", start: end - digits.length, end });
};

const nthOf = (read: string, end: number): number => {
  if (/^0*[1-5]$/.test(read)) return Number(read);
  if (/^l(?:ast)?$/i.test(read)) return -1;
  throw new Mistake({
    what: "which one of a weekday in the month",
    accepted: "#1 to #5, or L for the last: fri#2, friL",
    start: end - read.length - 1,
    end,
  });
};
