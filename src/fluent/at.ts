import { zoneNamed } from "../time/zone.ts";
import { timeOfHour, timeOfMinute, timesOfDay } from "./clock-words.ts";
import { refused } from "./refused.ts";
import type { When } from "./said.ts";
import type { Spoken } from "./spoken.ts";

/**
 * Reads what stands in `.at(…)`: times in the form that the unit before it has, and last, if wanted, a zone.
 *
 * It checks in the order of `schedule`: whether the unit takes a time, then the zone, then the times.
 *
 * @throws ScheduleError `word`, `zone`, `time-of-day`, `time-of-hour`, `time-of-minute`
 */
export const readAt = (
  when: When,
  before: Spoken,
  given: readonly unknown[],
): Pick<When, "times" | "zone"> => {
  const read = readerFor(when, before);
  const last = given.at(-1);
  const zone = given.length > 1 && isZoneLike(last) ? last : undefined;
  if (zone !== undefined) zoneNamed(zone);
  const texts = zone === undefined ? given : given.slice(0, -1);
  const times = (texts.length > 0 ? texts : [undefined as never]).flatMap(read);
  return { times, ...(zone !== undefined && { zone }) };
};

const readerFor = (when: When, before: Spoken): ((given: unknown) => number | readonly number[]) => {
  const { base, times, days } = when;
  if (times) throw refused(before, "at(…)", 'all times in one: .at("08:00", "12:00")');
  if (when.isAligned || when.isSpaced)
    throw refused(before, "at(…)", `either .at(…) or .${when.isAligned ? "aligned" : "spaced"}()`);
  if (base.kind === "dated") return timesOfDay;
  if (base.kind === "read") throw refused(before, "at(…)", inTheText[base.from]);
  switch (base.unit) {
    case "second":
      throw refused(before, "at(…)", 'no time within a second; minutes take one: every().minute.at(":15")');
    case "minute":
    case "hour":
      if (days) throw refused(before, "at(…)", 'the time first: every().hour.at(":30").on("monday")');
      return base.unit === "hour" ? timeOfHour : timeOfMinute;
    case "day":
      return timesOfDay;
    case "week":
    case "month":
    case "year":
      if (!days) throw refused(before, "at(…)", `the day first: ${daysFirst[base.unit]}`);
      return timesOfDay;
  }
};

const daysFirst = {
  week: '.on("monday").at("09:00")',
  month: '.on(15).at("09:00") or .on("last day").at("09:00")',
  year: '.on("december 25").at("09:00")',
};

const inTheText = {
  phrase: 'the time in the phrase: every("weekday at 09:00")',
  cron: 'the time in the expression: cron("0 9 * * *")',
  moment: 'the time in the moment: once("2027-02-03 09:00")',
  json: "the times in the JSON",
  union: 'the time before .or(…): every().day.at("09:00").or(…)',
};

/** Zones have a slash, or are told from words for times of day by their letters: `"UTC"`, `"Japan"`. */
const isZoneLike = (text: unknown): text is string => {
  if (typeof text !== "string") return false;
  if (/^[A-Za-z_]+\/[\w+/-]+$|^(?:UTC|GMT)(?:[+-]|$)/.test(text)) return true;
  return /^[A-Z](?:[A-Za-z]+|[A-Z]{2}\d[A-Z]{3})$/.test(text) && !isClockWord.test(text);
};

const isClockWord = /^(?:noon|midday|midnight|morning|afternoon|evening|night)$/i;
