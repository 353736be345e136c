import type { DayRule } from "../../recurrence/recurrence.ts";
import { type Field, type Part, readValue, take, takeOne } from "./field.ts";
import { Mistake } from "./mistake.ts";

/** What one field says. */
export interface PhraseSchedule {
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
export const readField = (text: string, start: number, end: number, field: Field): PhraseSchedule => {
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
  const longer = step > most ? `; every(${step}).${field.unit} counts longer ones` : "";
  throw new Mistake({
    what: `${field.name} step`,
    accepted: `/1 to /${most}${longer}`,
    start: slash,
    end: read === undefined ? Math.min(part.end, part.at + 1) : part.at,
  });
};

const emptyEntry = (start: number, end: number, at: number, field: Field): Mistake =>
  new Mistake({
    what: field.name,
    accepted: "something on both sides of each comma",
    start: at === start ? at : at - 1,
    end: at === end ? at : at + 1,
    instead: at === start || at === end ? "" : ",",
  });

const leftover = ({ text, at, end }: Part, start: number, field: Field): Mistake => {
  const rest = text.slice(at, end);
  return new Mistake({
    what: field.name,
    accepted: `nothing more after "${text.slice(start, at)}"`,
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
