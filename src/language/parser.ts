import type { ClauseRule, Kinds, Meanings } from "./clauses.ts";
import { Mistake } from "./errors.ts";
import type { Scan } from "./lexer.ts";

/** A language as a table: its words, and how it puts them together. */
export interface LanguageTable {
  readonly speaks: (text: string) => boolean;
  /** Made when they are first needed: a table takes 2 ms, and most scripts say nothing in one of the languages, or in any. */
  readonly words: () => Vocabulary;
  readonly patterns: Patterns;
  readonly scan: Scan;
  /** Words between clauses that add nothing. */
  readonly fillers: readonly string[];
  readonly joiners: readonly string[];
  /** What `every(…)` and `on(…)` put in front. */
  readonly every: string;
  readonly on: string;
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

export interface Language extends LanguageTable {
  readonly grammar: Grammar;
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
  let made: Grammar | undefined;
  const grammar = () => {
    made ??= grammarOf(table);
    return made;
  };
  return {
    ...table,
    get grammar() {
      return grammar();
    },
    parse: (text) => new Parse(grammar(), table, text),
  };
};

/** Something that was read: its meaning, and where the next word begins. */
export interface Read<T = unknown> {
  readonly meaning: T;
  readonly end: number;
}

/** A word at a place of the text. One stretch of text can be several words of several kinds. */
export interface Word extends Spelled {
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
  /** Where words stand that are no ordinals. */
  readonly #units: ReadonlySet<number>;
  readonly #words: (readonly Word[])[] = [];
  /** By place, then by rule. */
  readonly #reads: (readonly Read[] | undefined)[][] = [];

  constructor(grammar: Grammar, { scan, unitOnly }: Pick<LanguageTable, "scan" | "unitOnly">, text: string) {
    this.text = text;
    this.#grammar = grammar;
    this.#scan = scan;
    this.#units = new Set(unitOnly && [...text.matchAll(unitOnly)].map(({ index }) => index));
  }

  /** What a rule reads at a place, the longest reading first, each of another length. */
  read<R extends keyof Meanings>(name: R, at: number): readonly Read<Meanings[R]>[] {
    const rule = this.#grammar.rules.get(name);
    return rule ? (this.#read(rule, at) as readonly Read<Meanings[R]>[]) : [];
  }

  startOf(rule: keyof Meanings): Node | undefined {
    return this.#grammar.rules.get(rule)?.start;
  }

  literal(text: string, at: number): number | undefined {
    const kind = literal(text);
    return this.words(at).find((word) => word.kind === kind)?.end;
  }

  /** The words at a place, long ones first. */
  words(at: number): readonly Word[] {
    this.#words[at] ??= this.#wordsAt(at);
    return this.#words[at];
  }

  #wordsAt(at: number): readonly Word[] {
    const { text } = this;
    const { spellings, lengths } = this.#grammar;
    const found: Word[] = [];
    const add = ({ kind, meaning }: Spelled, end: number): void => {
      found.push({ kind, meaning, end: text.charCodeAt(end) === blank ? end + 1 : end });
    };
    for (const length of lengths.get(text[at]!) ?? none) {
      const end = at + length;
      if (end > text.length || (isLetter(text.charCodeAt(end - 1)) && isLetter(text.charCodeAt(end))))
        continue;
      for (const word of spellings.get(text.slice(at, end)) ?? none)
        if (word.kind !== "ordinal" || !this.#units.has(at)) add(word, end);
    }
    for (const word of this.#scan(text, at)) add(word, word.end);
    return found;
  }

  #read(rule: Rule, at: number): readonly Read[] {
    this.#reads[at] ??= this.#unread(at);
    const reads = this.#reads[at];
    const known = reads[rule.number];
    if (known) return known;
    reads[rule.number] = none;
    const found = this.#along(rule.start, at);
    reads[rule.number] = found;
    return found;
  }

  /** Rules that no word at a place can begin read nothing there. */
  #unread(at: number): (readonly Read[] | undefined)[] {
    const reads = new Array<readonly Read[] | undefined>(this.#grammar.rules.size).fill(none);
    for (const { kind } of this.words(at))
      for (const number of this.#grammar.begunBy.get(kind) ?? none) reads[number] = undefined;
    return reads;
  }

  /** Walks the patterns of a rule, and gives what it reads, long readings first; of two patterns for one stretch the first counts, also where it is ambiguous. */
  #along(start: Node, from: number): readonly Read[] {
    const reached: Reached[] = [];
    this.#walk(start, from, undefined, reached);
    if (reached.length === 0) return none;
    if (reached.length > 1) reached.sort((a, b) => a.ending.order - b.ending.order);
    const found: Read[] = [];
    const unclear: number[] = [];
    for (const { ending, end, slots } of reached) {
      if (unclear.includes(end) || found.some((read) => read.end === end)) continue;
      try {
        const meaning = ending.read(recordOf(slots));
        if (meaning !== undefined) found.push({ meaning, end });
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        this.#blame(error.at({ start: from, end }));
        if (error.code === "ambiguous") unclear.push(end);
      }
    }
    if (found.length < 2) return found;
    found.sort((a, b) => b.end - a.end);
    return found.length > mostKept ? found.toSpliced(mostKept - 1, found.length - mostKept) : found;
  }

  #walk(node: Node, at: number, slots: Slot | undefined, reached: Reached[]): void {
    if (node.words.size > 0) {
      for (const word of this.words(at)) {
        for (const { next, name } of node.words.get(word.kind) ?? none) {
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

const none: readonly never[] = [];
const blank = 32;
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

export type Vocabulary = { readonly [Kind in keyof Kinds]?: Readonly<Record<string, Kinds[Kind]>> };

type Known = Kinds & Meanings;
type NameIn<Slot> = Slot extends `${infer Name}:${string}` ? Name : Slot;
type MeaningIn<Slot> = (Slot extends `${string}:${infer Rule}` ? Rule : Slot) extends infer Rule
  ? Rule extends keyof Known
    ? Known[Rule]
    : never
  : never;

export type Slots<Pattern extends string> = Pattern extends `${string}{${infer Slot}}${infer Rest}`
  ? (Rest extends `?${string}`
      ? { readonly [Name in NameIn<Slot> & string]: MeaningIn<Slot> | undefined }
      : { readonly [Name in NameIn<Slot> & string]: MeaningIn<Slot> }) &
      Slots<Rest>
  : unknown;

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
  return [{ pattern: `{one:${entry}} (${between} {more:${rule}})?`, read: all }];
};

export interface Rule {
  readonly name: keyof Meanings;
  readonly number: number;
  readonly start: Node;
}

/** A place in the patterns of a rule: which words and which rules may come next, and what is meant when it may end here. */
export interface Node {
  readonly words: Map<string, Step[]>;
  readonly rules: (Step & { readonly rule: Rule; readonly name: string })[];
  ending?: Ending;
}

interface Step {
  readonly next: Node;
  /** The name of the slot; a word of the pattern itself has none. */
  readonly name: string | undefined;
}

export interface Ending {
  readonly order: number;
  readonly read: (slots: Readonly<Record<string, unknown>>) => unknown;
}

/** What a spelling can be: a word of a kind, or a word of patterns. */
export interface Spelled {
  readonly kind: string;
  readonly meaning: unknown;
}

const literal = (text: string): string => `'${text}`;

export interface Grammar {
  readonly rules: ReadonlyMap<string, Rule>;
  /** The numbers of the rules that a word of a kind can begin. */
  readonly begunBy: ReadonlyMap<string, readonly number[]>;
  readonly spellings: ReadonlyMap<string, readonly Spelled[]>;
  /** The lengths that spellings have, by their first character, long ones first: only those are looked up. */
  readonly lengths: ReadonlyMap<string, readonly number[]>;
  /** Kinds of words between clauses that add nothing, and that join schedules. */
  readonly fillers: ReadonlySet<string>;
  readonly joiners: ReadonlySet<string>;
}

const newNode = (): Node => ({ words: new Map(), rules: [] });

const grammarOf = ({ words, patterns, fillers, joiners }: LanguageTable): Grammar => {
  const spellings = new Map<string, Spelled[]>();
  const known = new Set<string>();
  for (const [kind, spelled] of Object.entries(words()))
    for (const [spelling, meaning] of Object.entries(spelled)) spell(spelling, { kind, meaning });
  const literals = (texts: readonly string[]) => new Set(texts.map(literalOf));
  const rules = new Map<string, Rule>(
    (Object.keys(patterns) as (keyof Meanings)[]).map((name, number) => [
      name,
      { name, number, start: newNode() },
    ]),
  );
  const ids = new Map<Node, number>();
  const planted = new Map<string, readonly Node[]>();
  for (const { name, start } of rules.values())
    patterns[name]!.forEach(({ pattern, read }, order) => {
      for (const end of plant(pattern, [start])) {
        if (end === start) throw new Error(`Pattern ${JSON.stringify(pattern)} can be empty`);
        end.ending ??= { order, read: read as Ending["read"] };
      }
    });
  const begunBy = new Map<string, number[]>();
  for (const { start, number } of rules.values()) {
    const first = new Set<string>();
    visitor(({ words }) => {
      for (const kind of words.keys()) first.add(kind);
    })(start);
    for (const kind of first) begunBy.set(kind, [...(begunBy.get(kind) ?? none), number]);
  }
  const ready = { fillers: literals(fillers), joiners: literals([...joiners, ","]) };
  for (const sign of "()") literalOf(sign);
  return { rules, begunBy, spellings, lengths: lengthsOf(spellings.keys()), ...ready };

  function spell(spelling: string, word: Spelled): void {
    const words = spellings.get(spelling);
    if (words) words.push(word);
    else spellings.set(spelling, [word]);
  }

  function literalOf(text: string): string {
    const kind = literal(text);
    if (!known.has(kind)) spell(text, { kind, meaning: true });
    known.add(kind);
    return kind;
  }

  /** Sets the parts of a pattern in a row behind some nodes, the last one in front of `end`. Gives the nodes at which the row may be over. */
  function plant(pattern: string, from: readonly Node[], end?: Node): readonly Node[] {
    let nodes = from;
    splitOutside(pattern, " ").forEach((part, i, { length }) => {
      const ends = plantOne(part, nodes, i === length - 1 ? end : undefined);
      nodes = part.endsWith("?") ? [...nodes, ...ends] : ends;
    });
    return nodes;
  }

  /** Patterns that begin alike share their beginning, so that it is walked once. */
  function plantOne(part: string, from: readonly Node[], end: Node | undefined): readonly Node[] {
    const core = part.replace(/\?$/, "");
    if (end) return plantNew(core, from, end);
    const key = `${from.map(idOf)} ${part}`;
    const ends = planted.get(key) ?? plantNew(core, from, newNode());
    planted.set(key, ends);
    return ends;
  }

  function idOf(node: Node): number {
    const id = ids.get(node) ?? ids.size;
    ids.set(node, id);
    return id;
  }

  function plantNew(part: string, from: readonly Node[], next: Node): readonly Node[] {
    if (part.startsWith("("))
      return [...new Set(splitOutside(part.slice(1, -1), "|").flatMap((row) => plant(row, from, next)))];
    const [name, of = name] = part.startsWith("{") ? (part.slice(1, -1).split(":") as [string, string?]) : [];
    const rule = rules.get(of ?? "");
    const kind = of ?? literalOf(part.replace(/^\\/, ""));
    for (const node of from) {
      const steps = node.words.get(kind) ?? [];
      if (rule) node.rules.push({ rule, next, name: name! });
      else node.words.set(kind, [...steps, { next, name }]);
    }
    return [next];
  }
};

/** Goes through what may come at a place, into the rules that may. */
export const visitor = (
  look: (node: Node) => void,
  entersRule: (name: keyof Meanings) => boolean = () => true,
): ((node: Node) => void) => {
  const seen = new Set<Node>();
  return function visit(node) {
    if (seen.has(node)) return;
    seen.add(node);
    look(node);
    for (const { rule } of node.rules) if (entersRule(rule.name)) visit(rule.start);
  };
};

const lengthsOf = (spellings: Iterable<string>): ReadonlyMap<string, readonly number[]> => {
  const lengths = new Map<string, number[]>();
  for (const { 0: first = "", length } of spellings) {
    const known = lengths.get(first);
    if (!known) lengths.set(first, [length]);
    else if (!known.includes(length)) known.push(length);
  }
  for (const all of lengths.values()) all.sort((a, b) => b - a);
  return lengths;
};

/** Takes a pattern apart where a sign stands outside parentheses: `every (single|other)? {n:count}` has three parts at blanks. */
const splitOutside = (pattern: string, sign: string): readonly string[] => {
  const parts = [""];
  let depth = 0;
  for (const char of pattern.match(/\\.|./g) ?? []) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === sign && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
};
