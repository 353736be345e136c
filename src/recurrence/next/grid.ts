import type { Instant } from "../../time/instant.ts";
import type { DayNumber } from "../../time/plain-date.ts";
import { day, parseTime } from "../../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../../time/zone.ts";
import type { DailyWindow, Times } from "../recurrence.ts";
import type { DateSearch } from "./dates.ts";
import type { Search } from "./trigger.ts";

/**
 * Elapsed steps from the opening of a window to its close. A window that passes midnight belongs to the date it opens on, so the
 * search begins with the dates before.
 *
 * @param first the date counting begins on: a window of an earlier date counts only for its part after midnight
 */
export const searchGrid = (
  dates: DateSearch,
  grid: Extract<Times, { kind: "grid" }>,
  zone: Zone,
  first: DayNumber,
): Search & { counted(): DayNumber } => {
  const windows = (grid.windows ?? []).map(readWindow);
  const all = windows.length > 0 ? windows : [wholeDay];
  let open = Infinity;
  let close = -Infinity;
  let found: DayNumber = Number.NaN;
  let passesMidnight = false;
  const isAlone = all.length === 1;
  const isAnyOpenAtMidnight = all.some(({ to }) => to >= day);

  /** Where the offset holds for days around an instant, wall times need no zone; undefined where it does not. */
  const nextInSpan = (after: number): number | undefined => {
    const span = zone.spanAt(after as Instant);
    if (after - span.from < farFromChange) return undefined;
    const wall = after + span.offset;
    const today = Math.floor(wall / day);
    let best = Infinity;
    let date = dates.from(today - (isAnyOpenAtMidnight ? 1 : 0));
    for (; date * day <= best && date < Infinity; date = dates.from(date + 1)) {
      for (const window of all) {
        const opens = date * day + window.from;
        const closes = date * day + window.to - window.open;
        const at = wall < opens ? opens : stepAfter(wall, opens, grid.every);
        if (at > closes || at > best || startsTooEarly(window, date)) continue;
        best = at;
        open = opens - span.offset;
        close = closes - span.offset;
        found = date;
        passesMidnight = window.to >= day;
      }
      if (date * day - wall > farFromChange) break;
    }
    const at = best - span.offset;
    const there = at < span.to || at === Infinity ? span : zone.spanAt(at as Instant);
    if (close >= there.to) open = Infinity;
    return at < there.to && there.from <= span.to && there.offset === span.offset ? at : undefined;
  };

  const startsTooEarly = (window: { readonly to: number }, date: DayNumber) =>
    date < first && window.to < day;

  const next = (after: number): number => {
    if (isAlone && after >= open && after + grid.every <= close) return stepAfter(after, open, grid.every);
    const near = nextInSpan(after);
    if (near !== undefined) return near;
    const today = Math.floor(wallAt(zone, after as Instant) / day);
    let best = Infinity;
    for (let date = dates.from(today - 3); date < Infinity; date = dates.from(date + 1)) {
      if (resolveWall(zone, (date * day) as WallTime) > best) break;
      for (const window of all) {
        const opens = resolveWall(zone, (date * day + window.from) as WallTime);
        const closes = resolveWall(zone, (date * day + window.to) as WallTime) - window.open;
        const at = after < opens ? opens : stepAfter(after, opens, grid.every);
        if (at > closes || at > best || startsTooEarly(window, date)) continue;
        [best, open, close, found] = [at, opens, closes, date];
        passesMidnight = window.to >= day;
      }
    }
    return best;
  };
  return { next, date: () => (passesMidnight ? undefined : found), counted: () => found };
};

const stepAfter = (after: number, open: number, every: number): number =>
  open + (Math.floor((after - open) / every) + 1) * every;

/** Longer than the widest window and the widest clock change together. */
const farFromChange = 3 * day;

/** `open` is 1 when the end itself does not belong to the window. */
const wholeDay = { from: 0, to: day, open: 1 };

/** Wall times from the start of the date; a window that ends before it begins ends on the next date. */
export const readWindow = (
  window: DailyWindow,
): { readonly from: number; readonly to: number; readonly open: 0 } => {
  const [from, to] = [parseTime(window.from), parseTime(window.to)];
  return { from, to: to < from ? to + day : to, open: 0 };
};
