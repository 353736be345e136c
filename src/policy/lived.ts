import type { Trigger } from "../recurrence/trigger.ts";
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
 *          lived         passed over     lived
 */
export type Lived = readonly Span[];

/** Where occurrences were passed over because they were noticed too late: those in between. */
export interface Leap {
  /** The last one that was decided on before. */
  readonly after: number;
  /** The first one that was run again. */
  readonly until: number;
}

/** What is told of an occurrence. */
interface Decided {
  readonly scheduled: Instant;
  readonly outcome: string;
}

/** So many stretches are remembered of a clock that is set back again and again. */
const mostSpans = 64;

/** So many leaps are remembered; what lies in older ones counts as lived. */
const mostLeaps = 16;

export const withLeap = (leaps: readonly Leap[], leap: Leap): readonly Leap[] =>
  [...leaps, leap].slice(-mostLeaps);

/**
 * What has been lived. Nothing of it is forgotten when it lies in the past: the clock may be set back further yet.
 *
 * @param first where counting began: nothing before it has been decided on
 * @param last the last occurrence that was decided on
 * @param before what was known when the clock was set back the last time
 */
export const livedAfter = (
  leaps: readonly Leap[],
  first: number,
  last: number,
  before: Lived = [],
): Lived => {
  const begins = [first, ...leaps.map(({ until }) => until)];
  const ends = [...leaps.map(({ after }) => after), last];
  const spans = begins.map((from, i): Span => ({ from, to: ends[i]! }));
  return [...before, ...spans].filter(({ from, to }) => from <= to && to > -Infinity).slice(-mostSpans);
};

/**
 * What has been lived of the time after a moment, as far as decisions tell that are kept. Where older ones were forgotten and the first that is kept lies less than a day ahead, all before it counts
 * as lived.
 *
 * @param history by planned moments, the oldest first
 * @param from where counting began, if that is known to lie ahead
 */
export const livedIn = (
  history: readonly Decided[],
  now: Instant,
  { isCut, from = now }: { readonly isCut: boolean; readonly from?: Instant | undefined },
): Lived => {
  const [oldest] = history;
  const hasForgotten = isCut && oldest && oldest.scheduled > now && oldest.scheduled - now < day;
  const begin = hasForgotten ? [{ from, to: oldest.scheduled }] : [];
  const served = history.filter(
    ({ scheduled, outcome }) => scheduled > now && outcome !== "coalesced" && outcome !== "expired",
  );
  return [...begin, ...served.map(({ scheduled }): Span => ({ from: scheduled, to: scheduled }))];
};

/** The first occurrence after a moment that has not been lived. */
export const nextUnlived = (trigger: Trigger, after: Instant, lived: Lived): Instant | null => {
  let at = trigger.next(after);
  for (let span = spanAt(lived, at); span && at !== null; span = spanAt(lived, at))
    at = trigger.next(span.to as Instant);
  return at;
};

export const isLived = (lived: Lived, at: Instant): boolean => spanAt(lived, at) !== undefined;

const spanAt = (lived: Lived, at: Instant | null): Span | undefined =>
  at === null ? undefined : lived.find(({ from, to }) => from <= at && at <= to);
