import { ScheduleError } from "../errors.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import type { ParseContext } from "./hearing.ts";
import { momentIn, readText } from "./read.ts";
import { meaningOf } from "./sentence.ts";

export type { ParseContext } from "./hearing.ts";

/**
 * Reads a whole phrase as it stands, in English or Chinese: `"every weekday at 9am"`, `"tomorrow at 3pm"`, `"每天早上8点"`. Every word of it
 * must be understood; nothing is guessed.
 *
 * @throws ScheduleError that points at what is not understood, names what is accepted there, and the nearest right word
 */
export const parseWhen = (text: string, parseContext: ParseContext): Recurrence =>
  readText(text, (parse, language) => meaningOf(parse, language, parseContext));

/**
 * Reads `"every "` and the phrase behind it, unless that brings its own first word.
 *
 * @throws ScheduleError as {@link parseWhen}; `once` for a single moment
 */
export const parseEvery = (text: string, parseContext: ParseContext): Recurrence => {
  const read = readText(
    text,
    (parse, language) => meaningOf(parse, language, parseContext),
    (language, text) => (language.opens(text) ? "" : language.every),
  );
  if (isSingle(read))
    throw new ScheduleError({
      code: "once",
      what: "Phrase",
      given: text,
      accepted: "something that repeats; once(…) and when(…) take single moments",
    });
  return read;
};

/**
 * Reads `"on "` and the phrase behind it, unless that brings its own first word.
 *
 * @throws ScheduleError as {@link parseWhen}
 */
export const parseOn = (text: string, parseContext: ParseContext): Recurrence =>
  readText(
    text,
    (parse, language) => meaningOf(parse, language, parseContext),
    (language, text) => (language.opens(text) ? "" : language.on),
  );

/**
 * Reads one moment: `"tomorrow at 9"`, `"in 10 minutes"`, `"2027-02-03T04:05"`, `"明天下午3点"`. What our own words do
 * not reach is looked up by chrono-node, which is loaded only then. The moment may have passed, unless the words can only mean the past: "yesterday".
 *
 * @throws ScheduleError as {@link parseWhen}; `recurring` for what repeats, `past` for what is always past
 */
export const parseOnce = (text: string, parseContext: ParseContext): Instant => {
  const read = readMoment(text, parseContext);
  if (typeof read === "number") return read;
  const moment = read.kind === "zoned" ? read.of : read;
  if (moment.kind === "once") return moment.at;
  const isMany = isSingle(moment);
  throw new ScheduleError({
    code: isMany ? "ambiguous" : "recurring",
    what: "Phrase",
    given: text,
    accepted: isMany ? "one moment" : "a single moment; every(…) and when(…) take what repeats",
  });
};

/** By our own words first; where they do not reach the end of the text, by chrono. */
const readMoment = (text: string, parseContext: ParseContext): Recurrence | Instant => {
  try {
    return parseWhen(text, parseContext);
  } catch (error) {
    if (!(error instanceof ScheduleError) || !(error.code === "phrase" || error.code === "unfinished"))
      throw error;
    const found = momentIn(text, parseContext);
    if (found === undefined) throw error;
    return found;
  }
};

const isSingle = (recurrence: Recurrence): boolean => {
  switch (recurrence.kind) {
    case "once":
      return true;
    case "zoned":
      return isSingle(recurrence.of);
    case "union":
      return recurrence.of.every(isSingle);
    default:
      return false;
  }
};
