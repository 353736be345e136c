import type { Grammar, Node } from "./grammar.ts";
import type { Meanings } from "./meaning.ts";
import { Mistake } from "./mistake.ts";
import type { Scan } from "./scan.ts";

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

/** A mistake and the stretch of the text it is about. */
export interface PlacedMistake {
  readonly mistake: Mistake;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads one text by a grammar. What a rule finds at a place is kept, so nothing is read twice, and every reading of a stretch is found:
 * where the longest one leads nowhere the next one is tried.
 */
export class Parse {
  readonly text: string;
  /** The mistake that reaches farthest into the text. */
  mistake: PlacedMistake | undefined;
  /**
   * The farthest place at which a word was looked for, and where in the rules that was; undefined stands for the beginning of a clause. Only
   * where it is asked for.
   */
  farthest: { readonly at: number; readonly nodes: Set<Node | undefined> } | undefined;
  readonly #grammar: Grammar;
  readonly #scan: Scan;
  readonly #words: (readonly Word[])[] = [];
  readonly #reads = new Map<number, readonly Read[]>();

  constructor(grammar: Grammar, scan: Scan, text: string, { explains = false } = {}) {
    this.text = text;
    this.#grammar = grammar;
    this.#scan = scan;
    if (explains) this.farthest = { at: 0, nodes: new Set() };
  }

  /** What a rule reads at a place, the preferred reading first, each of another length. */
  read<R extends keyof Meanings>(rule: R, at: number): readonly Read<Meanings[R]>[] {
    return this.#read(this.#grammar.ruleNumbers.get(rule)!, at) as readonly Read<Meanings[R]>[];
  }

  /** Where in the rules a rule begins. */
  startOf(rule: keyof Meanings): Node {
    return this.#grammar.rules[this.#grammar.ruleNumbers.get(rule)!]!.start;
  }

  /** Where a word of the patterns ends that stands at a place. */
  literal(text: string, at: number): number | undefined {
    const symbol = this.#grammar.symbols.get(`'${text}`);
    return this.words(at).find((word) => word.symbol === symbol)?.end;
  }

  words(at: number): readonly Word[] {
    this.#words[at] ??= this.#wordsAt(at);
    return this.#words[at];
  }

  #wordsAt(at: number): readonly Word[] {
    const found: Word[] = [];
    let letters = this.#grammar.letters;
    for (let end = at; end < this.text.length; ) {
      const next = letters.next.get(this.text.charCodeAt(end++));
      if (!next) break;
      letters = next;
      if (letters.words.length > 0 && isWhole(this.text, end))
        for (const { symbol, meaning } of letters.words)
          found.push({ symbol, meaning, end: this.#skip(end) });
    }
    for (const { kind, meaning, end } of this.#scan(this.text, at)) {
      const symbol = this.#grammar.symbols.get(kind);
      if (symbol !== undefined) found.push({ symbol, meaning, end: this.#skip(end) });
    }
    return found.reverse();
  }

  #skip(at: number): number {
    return this.text[at] === " " ? at + 1 : at;
  }

  #read(rule: number, at: number): readonly Read[] {
    const key = rule * 512 + at;
    const known = this.#reads.get(key);
    if (known) return known;
    const { first, start } = this.#grammar.rules[rule]!;
    let found: readonly Read[] = none;
    if (this.farthest || this.words(at).some(({ symbol }) => first[symbol] === 1)) {
      this.#reads.set(key, none);
      found = this.#along(start, at);
    }
    this.#reads.set(key, found);
    return found;
  }

  /** Walks the tree of a rule, and gives the endings it reaches in the order of their patterns. */
  #along(start: Node, from: number): readonly Read[] {
    const reached: {
      order: number;
      end: number;
      said: readonly unknown[];
      ending: Node["endings"][number];
    }[] = [];
    const said: unknown[] = [];
    const walk = (node: Node, at: number): void => {
      if (this.farthest && node !== start) this.lookedFor(node, at);
      if (node.words.size > 0) {
        for (const word of this.words(at)) {
          const step = node.words.get(word.symbol);
          if (!step) continue;
          if (step.isKept) said.push(word.meaning);
          walk(step.next, word.end);
          if (step.isKept) said.pop();
        }
      }
      for (const [rule, next] of node.rules) {
        for (const { meaning, end } of this.#read(rule, at)) {
          said.push(meaning);
          walk(next, end);
          said.pop();
        }
      }
      for (const ending of node.endings)
        reached.push({ order: ending.order, end: at, said: [...said], ending });
    };
    walk(start, from);
    if (reached.length === 0) return none;
    const found: Read[] = [];
    for (const { end, said, ending } of reached.sort((a, b) => a.order - b.order)) {
      if (found.some((read) => read.end === end)) continue;
      const meaning = ending.read(Object.fromEntries(ending.names.map((name, i) => [name, said[i]])));
      if (meaning instanceof Mistake) this.blame(meaning, from, end);
      else if (meaning !== undefined) found.push({ meaning, end });
    }
    return found;
  }

  blame(mistake: Mistake, start: number, end: number): void {
    if (!this.mistake || end > this.mistake.end) this.mistake = { mistake, start, end };
  }

  /** Notes that words were looked for at a place. */
  lookedFor(node: Node | undefined, at: number): void {
    const { farthest } = this;
    if (!farthest || at < farthest.at) return;
    if (at > farthest.at) this.farthest = { at, nodes: new Set([node]) };
    else farthest.nodes.add(node);
  }
}

const none: readonly Read[] = [];

/** Whether a word of letters really ends where it seems to. */
const isWhole = (text: string, end: number): boolean =>
  !isLetter(text.charCodeAt(end - 1)) || !isLetter(text.charCodeAt(end));

const isLetter = (code: number): boolean => code >= 97 && code <= 122;
