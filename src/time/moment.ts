import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import { dateValue } from "./date-types.ts";
import { type Instant, isInstant } from "./instant.ts";
import { parseMoment } from "./iso.ts";
import type { DayNumber } from "./plain-date.ts";
import { day } from "./plain-time.ts";
import { resolveWall, utc, type WallTime, type Zone } from "./zone.ts";

/**
 * A moment: a `Date`, epoch milliseconds, luxon's `DateTime`, an object of dayjs or moment, and Temporal's `Instant`,
 * `ZonedDateTime`, `PlainDateTime` and `PlainDate`.
 */
export type Moment =
  | Date
  | number
  | { toMillis(): number }
  | { toDate(): Date }
  | { readonly epochMilliseconds: number }
  | { readonly [Symbol.toStringTag]: "Temporal.PlainDateTime" | "Temporal.PlainDate" };

/** A moment as it was given. One without a zone gets it later. */
export type GivenMoment =
  | { readonly kind: "instant"; readonly at: Instant }
  | { readonly kind: "wall"; readonly wall: WallTime }
  | { readonly kind: "date"; readonly date: DayNumber };

/**
 * Reads a moment that is not text.
 *
 * @throws ScheduleError `moment` for an invalid `Date`, a number that is not finite, a duration, or anything else.
 */
export const readMoment = (given: unknown): GivenMoment => {
  if (typeof given === "number" && given > 0 && given < 100)
    throw new ScheduleError({
      code: "moment",
      what: texts().errors.moment.what,
      given,
      accepted: texts().errors.moment.small(given),
    });
  const value = typeof given === "number" ? ({ kind: "instant", at: given } as const) : dateValue(given);
  if (typeof given === "number" && given >= 1e8 && given < 1e11)
    throw new ScheduleError({
      code: "moment",
      what: texts().errors.moment.what,
      given,
      accepted: texts().errors.moment.seconds,
      nearest: `new Date(${given} * 1000)`,
    });
  if (value?.kind === "instant" && isInstant(value.at))
    return { kind: "instant", at: Math.floor(value.at) as Instant };
  if (value?.kind === "wall") return { kind: "wall", wall: value.wall as WallTime };
  if (value?.kind === "date") return value;
  throw new ScheduleError({
    code: "moment",
    what: texts().errors.moment.what,
    given,
    accepted: texts().errors.moment.accepted,
  });
};

/** The instant of a moment or of ISO text; a wall time and the start of a date are read in the zone. @throws ScheduleError `moment` */
export const toInstant = (given: Moment | string, zone: Zone = utc): Instant =>
  typeof given === "string" ? parseMoment(given, zone) : instantOf(readMoment(given), zone);

/** The instant of a moment in a zone; a date is its start. */
export const instantOf = (moment: GivenMoment, zone: Zone): Instant => {
  if (moment.kind === "instant") return moment.at;
  return resolveWall(zone, (moment.kind === "wall" ? moment.wall : moment.date * day) as WallTime);
};

/** Whether a value can be read as a moment. */
export const isMoment = (value: unknown): value is Moment => {
  const kind = typeof value === "number" ? "instant" : dateValue(value)?.kind;
  return kind === "instant" || kind === "wall" || kind === "date";
};
