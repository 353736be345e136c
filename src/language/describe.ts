import type { Bounded, Recurrence } from "../recurrence/recurrence.ts";
import { type Zone, zoneNamed } from "../time/zone.ts";
import { fromDay, type Speech, throughDay, wallMoment } from "./describe-parts.ts";
import { writeEnglish } from "./en/write.ts";
import { writeChinese } from "./zh/write.ts";

export interface DescribeOptions {
  /** Where moments are told, for all that names no zone itself. */
  readonly zone: Zone;
  /** @default "en" */
  readonly language?: Language;
}

/** English or Simplified Chinese. */
export type Language = "en" | "zh";

/**
 * A recurrence in words: `"every weekday at 09:00"`. Two different recurrences never get the same words.
 *
 * What stands around a recurrence comes in one order: windows, exceptions, beginning, end, number of runs, zone. Where it was
 * put together in another order, the inner part stands in parentheses.
 */
export const describe = (recurrence: Recurrence, { zone, language = "en" }: DescribeOptions): string =>
  say(recurrence, zone, speeches[language]);

const speeches: Readonly<Record<Language, Speech>> = { en: writeEnglish, zh: writeChinese };

/** How far outside a part stands when nothing needs parentheses. */
const place: Readonly<Record<Recurrence["kind"], number>> = {
  once: 0,
  interval: 0,
  calendar: 0,
  within: 1,
  except: 2,
  bounded: 3,
  zoned: 4,
  union: 5,
};

const say = (recurrence: Recurrence, zone: Zone, speech: Speech): string => {
  switch (recurrence.kind) {
    case "once":
      return speech.once(wallMoment(recurrence.at, zone));
    case "interval":
      return speech.interval(recurrence);
    case "calendar":
      return speech.calendar(recurrence);
    case "union":
      return speech.union(recurrence.of.map((part) => sayBeside(part, zone, speech)));
    case "within":
      return speech.within(sayInside(recurrence, zone, speech), recurrence.windows);
    case "except":
      return speech.except(sayInside(recurrence, zone, speech), recurrence.not);
    case "bounded":
      return speech.bounded(sayInside(recurrence, zone, speech), spokenBounds(recurrence, zone));
    case "zoned":
      return speech.zoned(sayInside(recurrence, zoneNamed(recurrence.zone), speech), recurrence.zone);
  }
};

const sayInside = (outer: Extract<Recurrence, { of: Recurrence }>, zone: Zone, speech: Speech): string => {
  const text = say(outer.of, zone, speech);
  return place[outer.of.kind] < place[outer.kind] ? text : speech.group(text);
};

const sayBeside = (part: Recurrence, zone: Zone, speech: Speech): string => {
  const text = say(part, zone, speech);
  return place[part.kind] > 0 || hasEdge(part) || speech.hasClauses(text) ? speech.group(text) : text;
};

/** Whether months or windows stand at the end, where they might be taken to hold for the parts before as well. */
const hasEdge = (part: Recurrence): boolean =>
  part.kind === "calendar" &&
  (part.dates?.months !== undefined || (part.times.kind === "grid" && part.times.windows !== undefined));

const spokenBounds = ({ starting, startDate, until, times }: Bounded, zone: Zone) => ({
  ...(starting !== undefined && { starting: fromDay(starting, zone, startDate) }),
  ...(until !== undefined && { until: throughDay(until, zone) }),
  ...(times !== undefined && { times }),
});
