import { dailyWindow, fields } from "../recurrence/build.ts";
import type { DailyWindow, Times } from "../recurrence/recurrence.ts";
import { day, formatTime, hour, minute, timeNumber } from "../time/plain-time.ts";
import {
  type Clause,
  type Clock,
  type Half,
  just,
  type Marks,
  type PartName,
  type PartWord,
  type Window,
  type Written,
} from "./clauses.ts";
import { refuse, refuseAmbiguous } from "./errors.ts";

/** A time on the 24-hour clock; with an hour from 1 to 12 it is open to "pm" and to a part of the day. */
export const clockOf = (hours: number, minutes = 0, seconds = 0, milliseconds = 0): Clock => {
  if (hours > 23) refuse("time-of-day", (t) => t.fromZero("hours", 23));
  if (minutes > 59) refuse("time-of-day", (t) => t.fromZero("minutes", 59));
  if (seconds > 59) refuse("time-of-day", (t) => t.fromZero("seconds", 59));
  const at = timeNumber(hours, minutes, seconds, milliseconds);
  return hours >= 1 && hours <= 12 ? { at, open: "minutes" } : { at };
};

/** As it was written; `09:30` and `0930` say by their zero that they are on the 24-hour clock. */
export const clockAt = ({ hour, minute, second, millisecond, isPadded }: Written): Clock => {
  const clock = clockOf(hour, minute, second, millisecond);
  return isPadded ? { at: clock.at } : clock;
};

/** `1730`; what might be a year as well is marked as such. */
export const fourDigitClock = (written: Written): Clock =>
  written.hour === 19 || written.hour === 20 ? { ...clockAt(written), isYearLike: true } : clockAt(written);

export const hourOf = (hours: number): Clock => {
  const clock = clockOf(hours);
  return clock.open ? { ...clock, open: "hour" } : clock;
};

/** A time on the 12-hour clock: 12am is midnight, 12pm noon. */
export const halfClock = (written: Pick<Written, "hour"> & Partial<Written>, half: Half): Clock => {
  const { hour, minute, second, millisecond } = written;
  if (hour < 1 || hour > 12) refuse("time-of-day", (t) => t.hoursBefore(half));
  return { at: clockOf((hour % 12) + (half === "pm" ? 12 : 0), minute, second, millisecond).at, half };
};

export const fixedClock = (hours: number): Clock => ({ at: hours * hour });

/** So many minutes before or after a whole hour: "quarter to ten". */
export const moved = (clock: Clock, minutes: number): Clock | undefined =>
  clock.at % hour === 0 && minutes !== 0 && Math.abs(minutes) < 60
    ? { ...clock, at: (clock.at + minutes * minute + day) % day, ...(clock.open && { open: "minutes" }) }
    : undefined;

/** What a part of the day makes of the hour that is written with it. */
export const inPart = (clock: Clock, { part }: Pick<PartWord, "part">): Clock => {
  // A part of its own already: 早上和晚上.
  if (clock.isAlone) refuse("contradiction", (t) => t.oneOfTwo);
  const { reads, holds } = parts[part];
  const hours = Math.floor(clock.at / hour);
  const meant = clock.half ? (holds(hours) ? hours : undefined) : reads(hours);
  if (meant === undefined) refuse("contradiction", (t) => t.hourIn(part));
  return {
    ...(clock.half ? clock : { at: clock.at + (meant - hours) * hour, half: meant < 12 ? "am" : "pm" }),
    ...(clock.isNextDay && { isNextDay: true }),
    ...((part === "night" || part === "evening") && meant < 6 && { isPastMidnight: true }),
  };
};

/** The same with the part written in front, from where it reaches on to the times behind. */
export const partFirst = (part: Pick<PartWord, "part">, clock: Clock): Clock => ({
  ...inPart(clock, part),
  leads: true,
});

interface Part {
  reads(hours: number): number | undefined;
  /** Whether an hour that is certain lies in it. */
  holds(hours: number): boolean;
  readonly alone?: number;
}

const between = (from: number, to: number) => (hours: number) => hours >= from && hours <= to;
const before = (hours: number) => (hours <= 11 ? hours : undefined);
const after = (from: number) => (hours: number) =>
  hours >= 12 ? hours : hours >= from ? hours + 12 : undefined;

/** Evenings and nights begin late enough that one o'clock is no hour of theirs to be sure of. */
const late = (hours: number) =>
  hours === 12 || hours === 0 ? 0 : hours >= 16 ? hours : hours >= 4 && hours <= 11 ? hours + 12 : undefined;

const parts: Readonly<Record<PartName, Part>> = {
  dawn: { reads: (hours) => (hours === 12 ? 0 : before(hours)), holds: between(0, 6) },
  early: { reads: before, holds: between(3, 11) },
  morning: { reads: before, holds: between(0, 11), alone: 9 },
  noon: {
    reads: (hours) =>
      hours >= 11 && hours <= 14 ? hours : hours === 1 || hours === 2 ? hours + 12 : undefined,
    holds: between(11, 14),
    alone: 12,
  },
  afternoon: { reads: after(1), holds: between(12, 18), alone: 15 },
  dusk: { reads: (hours) => (hours === 12 ? undefined : after(1)(hours)), holds: between(15, 20) },
  evening: { reads: late, holds: between(16, 23), alone: 19 },
  night: {
    reads: (hours) => (hours >= 1 && hours <= 5 ? hours : late(hours)),
    holds: (hours) => hours >= 18 || hours < 6,
    alone: 22,
  },
};

export const aloneIn = ({ part }: Pick<PartWord, "part">): Clock => ({
  ...fixedClock(parts[part].alone ?? refuse("vague", (t) => t.asWell("clock"))),
  isAlone: true,
});

/**
 * The times of a list. A bare hour before a marked one takes its am or pm if the order then still holds: "at 6 and 8pm", but "9 and
 * 5pm" is 09:00. Where the mark stands in front (下午2点和4点) it goes on to the bare hours behind it. A bare hour that is too early for
 * the marked one before it would be read in two ways.
 */
export const settled = (clocks: readonly Clock[]): readonly Clock[] => {
  const read = [...clocks];
  for (let i = read.length - 2; i >= 0; i--) {
    const [clock, next] = [read[i]!, read[i + 1]!];
    if (!clock.open || !next.half) continue;
    const taken = taking(clock, next.half);
    if (taken.at >= next.at) continue;
    if (clock.open === "minutes" && taken.at !== clock.at && !next.leads) refuseTwoTimes(clock);
    if (!next.leads) read[i] = taken;
  }
  for (let i = 1; i < read.length; i++) {
    const [clock, last] = [read[i]!, read[i - 1]!];
    if (!clock.open || !last.half) continue;
    const taken = taking(clock, last.half);
    if (last.leads && taken.at > last.at) read[i] = { ...taken, leads: true };
    else if (clock.at <= last.at || (last.leads && clock.at >= 12 * hour)) refuseTwoTimes(clock);
  }
  return read;
};

const taking = (clock: Clock, half: Half): Clock => ({
  at: (clock.at % (12 * hour)) + (half === "pm" ? 12 * hour : 0),
  half,
});

const refuseTwoTimes = ({ at }: Clock): never =>
  refuseAmbiguous([formatTime(at), formatTime((at + 12 * hour) % day)]);

/** A window of the day from two times that may depend on each other. */
export const windowOf = ({ from, to }: Window): DailyWindow => {
  if (to.isNextDay || to.isSameDay) return dailyWindow(from.at, to.at);
  if (from.open === "hour" && to.open === "hour" && to.at <= from.at)
    refuseAmbiguous((t) => [
      t.fromTo(formatTime(from.at), formatTime((to.at + 12 * hour) % day)),
      t.pastMidnight(formatTime(from.at), formatTime(to.at)),
    ]);
  if (from.leads && from.half === "pm" && to.open) {
    const taken = taking(to, "pm");
    return dailyWindow(from.at, taken.at > from.at ? taken.at : to.at % (12 * hour));
  }
  const [first, last] = settled([from, to]);
  return dailyWindow(first!.at, last!.at);
};

/** "between 9:00 and 9:00 the same day" */
export const momentWindow = (from: Clock, to: Clock): Window | undefined =>
  from.at === to.at ? { from, to: { ...to, isSameDay: true } } : undefined;

export const anyMark: Marks = { isListed: false };

/** Every n-th hour, minute or second of the clock, counted from 0; undefined where that does not come out even. */
export const everyMark = (step: number, size: number): Marks | undefined =>
  step > 1 && size % step === 0
    ? { at: Array.from({ length: size / step }, (_, i) => i * step), isListed: false }
    : undefined;

/** "9 to 17", or "9" alone. */
export const marksBetween = (from: number, to?: number): readonly number[] => {
  if (to === undefined) return [from];
  if (from >= to || to > 59) refuse("time-of-day", (t) => t.smallerBelow60);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
};

export const listedMarks = (at: readonly number[]): Marks => ({ at, isListed: true });

export const minutesOf = (
  of: "hour" | "minute",
  minutes: readonly number[],
  isEach = false,
): readonly Clause[] =>
  minutes.some((n) => n > 59)
    ? refuse("time-of-day", (t) => t.fromZero("numbers", 59))
    : just({ kind: "minutes", minutes, of, isEach });

/** Hours, minutes and seconds of the clock as one clause. Listed hours and minutes are wall times, all others go with elapsed time. */
export const markClause = (hours: Marks, minutes: Marks, seconds = listedMarks([0])): readonly Clause[] => {
  const isOver = ({ at }: Marks, size: number) => at?.some((mark) => mark >= size);
  if (isOver(hours, 24)) refuse("time-of-day", (t) => t.fromZero("hours", 23));
  if (isOver(minutes, 60) || isOver(seconds, 60)) refuse("time-of-day", (t) => t.fromZero("numbers", 59));
  const isElapsed = !hours.isListed || !minutes.isListed;
  return just({ kind: "marks", hours: hours.at, minutes: minutes.at, seconds: seconds.at, isElapsed });
};

/** The times of such a clause; `isElapsed` says for listed ones too that they go with elapsed time. */
export const markTimes = (marks: Extract<Clause, { kind: "marks" }>, isElapsed: boolean): Times =>
  fields({ ...marks, follows: isElapsed || marks.isElapsed ? "elapsed" : "wall" });
