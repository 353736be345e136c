import { type Grammar, grammarOf, type Patterns, type ScheduleBuilders } from "./grammar.ts";
import type { ClauseRule } from "./meaning.ts";
import { Parse } from "./parse.ts";
import { type Scan, scannedKinds } from "./scan.ts";

/** A language as a table: its words, and how it puts them together. */
export interface LanguageTable {
  /** Whether a text is written in it. */
  readonly speaks: (text: string) => boolean;
  /** Made when they are first needed: a table takes 2 ms, and most scripts say nothing in one of the languages, or in any. */
  readonly words: () => ScheduleBuilders;
  readonly patterns: Patterns;
  /** Finds words by their shape: digits, names, numerals. */
  readonly scan: Scan;
  /** Kinds of words that only `scan` finds, beside those of digits and signs. */
  readonly scanned: readonly string[];
  /** Words between clauses that add nothing. */
  readonly fillers: readonly string[];
  /** Words that join two schedules. */
  readonly joiners: readonly string[];
  /** What `every(…)` and `on(…)` put in front. */
  readonly every: string;
  readonly on: string;
  /** What stands in front of exceptions. */
  readonly except: string;
  /** The name under which chrono-node knows it. */
  readonly chrono: "en" | "zh";
  /** Words at the front that only say "do this": "run", "remind me". */
  readonly leadIn: RegExp;
  /** What people ask for that no phrase can say, and what says it instead. */
  readonly unsupported: readonly (readonly [shape: RegExp, accepted: string])[];
  /** What is said where a task stands behind a schedule. */
  readonly task: { readonly shape: RegExp; readonly accepted: string };
  /** Whether a phrase brings its own first word. */
  readonly opens: (text: string) => boolean;
}

/** A language that is ready to read. */
export interface Language extends LanguageTable {
  readonly grammar: Grammar;
  parse(text: string, options?: { readonly explains?: boolean }): Parse;
}

/** The rules that read clauses, in the order in which they are tried where they are of one length. */
export const clauseRules: readonly ClauseRule[] = [
  "frequency",
  "onDays",
  "inMonths",
  "atMarks",
  "atMinutes",
  "atTimes",
  "inWindow",
  "oneDay",
  "bounds",
  "except",
  "manner",
  "inZone",
];

/** Makes a language of its table; the grammar is made when it is first needed. */
export const languageOf = (table: LanguageTable): Language => {
  let grammar: Grammar | undefined;
  const literals = ["(", ")", ",", ...table.fillers, ...table.joiners];
  const ready = () =>
    (grammar ??= grammarOf(table.words(), table.patterns, [...scannedKinds, ...table.scanned], literals));
  return {
    ...table,
    get grammar() {
      return ready();
    },
    parse: (text, options) => new Parse(ready(), table.scan, text, options),
  };
};
