import { alignedTimes } from "../recurrence/aligned.ts";
import { bounded, calendar, grid, interval, within } from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { DailyWindow, Dates, DayRule, Recurrence, Step } from "../recurrence/recurrence.ts";
import { hour, minute, type PlainTime, parseTime } from "../time/plain-time.ts";
import { type Gathered, gatherDays, type Placed, type SaidDays } from "./gathered.ts";
import type { ParseContext } from "./hearing.ts";
import type { Clause } from "./meaning.ts";
import { ambiguous, Mistake } from "./mistake.ts";
import { Refusal, unless } from "./refusal.ts";
import { minuteTimes, timesOf, windowsOf } from "./times.ts";
import { impossibleDates, scopedDays } from "./which-days.ts";

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
