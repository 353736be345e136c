import type { ClauseRule, Kinds, Meanings } from "./clauses.ts";
import { Mistake } from "./errors.ts";
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
  /** Where a word that can be a unit is no ordinal: "every second in january". */
  readonly unitOnly?: RegExp;
  /** What stands behind exceptions that are known as such by it alone. */
  readonly leftOut?: RegExp;
  /** Words at the front that only say "do this": "run", "remind me". */
  readonly leadIn: RegExp;
  /** What people ask for that no phrase can say, and what says it instead. */
  readonly unsupported: readonly (readonly [shape: RegExp, accepted: string])[];
  /** What is written where a task stands behind a schedule. */
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
    parse: (text) => new Parse(ready(), table, text),
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
  /** Stretches that are written in one way and meant in two. */
  readonly ambiguities: Mistake[] = [];
  /** The farthest place at which a word was looked for. */
  farthest = 0;
  /** Where in the rules that was; undefined stands for the beginning of a clause. */
  readonly lookedAt: (Node | undefined)[] = [];
  readonly #grammar: Grammar;
  readonly #scan: Scan;
  readonly #ordinal: number | undefined;
  /** Where words stand that are no ordinals. */
  readonly #units: ReadonlySet<number>;
  readonly #words: (readonly Word[])[] = [];
  /** By place, then by rule. */
  readonly #reads: (readonly Read[])[][] = [];

  constructor(grammar: Grammar, { scan, unitOnly }: Pick<LanguageTable, "scan" | "unitOnly">, text: string) {
    this.text = text;
    this.#grammar = grammar;
    this.#scan = scan;
    this.#ordinal = grammar.symbols.get("ordinal");
    this.#units = new Set(unitOnly && [...text.matchAll(unitOnly)].map(({ index }) => index));
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
        for (const { symbol, meaning } of spelled)
          if (symbol !== this.#ordinal || !this.#units.has(at))
            found.push({ symbol, meaning, end: this.#skip(end) });
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

  /** Walks the patterns of a rule, and gives what it reads, long readings first; of two patterns for one stretch the first counts, also where it is ambiguous. */
  #along(start: Node, from: number): readonly Read[] {
    const reached: Reached[] = [];
    this.#walk(start, from, undefined, reached);
    if (reached.length === 0) return none;
    if (reached.length > 1) reached.sort((a, b) => a.ending.order - b.ending.order);
    const found: Read[] = [];
    const unclear = new Set<number>();
    for (const { ending, end, slots } of reached) {
      if (unclear.has(end) || found.some((read) => read.end === end)) continue;
      try {
        const meaning = ending.read(recordOf(slots));
        if (meaning !== undefined) found.push({ meaning, end });
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        this.#blame(error.at({ start: from, end }));
        if (error.code === "ambiguous") unclear.add(end);
      }
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

  #blame(mistake: Mistake): void {
    if (mistake.code === "ambiguous") this.ambiguities.push(mistake);
    if (!this.mistake || mistake.end > this.mistake.end) this.mistake = mistake;
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

/** What is written for a slot, and for those before it. */
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

/**
 * One way to say something: words in a row, and what they mean together.
 *
 *     every         this very word                  (each|every)   one of several
 *     single?       may be left out                 {unit}         a word of a kind, or whatever another rule reads
 *     {n:count}     what is read gets the name n    {zone}?        may be left out, and is undefined then
 *
 * What is read may turn out to be wrong all the same: then it throws a mistake, which is about these words; `undefined` says that this
 * is not how they are meant.
 */
export interface Saying<T> {
  readonly pattern: string;
  readonly read: (slots: never) => T | undefined;
}

/** The rules of a language with the ways to say them, the preferred ones first. */
export type Patterns = { readonly [Rule in keyof Meanings]?: readonly Saying<Meanings[Rule]>[] };

/** The words of each kind. */
export type Vocabulary = { readonly [Kind in keyof Kinds]?: Readonly<Record<string, Kinds[Kind]>> };

type Known = Kinds & Meanings;
type NameIn<Slot> = Slot extends `${infer Name}:${string}` ? Name : Slot;
type MeaningIn<Slot> = (Slot extends `${string}:${infer Rule}` ? Rule : Slot) extends infer Rule
  ? Rule extends keyof Known
    ? Known[Rule]
    : never
  : never;

/** What the slots of a pattern hold, by name. */
export type Slots<Pattern extends string> = Pattern extends `${string}{${infer Slot}}${infer Rest}`
  ? (Rest extends `?${string}`
      ? { readonly [Name in NameIn<Slot> & string]: MeaningIn<Slot> | undefined }
      : { readonly [Name in NameIn<Slot> & string]: MeaningIn<Slot> }) &
      Slots<Rest>
  : unknown;

/** Joins a pattern and its meaning. */
export const say = <const Pattern extends string, Meaning>(
  pattern: Pattern,
  read: (slots: Slots<Pattern>) => Meaning,
): Saying<Exclude<Meaning, undefined>> => ({ pattern, read }) as Saying<Exclude<Meaning, undefined>>;

/** Entries with something between them, or one alone: `row("months", "month", "({and}|/)")`. An entry may be a list itself. */
export const row = <Rule extends keyof Meanings>(
  rule: Rule,
  entry: keyof Known,
  between = "{and}",
): readonly Saying<Meanings[Rule]>[] => {
  const all = ({ one, more = [] }: { readonly one: unknown; readonly more?: readonly unknown[] }) =>
    [one, ...more].flat() as unknown as Meanings[Rule];
  return [
    { pattern: `{one:${entry}}`, read: all },
    { pattern: `{one:${entry}} ${between} {more:${rule}}`, read: all },
  ];
};

/** A rule made ready. */
export interface Rule {
  readonly name: keyof Meanings;
  readonly start: Node;
  /** Which words can begin it, by symbol. */
  readonly first: Uint8Array;
}

/** A place in the patterns of a rule: which words and which rules may come next, and what is meant when it may end here. */
export interface Node {
  readonly id: number;
  readonly words: Map<number, Step[]>;
  readonly rules: RuleStep[];
  ending?: Ending;
}

interface Step {
  readonly next: Node;
  /** The name of the slot; a word of the pattern itself has none. */
  readonly name?: string;
}

interface RuleStep {
  readonly rule: number;
  readonly next: Node;
  readonly name: string;
}

/** The end of a pattern, and the place of the pattern among those of its rule. */
export interface Ending {
  readonly order: number;
  readonly read: (slots: Readonly<Record<string, unknown>>) => unknown;
}

/** What a spelling can be: words of patterns and of kinds. */
export interface Spelled {
  readonly symbol: number;
  readonly meaning: unknown;
}

/** A language made ready. Words of patterns, kinds of words and rules are numbers in it. */
export interface Grammar {
  readonly rules: readonly Rule[];
  readonly spellings: ReadonlyMap<string, readonly Spelled[]>;
  /** The lengths that spellings have, by their first character, long ones first: only those are looked up. */
  readonly lengths: ReadonlyMap<string, readonly number[]>;
  readonly symbols: ReadonlyMap<string, number>;
  /** The symbols of the words that stand in patterns. */
  readonly literals: ReadonlyMap<string, number>;
  readonly ruleNumbers: ReadonlyMap<string, number>;
}

/** Makes a grammar of words and patterns; `scanned` are kinds of words without a list, `literals` words that no pattern has. */
export const grammarOf = (
  words: Vocabulary,
  patterns: Patterns,
  scanned: readonly string[],
  literals: readonly string[],
): Grammar => {
  const symbols = new Map<string, number>();
  const literalSymbols = new Map<string, number>();
  const spellings = new Map<string, Spelled[]>();
  for (const [kind, spelled] of Object.entries(words)) {
    const symbol = symbolOf(kind);
    for (const [spelling, meaning] of Object.entries(spelled)) spell(spelling, { symbol, meaning });
  }
  for (const kind of scanned) symbolOf(kind);
  for (const text of literals) literalOf(text);
  const planted = new Map<string, readonly Node[]>();
  const names = Object.keys(patterns) as (keyof Meanings)[];
  const ruleNumbers = new Map<string, number>(names.map((name, number) => [name, number]));
  const starts = names.map((name) => {
    const start = newNode();
    patterns[name]!.forEach(({ pattern, read }, order) => {
      for (const end of plant(partsOf(pattern), [start])) {
        if (end === start) throw new Error(`Pattern ${JSON.stringify(pattern)} can be empty`);
        end.ending ??= { order, read: read as Ending["read"] };
      }
    });
    return start;
  });
  const first = firstWords(starts, symbols.size);
  return {
    rules: names.map((name, i) => ({ name, start: starts[i]!, first: first[i]! })),
    spellings,
    lengths: lengthsOf(spellings.keys()),
    symbols,
    literals: literalSymbols,
    ruleNumbers,
  };

  function symbolOf(name: string): number {
    const known = symbols.get(name);
    if (known !== undefined) return known;
    symbols.set(name, symbols.size);
    return symbols.size - 1;
  }

  function spell(spelling: string, word: Spelled): void {
    const known = spellings.get(spelling);
    if (known) known.push(word);
    else spellings.set(spelling, [word]);
  }

  function literalOf(text: string): number {
    const known = literalSymbols.get(text);
    if (known !== undefined) return known;
    const symbol = symbolOf(`'${text}`);
    literalSymbols.set(text, symbol);
    spell(text, { symbol, meaning: true });
    return symbol;
  }

  /** Sets parts in a row behind some nodes, the last one in front of `end`. Gives the nodes at which the row may be over. */
  function plant(parts: readonly Part[], from: readonly Node[], end?: Node): readonly Node[] {
    let nodes = from;
    parts.forEach((part, i) => {
      const ends = plantOne(part, nodes, i === parts.length - 1 ? end : undefined);
      nodes = part.mayBeLeftOut ? [...nodes, ...ends] : ends;
    });
    return nodes;
  }

  /** Patterns that begin alike share their beginning, so that it is walked once. */
  function plantOne(part: Part, from: readonly Node[], end: Node | undefined): readonly Node[] {
    const key = end ? "" : from.map(({ id }) => id) + JSON.stringify(part);
    const ends = (!end && planted.get(key)) || plantNew(part, from, end ?? newNode());
    if (!end) planted.set(key, ends);
    return ends;
  }

  function plantNew(part: Part, from: readonly Node[], next: Node): readonly Node[] {
    if (part.kind === "choice") return [...new Set(part.of.flatMap((row) => plant(row, from, next)))];
    const rule = part.kind === "slot" ? ruleNumbers.get(part.of) : undefined;
    for (const node of from) {
      if (part.kind === "word") addStep(node, literalOf(part.text), { next });
      else if (rule !== undefined) node.rules.push({ rule, next, name: part.name });
      else addStep(node, kindOf(part.of), { next, name: part.name });
    }
    return [next];
  }

  function kindOf(name: string): number {
    const symbol = symbols.get(name);
    if (symbol === undefined) throw new Error(`No rule and no kind of word is called ${name}`);
    return symbol;
  }
};

const lengthsOf = (spellings: Iterable<string>): ReadonlyMap<string, readonly number[]> => {
  const lengths = new Map<string, Set<number>>();
  for (const spelling of spellings) {
    const known = lengths.get(spelling[0]!);
    if (known) known.add(spelling.length);
    else lengths.set(spelling[0]!, new Set([spelling.length]));
  }
  return new Map([...lengths].map(([first, all]) => [first, [...all].sort((a, b) => b - a)]));
};

const newNode = (): Node => ({ id: nodes++, words: new Map(), rules: [] });
let nodes = 0;

const addStep = (node: Node, symbol: number, step: Step): void => {
  const known = node.words.get(symbol);
  if (known) known.push(step);
  else node.words.set(symbol, [step]);
};

/** Which words can begin each rule: its own first words, and those of the rules that begin it. */
const firstWords = (starts: readonly Node[], symbolCount: number): readonly Uint8Array[] =>
  starts.map((start) => {
    const first = new Uint8Array(symbolCount);
    const seen = new Set<Node>();
    const visit = (node: Node): void => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const symbol of node.words.keys()) first[symbol] = 1;
      for (const { rule } of node.rules) visit(starts[rule]!);
    };
    visit(start);
    return first;
  });

/** A part of a pattern: a word, a slot for something that is read, or a choice between rows of parts. */
export type Part = { readonly mayBeLeftOut: boolean } & (
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "slot"; readonly name: string; readonly of: string }
  | { readonly kind: "choice"; readonly of: readonly (readonly Part[])[] }
);

/** Takes a pattern apart: `every (single|other)? {n:count}` is a word, a choice that may be left out, and a slot called n. */
export const partsOf = (pattern: string): readonly Part[] => {
  const signs = pattern.match(/\\.|\{[^}]*\}|[()|?]|[^\s()|?{}\\]+/g) ?? [];
  let at = 0;
  const parts = row();
  if (at < signs.length) throw new Error(`Pattern ${JSON.stringify(pattern)} cannot be read`);
  return parts;

  function row(): readonly Part[] {
    const parts: Part[] = [];
    while (at < signs.length && signs[at] !== "|" && signs[at] !== ")") parts.push(part());
    return parts;
  }

  function part(): Part {
    const sign = signs[at++]!;
    if (sign === "(") {
      const of = [row()];
      while (signs[at] === "|") {
        at++;
        of.push(row());
      }
      at++;
      return { kind: "choice", of, mayBeLeftOut: isLeftOut() };
    }
    if (sign.startsWith("{")) {
      const [name, of = name] = sign.slice(1, -1).split(":") as [string, string?];
      return { kind: "slot", name, of, mayBeLeftOut: isLeftOut() };
    }
    return { kind: "word", text: sign.startsWith("\\") ? sign.slice(1) : sign, mayBeLeftOut: isLeftOut() };
  }

  function isLeftOut(): boolean {
    if (signs[at] !== "?") return false;
    at++;
    return true;
  }
};
