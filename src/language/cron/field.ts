import { nearest } from "../../errors.ts";
import type { DayRule } from "../../recurrence/recurrence.ts";
import { Mistake } from "./mistake.ts";

/** One place in a cron expression: which numbers and names it takes, and what else may stand in it. */
export interface Field {
  readonly name: string;
  /** The values of `*`. */
  readonly first: number;
  readonly last: number;
  /** The greatest number that may be written: weekday 7 is Sunday once more. */
  readonly highest: number;
  readonly names: ReadonlyMap<string, number>;
  /** What may be written as a value, in words. */
  readonly range: string;
  /** What may be written, in words. */
  readonly accepted: string;
  /** What `every(90)` would go on with: the unit in which longer steps are counted. */
  readonly unit: string;
  /** Fields of days only: reads what is more than numbers, such as `L`, `15W` and `fri#2`. */
  readonly rule?: (part: Part, field: Field) => DayRule | undefined;
}

/** One entry of a field's list, read from `at` up to `end`. */
export interface Part {
  readonly text: string;
  at: number;
  readonly end: number;
}

/** What a sticky pattern finds where the part is to be read next; if it finds something, the part is read that far. */
export const take = (pattern: RegExp, part: Part): RegExpExecArray | null => {
  pattern.lastIndex = part.at;
  const found = pattern.exec(part.text);
  if (found) part.at = pattern.lastIndex;
  return found;
};

/** Whether a character comes next; if it does, it is read. */
export const takeOne = (character: string, part: Part): boolean => {
  if (part.at >= part.end || part.text[part.at] !== character) return false;
  part.at++;
  return true;
};

const word = /\d+|[a-z]+/iy;

/** The number or name that comes next. */
export const readValue = (part: Part, field: Field, place?: "end of range"): number => {
  const start = part.at;
  const read = take(word, part);
  if (!read) throw stray(part, field);
  return readWord(read[0], start, field, place);
};

/** The value of a number or name that stands at `start`. */
export const readWord = (read: string, start: number, field: Field, place?: "end of range"): number => {
  const digits = read.charCodeAt(0) <= nine;
  const value = digits ? Number(read) : field.names.get(read.toLowerCase());
  if (value !== undefined && value >= field.first && value <= field.highest) return value;
  throw new Mistake({
    what: field.name,
    accepted: digits || place ? field.range : field.accepted,
    start,
    end: start + read.length,
    instead: value === undefined ? nearest(read, field.names.keys()) : inRange(value, field, place),
  });
};

const nine = "9".charCodeAt(0);

/** What was meant by a number just outside: minute 60 is the next hour's 0, day 0 the first, hours 8-24 are 8-23. */
const inRange = (value: number, field: Field, place?: "end of range"): string | undefined => {
  if (value < field.first) return String(field.first);
  if (value !== field.highest + 1) return undefined;
  return place ? String(field.highest) : field.first === 0 && field.last === field.highest ? "0" : undefined;
};

/** A character that begins no value. */
const stray = ({ text, at, end }: Part, field: Field): Mistake => {
  const start = Math.min(at, end - 1);
  const character = String.fromCodePoint(text.codePointAt(start)!);
  const plain = character === "?" ? "*" : character.normalize("NFKC");
  return new Mistake({
    what: field.name,
    accepted: field.accepted,
    start,
    end: start + character.length,
    instead: plain === character ? undefined : plain,
  });
};
