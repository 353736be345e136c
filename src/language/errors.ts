import type { ScheduleErrorCode } from "../errors.ts";
import type { Texts } from "../text/en.ts";

/** What would be right, in the language of the phrase. */
export type Wording = string | ((t: Texts["phrases"]) => string);

export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * What is wrong with a part of a phrase or a cron expression. It is thrown: then the words are read another way, if there is one; if not, it becomes a
 * `ScheduleError`.
 */
export class Mistake implements Place {
  readonly code: ScheduleErrorCode;
  /** What would be right; both readings where there are two. */
  readonly accepted: Wording;
  readonly nearest: string | undefined;
  readonly start: number;
  readonly end: number;
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

  at(place: Place): Mistake {
    return new Mistake(this.code, this.accepted, this.nearest, place);
  }
}

/** Gives up what is being read or put together; without a place, it is wrong with all that was read just now. */
export function refuse(code: ScheduleErrorCode, accepted: Wording, place?: Place, nearest?: string): never {
  throw new Mistake(code, accepted, nearest, place);
}

/** Two people would read it in two ways, so both are offered and neither is taken. */
export function refuseAmbiguous(
  readings: readonly string[] | ((t: Texts["phrases"]) => readonly string[]),
  place?: Place,
): never {
  refuse("ambiguous", (t) => t.oneOf(typeof readings === "function" ? readings(t) : readings), place);
}

/** What is made of some words; a mistake in it that has no place yet gets theirs. */
export const inPlace = <T>(place: Place, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw error instanceof Mistake && error.end === 0 ? error.at(place) : error;
  }
};
