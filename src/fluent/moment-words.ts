import { parseOnce } from "../language/reader.ts";
import { once } from "../recurrence/combine.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import { instantOf, type Moment, readMoment as readGiven } from "../time/moment.ts";
import type { Heard } from "./said.ts";

/**
 * The one moment of `once(…)`: a `Date` or what is like it, ISO text, or a phrase. It may have passed.
 *
 * @throws ScheduleError `moment`, or what the phrase parser throws: `past` for "yesterday"
 */
export const readMoment = (given: string | Moment): Heard<Recurrence> => {
  if (typeof given === "string" && !looksIso(given)) return (hearing) => once(parseOnce(given, hearing));
  if (typeof given === "string") return ({ zone }) => once(parseMoment(given, zone));
  const moment = readGiven(given);
  return ({ zone }) => once(instantOf(moment, zone));
};
