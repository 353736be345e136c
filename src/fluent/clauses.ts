import { ScheduleError } from "../errors.ts";
import type { HasRecurrence, Notices } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { type Policies, usualPolicies } from "../policy/policies.ts";
import type { Beginning } from "../recurrence/build.ts";
import type { DailyWindow, Dates, DateUnit, Exclusion, Recurrence } from "../recurrence/recurrence.ts";
import { dateValue } from "../time/date-types.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { hour, minute, second, type TimeNumber } from "../time/plain-time.ts";
import { fixedZone, type Zone, zoneNamed } from "../time/zone.ts";

/** Something that depends on when and where it is heard: "today at 18:30". */
export type Deferred<T> = (parseContext: ParseContext) => T;

export type ElapsedUnit = "second" | "minute" | "hour";
export type Unit = ElapsedUnit | DateUnit;

/** What stands before the first dot, and the unit. */
export type Base =
  | Elapsed
  | Stepped
  /** `every().monday`. */
  | { readonly kind: "dated"; readonly dates: Dates }
  /** A phrase, a cron expression, a moment, several schedules in one. */
  | {
      readonly kind: "read";
      readonly from: "phrase" | "cron" | "moment" | "union" | "json";
      readonly read: Deferred<Recurrence>;
      /** The schedules of a union. */
      readonly parts?: readonly HasRecurrence[];
    };

/** `every(5).minutes`, `every(5).to(10).minutes`. */
export interface Elapsed {
  readonly kind: "elapsed";
  readonly unit: ElapsedUnit;
  readonly every: number;
  readonly to?: number | undefined;
}

/** `every(2).weeks`, `every(2).to(4).days`. */
export interface Stepped {
  readonly kind: "stepped";
  readonly unit: DateUnit;
  readonly every: number;
  readonly to?: number | undefined;
}

/** All that a chain has said about when. Each word has been checked; what depends on now is worked out when the chain is heard. */
export interface When {
  readonly base: Base;
  /** Each entry for itself: on one of these dates, or on one of those. */
  readonly days?: readonly Dates[];
  /** Of the day, of the hour, or of the minute: as the unit has it. */
  readonly times?: readonly TimeNumber[];
  readonly isAligned?: true;
  readonly isSpaced?: true;
  readonly windows?: readonly DailyWindow[];
  readonly not?: readonly Deferred<readonly Exclusion[]>[];
  readonly starting?: Deferred<Beginning>;
  readonly until?: Deferred<Instant>;
  readonly span?: Milliseconds;
  readonly count?: number;
  readonly zone?: string;
}

/** All that a chain has said beside when. */
export interface Traits {
  readonly name?: string;
  readonly tags: readonly string[];
  readonly policies: Policies;
  readonly now: boolean;
  readonly notices?: Notices;
}

export const usualTraits: Traits = Object.freeze({
  tags: Object.freeze([]),
  policies: usualPolicies,
  now: false,
});

/** Lengths of the units that count elapsed time, in milliseconds. */
export const lengths: Readonly<Record<ElapsedUnit, number>> = { second, minute, hour };

export const isElapsed = (unit: Unit): unit is ElapsedUnit => unit in lengths;

/** The last place on earth where a wall time comes: what has passed there has passed everywhere. */
const lastZone = fixedZone("UTC-12:00", -12 * hour);

/**
 * Reads something where it is said, so that a mistake is thrown on its line. Whether it can run may depend on a zone that is still to be said:
 * then it is refused here only if it cannot run anywhere, and else where it is heard.
 */
export const checkSaid = (
  read: Deferred<unknown>,
  parseContext: ParseContext,
  zone: string | undefined,
): void => {
  try {
    read(inZone(parseContext, zone));
  } catch (error) {
    if (!(error instanceof ScheduleError) || error.code !== "never" || zone !== undefined) throw error;
    read({ now: parseContext.now, zone: lastZone });
  }
};

/** The same moment in the zone that a chain names, if it names one. */
export const inZone = (heard: ParseContext, zone: string | undefined): ParseContext =>
  zone === undefined
    ? heard
    : {
        get now() {
          return heard.now;
        },
        zone: zoneNamed(zone),
      };

/**
 * Keeps the last answer for as long as the question is the same: a phrase is read at its word and again at `do`, mostly within one millisecond.
 * An answer that asks for neither the time nor the zone is kept for good.
 */
export const remembered = <T>(read: Deferred<T>): Deferred<T> => {
  let last: { readonly now?: Instant; readonly zone?: Zone; readonly answer: T } | undefined;
  return (parseContext) => {
    if (last && !last.zone) return last.answer;
    if (last?.now === parseContext.now && last.zone === parseContext.zone) return last.answer;
    let isAsked = false;
    const answer = read({
      get now() {
        isAsked = true;
        return parseContext.now;
      },
      get zone() {
        isAsked = true;
        return parseContext.zone;
      },
    });
    last = isAsked ? { now: parseContext.now, zone: parseContext.zone, answer } : { answer };
    return answer;
  };
};

/** The words of a chain as they were written, the last one first; the text is made when somebody asks for it. */
export interface CallTrace {
  readonly before?: CallTrace;
  readonly word: string;
  /** Left out for a word without parentheses. */
  readonly args?: readonly unknown[];
}

/** `every(3).days.at("10:30")`. */
export const callText = (callTrace: CallTrace): string => {
  const words: string[] = [];
  for (let last: CallTrace | undefined = callTrace; last; last = last.before)
    words.push(`${last.word}${last.args ? `(${last.args.map(written).join(", ")})` : ""}`);
  return words.reverse().join(".");
};

const written = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  const known = dateValue(value);
  if (known?.kind === "instant" && Number.isFinite(known.at))
    return JSON.stringify(new Date(known.at).toISOString());
  if (known) return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  const own = value.toString();
  return own.startsWith("[object") ? `{ ${Object.entries(value).map(entry).join(", ")} }` : own;
};

const entry = ([name, value]: readonly [string, unknown]): string => `${name}: ${written(value)}`;
