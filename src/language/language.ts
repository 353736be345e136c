import { ScheduleError, type ScheduleErrorCode } from "../errors.ts";
import type { Dates, Exclusion, Recurrence } from "../recurrence/recurrence.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import type { PlainDate } from "../time/plain-date.ts";
import type { TimeNumber } from "../time/plain-time.ts";
import { zoneNamed } from "../time/zone.ts";
import { meaningOf } from "./assemble.ts";
import { findMoment } from "./chrono.ts";
import type { Clause, Clock, Meanings, ParseContext, Point } from "./clauses.ts";
import { settled } from "./clocks.ts";
import { dateOfPoint, refuseImpossible, resolvePoint, type Side } from "./days.ts";
import { english } from "./en/clauses.ts";
import { Mistake, refuse, type Wording } from "./errors.ts";
import { explainFailure } from "./explain.ts";
import { longestPhrase, normalize } from "./lexer.ts";
import type { Language, Node, Parse } from "./parser.ts";
import { exclusionOf } from "./schedule-of.ts";
import { chinese } from "./zh/clauses.ts";

/**
 * Where reading starts. A text is normalized and its words are found (lexer.ts, and the vocabulary of each language); they are read into clauses by the
 * patterns of the language (parser.ts). assemble.ts splits the text into schedules and joins them, and schedule-of.ts makes a recurrence of the clauses
 * of each. What cannot be read is explained by explain.ts.
 *
 * To add a language, add a folder beside `en` and `zh`: words by kind (`Vocabulary`), patterns for each rule (`Patterns`), and a writer. Days, times,
 * limits and checks know no language. The first language that claims a text reads it.
 */
const languages: readonly Language[] = [chinese, english];

/** The language a text is written in. */
export const languageOfText = (text: string): Language =>
  languages.find((language) => language.speaks(text))!;

export type { ParseContext } from "./clauses.ts";

/**
 * Reads a whole phrase as it stands, in English or Chinese: `"every weekday at 9am"`, `"tomorrow at 3pm"`, `"每天早上8点"`. Every word of it
 * must be understood; nothing is guessed.
 *
 * @throws ScheduleError that points at what is not understood, names what is accepted there, and the nearest right word
 */
export const parseWhen = (text: string, context: ParseContext): Recurrence =>
  readText(text, phraseReader(context));

/**
 * Reads `"every "` and the phrase behind it, unless that brings its own first word.
 *
 * @throws ScheduleError as {@link parseWhen}; `once` for a single moment
 */
export const parseEvery = (text: string, context: ParseContext): Recurrence => {
  const read = readText(text, phraseReader(context), "every");
  if (isSingle(read)) throw wholeError(text, "once", (t) => t.repeating);
  return read;
};

/** Reads `"on "` and the phrase behind it, unless that brings its own first word. */
export const parseOn = (text: string, context: ParseContext): Recurrence =>
  readText(text, phraseReader(context), "on");

const phraseReader =
  (context: ParseContext): Reader<Recurrence> =>
  (parse, language) =>
    meaningOf(parse, language, context);

/**
 * Reads one moment: `"tomorrow at 9"`, `"in 10 minutes"`, `"2027-02-03T04:05"`, `"明天下午3点"`. What our own words do
 * not reach is looked up by chrono-node, which is loaded only then. The moment may have passed, unless the words can only mean the past: "yesterday".
 *
 * @throws ScheduleError as {@link parseWhen}; `recurring` for what repeats, `past` for what is always past
 */
export const parseOnce = (text: string, context: ParseContext): Instant => {
  let read: Recurrence;
  try {
    read = parseWhen(text, context);
  } catch (error) {
    if (!(error instanceof ScheduleError) || (error.code !== "phrase" && error.code !== "unfinished"))
      throw error;
    if (typeof text !== "string" || text.length > longestPhrase) throw error;
    const normalized = normalize(text).text;
    const found = findMoment(normalized, languageOfText(normalized).name, context);
    if (found === undefined) throw error;
    return found;
  }
  const moment = read.kind === "zoned" ? read.of : read;
  if (moment.kind === "once") return moment.at;
  const isMany = isSingle(moment);
  throw wholeError(text, isMany ? "ambiguous" : "recurring", (t) => (isMany ? t.oneMoment : t.singleMoment));
};

const isSingle = (recurrence: Recurrence): boolean =>
  recurrence.kind === "once" ||
  (recurrence.kind === "zoned" && isSingle(recurrence.of)) ||
  (recurrence.kind === "union" && recurrence.of.every(isSingle));

/** Reads one or several times of day: `"9am"`, `"noon"`, `"9am and 5:30pm"`, `"早上8点"`. */
export const parseClock = (text: string): readonly TimeNumber[] =>
  readText(
    text,
    (parse) =>
      byRule("openClocks", timesOf)(parse) ??
      byRule("atTimes", ([clause]) => (clause?.kind === "clocks" ? timesOf(clause.clocks) : undefined))(
        parse,
      ),
  );

const timesOf = (clocks: readonly Clock[]): readonly TimeNumber[] =>
  settled(clocks).map(({ at, isPastMidnight, isNextDay }) =>
    isPastMidnight || isNextDay ? refuse("ambiguous", (t) => t.timeWithDay) : at,
  );

/**
 * Reads a start or an end: `"tomorrow"`, `"next monday"`, `"june 1 at 9am"`, `"11am"`, `"明天"`. A day begins with its first moment and ends with
 * its last millisecond; a time of day is the next such.
 */
export const parseBoundary = (text: string, context: ParseContext, side: Side): Boundary =>
  readText(
    text,
    (parse) =>
      byRule("point", (point) => boundaryOf(point, side, context))(parse) ??
      pointInZone(parse, side, context),
  );

/** A beginning or an end, and its day where a clock change skips it. */
interface Boundary {
  readonly at: Instant;
  readonly date: PlainDate | undefined;
}

const boundaryOf = (point: Point, side: Side, context: ParseContext): Boundary => {
  const at = resolvePoint(point, side, context);
  return { at, date: dateOfPoint(point, side, at, context) };
};

/** "2026-12-24 18:00 Europe/Berlin" */
const pointInZone = (parse: Parse, side: Side, context: ParseContext): Boundary | undefined => {
  for (const point of parse.read("point", 0))
    for (const { meaning, end } of parse.read("inZone", point.end)) {
      const [clause] = meaning;
      if (end === parse.text.length && clause?.kind === "zone")
        return boundaryOf(point.meaning, side, { ...context, zone: zoneNamed(clause.zone) });
    }
  return undefined;
};

/** Reads what is left out: `"the 13th"`, `"wednesdays"`, `"december"`, `"1pm"`, `"from june 8 to june 12"`. */
export const parseExclusions = (text: string, context: ParseContext): readonly Exclusion[] =>
  readText(
    text,
    byRule("except", (clauses: readonly Clause[]) =>
      clauses.flatMap((clause) =>
        clause.kind === "except" ? clause.not.map((excluded) => exclusionOf(excluded, context)) : [],
      ),
    ),
    "except",
  );

/** Reads days of the week, the month or the year: `"last friday"`, `"first workday"`, `"december 25"`, `"the 15th"`, `"mondays"`, `"最后一天"`. */
export const parseDays = (text: string): Dates =>
  readText(
    text,
    (parse) => byRule("onDays", datesOf)(parse) ?? byRule("months", (months): Dates => ({ months }))(parse),
  );

const datesOf = ([first, ...more]: readonly Clause[]): Dates => {
  if (first?.kind !== "days" || more.length > 0) refuse("phrase", (t) => t.alone("days"));
  refuseImpossible(first.dates);
  return first.dates;
};

/** Reads a text and gives what a reading of it means. */
type Reader<T> = (parse: Parse, language: Language) => T | undefined;

/**
 * Reads a text in its language. `front` says which words are understood before it, unless it brings its own or cannot be read behind them.
 *
 * @throws ScheduleError that points into the text as it was written
 */
const readText = <T>(written: string, reader: Reader<T>, front?: "every" | "on" | "except"): T => {
  const normalized = normalize(written);
  const language = languageOfText(normalized.text);
  const lead = language.leadIn.exec(normalized.text)?.[0].length ?? 0;
  const input = lead < normalized.text.length ? normalized.text.slice(lead) : normalized.text;
  const read = (text: string): T | Mistake => {
    const parse = language.parse(text);
    try {
      return reader(parse, language) ?? mistakeIn(parse, reader, language, lead > 0);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      return error.end === 0 ? error.at({ start: 0, end: text.length }) : error;
    }
  };
  const isFronted = front && (front === "except" || !language.opens(input));
  let text = (isFronted ? language[front] : "") + input;
  let result = read(text);
  if (result instanceof Mistake && isFronted && front !== "except") {
    // Its "every" comes later: "half past nine every weekday". Or it is nothing that goes behind "every": "tomorrow", "three times a day".
    const bare = read(input);
    if (!(bare instanceof Mistake) || (bare.code !== "phrase" && bare.code !== "unfinished"))
      [text, result] = [input, bare];
  }
  if (!(result instanceof Mistake)) return result;
  const shift = text.length - normalized.text.length;
  const start = Math.max(0, result.start - shift);
  const place = normalized.placeOf({ start, end: Math.max(start, result.end - shift) });
  throw errorOf(language, written, result, place);
};

/** Why a text is not read. What is suggested is read there, if need be with other words put right behind it. */
const mistakeIn = <T>(parse: Parse, reader: Reader<T>, language: Language, isLedIn: boolean): Mistake => {
  const mistake = explainFailure(parse, language, isLedIn);
  return mistake.nearest === undefined || isRead(parse.text, mistake, reader, language)
    ? mistake
    : new Mistake(mistake.code, mistake.accepted).at(mistake);
};

const isRead = <T>(text: string, mistake: Mistake, reader: Reader<T>, language: Language): boolean => {
  const word = (JSON.parse(mistake.nearest!) as string).toLowerCase();
  const better = language.parse(text.slice(0, mistake.start) + word + text.slice(mistake.end));
  try {
    if (reader(better, language) !== undefined) return true;
    const next = mistakeIn(better, reader, language, false);
    return next.nearest !== undefined && next.start > mistake.start;
  } catch (error) {
    if (error instanceof Mistake) return false;
    throw error;
  }
};

/** Reads a whole text by one rule. */
const byRule =
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

/** An error in the language of the phrase. */
const errorOf = (
  { name }: Language,
  given: string,
  { code, accepted, nearest }: Mistake,
  place?: { readonly start: number; readonly length: number },
): ScheduleError => {
  const t = texts(name).phrases;
  const right = typeof accepted === "string" ? accepted : accepted(t);
  return new ScheduleError({ code, what: t.name, given, accepted: right, nearest, language: name, ...place });
};

/** The same about a phrase as a whole. */
const wholeError = (written: string, code: ScheduleErrorCode, accepted: Wording): ScheduleError =>
  errorOf(languageOfText(normalize(written).text), written, new Mistake(code, accepted));
