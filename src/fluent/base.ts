import type { Hearing } from "../language/hearing.ts";
import { alignedTimes } from "../recurrence/aligned.ts";
import {
  anchorTime,
  type Beginning,
  beginningAt,
  bounded,
  calendar,
  fields,
  grid,
  interval,
  timeList,
  union,
} from "../recurrence/combine.ts";
import { draw } from "../recurrence/draw.ts";
import type { Recurrence, Step } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { mod } from "../time/plain-date.ts";
import { day, minute, second, type TimeNumber } from "../time/plain-time.ts";
import { type WallTime, wallAt } from "../time/zone.ts";
import { type Elapsed, lengths, type Stepped, type When } from "./said.ts";

/** What a chain has said before its limits: the unit, its days, its times. */
export const baseRecurrence = (when: When, hearing: Hearing): Recurrence => {
  const { base } = when;
  switch (base.kind) {
    case "read":
      return base.read(hearing);
    case "dated":
      return calendar({ dates: base.dates, times: timesOf(when) });
    case "elapsed":
      return elapsed(when, base, hearing);
    case "stepped":
      return stepped(when, base, hearing);
  }
};

const timesOf = ({ times }: When) => (times ? timeList(times) : anchorTime);

const elapsed = (when: When, base: Elapsed, hearing: Hearing): Recurrence => {
  const { days, times, isAligned, isSpaced } = when;
  const unit = lengths[base.unit];
  const every = (base.every * unit) as Milliseconds;
  if (times)
    return base.every === 1 && base.to === undefined ? onMarks(when, unit) : fromMarks(when, base, hearing);
  if (isAligned || days) {
    const marks = (isAligned && alignedTimes(every)) || grid(every);
    return days
      ? union(...days.map((dates) => calendar({ dates, times: marks })))
      : calendar({ times: marks });
  }
  const random =
    base.to === undefined ? undefined : { to: (base.to * unit) as Milliseconds, unit: unit as Milliseconds };
  return interval(every, { ...(random && { random }), ...(isSpaced && { spaced: isSpaced }) });
};

/** Fixed minutes of every hour, or seconds of every minute. Times of different seconds are several schedules in one. */
const onMarks = ({ times = [], days }: When, unit: number): Recurrence => {
  const ofSecond = (s: number) =>
    times.filter((time) => (time / second) % 60 === s).map((time) => Math.floor(time / minute));
  const seconds = [...new Set(times.map((time) => (time / second) % 60))];
  const marks =
    unit === minute
      ? [fields({ seconds, follows: "elapsed" })]
      : seconds.map((s) => fields({ minutes: ofSecond(s), seconds: [s], follows: "elapsed" }));
  return union(
    ...marks.flatMap((mark) => (days ?? [undefined]).map((dates) => calendar({ dates, times: mark }))),
  );
};

/**
 * Several hours or minutes with a time inside them, as `schedule` counts: from this hour's mark, first one length later.
 *
 *     every(2).hours.at(":30")   now 09:10   -> 11:30, 13:30 …
 *
 * With a beginning the first mark at or after it is the first run.
 */
const fromMarks = ({ times = [], starting }: When, base: Elapsed, hearing: Hearing): Recurrence => {
  const unit = lengths[base.unit];
  const begin = starting?.(hearing).starting;
  const unitStart = startOfUnit(begin ?? hearing.now, unit, hearing);
  const [every, to] = [base.every * unit, (base.to ?? base.every) * unit];
  const first = (time: TimeNumber) =>
    begin === undefined
      ? unitStart + time + draw(String(unitStart), every, to, unit).sum(1)
      : unitStart + time + (unitStart + time < begin ? unit : 0);
  const of = interval(every as Milliseconds, {
    random: { to: to as Milliseconds, unit: unit as Milliseconds },
  });
  return union(...times.map((time) => bounded(of, { starting: first(time) as Instant })));
};

/** The last full hour or minute on the wall. */
const startOfUnit = (at: Instant, unit: number, { zone }: Hearing): number =>
  at - mod(wallAt(zone, at), unit);

const stepped = (when: When, base: Stepped, hearing: Hearing): Recurrence => {
  const { every, to, unit } = base;
  const step: Step = { every, unit, ...(to !== undefined && { to }) };
  const times = timesOf(when);
  if (when.days) return union(...when.days.map((dates) => calendar({ step, dates, times })));
  const of = calendar({ step, times });
  const isPutOff = when.times && !when.starting && (every > 1 || to !== undefined);
  return isPutOff ? bounded(of, startAhead(base, hearing)) : of;
};

/** The start of the day that lies one length after today: `schedule` begins there, also when today's time is still ahead. */
const startAhead = ({ every, to = every }: Stepped, { now, zone }: Hearing): Beginning => {
  const today = Math.floor(wallAt(zone, now) / day);
  const ahead = draw(String(today), every, to, 1).sum(1);
  return beginningAt(zone, ((today + ahead) * day) as WallTime);
};
