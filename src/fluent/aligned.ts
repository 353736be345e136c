import { ScheduleError } from "../errors.ts";
import { fields, grid, timeList } from "../recurrence/combine.ts";
import type { Times } from "../recurrence/recurrence.ts";
import type { Milliseconds } from "../time/instant.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import { type ElapsedUnit, lengths } from "./said.ts";

/** The marks of the clock that lie a length apart, for a length that divides a day. They go with elapsed time, as a starred cron field does. */
export const alignedTimes = (length: number): Times => {
  if (length === day) return timeList([0]);
  if (minute % length === 0) return fields({ seconds: marks(length / second, 60), follows: "elapsed" });
  if (hour % length === 0 && length % minute === 0)
    return fields({ minutes: marks(length / minute, 60), seconds: [0], follows: "elapsed" });
  if (length % hour === 0)
    return fields({ hours: marks(length / hour, 24), minutes: [0], seconds: [0], follows: "elapsed" });
  return grid(length as Milliseconds);
};

const marks = (apart: number, size: number): readonly number[] =>
  Array.from({ length: size / apart }, (_, i) => i * apart);

/** Refuses a length whose marks would fall differently each day. @throws ScheduleError `aligned` */
export const checkAligned = (count: number, unit: ElapsedUnit): void => {
  const most = day / lengths[unit];
  if (most % count === 0) return;
  const [below, above] = [divisor(most, count, -1), divisor(most, Math.min(count, most), 1)];
  const better = above === undefined || count - below! <= above - count ? below! : above;
  throw new ScheduleError({
    code: "aligned",
    what: ".aligned()",
    given: `every(${count}).${unit}s`,
    accepted: `a length that goes evenly into a day: ${[below, above].filter(Boolean).join(" or ")} ${unit}s`,
    nearest: `every(${better}).${unit}s.aligned()`,
  });
};

/** The next divisor of a number, downwards or upwards. */
const divisor = (of: number, from: number, step: 1 | -1): number | undefined => {
  for (let n = Math.min(from, of); n >= 1 && n <= of; n += step) if (of % n === 0) return n;
  return undefined;
};
