import { dailyWindow, fields } from "../recurrence/build.ts";
import type { DailyWindow, Times } from "../recurrence/recurrence.ts";
import { day, formatTime, hour, timeNumber } from "../time/plain-time.ts";
import type { Clause, Clock, Half, Marks, PartName, Window, Written } from "./clauses.ts";
import { ambiguous, Mistake, type Wording } from "./errors.ts";

/** A time on the 24-hour clock; with an hour from 1 to 12 it is open to "pm" and to a part of the day. */
export const clockOf = (hours: number, minutes = 0, seconds = 0, milliseconds = 0): Clock | Mistake => {
  if (hours > 23) return wrongTime((t) => t.hours0to23);
  if (minutes > 59) return wrongTime((t) => t.minutes0to59);
  if (seconds > 59) return wrongTime((t) => t.seconds0to59);
  const at = timeNumber(hours, minutes, seconds, milliseconds);
  return hours >= 1 && hours <= 12 ? { at, open: "minutes" } : { at };
};

/** As it was written; `09:30` and `0930` say by their zero that they are on the 24-hour clock. */
export const clockAt = ({ hour, minute, second, millisecond, isPadded }: Written): Clock | Mistake => {
  const clock = clockOf(hour, minute, second, millisecond);
  return isPadded && !(clock instanceof Mistake) ? { at: clock.at } : clock;
};

/** `1730`; what might be a year as well is marked as such. */
export const fourDigitClock = (written: Written): Clock | Mistake => {
  const clock = clockAt(written);
  return clock instanceof Mistake || (written.hour !== 19 && written.hour !== 20)
    ? clock
    : { ...clock, isYearLike: true };
};

/** An hour without minutes. */
export const hourOf = (hours: number): Clock | Mistake => {
  const clock = clockOf(hours);
  return clock instanceof Mistake || !clock.open ? clock : { ...clock, open: "hour" };
};

/** A time on the 12-hour clock: 12am is midnight, 12pm noon. */
export const halfClock = (written: Pick<Written, "hour"> & Partial<Written>, half: Half): Clock | Mistake => {
  if (written.hour < 1 || written.hour > 12) return wrongTime((t) => t.hoursBefore(half));
  const clock = clockOf(
    (written.hour % 12) + (half === "pm" ? 12 : 0),
    written.minute,
    written.second,
    written.millisecond,
  );
  return clock instanceof Mistake ? clock : { at: clock.at, half };
};

/** A time that nothing can move: noon, midnight. */
export const fixedClock = (hours: number): Clock => ({ at: hours * hour });

const wrongTime = (accepted: Wording): Mistake => new Mistake("time-of-day", accepted);

/** So many minutes before or after a whole hour: "quarter to ten". */
export const moved = (clock: Clock, minutes: number): Clock | undefined =>
  clock.at % hour !== 0
    ? undefined
    : {
        ...clock,
        at: (clock.at + minutes * 60_000 + day) % day,
        ...(clock.open && { open: "minutes" as const }),
      };

/** What a part of the day makes of the hour that is written with it. */
export const inPart = (clock: Clock, part: PartName): Clock | Mistake => {
  const { at, half } = clock;
  const hours = Math.floor(at / hour);
  if (half) return parts[part].holds(hours) ? { ...clock, ...pastMidnight(part, hours) } : notIn(part);
  const meant = parts[part].reads(hours);
  if (meant === undefined) return notIn(part);
  const read = { at: at + (meant - hours) * hour, half: (meant < 12 ? "am" : "pm") as Half };
  return { ...read, ...(clock.isNextDay && { isNextDay: true }), ...pastMidnight(part, meant) };
};

/** The same with the part written in front, from where it reaches on to the times behind. */
export const partFirst = (part: PartName, clock: Clock): Clock | Mistake => {
  const read = inPart(clock, part);
  return read instanceof Mistake ? read : { ...read, leads: true };
};

const pastMidnight = (part: PartName, hours: number) =>
  (part === "night" || part === "evening") && hours < 6 ? { isPastMidnight: true } : {};

const notIn = (part: PartName): Mistake => new Mistake("contradiction", (t) => t.hourIn(part));

interface Part {
  /** The hour meant by an hour as it was written. */
  reads(hours: number): number | undefined;
  /** Whether an hour that is certain lies in it. */
  holds(hours: number): boolean;
  /** The hour when the part is written alone. */
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

/** The time of a part of the day that is written alone. */
export const aloneIn = (part: PartName): Clock | Mistake => {
  const { alone } = parts[part];
  return alone === undefined
    ? new Mistake("vague", (t) => t.hourAsWell)
    : { ...fixedClock(alone), isAlone: true };
};

/**
 * The times of a list. A bare hour before a marked one takes its am or pm if the order then still holds: "at 6 and 8pm", but "9 and
 * 5pm" is 09:00. Where the mark stands in front (下午2点和4点) it goes on to the bare hours behind it. A bare hour that is too early for
 * the marked one before it would be read in two ways.
 */
export const settled = (clocks: readonly Clock[]): readonly Clock[] | Mistake => {
  const read = [...clocks];
  for (let i = read.length - 2; i >= 0; i--) {
    const [clock, next] = [read[i]!, read[i + 1]!];
    if (!clock.open || !next.half) continue;
    const taken = taking(clock, next.half);
    if (taken.at >= next.at) continue;
    if (clock.open === "minutes" && taken.at !== clock.at && !next.leads) return twoTimes(clock);
    if (!next.leads) read[i] = taken;
  }
  for (let i = 1; i < read.length; i++) {
    const [clock, last] = [read[i]!, read[i - 1]!];
    if (!clock.open || !last.half) continue;
    const taken = taking(clock, last.half);
    if (last.leads && taken.at > last.at) read[i] = { ...taken, leads: true };
    else if (clock.at <= last.at || (last.leads && clock.at >= 12 * hour)) return twoTimes(clock);
  }
  return read;
};

const taking = (clock: Clock, half: Half): Clock => ({
  at: (clock.at % (12 * hour)) + (half === "pm" ? 12 * hour : 0),
  half,
});

const twoTimes = ({ at }: Clock): Mistake => ambiguous([formatTime(at), formatTime((at + 12 * hour) % day)]);

/** A window of the day from two times that may depend on each other. */
export const windowOf = ({ from, to }: Window): DailyWindow | Mistake => {
  if (to.isNextDay || to.isSameDay) return dailyWindow(from.at, to.at);
  if (from.open === "hour" && to.open === "hour" && to.at <= from.at) return twoEnds(from, to);
  if (from.leads && from.half === "pm" && to.open) {
    const taken = taking(to, "pm");
    if (taken.at > from.at) return dailyWindow(from.at, taken.at);
    return dailyWindow(from.at, to.at % (12 * hour));
  }
  const both = settled([from, to]);
  return both instanceof Mistake ? both : dailyWindow(both[0]!.at, both[1]!.at);
};

/** "between 9:00 and 9:00 the same day" */
export const momentWindow = (from: Clock, to: Clock): Window | undefined =>
  from.at === to.at ? { from, to: { ...to, isSameDay: true } } : undefined;

const twoEnds = (from: Clock, to: Clock): Mistake =>
  ambiguous((t) => [
    t.fromTo(formatTime(from.at), formatTime((to.at + 12 * hour) % day)),
    t.pastMidnight(formatTime(from.at), formatTime(to.at)),
  ]);

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
    : new Mistake("time-of-day", (t) => t.smallerBelow60);

export const listedMarks = (at: readonly number[]): Marks => ({ at, isListed: true });

/** Minutes of each hour, or seconds of each minute. */
export const minutesOf = (
  of: "hour" | "minute",
  minutes: readonly number[],
  isEach = false,
): readonly Clause[] | Mistake =>
  minutes.some((n) => n > 59)
    ? new Mistake("time-of-day", (t) => t.numbers0to59)
    : [{ kind: "minutes", minutes, of, ...(isEach && { isEach }) }];

/** Hours, minutes and seconds of the clock as one clause. Listed hours and minutes are wall times, all others go with elapsed time. */
export const markClause = (
  hours: Marks,
  minutes: Marks,
  seconds = listedMarks([0]),
): readonly Clause[] | Mistake => {
  if (isOver(hours, 24)) return new Mistake("time-of-day", (t) => t.hours0to23);
  if (isOver(minutes, 60) || isOver(seconds, 60))
    return new Mistake("time-of-day", (t) => t.minutesAndSeconds);
  const isElapsed = !hours.isListed || !minutes.isListed;
  return [{ kind: "marks", hours: hours.at, minutes: minutes.at, seconds: seconds.at, isElapsed }];
};

const isOver = ({ at }: Marks, size: number): boolean => at?.some((mark) => mark >= size) === true;

/** The times of such a clause; `isElapsed` says for listed ones too that they go with elapsed time. */
export const markTimes = (marks: Extract<Clause, { kind: "marks" }>, isElapsed: boolean): Times =>
  fields({ ...marks, follows: isElapsed || marks.isElapsed ? "elapsed" : "wall" });
