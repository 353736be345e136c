import {
  alignedTimes,
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  fields,
  grid,
  interval,
  timeList,
  within,
} from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { DailyWindow, Dates, DayRule, Recurrence, Step, Times } from "../recurrence/recurrence.ts";
import { day, hour, minute, type PlainTime, parseTime } from "../time/plain-time.ts";
import { type ClauseSet, type DayClauses, daysOfClauses, type Located } from "./clause-set.ts";
import type { Clause, Clock, ParseContext, Window } from "./clauses.ts";
import { aloneIn, inPart, markTimes, settled, windowOf } from "./clocks.ts";
import { impossibleDates, scopedDays } from "./days.ts";
import { ambiguous, Mistake, orThrow } from "./errors.ts";

/** Which days: every so many, or those of a condition. */
interface Days {
  readonly step?: Step;
  readonly dates?: Dates;
}

type Rate = Located<Extract<Clause, { kind: "rate" }>>;

/** Whether anything was said that repeats. */
export const repeats = (clauses: ClauseSet): boolean =>
  clauses.has("rate", "step", "minutes", "marks") ||
  daysOfClauses(clauses)?.repeats === true ||
  clauses.every("part").some(({ clause }) => clause.repeats);

/** What repeats, without its limits: its rhythm, days, times and windows. */
export const recurringOf = (clauses: ClauseSet, context: ParseContext): Recurrence => {
  const windows = windowsOf(clauses, "windows");
  const days = daysOf(clauses, daysOfClauses(clauses));
  const rate = clauses.one("rate");
  if (days.dates || !days.step) clauses.without((t) => t.daysOnce, "sameDay");
  const base = rate ? ratedOf(clauses, rate, days, windows, context) : datedOf(clauses, days, windows);
  return within(base, windowsOf(clauses, "within"));
};

const datedOf = (clauses: ClauseSet, days: Days, windows: readonly DailyWindow[]): Recurrence => {
  clauses.without((t) => t.intervalAsWell, "aligned", "spaced");
  if (windows.length > 0 && !clauses.has("clocks", "minutes", "marks"))
    throw new Mistake("unfinished", (t) => t.howOftenInWindow).at(clauses.one("windows")!);
  const marks = clauses.one("marks");
  refuseLongStep(clauses, clauses.one("minutes") ?? (marks?.clause.hours ? undefined : marks), days);
  const times = timesOf(clauses, days.dates);
  if (windows.length > 0 && times.kind === "list" && !times.at.some((time) => isInside(time, windows)))
    throw new Mistake("never", (t) => t.timesInWindow).at(clauses.one("windows")!);
  return within(calendar({ ...days, times }), windows);
};

const isInside = (time: PlainTime, windows: readonly DailyWindow[]): boolean =>
  windows.some(({ from, to }) => {
    const [at, first, last] = [parseTime(time), parseTime(from), parseTime(to)];
    return first <= last ? at >= first && at <= last : at >= first || at <= last;
  });

/** An interval below a day: from now on, or on the grid of its days and windows. */
const ratedOf = (
  clauses: ClauseSet,
  rate: Rate,
  days: Days,
  windows: readonly DailyWindow[],
  context: ParseContext,
): Recurrence => {
  clauses.without((t) => t.intervalOrTimes, "clocks", "part", "sameTime", "marks", "elapsed");
  const { every, random } = rate.clause;
  refuseLongStep(clauses, rate, days);
  const minutes = clauses.one("minutes");
  if (minutes) return markedOf(clauses, rate, minutes, days, windows, context);
  if (clauses.one("aligned")) {
    clauses.without((t) => t.alignedOrFree, "spaced");
    const times = random ? undefined : alignedTimes(every);
    if (!times) throw new Mistake("aligned", (t) => t.dividesDay).at(rate);
    return within(calendar({ ...days, times }), windows);
  }
  const begin = clauses.one("start")?.clause.point;
  const from = begin?.kind === "clock" || begin?.kind === "day" ? begin.clock : undefined;
  // "every 2 hours on weekdays starting at 9am": from then on, on each of them.
  if (from && (days.step || days.dates) && windows.length === 0)
    return calendar({ ...days, times: grid(every, [dailyWindow(from.at, day - minute)]) });
  const isSpaced = clauses.one("spaced") !== undefined;
  if (isSpaced || random) {
    const more = { ...(random && { random }), ...(isSpaced && { fixedDelay: true as const }) };
    if (days.step || days.dates) throw new Mistake("contradiction", (t) => t.noDays).at(rate);
    return within(interval(every, more), windows);
  }
  if (!days.step && !days.dates && windows.length === 0) return interval(every);
  return calendar({ ...days, times: grid(every, windows) });
};

/** "every week every hour": one of the two is too much, or the day of the week is missing. */
const refuseLongStep = (clauses: ClauseSet, rhythm: Located | undefined, { step, dates }: Days): void => {
  if (rhythm && step && step.unit !== "day" && !dates && !clauses.one("sameDay"))
    throw new Mistake("contradiction", (t) => t.oneOrDays).at(clauses.one("step")!);
};

/** "every hour at :20", "every minute at :30"; "every 2 hours at :20" is counted from the next :20. */
const markedOf = (
  clauses: ClauseSet,
  rate: Rate,
  minutes: Located<Extract<Clause, { kind: "minutes" }>>,
  days: Days,
  windows: readonly DailyWindow[],
  context: ParseContext,
): Recurrence => {
  const { every, random } = rate.clause;
  if (!minutes.clause.of && every % hour !== 0 && every !== minute) throw twoMarks(minutes, every);
  const of = minutes.clause.of ?? (every % hour === 0 ? "hour" : "minute");
  const size = of === "hour" ? hour : minute;
  clauses.without((t) => t.intervalOrMinutes, "aligned", "spaced");
  if (random || every % size !== 0) throw new Mistake("contradiction", (t) => t.every(of)).at(minutes);
  const times = minuteTimes(minutes.clause.minutes, of);
  if (every === size) return within(calendar({ ...days, times }), windows);
  if (
    minutes.clause.isEach ||
    days.dates ||
    days.step ||
    windows.length > 0 ||
    minutes.clause.minutes.length > 1 ||
    clauses.has("start")
  )
    throw new Mistake("contradiction", (t) => t.every(of)).at(minutes);
  const first = compile(calendar({ times }), { zone: context.zone, anchor: context.now }).next(context.now);
  return bounded(interval(every), { starting: first! });
};

/** "every 30 minutes at :05": minutes 5 and 35 of the hour, or second 5? */
const twoMarks = (minutes: Located<Extract<Clause, { kind: "minutes" }>>, every: number): Mistake => {
  const [first = 0] = minutes.clause.minutes;
  if (hour % every !== 0) return new Mistake("contradiction", (t) => t.everyHour).at(minutes);
  const all = Array.from({ length: hour / every }, (_, i) => (first + (i * every) / minute) % 60).sort(
    (a, b) => a - b,
  );
  return ambiguous(
    (t) => t.minutesOfHour(all),
    (t) => t.atSecond(every / minute, first),
  ).at(minutes);
};

const daysOf = (clauses: ClauseSet, days: DayClauses | undefined): Days => {
  const step = clauses.one("step");
  if (days) {
    const impossible = impossibleDates(days.dates);
    if (impossible) throw impossible.at(days.place);
  }
  if (!step) {
    if (days && isMonthsAlone(days.dates) && !clauses.has("rate", "part", "minutes", "marks"))
      throw new Mistake("unfinished", (t) => t.whichDays).at(days.place);
    return days ? { dates: days.dates } : {};
  }
  const { every, to, unit, isQuarter } = step.clause;
  if (!days) return { step: { every, unit, ...(to !== undefined && { to }) } };
  if (to !== undefined) throw new Mistake("contradiction", (t) => t.daysWithoutRandom).at(days.place);
  if (isQuarter && every === 3) return { dates: ofQuarter(days) };
  if (days.isEach && every > 1 && (unit === "day" || days.dates.days))
    throw new Mistake("contradiction", (t) => t.oneOfTwo).at(days.place);
  checkStep[unit](days, every);
  return { step: { every, unit }, dates: days.dates };
};

const isMonthsAlone = (dates: Dates): boolean => !dates.weekdays && !dates.days;

const ofQuarter = ({ dates, place }: DayClauses): Dates => {
  if (!dates.days || dates.months || dates.weekdays)
    throw new Mistake("contradiction", (t) => t.dayOfQuarter).at(place);
  const [days] = orThrow(scopedDays(dates.days, { of: "quarter", repeats: true }), place);
  return days?.kind === "days" ? days.dates : dates;
};

/** Whether days go with every so many days, weeks, months or years. */
const checkStep: Readonly<Record<Step["unit"], (days: DayClauses, every: number) => void>> = {
  day({ dates, repeats, isOpen, place }, every) {
    const isOneWeekday = dates.weekdays?.length === 1 && !dates.days;
    if ((dates.days && (isOpen || (every === 1 && !repeats))) || (every === 1 && isOneWeekday))
      throw new Mistake("contradiction", (t) => t.everyDayOrDays).at(place);
  },
  week({ dates, isOpen, place }, every) {
    if (isOpen || (dates.days && every === 1)) throw new Mistake("contradiction", (t) => t.weekday).at(place);
    if (isMonthsAlone(dates)) throw new Mistake("unfinished", (t) => t.weekdayAsWell).at(place);
  },
  month({ dates, repeats, place }) {
    if (isMonthsAlone(dates)) throw new Mistake("unfinished", (t) => t.monthDayAsWell).at(place);
    if (dates.weekdays && !dates.days && !repeats)
      throw ambiguous(
        (t) => t.firstOfMonth,
        (t) => t.everyOfMonth,
      ).at(place);
  },
  year({ dates, repeats, isOpen, place }) {
    if (isMonthsAlone(dates)) throw new Mistake("unfinished", (t) => t.monthDayAsWell).at(place);
    if (!dates.months && (isOpen || (!dates.days && !repeats)) && !dates.days?.some(isOfYear))
      throw new Mistake("unfinished", (t) => t.monthAsWell).at(place);
  },
};

const isOfYear = (rule: DayRule): boolean => rule.kind === "annual" || rule.kind === "year-day";

/** The clock times that were said, each in its part of the day; a part alone has a time of its own. Undefined when there are none. */
export const clocksOf = (clauses: ClauseSet): readonly Clock[] | undefined => {
  const clocks = clauses.one("clocks");
  const part = clauses.one("part");
  if (!clocks) return part && [orThrow(aloneIn(part.clause.part), part)];
  const read = part
    ? clocks.clause.clocks.map((clock) => orThrow(inPart(clock, part.clause.part), clocks))
    : clocks.clause.clocks;
  if (read.some(({ isNextDay }) => isNextDay))
    throw new Mistake("contradiction", (t) => t.timeAlone).at(clocks);
  return orThrow(settled(read), clocks);
};

/**
 * The hours after midnight of a night that has a name: Friday night at 1 is Saturday to most people. Where every day is meant it makes
 * no difference.
 */
export const refuseLateNights = (clauses: ClauseSet, clocks: readonly Clock[], isNamed: boolean): void => {
  if (isNamed && clocks.some(({ isPastMidnight }) => isPastMidnight))
    throw new Mistake("ambiguous", (t) => t.dayOfLateTime).at(clauses.one("clocks")!);
};

/** Which times of its days a schedule without an interval runs at. */
export const timesOf = (clauses: ClauseSet, dates: Dates | undefined): Times => {
  const marks = clauses.one("marks");
  const minutes = clauses.one("minutes");
  if (marks) {
    clauses.without((t) => t.timesOrMarks, "clocks", "part", "sameTime", "minutes");
    return markTimes(marks.clause, clauses.one("elapsed") !== undefined);
  }
  if (minutes) {
    clauses.without((t) => t.timesOrMinutes, "clocks", "part", "sameTime");
    const { of, minutes: listed } = minutes.clause;
    if (!of) throw new Mistake("unfinished", (t) => t.everyHourOrMinute).at(minutes);
    return minuteTimes(listed, of);
  }
  clauses.without((t) => t.marksOfClock, "elapsed");
  const clocks = clocksOf(clauses);
  if (clauses.one("sameTime")) {
    clauses.without((t) => t.timeOnce, "clocks", "part");
    return anchorTime;
  }
  if (clocks) {
    refuseLateNights(clauses, clocks, Boolean(dates?.weekdays || dates?.days));
    return timeList(clocks.map(({ at }) => at));
  }
  refuseBorrowedTime(clauses);
  return (dates?.weekdays || dates?.days || dates?.months) &&
    !startsWithClock(clauses) &&
    !isStepAlone(clauses, dates)
    ? timeList([0])
    : anchorTime;
};

/** "every day until friday at 5pm" runs at 5pm: where no other time is said, the one that could be a limit's belongs to the schedule. */
const refuseBorrowedTime = (clauses: ClauseSet): void => {
  const limit = [clauses.one("start"), clauses.one("end")].find((placed) => {
    const point = placed?.clause.point;
    return point?.kind === "day" && point.clock !== undefined;
  });
  if (limit) throw new Mistake("contradiction", (t) => t.timeApart).at(limit);
};

/** Minutes of each hour, or seconds of each minute. */
export const minuteTimes = (listed: readonly number[], of: "hour" | "minute"): Times =>
  of === "hour"
    ? fields({ minutes: listed, seconds: [0], follows: "elapsed" })
    : fields({ seconds: listed, follows: "elapsed" });

/** "every weekday starting tomorrow at 9am" counts from there, and so keeps that time. */
const startsWithClock = (clauses: ClauseSet): boolean => {
  const point = clauses.one("start")?.clause.point;
  return (
    point !== undefined &&
    (point.kind === "clock" || point.kind === "moment" || (point.kind === "day" && point.clock !== undefined))
  );
};

/** "every 2 days in may" names no day. */
const isStepAlone = (clauses: ClauseSet, dates: Dates | undefined): boolean =>
  clauses.has("step") && !dates?.weekdays && !dates?.days;

/** The windows of a clause, with their ends in order. */
export const windowsOf = (clauses: ClauseSet, kind: "windows" | "within"): readonly DailyWindow[] => {
  const placed = clauses.one(kind);
  return (placed?.clause.windows ?? []).map((window: Window) => {
    const { from, to } = orThrow(windowOf(window), placed!);
    // "from 9am to 9am" is the whole day, counted from there.
    return from === to && kind === "windows"
      ? dailyWindow(parseTime(from), (parseTime(to) + day - minute) % day)
      : { from, to };
  });
};
