import type { Trigger } from "../recurrence/next/compile.ts";
import type { Instant } from "../time/instant.ts";
import { day } from "../time/plain-time.ts";

/** Occurrences from one moment to another, both included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Moments that a clock shows again after it was set back, and whose occurrences have been decided on. What lies between them was passed over, when the clock
 * was set forward, and comes now.
 *
 *     12:00          12:40   set to 2099            set back to 12:40
 *     |--------------|                 |------|
 *         decided        passed over    decided
 */
export type DecidedRanges = readonly Span[];

/** Where occurrences were passed over because they were noticed too late: those in between. */
export interface SkippedRange {
  /** The last one that was decided on before. */
  readonly after: number;
  /** The first one that was run again. */
  readonly until: number;
}

interface Decided {
  readonly scheduled: Instant;
  readonly outcome: string;
}

/** How many ranges are remembered of a clock that is set back again and again. */
const mostSpans = 64;

/** How many skipped ranges are remembered; older ones count as decided. */
const mostSkipped = 16;

export const withSkippedRange = (
  skippedRanges: readonly SkippedRange[],
  range: SkippedRange,
): readonly SkippedRange[] => [...skippedRanges, range].slice(-mostSkipped);

/**
 * The ranges that have been decided. Past ones are kept too: the clock may be set back further.
 *
 * @param first where counting began: nothing before it has been decided on
 * @param last the last occurrence that was decided on
 * @param before what was known when the clock was set back the last time
 */
export const decidedAfter = (
  skippedRanges: readonly SkippedRange[],
  first: number,
  last: number,
  before: DecidedRanges = [],
): DecidedRanges => {
  const begins = [first, ...skippedRanges.map(({ until }) => until)];
  const ends = [...skippedRanges.map(({ after }) => after), last];
  const spans = begins.map((from, i): Span => ({ from, to: ends[i]! }));
  return [...before, ...spans].filter(({ from, to }) => from <= to && to > -Infinity).slice(-mostSpans);
};

/**
 * What has been decided of the time after a moment, from the decisions that are kept. If older ones were dropped and the first that is kept is less than a day ahead, all before it counts
 * as decided.
 *
 * @param history by planned moments, the oldest first
 * @param from where counting began, if that is known to lie ahead
 */
export const decidedIn = (
  history: readonly Decided[],
  now: Instant,
  { isCut, from = now }: { readonly isCut: boolean; readonly from?: Instant | undefined },
): DecidedRanges => {
  const [oldest] = history;
  const hasForgotten = isCut && oldest && oldest.scheduled > now && oldest.scheduled - now < day;
  const begin = hasForgotten ? [{ from, to: oldest.scheduled }] : [];
  const decided = history.filter(
    ({ scheduled, outcome }) => scheduled > now && outcome !== "coalesced" && outcome !== "expired",
  );
  return [...begin, ...decided.map(({ scheduled }): Span => ({ from: scheduled, to: scheduled }))];
};

/** The first occurrence after a moment that has not been decided. */
export const nextUndecided = (
  trigger: Trigger,
  after: Instant,
  decidedRanges: DecidedRanges,
): Instant | null => {
  let at = trigger.next(after);
  for (let span = spanAt(decidedRanges, at); span && at !== null; span = spanAt(decidedRanges, at))
    at = trigger.next(span.to as Instant);
  return at;
};

export const isDecided = (decidedRanges: DecidedRanges, at: Instant): boolean =>
  spanAt(decidedRanges, at) !== undefined;

const spanAt = (decidedRanges: DecidedRanges, at: Instant | null): Span | undefined =>
  at === null ? undefined : decidedRanges.find(({ from, to }) => from <= at && at <= to);

/** How far three clocks have moved since the last look, in milliseconds. */
export interface ClockMoves {
  readonly wall: number;
  /** Stands still while the machine sleeps, where {@link uptime} is known. */
  readonly monotonic: number;
  /** Counts sleep as well; left out where the machine does not provide it. */
  readonly uptime?: number | undefined;
}

/** What happened to the wall clock beside the time that passed, in milliseconds. */
export interface ClockChange {
  readonly slept: number;
  readonly stepped: number;
}

/**
 * Distinguishes sleep from a clock that was set.
 *
 *     wall        |=========================|
 *     uptime      |=============|             <- the rest was a step
 *     monotonic   |======|                    <- the rest was sleep
 *
 * Without an uptime, a wall clock that is ahead counts as sleep. What is within the tolerance is rounded away.
 */
export const clockChange = (
  { wall, monotonic, uptime }: ClockMoves,
  clockDriftThreshold: number,
): ClockChange => {
  const ahead = Math.round(wall - monotonic);
  if (
    Math.abs(ahead) <= clockDriftThreshold &&
    (uptime === undefined || uptime - monotonic <= clockDriftThreshold)
  )
    return none;
  // An uptime that is behind the monotonic clock counts something else.
  if (uptime === undefined || uptime < monotonic - clockDriftThreshold)
    return ahead > 0 ? { slept: ahead, stepped: 0 } : { slept: 0, stepped: ahead };
  const slept = Math.round(uptime - monotonic);
  const stepped = ahead - slept;
  if (Math.abs(stepped) <= clockDriftThreshold) return { slept: Math.max(0, ahead), stepped: 0 };
  return slept <= clockDriftThreshold ? { slept: 0, stepped: ahead } : { slept, stepped };
};

const none: ClockChange = { slept: 0, stepped: 0 };
