import type { Times } from "../recurrence/recurrence.ts";
import { day, hour, minute, parseTime, second } from "../time/plain-time.ts";

/** Times of the day as sets of hours, minutes and seconds, of which every combination counts; undefined is any. */
export interface TimeParts {
  readonly hours: readonly number[] | undefined;
  readonly minutes: readonly number[] | undefined;
  /** With a fraction where milliseconds are said. */
  readonly seconds: readonly number[] | undefined;
  readonly follows: "elapsed" | "wall";
}

/** Null for times that are not all combinations of some hours, minutes and seconds. */
export const timeParts = (times: Times): TimeParts | null => {
  if (times.kind === "fields") {
    const { hours, minutes, seconds, follows } = times;
    return { hours, minutes, seconds, follows };
  }
  const all =
    times.kind === "list"
      ? times.at.map(parseTime)
      : times.kind === "grid" && !times.windows && times.every >= minute
        ? Array.from({ length: Math.ceil(day / times.every) }, (_, i) => i * times.every)
        : [];
  const hours = parts(all, (time) => Math.floor(time / hour));
  const minutes = parts(all, (time) => Math.floor(time / minute) % 60);
  const seconds = parts(all, (time) => (time % minute) / second);
  return all.length > 0 && all.length === hours.length * minutes.length * seconds.length
    ? { hours, minutes, seconds, follows: times.kind === "list" ? "wall" : "elapsed" }
    : null;
};

const parts = (times: readonly number[], part: (time: number) => number): readonly number[] =>
  [...new Set(times.map(part))].sort((a, b) => a - b);
