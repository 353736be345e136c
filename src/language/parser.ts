import type { ClauseRule, Meanings } from "./clauses.ts";
import { Mistake } from "./errors.ts";
import {
  type Ending,
  type Grammar,
  grammarOf,
  type Node,
  type Patterns,
  type Vocabulary,
} from "./grammar.ts";
import { type Scan, scannedKinds } from "./lexer.ts";

/** A language as a table: its words, and how it puts them together. */
export interface LanguageTable {
  /** Whether a text is written in it. */
  readonly speaks: (text: string) => boolean;
  /** Made when they are first needed: a table takes 2 ms, and most scripts say nothing in one of the languages, or in any. */
  readonly words: () => Vocabulary;
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
  readonly name: "en" | "zh";
  /** What stands behind exceptions that are known as such by it alone. */
  readonly leftOut?: RegExp;
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
  /** The fillers, and the joiners with the comma, as symbols. */
  readonly fillerSymbols: ReadonlySet<number>;
  readonly joinerSymbols: ReadonlySet<number>;
  parse(text: string): Parse;
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
  const joiners = [...table.joiners, ","];
  const literals = ["(", ")", ...table.fillers, ...joiners];
  const once = <T>(make: () => T): (() => T) => {
    let made: T | undefined;
    return () => (made ??= make());
  };
  const ready = once(() =>
    grammarOf(table.words(), table.patterns, [...scannedKinds, ...table.scanned], literals),
  );
  const symbolsOf = (texts: readonly string[]) =>
    once(() => new Set(texts.map((text) => ready().literals.get(text)!)));
  const [fillerSymbols, joinerSymbols] = [symbolsOf(table.fillers), symbolsOf(joiners)];
  return {
    ...table,
    get grammar() {
      return ready();
    },
    get fillerSymbols() {
      return fillerSymbols();
    },
    get joinerSymbols() {
      return joinerSymbols();
    },
    parse: (text) => new Parse(ready(), table.scan, text),
  };
};

/** Something that was read: its meaning, and where the next word begins. */
export interface Read<T = unknown> {
  readonly meaning: T;
  readonly end: number;
}

/** A word at a place of the text. One stretch of text can be several words of several kinds. */
export interface Word {
  readonly symbol: number;
  readonly meaning: unknown;
  readonly end: number;
}

/**
 * Reads one text by a grammar. What a rule finds at a place is kept, so nothing is read twice, and every reading of a stretch is found:
 * where the longest one leads nowhere the next one is tried.
 */
export class Parse {
  readonly text: string;
  /** The mistake that reaches farthest into the text. */
  mistake: Mistake | undefined;
  /** Stretches that are said in one way and meant in two. */
  readonly ambiguities: Mistake[] = [];
  /** The farthest place at which a word was looked for. */
  farthest = 0;
  /** Where in the rules that was; undefined stands for the beginning of a clause. */
  readonly lookedAt: (Node | undefined)[] = [];
  readonly #grammar: Grammar;
  readonly #scan: Scan;
  readonly #words: (readonly Word[])[] = [];
  /** By place, then by rule. */
  readonly #reads: (readonly Read[])[][] = [];

  constructor(grammar: Grammar, scan: Scan, text: string) {
    this.text = text;
    this.#grammar = grammar;
    this.#scan = scan;
  }

  /** What a rule reads at a place, the longest reading first, each of another length. */
  read<R extends keyof Meanings>(rule: R, at: number): readonly Read<Meanings[R]>[] {
    const number = this.#grammar.ruleNumbers.get(rule);
    return number === undefined ? [] : (this.#read(number, at) as readonly Read<Meanings[R]>[]);
  }

  /** Where in the rules a rule begins. */
  startOf(rule: keyof Meanings): Node | undefined {
    const number = this.#grammar.ruleNumbers.get(rule);
    return number === undefined ? undefined : this.#grammar.rules[number]!.start;
  }

  /** Where a word of the patterns ends that stands at a place. */
  literal(text: string, at: number): number | undefined {
    const words = this.words(at);
    if (words.length === 0) return undefined;
    const symbol = this.#grammar.literals.get(text);
    return words.find((word) => word.symbol === symbol)?.end;
  }

  /** The words at a place, long ones first. */
  words(at: number): readonly Word[] {
    this.#words[at] ??= this.#wordsAt(at);
    return this.#words[at];
  }

  #wordsAt(at: number): readonly Word[] {
    const { text } = this;
    const { spellings, lengths, symbols } = this.#grammar;
    const found: Word[] = [];
    for (const length of lengths.get(text[at]!) ?? noLengths) {
      const end = at + length;
      if (end > text.length || !isWhole(text, end)) continue;
      const spelled = spellings.get(text.slice(at, end));
      if (spelled)
        for (const { symbol, meaning } of spelled) found.push({ symbol, meaning, end: this.#skip(end) });
    }
    for (const { kind, meaning, end } of this.#scan(text, at)) {
      const symbol = symbols.get(kind);
      if (symbol !== undefined) found.push({ symbol, meaning, end: this.#skip(end) });
    }
    return found;
  }

  #skip(at: number): number {
    return this.text.charCodeAt(at) === blank ? at + 1 : at;
  }

  #read(rule: number, at: number): readonly Read[] {
    this.#reads[at] ??= [];
    const reads = this.#reads[at];
    const known = reads[rule];
    if (known) return known;
    reads[rule] = none;
    const { first, start } = this.#grammar.rules[rule]!;
    if (this.#beginsWith(first, at)) reads[rule] = this.#along(start, at);
    return reads[rule];
  }

  #beginsWith(first: Uint8Array, at: number): boolean {
    for (const { symbol } of this.words(at)) if (first[symbol] === 1) return true;
    return false;
  }

  /** Walks the patterns of a rule, and gives what it reads, long readings first; of two patterns for one stretch the first counts. */
  #along(start: Node, from: number): readonly Read[] {
    const reached: Reached[] = [];
    this.#walk(start, from, undefined, reached);
    if (reached.length === 0) return none;
    if (reached.length > 1) reached.sort((a, b) => a.ending.order - b.ending.order);
    const found: Read[] = [];
    for (const { ending, end, slots } of reached) {
      if (found.some((read) => read.end === end)) continue;
      const meaning = ending.read(recordOf(slots));
      if (meaning instanceof Mistake) this.blame(meaning, from, end);
      else if (meaning !== undefined) found.push({ meaning, end });
    }
    if (found.length < 2) return found;
    found.sort((a, b) => b.end - a.end);
    return found.length > mostKept ? found.toSpliced(mostKept - 1, found.length - mostKept) : found;
  }

  #walk(node: Node, at: number, slots: Slot | undefined, reached: Reached[]): void {
    if (node.words.size > 0) {
      for (const word of this.words(at)) {
        const steps = node.words.get(word.symbol);
        if (!steps) continue;
        for (const { next, name } of steps) {
          this.lookedFor(next, word.end);
          this.#walk(
            next,
            word.end,
            name === undefined ? slots : { name, meaning: word.meaning, before: slots },
            reached,
          );
        }
      }
    }
    for (const { rule, next, name } of node.rules) {
      for (const { meaning, end } of this.#read(rule, at)) {
        this.lookedFor(next, end);
        this.#walk(next, end, { name, meaning, before: slots }, reached);
      }
    }
    if (node.ending) reached.push({ ending: node.ending, end: at, slots });
  }

  blame(mistake: Mistake, start: number, end: number): void {
    if (mistake.code === "ambiguous") this.ambiguities.push(mistake.at({ start, end }));
    if (!this.mistake || end > this.mistake.end) this.mistake = mistake.at({ start, end });
  }

  /** Notes that words were looked for at a place. */
  lookedFor(node: Node | undefined, at: number): void {
    if (at < this.farthest) return;
    if (at > this.farthest) {
      this.farthest = at;
      this.lookedAt.length = 0;
    }
    this.lookedAt.push(node);
  }
}

/**
 * So many readings of one rule at one place are kept: the longest ones, and the shortest. Only long lists have more, and keeping all their
 * ends would make the work grow with the square of their length.
 */
const mostKept = 8;

/** What was said for a slot, and for those before it. */
interface Slot {
  readonly name: string;
  readonly meaning: unknown;
  readonly before: Slot | undefined;
}

interface Reached {
  readonly ending: Ending;
  readonly end: number;
  readonly slots: Slot | undefined;
}

const recordOf = (slots: Slot | undefined): Readonly<Record<string, unknown>> => {
  const record: Record<string, unknown> = {};
  for (let slot = slots; slot; slot = slot.before) record[slot.name] = slot.meaning;
  return record;
};

const none: readonly Read[] = [];
const noLengths: readonly number[] = [];
const blank = 32;

/** Whether a word of letters really ends where it seems to. */
const isWhole = (text: string, end: number): boolean =>
  !isLetter(text.charCodeAt(end - 1)) || !isLetter(text.charCodeAt(end));

const isLetter = (code: number): boolean => code >= 97 && code <= 122;
