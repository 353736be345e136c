import { anchorTime, fields, timeList } from "../recurrence/build.ts";
import type { DailyWindow, Dates, Times } from "../recurrence/recurrence.ts";
import { aloneIn, inPart, settled, windowOf } from "./clocks.ts";
import type { Gathered } from "./gathered.ts";
import { markTimes } from "./marked.ts";
import type { Clock, Window } from "./meaning.ts";
import { Mistake } from "./mistake.ts";
import { Refusal, unless } from "./refusal.ts";

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
