import { nearest } from "../../errors.ts";
import type { DayRule } from "../../recurrence/recurrence.ts";
import type { Texts } from "../../text/en.ts";
import { texts } from "../../text/text.ts";
import { monthNames, weekdayNames } from "../../time/names.ts";
import { Mistake, type Place } from "../errors.ts";

/** What is wrong in a cron expression. */
export interface WrongField extends Place {
  /** The field or thing that is wrong, as the message names it. */
  readonly what: string;
  readonly accepted: string;
  /** What could stand there instead. */
  readonly instead?: string | undefined;
}

/** A mistake in a cron expression, to be thrown. */
export const wrong = ({ what, accepted, instead, start, end }: WrongField): Mistake =>
  new Mistake("cron", accepted, instead, { start, end }, what);

/** One place in a cron expression: which numbers and names it takes, and what else may stand in it. */
export interface Field {
  readonly name: keyof Texts["cron"]["fields"];
  /** The values of `*`. */
  readonly first: number;
  readonly last: number;
  /** The greatest number that may be written: weekday 7 is Sunday once more. */
  readonly highest: number;
  readonly names: ReadonlyMap<string, number>;
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
  throw wrong({
    what: textsOf(field).name,
    accepted: digits || place ? textsOf(field).range : textsOf(field).accepted,
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
  return wrong({
    what: textsOf(field).name,
    accepted: textsOf(field).accepted,
    start,
    end: start + character.length,
    instead: plain === character ? undefined : plain,
  });
};

/**
 * `L`, `L-2`, `LW` and `15W`, as in Quartz. The workday nearest to the 1st is the month's first, so `1W` becomes that.
 */
export const monthDayRule = (part: Part, field: Field): DayRule | undefined => {
  const found = take(/(\d+)W|L(?:W|-(\d+))?/iy, part);
  if (!found) return undefined;
  const [read, near, before] = found;
  if (near !== undefined) {
    const day = readWord(near, part.at - read.length, field);
    return day === 1 ? { kind: "workday", nth: 1 } : { kind: "near", day };
  }
  if (before !== undefined) return { kind: "day", day: -1 - daysBefore(before, part.at) };
  return read.length === 2 ? { kind: "workday", nth: -1 } : { kind: "day", day: -1 };
};

/** `fri#2`, the second Friday of the month, and `friL`, the last. */
export const weekdayRule = (part: Part, field: Field): DayRule | undefined => {
  const start = part.at;
  const found = take(/(\d+|[a-z]+?)(?:L(?![a-z\d])|#(\w*))/iy, part);
  if (!found) return undefined;
  const weekday = isoWeekday(readWord(found[1]!, start, field));
  return { kind: "nth", nth: found[2] === undefined ? -1 : nthOf(found[2], part.at), weekday };
};

/** 1 Monday to 7 Sunday, from cron's 0 Sunday to 6 Saturday. */
export const isoWeekday = (weekday: number): number => weekday % 7 || 7;

const daysBefore = (digits: string, end: number): number => {
  const days = Number(digits);
  if (days >= 1 && days <= 30) return days;
  const t = texts().cron;
  throw wrong({ what: t.beforeLast, accepted: t.upTo("1", "30"), start: end - digits.length, end });
};

const nthOf = (read: string, end: number): number => {
  if (/^0*[1-5]$/.test(read)) return Number(read);
  if (/^l(?:ast)?$/i.test(read)) return -1;
  throw wrong({
    what: texts().cron.whichWeekday,
    accepted: texts().cron.whichOnes,
    start: end - read.length - 1,
    end,
  });
};

const numbered = (name: Field["name"], first: number, last: number): Field => ({
  name,
  first,
  last,
  highest: last,
  names: new Map(),
  unit: `${name}s`,
});

/** What a field is called in messages. */
export const textsOf = ({ name }: Field) => texts().cron.fields[name];

/** Each name in full and as its first three letters. */
const named = (names: readonly string[], first: number): ReadonlyMap<string, number> =>
  new Map(
    names.flatMap((name, i) => [
      [name, first + i],
      [name.slice(0, 3), first + i],
    ]),
  );

export const secondField: Field = numbered("second", 0, 59);
export const minuteField: Field = numbered("minute", 0, 59);
export const hourField: Field = numbered("hour", 0, 23);

export const dayField: Field = { ...numbered("day", 1, 31), rule: monthDayRule };

export const monthField: Field = { ...numbered("month", 1, 12), names: named(monthNames, 1) };

export const weekdayField: Field = {
  ...numbered("weekday", 0, 6),
  highest: 7,
  names: named(["sunday", ...weekdayNames.slice(0, 6)], 0),
  unit: "days",
  rule: weekdayRule,
};

/** What one field says. */
export interface ParsedField {
  /**
   * It begins with `*`, or is `?`. As in cronie this first character decides, not the values: `0-59` holds the same
   * minutes as `*` and is not starred.
   */
  readonly starred: boolean;
  /** Undefined when a plain `*` or `?` leaves them open. In no order, and one may come twice. */
  readonly values: readonly number[] | undefined;
  readonly rules: readonly DayRule[];
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a field: a list of entries with commas between them.
 *
 * @throws Mistake
 */
export const readField = (text: string, start: number, end: number, field: Field): ParsedField => {
  const begins = text[start];
  if (end - start === 1 && (begins === "*" || (begins === "?" && field.rule)))
    return { starred: true, values: undefined, rules: [], start, end };
  const values: number[] = [];
  const rules: DayRule[] = [];
  for (let at = start; at <= end; ) {
    const comma = text.indexOf(",", at);
    const part = { text, at, end: comma === -1 || comma > end ? end : comma };
    if (at === part.end) throw emptyEntry(start, end, at, field);
    const rule = field.rule?.(part, field);
    if (rule) rules.push(rule);
    else readRange(part, field, values);
    if (part.at < part.end) throw leftover(part, at, field);
    at = part.end + 1;
  }
  return { starred: begins === "*", values, rules, start, end };
};

/** `*`, `5`, `5-10`, `22-2`, with or without a step; `5/15` goes from 5 to the end. */
const readRange = (part: Part, field: Field, values: number[]): void => {
  const all = takeOne("*", part);
  const from = all ? field.first : readValue(part, field);
  const ranged = !all && takeOne("-", part);
  const to = all ? field.last : ranged ? readValue(part, field, "end of range") : from;
  if (!takeOne("/", part)) add(from, to, 1, field, values);
  else if (all || ranged) add(from, to, readStep(part, field), field, values);
  else {
    const low = from > field.last ? field.first : from;
    add(low, field.last, readStep(part, field), field, values);
  }
};

/** Every step-th value from one to another, over the end of the field where the second lies before the first. */
const add = (from: number, to: number, step: number, field: Field, values: number[]): void => {
  const size = field.last - field.first + 1;
  const end = from + distance(from, to, field);
  for (let value = from; value <= end; value += step) values.push(value > field.last ? value - size : value);
};

/** How many values later `to` comes. */
const distance = (from: number, to: number, field: Field): number =>
  to < from ? to - from + field.last - field.first + 1 : to - from;

/** A step may reach past the range (`5/55`, the weekday `*\/7`): then only its first value is left. */
const readStep = (part: Part, field: Field): number => {
  const slash = part.at - 1;
  const read = take(/\d+/y, part)?.[0];
  const step = read === undefined ? 0 : Number(read);
  const most = field.last - field.first + 1;
  if (step >= 1 && step <= most) return step;
  const t = texts().cron;
  throw wrong({
    what: t.step(textsOf(field).name),
    accepted: `${t.upTo("/1", `/${most}`)}${step > most ? t.longer(`every(${step}).${field.unit}`) : ""}`,
    start: slash,
    end: read === undefined ? Math.min(part.end, part.at + 1) : part.at,
  });
};

const emptyEntry = (start: number, end: number, at: number, field: Field): Mistake =>
  wrong({
    what: textsOf(field).name,
    accepted: texts().cron.bothSides,
    start: at === start ? at : at - 1,
    end: at === end ? at : at + 1,
    instead: at === start || at === end ? "" : ",",
  });

const leftover = ({ text, at, end }: Part, start: number, field: Field): Mistake => {
  const rest = text.slice(at, end);
  return wrong({
    what: textsOf(field).name,
    accepted: texts().cron.nothingAfter(JSON.stringify(text.slice(start, at))),
    start: at,
    end,
    instead: meant(rest),
  });
};

/** Full-width signs, another sign for a comma, or one character too many. */
const meant = (rest: string): string | undefined => {
  const plain = rest.normalize("NFKC").replace(/^[;|&+\u3001]/, ",");
  if (plain !== rest) return plain;
  return rest.length === 1 && !/[LW#/-]/i.test(rest) ? "" : undefined;
};
