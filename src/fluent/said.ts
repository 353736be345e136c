import { ScheduleError } from "../errors.ts";
import type { Sayable } from "../job/job.ts";
import type { Notices } from "../job/notices.ts";
import type { Hearing } from "../language/hearing.ts";
import { type Policies, usualPolicies } from "../policy/policies.ts";
import type { Beginning } from "../recurrence/combine.ts";
import type { DailyWindow, Dates, DateUnit, Exclusion, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { hour, minute, second, type TimeNumber } from "../time/plain-time.ts";
import { fixedZone, type Zone, zoneNamed } from "../time/zone.ts";

/** Something that depends on when and where it is heard: "today at 18:30". */
export type Heard<T> = (hearing: Hearing) => T;

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
      readonly read: Heard<Recurrence>;
      /** The schedules of a union. */
      readonly parts?: readonly Sayable[];
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
  readonly not?: readonly Heard<readonly Exclusion[]>[];
  readonly starting?: Heard<Beginning>;
  readonly until?: Heard<Instant>;
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
export const checkSaid = (read: Heard<unknown>, hearing: Hearing, zone: string | undefined): void => {
  try {
    read(inZone(hearing, zone));
  } catch (error) {
    if (!(error instanceof ScheduleError) || error.code !== "never" || zone !== undefined) throw error;
    read({ now: hearing.now, zone: lastZone });
  }
};

/** The same moment in the zone that a chain names, if it names one. */
export const inZone = (heard: Hearing, zone: string | undefined): Hearing =>
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
export const remembered = <T>(read: Heard<T>): Heard<T> => {
  let last: { readonly now?: Instant; readonly zone?: Zone; readonly answer: T } | undefined;
  return (hearing) => {
    if (last && !last.zone) return last.answer;
    if (last?.now === hearing.now && last.zone === hearing.zone) return last.answer;
    let isAsked = false;
    const answer = read({
      get now() {
        isAsked = true;
        return hearing.now;
      },
      get zone() {
        isAsked = true;
        return hearing.zone;
      },
    });
    last = isAsked ? { now: hearing.now, zone: hearing.zone, answer } : { answer };
    return answer;
  };
};
