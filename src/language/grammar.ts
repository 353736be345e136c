import type { Kinds, Meanings } from "./meaning.ts";
import type { Mistake } from "./mistake.ts";
import { type Part, sequencesOf } from "./pattern.ts";

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
  readonly read: (said: never) => T | Mistake | undefined;
}

/** Every rule of a language with the ways to say it, the preferred ones first. */
export type Patterns = { readonly [Rule in keyof Meanings]: readonly Saying<Meanings[Rule]>[] };

/** The words of each kind. */
export type Words = { readonly [Kind in keyof Kinds]?: Readonly<Record<string, Kinds[Kind]>> };

type Known = Kinds & Meanings;
type NameIn<Slot> = Slot extends `${infer Name}:${string}` ? Name : Slot;
type MeaningIn<Slot> = (Slot extends `${string}:${infer Rule}` ? Rule : Slot) extends infer Rule
  ? Rule extends keyof Known
    ? Known[Rule]
    : never
  : never;

/** What the slots of a pattern hold, by name. */
export type Said<Pattern extends string> = Pattern extends `${string}{${infer Slot}}${infer Rest}`
  ? (Rest extends `?${string}`
      ? { readonly [Name in NameIn<Slot> & string]: MeaningIn<Slot> | undefined }
      : { readonly [Name in NameIn<Slot> & string]: MeaningIn<Slot> }) &
      Said<Rest>
  : unknown;

/** Joins a pattern and its meaning. */
export const say = <const Pattern extends string, Meaning>(
  pattern: Pattern,
  read: (said: Said<Pattern>) => Meaning,
): Saying<Exclude<Meaning, Mistake | undefined>> =>
  ({ pattern, read }) as Saying<Exclude<Meaning, Mistake | undefined>>;

/** A rule made ready: all its patterns in one tree, so that what begins alike is read once. */
export interface Rule {
  readonly name: keyof Meanings;
  readonly start: Node;
  /** Which words can begin it, by symbol. */
  readonly first: Uint8Array;
}

/** A place in a rule: which words and which rules may come next, and what has been said when it may end here. */
export interface Node {
  readonly words: Map<number, Step>;
  readonly rules: Map<number, Node>;
  readonly endings: Ending[];
}

interface Step {
  readonly next: Node;
  /** A word of a kind has a meaning that is kept; a word of the pattern itself has none. */
  readonly isKept: boolean;
}

interface Ending {
  readonly order: number;
  readonly names: readonly string[];
  readonly read: (said: Record<string, unknown>) => unknown;
}

/** The words of a language as a tree of letters. */
export interface Letters {
  readonly next: Map<number, Letters>;
  readonly words: { readonly symbol: number; readonly meaning: unknown }[];
}

export interface Grammar {
  readonly rules: readonly Rule[];
  readonly letters: Letters;
  /** Words and kinds of words are numbered; so are rules. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly ruleNumbers: ReadonlyMap<string, number>;
}

/** Makes a grammar of words and patterns. */
export const grammarOf = (
  words: Words,
  patterns: Patterns,
  scanned: readonly string[],
  literals: readonly string[],
): Grammar => {
  const symbols = new Map<string, number>();
  const letters: Letters = { next: new Map(), words: [] };
  const symbolOf = (name: string): number => {
    if (!symbols.has(name)) symbols.set(name, symbols.size);
    return symbols.get(name)!;
  };
  for (const [kind, spellings] of Object.entries(words)) {
    const symbol = symbolOf(kind);
    for (const [spelling, meaning] of Object.entries(spellings))
      letterAt(letters, spelling).words.push({ symbol, meaning });
  }
  for (const kind of scanned) symbolOf(kind);
  for (const text of literals) literalOf(text);
  const names = Object.keys(patterns) as (keyof Meanings)[];
  const ruleNumbers = new Map<string, number>(names.map((name, number) => [name, number]));
  const starts = names.map((name) => {
    const start = newNode();
    patterns[name].forEach((saying, order) => {
      for (const sequence of sequencesOf(saying.pattern))
        plant(start, sequence, { order, names: namesIn(sequence), read: saying.read as Ending["read"] });
    });
    return start;
  });
  return {
    rules: firstWords(starts, () => symbols.size).map((first, i) => ({
      name: names[i]!,
      start: starts[i]!,
      first,
    })),
    letters,
    symbols,
    ruleNumbers,
  };

  function plant(start: Node, sequence: readonly Part[], ending: Ending): void {
    let node = start;
    for (const part of sequence)
      node = part.kind === "word" ? wordAfter(node, part.text) : slotAfter(node, part.of);
    node.endings.push(ending);
  }

  function wordAfter(node: Node, text: string): Node {
    return stepAfter(node, literalOf(text), false);
  }

  function literalOf(text: string): number {
    const name = `'${text}`;
    if (!symbols.has(name)) letterAt(letters, text).words.push({ symbol: symbolOf(name), meaning: true });
    return symbolOf(name);
  }

  function slotAfter(node: Node, of: string): Node {
    const rule = ruleNumbers.get(of);
    if (rule === undefined) {
      if (!symbols.has(of)) throw new Error(`No rule and no kind of word is called ${of}`);
      return stepAfter(node, symbolOf(of), true);
    }
    const next = node.rules.get(rule) ?? newNode();
    node.rules.set(rule, next);
    return next;
  }
};

const newNode = (): Node => ({ words: new Map(), rules: new Map(), endings: [] });

const stepAfter = (node: Node, symbol: number, isKept: boolean): Node => {
  const known = node.words.get(symbol);
  if (known) return known.next;
  const next = newNode();
  node.words.set(symbol, { next, isKept });
  return next;
};

const namesIn = (sequence: readonly Part[]): readonly string[] =>
  sequence.flatMap((part) => (part.kind === "slot" ? [part.name] : []));

const letterAt = (letters: Letters, spelling: string): Letters => {
  let node = letters;
  for (let at = 0; at < spelling.length; at++) {
    const code = spelling.charCodeAt(at);
    const next = node.next.get(code) ?? { next: new Map(), words: [] };
    node.next.set(code, next);
    node = next;
  }
  return node;
};

/** Which words can begin each rule: its own first words, and those of the rules that begin it, until nothing is added. */
const firstWords = (starts: readonly Node[], symbolCount: () => number): readonly Uint8Array[] => {
  const first = starts.map(() => new Uint8Array(symbolCount()));
  for (let grows = true; grows; ) {
    grows = false;
    starts.forEach((start, rule) => {
      const add = (symbol: number) => {
        if (first[rule]![symbol]) return;
        first[rule]![symbol] = 1;
        grows = true;
      };
      for (const symbol of start.words.keys()) add(symbol);
      for (const inner of start.rules.keys()) {
        first[inner]!.forEach((is, symbol) => {
          if (is) add(symbol);
        });
      }
    });
  }
  return first;
};
