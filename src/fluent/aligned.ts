import { ScheduleError } from "../errors.ts";
import { day } from "../time/plain-time.ts";
import { type ElapsedUnit, lengths } from "./clauses.ts";

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
