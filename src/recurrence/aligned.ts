import type { Milliseconds } from "../time/instant.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import { fields, grid, timeList } from "./build.ts";
import type { Times } from "./recurrence.ts";

/**
 * The marks of the clock that lie a length apart, `:00 :15 :30 :45`, for a length that goes evenly into a day; undefined for any
 * other, whose marks would fall differently each day. They go with elapsed time, as a starred field of cron does.
 */
export const alignedTimes = (length: number): Times | undefined => {
  if (day % length !== 0) return undefined;
  if (length === day) return timeList([0]);
  if (minute % length === 0 && length % second === 0)
    return fields({ seconds: marks(length / second, 60), follows: "elapsed" });
  if (hour % length === 0 && length % minute === 0)
    return fields({ minutes: marks(length / minute, 60), seconds: [0], follows: "elapsed" });
  if (length % hour === 0)
    return fields({ hours: marks(length / hour, 24), minutes: [0], seconds: [0], follows: "elapsed" });
  return grid(length as Milliseconds);
};

const marks = (catchUpStagger: number, size: number): readonly number[] =>
  Array.from({ length: size / catchUpStagger }, (_, i) => i * catchUpStagger);
