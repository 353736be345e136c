import type { Bounded, Recurrence } from "../recurrence/recurrence.ts";
import type { Language } from "../text/text.ts";
import { type Zone, zoneNamed } from "../time/zone.ts";
import { fromDay, type LanguageWriter, throughDay, wallMoment } from "./describe-parts.ts";
import { writeEnglish } from "./en/write.ts";
import { writeChinese } from "./zh/write.ts";

export interface DescribeOptions {
  /** The zone in which moments are shown, unless a schedule names its own. */
  readonly zone: Zone;
  /** @default "en" */
  readonly language?: Language;
}

/**
 * A recurrence in words: `"every weekday at 09:00"`. Two different recurrences never get the same words.
 *
 * What stands around a recurrence comes in one order: windows, exceptions, beginning, end, number of runs, zone. Where it was
 * put together in another order, the inner part stands in parentheses.
 */
export const describe = (recurrence: Recurrence, { zone, language = "en" }: DescribeOptions): string =>
  say(recurrence, zone, writers[language]);

const writers: Readonly<Record<Language, LanguageWriter>> = { en: writeEnglish, zh: writeChinese };

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

const say = (recurrence: Recurrence, zone: Zone, writer: LanguageWriter): string => {
  switch (recurrence.kind) {
    case "once":
      return writer.once(wallMoment(recurrence.at, zone));
    case "interval":
      return writer.interval(recurrence);
    case "calendar":
      return writer.calendar(recurrence);
    case "union":
      return writer.union(recurrence.of.map((part) => sayBeside(part, zone, writer)));
    case "within":
      if (recurrence.of.kind === "calendar" && recurrence.of.times.kind === "fields" && !recurrence.of.step)
        return writer.calendar(recurrence.of, recurrence.windows);
      return writer.within(sayInside(recurrence, zone, writer), recurrence.windows);
    case "except":
      return writer.except(sayInside(recurrence, zone, writer), recurrence.not);
    case "bounded":
      return writer.bounded(sayInside(recurrence, zone, writer), boundsOf(recurrence, zone));
    case "zoned":
      return writer.zoned(sayInside(recurrence, zoneNamed(recurrence.zone), writer), recurrence.zone);
  }
};

const sayInside = (
  outer: Extract<Recurrence, { of: Recurrence }>,
  zone: Zone,
  writer: LanguageWriter,
): string => {
  const text = say(outer.of, zone, writer);
  return place[outer.of.kind] < place[outer.kind] ? text : writer.group(text);
};

const sayBeside = (part: Recurrence, zone: Zone, writer: LanguageWriter): string => {
  const text = say(part, zone, writer);
  return place[part.kind] > 0 || hasEdge(part) || writer.hasClauses(text) ? writer.group(text) : text;
};

/** Whether months or windows stand at the end, where they might be taken to hold for the parts before as well. */
const hasEdge = (part: Recurrence): boolean =>
  part.kind === "calendar" &&
  (part.dates?.months !== undefined || (part.times.kind === "grid" && part.times.windows !== undefined));

const boundsOf = ({ starting, startDate, until, untilDate, times }: Bounded, zone: Zone) => ({
  ...(starting !== undefined && { starting: fromDay(starting, zone, startDate) }),
  ...(until !== undefined && { until: throughDay(until, zone, untilDate) }),
  ...(times !== undefined && { times }),
});
