import type { Kinds, Meanings } from "./clauses.ts";
import type { Mistake } from "./errors.ts";

/**
 * One way to say something: words in a row, and what they mean together.
 *
 *     every         this very word                  (each|every)   one of several
 *     single?       may be left out                 {unit}         a word of a kind, or whatever another rule reads
 *     {n:count}     what is read gets the name n    {zone}?        may be left out, and is undefined then
 *
 * What is read may turn out to be wrong all the same: then it is a mistake that points at these words; `undefined` says that this
 * is not how they are meant.
 */
export interface Saying<T> {
  readonly pattern: string;
  readonly read: (slots: never) => T | Mistake | undefined;
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
): Saying<Exclude<Meaning, Mistake | undefined>> =>
  ({ pattern, read }) as Saying<Exclude<Meaning, Mistake | undefined>>;

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
