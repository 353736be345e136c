import type { Calendar, DailyWindow, Exclusion, Interval } from "../recurrence.ts";
import type { SpokenMoment } from "./moments.ts";

/** What a language must be able to say. What stands around a recurrence is given the words for the recurrence itself. */
export interface Speech {
  once(at: SpokenMoment): string;
  interval(interval: Interval): string;
  calendar(calendar: Calendar): string;
  union(parts: readonly string[]): string;
  within(of: string, windows: readonly DailyWindow[]): string;
  except(of: string, exclusions: readonly Exclusion[]): string;
  bounded(of: string, bounds: SpokenBounds): string;
  zoned(of: string, zone: string): string;
  /** In parentheses. */
  group(text: string): string;
  /** Whether a text falls into clauses, so that another one put beside it would be misread. */
  hasClauses(text: string): boolean;
}

export interface SpokenBounds {
  readonly starting?: SpokenMoment;
  readonly until?: SpokenMoment;
  readonly times?: number;
}

/** Times of a day in words. */
export interface SpokenTimes {
  readonly text: string;
  /** What comes at the end of the sentence, with its comma; often nothing. */
  readonly clause: string;
}
