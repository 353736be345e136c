import { Mistake } from "./mistake.ts";

/**
 * Where each of the five or six fields begins and ends, one number after the other in one list.
 *
 * @throws Mistake for another number of fields.
 */
export const fieldPlaces = (text: string): readonly number[] => {
  const places: number[] = [];
  let inside = false;
  for (let at = 0; at <= text.length; at++) {
    const blank = at === text.length || isBlank(text, at);
    if (blank !== inside) continue;
    places.push(at);
    inside = !blank;
  }
  if (places.length > 10) refuseBrokenField(text, places);
  if (places.length < 10) throw tooFew(text, places);
  if (places.length > 12) throw tooMany(text, places);
  return places;
};

const isBlank = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code <= 32 ? code === 32 || (code >= 9 && code <= 13) : code >= 128 && /\s/.test(text[at]!);
};

/** `mon, tue` and `1 - 5`: blanks that make one field look like several. */
const refuseBrokenField = (text: string, places: readonly number[]): void => {
  for (let i = 2; i < places.length; i += 2) {
    const [before, after] = [places[i - 1]!, places[i]!];
    if (/[,\-/#]$/.test(text.slice(0, before)) || /^(?:[,\-#]|\/\d)/.test(text.slice(after))) {
      const accepted = "no blanks inside a field";
      throw new Mistake({ what: "expression", accepted, start: before, end: after, instead: "" });
    }
  }
};

const accepted = "five fields (minute, hour, day of the month, month, weekday), or six with the second first";

const tooFew = (text: string, places: readonly number[]): Mistake => {
  const [start, end] = [places[0] ?? 0, places.at(-1) ?? text.length];
  const instead = places.length === 8 ? `${text.slice(start, end)} *` : undefined;
  return new Mistake({ what: "expression", accepted, start, end, instead });
};

/**
 * A seventh field is Quartz's year. Quartz counts weekdays from 1 for Sunday, so where they are numbers, nothing is
 * proposed that would change their meaning unseen.
 */
const tooMany = (text: string, places: readonly number[]): Mistake => {
  const [start, end] = [places[12]!, places.at(-1)!];
  const [weekday, more] = [text.slice(places[10], places[11]), text.slice(start, end)];
  const isYear = /^(?:[*?]|\d{4}(?:-\d{4})?)$/.test(more);
  return new Mistake({
    what: "expression",
    accepted: `${accepted}; ${isYear ? 'the seventh of Quartz is the year: leave it out, or end the schedule with .until("2027-12-31")' : "a command does not belong here"}`,
    start,
    end,
    instead: /^[*?]$/.test(more) && !/\d/.test(weekday) ? "" : undefined,
  });
};
