import type { Instant } from "../time/instant.ts";
import type { DayNumber } from "../time/plain-date.ts";
import { day, parseTime } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type { DateSearch } from "./dates.ts";
import type { DailyWindow, Times } from "./recurrence.ts";
import type { DatedSearch } from "./search.ts";

/**
 * Elapsed steps from the opening of a window to its close. A window that passes midnight belongs to the date it opens on, so the
 * search begins with the dates before.
 */
export const searchGrid = (
  dates: DateSearch,
  grid: Extract<Times, { kind: "grid" }>,
  zone: Zone,
): DatedSearch => {
  const windows = (grid.windows ?? []).map(readWindow);
  const all = windows.length > 0 ? windows : [wholeDay];
  let open = Infinity;
  let close = -Infinity;
  let found: DayNumber = Number.NaN;
  const isAlone = all.length === 1;

  const next = (after: number): number => {
    if (isAlone && after >= open && after + grid.every <= close) return stepAfter(after, open, grid.every);
    const today = Math.floor(wallAt(zone, after as Instant) / day);
    let best = Infinity;
    for (let date = dates.from(today - 3); date < Infinity; date = dates.from(date + 1)) {
      if (resolveWall(zone, (date * day) as WallTime) > best) break;
      for (const window of all) {
        const opens = resolveWall(zone, (date * day + window.from) as WallTime);
        const closes = resolveWall(zone, (date * day + window.to) as WallTime) - window.open;
        const at = after < opens ? opens : stepAfter(after, opens, grid.every);
        if (at > closes || at >= best) continue;
        [best, open, close, found] = [at, opens, closes, date];
      }
    }
    return best;
  };
  return { next, date: () => found };
};

const stepAfter = (after: number, open: number, every: number): number =>
  open + (Math.floor((after - open) / every) + 1) * every;

/** `open` is 1 when the end itself does not belong to the window. */
const wholeDay = { from: 0, to: day, open: 1 };

/** Wall times from the start of the date; a window that ends before it begins ends on the next date. */
export const readWindow = (
  window: DailyWindow,
): { readonly from: number; readonly to: number; readonly open: 0 } => {
  const [from, to] = [parseTime(window.from), parseTime(window.to)];
  return { from, to: to < from ? to + day : to, open: 0 };
};
