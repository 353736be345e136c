import { alignedTimes } from "../recurrence/aligned.ts";
import {
  anchorTime,
  bounded,
  calendar,
  fields,
  grid,
  interval,
  timeList,
  within,
} from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { DailyWindow, Dates, DayRule, Recurrence, Step, Times } from "../recurrence/recurrence.ts";
import { hour, minute, type PlainTime, parseTime } from "../time/plain-time.ts";
import { type Gathered, gatherDays, type Placed, type SaidDays } from "./clause-set.ts";
import type { Clause, Clock, ParseContext, Window } from "./clauses.ts";
import { aloneIn, inPart, markTimes, settled, windowOf } from "./clocks.ts";
import { impossibleDates, scopedDays } from "./days.ts";
import { ambiguous, Mistake, Refusal, unless } from "./errors.ts";

/** Which days: every so many, or those of a condition. */
interface Days {
  readonly step?: Step;
  readonly dates?: Dates;
}

type Rate = Placed<Extract<Clause, { kind: "rate" }>>;

/** Whether anything was said that repeats. */
export const repeats = (said: Gathered): boolean =>
  said.has("rate", "step", "minutes", "marks") ||
  gatherDays(said)?.repeats === true ||
  said.every("part").some(({ clause }) => clause.repeats);

/** What repeats, without its limits: its rhythm, days, times and windows. */
export const recurringOf = (said: Gathered, parseContext: ParseContext): Recurrence => {
  const windows = windowsOf(said, "windows");
  const days = daysOf(said, gatherDays(said));
  const rate = said.one("rate");
  if (days.dates || !days.step) said.without("the days once", "sameDay");
  const base = rate ? ratedOf(said, rate, days, windows, parseContext) : datedOf(said, days, windows);
  return within(base, windowsOf(said, "within"));
};

const datedOf = (said: Gathered, days: Days, windows: readonly DailyWindow[]): Recurrence => {
  said.without('"every 15 minutes" or another interval as well', "aligned", "spaced");
  if (windows.length > 0 && !said.has("clocks", "minutes", "marks"))
    throw new Refusal(
      new Mistake("unfinished", 'how often in that window, such as "every 30 minutes"'),
      said.one("windows")!,
    );
  const marks = said.one("marks");
  refuseLongStep(said, said.one("minutes") ?? (marks?.clause.hours ? undefined : marks), days);
  const times = timesOf(said, days.dates);
  if (windows.length > 0 && times.kind === "list" && !times.at.some((time) => isInside(time, windows)))
    throw new Refusal(new Mistake("never", "times that lie inside the window"), said.one("windows")!);
  return within(calendar({ ...days, times }), windows);
};

const isInside = (time: PlainTime, windows: readonly DailyWindow[]): boolean =>
  windows.some(({ from, to }) => {
    const [at, first, last] = [parseTime(time), parseTime(from), parseTime(to)];
    return first <= last ? at >= first && at <= last : at >= first || at <= last;
  });

/** An interval below a day: from now on, or on the grid of its days and windows. */
const ratedOf = (
  said: Gathered,
  rate: Rate,
  days: Days,
  windows: readonly DailyWindow[],
  parseContext: ParseContext,
): Recurrence => {
  said.without("either an interval or times of the day", "clocks", "part", "sameTime", "marks", "elapsed");
  const { every, random } = rate.clause;
  refuseLongStep(said, rate, days);
  const minutes = said.one("minutes");
  if (minutes) return markedOf(said, rate, minutes, days, windows, parseContext);
  if (said.one("aligned")) {
    said.without("either the marks of the clock or a free length", "spaced");
    const times = random ? undefined : alignedTimes(every);
    if (!times) throw new Refusal(new Mistake("aligned", "a length that goes evenly into a day"), rate);
    return within(calendar({ ...days, times }), windows);
  }
  const isSpaced = said.one("spaced") !== undefined;
  if (isSpaced || random) {
    const more = { ...(random && { random }), ...(isSpaced && { spaced: true as const }) };
    if (days.step || days.dates)
      throw new Refusal(new Mistake("contradiction", "no days beside such an interval"), rate);
    return within(interval(every, more), windows);
  }
  if (!days.step && !days.dates && windows.length === 0) return interval(every);
  return calendar({ ...days, times: grid(every, windows) });
};

/** "every week every hour": one of the two is too much, or the day of the week is missing. */
const refuseLongStep = (said: Gathered, rhythm: Placed | undefined, { step, dates }: Days): void => {
  if (rhythm && step && step.unit !== "day" && !dates && !said.one("sameDay"))
    throw new Refusal(
      new Mistake("contradiction", 'one of the two, or days such as "on monday" as well'),
      said.one("step")!,
    );
};

/** "every hour at :20", "every minute at :30"; "every 2 hours at :20" is counted from the next :20. */
const markedOf = (
  said: Gathered,
  rate: Rate,
  minutes: Placed<Extract<Clause, { kind: "minutes" }>>,
  days: Days,
  windows: readonly DailyWindow[],
  parseContext: ParseContext,
): Recurrence => {
  const { every, random } = rate.clause;
  if (!minutes.clause.of && every % hour !== 0 && every !== minute) throw twoMarks(minutes, every);
  const of = minutes.clause.of ?? (every % hour === 0 ? "hour" : "minute");
  const size = of === "hour" ? hour : minute;
  said.without("either the interval or minutes of the hour", "aligned", "spaced");
  if (random || every % size !== 0) throw new Refusal(new Mistake("contradiction", `every ${of}`), minutes);
  const times = minuteTimes(minutes.clause.minutes, of);
  if (every === size) return within(calendar({ ...days, times }), windows);
  if (
    minutes.clause.isEach ||
    days.dates ||
    days.step ||
    windows.length > 0 ||
    minutes.clause.minutes.length > 1 ||
    said.has("start")
  )
    throw new Refusal(new Mistake("contradiction", `every ${of}`), minutes);
  const first = compile(calendar({ times }), { zone: parseContext.zone, anchor: parseContext.now }).next(
    parseContext.now,
  );
  return bounded(interval(every), { starting: first! });
};

/** "every 30 minutes at :05": minutes 5 and 35 of the hour, or second 5? */
const twoMarks = (minutes: Placed<Extract<Clause, { kind: "minutes" }>>, every: number): Refusal => {
  const [first = 0] = minutes.clause.minutes;
  if (hour % every !== 0) return new Refusal(new Mistake("contradiction", "every hour"), minutes);
  const all = Array.from({ length: hour / every }, (_, i) => (first + (i * every) / minute) % 60).sort(
    (a, b) => a - b,
  );
  return new Refusal(
    ambiguous(
      `every hour at minutes ${all.join(" and ")}`,
      `every ${every / minute} minutes, at second ${first}`,
    ),
    minutes,
  );
};

const daysOf = (said: Gathered, days: SaidDays | undefined): Days => {
  const step = said.one("step");
  if (days) {
    const impossible = impossibleDates(days.dates);
    if (impossible) throw new Refusal(impossible, days.place);
  }
  if (!step) {
    if (days && isMonthsAlone(days.dates) && !said.has("rate", "part", "minutes", "marks"))
      throw new Refusal(
        new Mistake("unfinished", 'which days, such as "every day in may" or "the 1st of may"'),
        days.place,
      );
    return days ? { dates: days.dates } : {};
  }
  const { every, to, unit, isQuarter } = step.clause;
  if (!days) return { step: { every, unit, ...(to !== undefined && { to }) } };
  if (to !== undefined)
    throw new Refusal(new Mistake("contradiction", "days without a random step"), days.place);
  if (isQuarter && every === 3) return { dates: ofQuarter(days) };
  if (days.isEach && every > 1 && (unit === "day" || days.dates.days))
    throw new Refusal(new Mistake("contradiction", "one of the two, not both"), days.place);
  checkStep[unit](days, every);
  return { step: { every, unit }, dates: days.dates };
};

const isMonthsAlone = (dates: Dates): boolean => !dates.weekdays && !dates.days;

const ofQuarter = ({ dates, place }: SaidDays): Dates => {
  if (!dates.days || dates.months || dates.weekdays)
    throw new Refusal(
      new Mistake("contradiction", 'a day of the quarter, such as "the first monday"'),
      place,
    );
  const [days] = unless(scopedDays(dates.days, { of: "quarter", repeats: true }), place);
  return days?.kind === "days" ? days.dates : dates;
};

/** Whether days go with every so many days, weeks, months or years. */
const checkStep: Readonly<Record<Step["unit"], (days: SaidDays, every: number) => void>> = {
  day({ dates, repeats, isOpen, place }, every) {
    if (dates.days && (isOpen || (every === 1 && !repeats)))
      throw new Refusal(new Mistake("contradiction", 'either "every day" or certain days'), place);
  },
  week({ dates, isOpen, place }, every) {
    if (isOpen || (dates.days && every === 1))
      throw new Refusal(new Mistake("contradiction", "a day of the week"), place);
    if (isMonthsAlone(dates))
      throw new Refusal(new Mistake("unfinished", "the day of the week as well"), place);
  },
  month({ dates, repeats, place }) {
    if (isMonthsAlone(dates))
      throw new Refusal(new Mistake("unfinished", "the day of the month as well"), place);
    if (dates.weekdays && !dates.days && !repeats)
      throw new Refusal(
        ambiguous("on the first such day of the month", "on every such day of the month"),
        place,
      );
  },
  year({ dates, repeats, isOpen, place }) {
    if (isMonthsAlone(dates))
      throw new Refusal(new Mistake("unfinished", "the day of the month as well"), place);
    if (!dates.months && (isOpen || (!dates.days && !repeats)) && !dates.days?.some(isOfYear))
      throw new Refusal(new Mistake("unfinished", "the month as well"), place);
  },
};

const isOfYear = (rule: DayRule): boolean => rule.kind === "annual" || rule.kind === "year-day";

/** The clock times that were said, each in its part of the day; a part alone has a time of its own. Undefined when there are none. */
export const clocksOf = (said: Gathered): readonly Clock[] | undefined => {
  const clocks = said.one("clocks");
  const part = said.one("part");
  if (!clocks) return part && [unless(aloneIn(part.clause.part), part)];
  const read = part
    ? clocks.clause.clocks.map((clock) => unless(inPart(clock, part.clause.part), clocks))
    : clocks.clause.clocks;
  if (read.some(({ isNextDay }) => isNextDay))
    throw new Refusal(new Mistake("contradiction", "the time alone"), clocks);
  return unless(settled(read), clocks);
};

/**
 * The hours after midnight of a night that has a name: Friday night at 1 is Saturday to most people. Where every day is meant it makes
 * no difference.
 */
export const refuseLateNights = (said: Gathered, clocks: readonly Clock[], isNamed: boolean): void => {
  if (isNamed && clocks.some(({ isPastMidnight }) => isPastMidnight))
    throw new Refusal(
      new Mistake("ambiguous", 'the day on which it is, as in "saturday at 1am"'),
      said.one("clocks")!,
    );
};

/** Which times of its days a schedule without an interval runs at. */
export const timesOf = (said: Gathered, dates: Dates | undefined): Times => {
  const marks = said.one("marks");
  const minutes = said.one("minutes");
  if (marks) {
    said.without("either times or marks of the clock", "clocks", "part", "sameTime", "minutes");
    return markTimes(marks.clause, said.one("elapsed") !== undefined);
  }
  if (minutes) {
    said.without("either times or minutes of the hour", "clocks", "part", "sameTime");
    const { of, minutes: listed } = minutes.clause;
    if (!of) throw new Refusal(new Mistake("unfinished", '"every hour" or "every minute" as well'), minutes);
    return minuteTimes(listed, of);
  }
  said.without("marks of the clock, such as minutes and hours", "elapsed");
  const clocks = clocksOf(said);
  if (said.one("sameTime")) {
    said.without("the time once", "clocks", "part");
    return anchorTime;
  }
  if (clocks) {
    refuseLateNights(said, clocks, Boolean(dates?.weekdays || dates?.days));
    return timeList(clocks.map(({ at }) => at));
  }
  refuseBorrowedTime(said);
  return (dates?.weekdays || dates?.days || dates?.months) &&
    !startsWithClock(said) &&
    !isStepAlone(said, dates)
    ? timeList([0])
    : anchorTime;
};

/** "every day until friday at 5pm" runs at 5pm: where no other time is said, the one that could be a limit's belongs to the schedule. */
const refuseBorrowedTime = (said: Gathered): void => {
  const limit = [said.one("start"), said.one("end")].find((placed) => {
    const point = placed?.clause.point;
    return point?.kind === "day" && point.clock !== undefined;
  });
  if (limit) throw new Refusal(new Mistake("contradiction", "the time apart from the limit"), limit);
};

/** Minutes of each hour, or seconds of each minute. */
export const minuteTimes = (listed: readonly number[], of: "hour" | "minute"): Times =>
  of === "hour"
    ? fields({ minutes: listed, seconds: [0], follows: "elapsed" })
    : fields({ seconds: listed, follows: "elapsed" });

/** "every weekday starting tomorrow at 9am" counts from there, and so keeps that time. */
const startsWithClock = (said: Gathered): boolean => {
  const point = said.one("start")?.clause.point;
  return (
    point !== undefined &&
    (point.kind === "clock" || point.kind === "moment" || (point.kind === "day" && point.clock !== undefined))
  );
};

/** "every 2 days in may" names no day. */
const isStepAlone = (said: Gathered, dates: Dates | undefined): boolean =>
  said.has("step") && !dates?.weekdays && !dates?.days;

/** The windows of a clause, with their ends in order. */
export const windowsOf = (said: Gathered, kind: "windows" | "within"): readonly DailyWindow[] => {
  const placed = said.one(kind);
  return (placed?.clause.windows ?? []).map((window: Window) => unless(windowOf(window), placed!));
};
