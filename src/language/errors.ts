import type { ScheduleErrorCode } from "../errors.ts";
import type { Texts } from "../text/en.ts";

/** What would be right, in the language of the phrase. */
export type Wording = string | ((t: Texts["phrases"]) => string);

/** A stretch of a text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * What is wrong with a part of a phrase or a cron expression. A rule returns it without a place, as its words may be read another way; a reading
 * that makes no sense throws it with its place, and the next reading is tried. The last one becomes a `ScheduleError`.
 */
export class Mistake implements Place {
  readonly code: ScheduleErrorCode;
  /** What would be right; both readings where there are two. */
  readonly accepted: Wording;
  /** What could stand there instead. */
  readonly nearest: string | undefined;
  readonly start: number;
  readonly end: number;
  /** The cron field that is wrong. */
  readonly what: string | undefined;

  constructor(
    code: ScheduleErrorCode,
    accepted: Wording,
    nearest?: string,
    { start, end }: Place = { start: 0, end: 0 },
    what?: string,
  ) {
    this.code = code;
    this.accepted = accepted;
    this.nearest = nearest;
    this.start = start;
    this.end = end;
    this.what = what;
  }

  /** The same, about a stretch of the text. */
  at(place: Place): Mistake {
    return new Mistake(this.code, this.accepted, this.nearest, place);
  }
}

/** Two people would read it in two ways, so both are offered and neither is taken. */
export const ambiguous = (
  readings: readonly string[] | ((t: Texts["phrases"]) => readonly string[]),
): Mistake =>
  new Mistake("ambiguous", (t) => t.oneOf(typeof readings === "function" ? readings(t) : readings));

/** Continues with what was read, unless it is a mistake or nothing. */
export const mapOk = <A, B>(
  read: A,
  next: (right: Exclude<A, Mistake | undefined>) => B,
): B | Extract<A, Mistake | undefined> =>
  read instanceof Mistake || read === undefined
    ? (read as Extract<A, Mistake | undefined>)
    : next(read as Exclude<A, Mistake | undefined>);

/** The value; throws it with its place if it is a mistake. */
export const orThrow = <T>(value: T, place: Place): Exclude<T, Mistake> => {
  if (value instanceof Mistake) throw value.at(place);
  return value as Exclude<T, Mistake>;
};
