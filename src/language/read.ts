import { ScheduleError } from "../errors.ts";
import type { Instant } from "../time/instant.ts";
import type { Node } from "./grammar.ts";
import type { ParseContext } from "./hearing.ts";
import type { Language } from "./language.ts";
import { languageOfText } from "./languages.ts";
import type { Meanings } from "./meaning.ts";
import { findMoment } from "./moment.ts";
import type { Parse } from "./parse.ts";
import { Refusal, unless } from "./refusal.ts";
import { longestPhrase, type Surface, surfaceOf } from "./surface.ts";
import { type Fault, faultOf, unread } from "./unread.ts";

/** Reads a text and gives what a reading of it means. */
export type Reader<T> = (parse: Parse, language: Language) => T | undefined;

/**
 * Reads a text in its language. `front` are words that are understood before it.
 *
 * @throws ScheduleError that points into the text as it was written
 */
export const readText = <T>(
  written: string,
  reader: Reader<T>,
  front: (language: Language, text: string) => string = noFront,
): T => {
  const surface = surfaceOf(written);
  const language = languageOfText(surface.text);
  const lead = language.leadIn.exec(surface.text)?.[0].length ?? 0;
  const said = lead < surface.text.length ? surface.text.slice(lead) : surface.text;
  const before = front(language, said);
  const text = before + said;
  const shift = text.length - surface.text.length;
  try {
    const meaning = reader(language.parse(text), language);
    if (meaning !== undefined) return meaning;
  } catch (error) {
    if (error instanceof Refusal) throw faulty(written, surface, shift, faultOf(error));
    throw error;
  }
  const explained = language.parse(text, { explains: true });
  reader(explained, language);
  const fault = unread(explained, language, lead > 0);
  const helps = fault.nearest === undefined || isRead(text, fault, reader, language);
  throw faulty(written, surface, shift, helps ? fault : { ...fault, nearest: undefined });
};

/** Whether a text is read, or at least farther than before, with the nearest word in it. */
const isRead = <T>(text: string, fault: Fault, reader: Reader<T>, language: Language): boolean => {
  const word = (JSON.parse(fault.nearest!) as string).toLowerCase();
  const end = /[a-z]/.test(word) ? fault.end : fault.start + word.length;
  const better = language.parse(text.slice(0, fault.start) + word + text.slice(end), { explains: true });
  try {
    return (
      reader(better, language) !== undefined || (better.farthest?.at ?? 0) > fault.start + word.length + 1
    );
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
};

const noFront = (): string => "";

/** The single moment that chrono-node finds in a text, if it says nothing else. */
export const momentIn = (written: string, parseContext: ParseContext): Instant | undefined => {
  if (typeof written !== "string" || written.length > longestPhrase) return undefined;
  const { text } = surfaceOf(written);
  return findMoment(text, languageOfText(text).chrono, parseContext);
};

/** Reads a whole text by one rule. */
export const byRule =
  <R extends keyof Meanings, T>(rule: R, mean: (meaning: Meanings[R]) => T) =>
  (parse: Parse): T | undefined => {
    parse.lookedFor(parse.startOf(rule), 0);
    for (const { meaning, end } of parse.read(rule, 0)) {
      if (end === parse.text.length) return mean(meaning);
      parse.lookedFor(nothingMore, end);
    }
    return undefined;
  };

/** A place in the rules at which nothing can follow. */
const nothingMore: Node = { words: new Map(), rules: [] };

/** The value, unless it is a mistake of the whole text. */
export const whole = <T>(value: T, parse: Parse) => unless(value, { start: 0, end: parse.text.length });

const faulty = (written: string, surface: Surface, shift: number, fault: Fault): ScheduleError => {
  const start = Math.max(0, fault.start - shift);
  const end = Math.max(start, fault.end - shift);
  const [from, to] = [surface.origin(start), endIn(surface, start, end)];
  return new ScheduleError({
    code: fault.code,
    what: "Phrase",
    given: written,
    ...(fault.accepted !== undefined && { accepted: fault.accepted }),
    nearest: fault.nearest,
    start: from,
    length: Math.max(0, to - from),
  });
};

/** The end of a stretch as it was written, without the blank behind it. */
const endIn = (surface: Surface, start: number, end: number): number => {
  let last = end;
  while (last > start && surface.text[last - 1] === " ") last--;
  return last === start ? surface.origin(start) : surface.after(last - 1);
};
