import type { DailyWindow } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { day, parseTime } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";

/** A stretch in which the machine is thought to sleep, its end excluded. */
export interface Nap {
  readonly from: Instant;
  readonly to: Instant;
}

/** The daily naps that touch a span of time, in order. A window that ends before it begins passes midnight. */
export const napsIn = (window: DailyWindow, zone: Zone, from: Instant, to: Instant): readonly Nap[] => {
  const [down, up] = [parseTime(window.from), parseTime(window.to)];
  const length = up > down ? up - down : up - down + day;
  const naps: Nap[] = [];
  const lastDate = Math.floor(wallAt(zone, to) / day);
  for (let date = Math.floor(wallAt(zone, from) / day) - 1; date <= lastDate; date++) {
    const wall = date * day + down;
    const nap = {
      from: resolveWall(zone, wall as WallTime),
      to: resolveWall(zone, (wall + length) as WallTime),
    };
    if (nap.to > from && nap.from < to) naps.push(nap);
  }
  return naps;
};
