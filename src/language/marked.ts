import { fields } from "../recurrence/build.ts";
import type { Times } from "../recurrence/recurrence.ts";
import type { Clause, Marks } from "./meaning.ts";
import { Mistake } from "./mistake.ts";

/** Each hour, minute or second of the clock. */
export const anyMark: Marks = { isListed: false };

/** Every n-th hour, minute or second of the clock, counted from 0; undefined where that does not come out even. */
export const everyMark = (step: number, size: number): Marks | undefined =>
  step > 1 && size % step === 0
    ? { at: Array.from({ length: size / step }, (_, i) => i * step), isListed: false }
    : undefined;

/** Numbers in a row: "9 to 17". */
export const marksBetween = (from: number, to: number): readonly number[] | Mistake =>
  from < to && to < 60
    ? Array.from({ length: to - from + 1 }, (_, i) => from + i)
    : new Mistake("time-of-day", "the smaller number first, and both below 60");

export const listedMarks = (at: readonly number[]): Marks => ({ at, isListed: true });

/** Minutes of each hour, or seconds of each minute. */
export const minutesOf = (
  of: "hour" | "minute",
  minutes: readonly number[],
  isEach = false,
): readonly Clause[] | Mistake =>
  minutes.some((n) => n > 59)
    ? new Mistake("time-of-day", "numbers from 0 to 59")
    : [{ kind: "minutes", minutes, of, ...(isEach && { isEach }) }];

/** Hours, minutes and seconds of the clock as one clause. Listed hours and minutes are wall times, all others go with elapsed time. */
export const markClause = (
  hours: Marks,
  minutes: Marks,
  seconds = listedMarks([0]),
): readonly Clause[] | Mistake => {
  if (isOver(hours, 24)) return new Mistake("time-of-day", "hours from 0 to 23");
  if (isOver(minutes, 60) || isOver(seconds, 60))
    return new Mistake("time-of-day", "minutes and seconds from 0 to 59");
  const isElapsed = !hours.isListed || !minutes.isListed;
  return [{ kind: "marks", hours: hours.at, minutes: minutes.at, seconds: seconds.at, isElapsed }];
};

const isOver = ({ at }: Marks, size: number): boolean => at?.some((mark) => mark >= size) === true;

/** The times of such a clause; `isElapsed` says for listed ones too that they go with elapsed time. */
export const markTimes = (said: Extract<Clause, { kind: "marks" }>, isElapsed: boolean): Times =>
  fields({ ...said, follows: isElapsed || said.isElapsed ? "elapsed" : "wall" });
