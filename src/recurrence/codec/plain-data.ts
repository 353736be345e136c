import { ScheduleError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";

/** A value that came from outside, and where in the whole it stands: `of[1].times.at[0]`. */
export interface Place {
  readonly value: unknown;
  readonly parent?: Place;
  readonly key?: string | number;
  /** How many more parts the whole may have. */
  readonly allowance: { parts: number };
}

/** The whole of a value, of at most 10,000 parts. */
export const wholeValue = (value: unknown): Place => ({ value, allowance: { parts: 10_000 } });

/** @throws ScheduleError `recurrence`, always. */
export const refuse = (
  place: Place,
  accepted: string,
  more: { nearest?: string | undefined } = {},
): never => {
  const path = pathOf(place);
  throw new ScheduleError({
    code: "recurrence",
    what: path === "" ? "Recurrence" : `Recurrence at ${path}`,
    given: place.value,
    accepted,
    ...more,
  });
};

/** An object that has these keys and no others; a key with `?` behind it may be missing. Gives the place of each key. */
export const readObject = <K extends string>(
  place: Place,
  keys: readonly (K | `${K}?`)[],
): ((key: K) => Place) => {
  const { value } = place;
  if (!isObject(value)) return refuse(place, objectWith(keys));
  const there = keys.filter((key) => Object.hasOwn(value, nameOf(key)));
  if (Object.keys(value).length > there.length) refuseStray(place, value, keys.map(nameOf));
  if (keys.some((key) => !key.endsWith("?") && !there.includes(key))) refuse(place, objectWith(keys));
  return (key) => childOf(place, key, Object.hasOwn(value, key) ? value[key] : undefined);
};

const nameOf = (key: string): string => (key.endsWith("?") ? key.slice(0, -1) : key);

const objectWith = (keys: readonly string[]): string =>
  `an object with ${keys.map((key) => key.replace("?", " (optional)")).join(", ")}`;

const refuseStray = (place: Place, value: object, known: readonly string[]): void => {
  const stray = Object.keys(value).find((key) => !known.includes(key));
  if (stray !== undefined)
    refuse(childOf(place, stray, stray), `one of the keys ${known.join(", ")}`, {
      nearest: nearest(stray, known),
    });
};

/** The `kind` of an object. */
export const readKind = <W extends string>(place: Place, kinds: readonly W[]): W => {
  if (!isObject(place.value) || !Object.hasOwn(place.value, "kind"))
    return refuse(place, `an object with a kind: ${quoted(kinds)}`);
  return readWord(childOf(place, "kind", place.value.kind), kinds);
};

/** What `read` makes of a value, or undefined where there is none. */
export const ifThere = <T>(place: Place, read: (place: Place) => T): T | undefined =>
  place.value === undefined ? undefined : read(place);

/** A list of at least so many entries, each read in its turn. */
export const readList = <T>(place: Place, read: (entry: Place) => T, least = 1): readonly T[] => {
  const { value } = place;
  if (!Array.isArray(value) || value.length < least)
    return refuse(place, `a list of at least ${least === 1 ? "one entry" : `${least} entries`}`);
  spend(place, value.length);
  return Array.from({ length: value.length }, (_, index) => read(childOf(place, index, value[index])));
};

/** A whole number from one to another, both included. */
export const readWhole = (place: Place, least: number, most: number): number => {
  const { value } = place;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuse(place, `a whole number from ${least} to ${most}`);
};

/** One of some words. */
export const readWord = <W extends string>(place: Place, words: readonly W[]): W => {
  const word = words.find((word) => word === place.value);
  if (word !== undefined) return word;
  const near = typeof place.value === "string" ? nearest(place.value, words) : undefined;
  return refuse(place, quoted(words), { nearest: near && JSON.stringify(near) });
};

/** A text that `read` understands; what it refuses is refused here, with the place. */
export const readText = <T>(place: Place, read: (text: string) => T, accepted: string): T => {
  const { value } = place;
  return typeof value === "string" ? placed(place, accepted, () => read(value)) : refuse(place, accepted);
};

/** What `make` makes; its refusal is told with the place. */
export const placed = <T>(place: Place, accepted: string, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (error instanceof ScheduleError)
      return refuse(place, error.accepted ?? accepted, { nearest: error.nearest });
    throw error;
  }
};

/** Counts parts, so that a value from outside cannot be larger than anyone would write. */
export const spend = (place: Place, parts: number): void => {
  place.allowance.parts -= parts;
  if (place.allowance.parts < 0) refuse(place, "at most 10,000 parts in all");
};

const quoted = (words: readonly string[]): string =>
  `${words.length > 1 ? "one of " : ""}${words.map((word) => JSON.stringify(word)).join(", ")}`;

const childOf = (parent: Place, key: string | number, value: unknown): Place => ({
  value,
  parent,
  key,
  allowance: parent.allowance,
});

const pathOf = ({ parent, key }: Place): string => {
  if (!parent || key === undefined) return "";
  const before = pathOf(parent);
  if (typeof key === "number") return `${before}[${key}]`;
  return before === "" ? key : `${before}.${key}`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
