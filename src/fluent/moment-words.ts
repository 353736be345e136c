import { parseOnce } from "../language/reader.ts";
import { once } from "../recurrence/combine.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { type Moment, toInstant } from "../time/instant.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import type { Heard } from "./said.ts";

/**
 * The one moment of `once(…)`: a `Date` or what is like it, ISO text, or a phrase. It may have passed.
 *
 * @throws ScheduleError `moment`, or what the phrase parser throws: `past` for "yesterday"
 */
export const readMoment = (given: string | Moment): Heard<Recurrence> => {
  if (typeof given === "string" && !looksIso(given)) return (hearing) => once(parseOnce(given, hearing));
  const known = typeof given === "string" ? undefined : toInstant(given);
  return ({ zone }) => once(known ?? parseMoment(given as string, zone));
};
