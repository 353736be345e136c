import type { Located } from "./clause-set.ts";
import type { Clause } from "./clauses.ts";
import { clauseRules, type Language, type Parse, type Read } from "./parser.ts";

/** One schedule: its clauses, and perhaps several schedules in parentheses for which they hold. */
export interface Part {
  readonly clauses: readonly Located[];
  readonly group?: readonly Part[];
}

/**
 * Tries the ways in which a text falls into clauses and schedules, the preferred ones first: few schedules before many, long clauses before
 * short ones.
 *
 *     every monday at 9  and  (every tuesday  and  every friday at 10) until june 1
 *     └ clause ────┘└ clause┘        └ a part of the group ┘           └ clause ──┘
 *     └ part ──────────────┘       └ part ───────────────────────────────────────┘
 *
 * @param accept is given each way that reaches the end of the text, until it is content with one
 */
export const tryPaths = (
  parse: Parse,
  language: Language,
  accept: (parts: readonly Part[]) => boolean,
): void => {
  const paths = new Paths(parse, language, accept);
  if (paths.with(0)) return;
  for (let joins = Math.max(1, paths.fewestJoins()); joins <= mostJoins; joins++)
    if (paths.with(joins)) return;
};

/** So many ways are tried, then it is given up; so many schedules may stand beside each other, so deep in parentheses. */
const mostTried = 64;
const mostJoins = 24;
const deepest = 6;

/** Clauses that were read together. */
type ClauseGroup = Read<readonly Clause[]>;

/** Where in a text, how deep in parentheses, with how many joins still to come. */
interface Place {
  readonly at: number;
  readonly depth: number;
  readonly joins: number;
}

type Then<T> = (found: T, at: number, joins: number) => boolean;

class Paths {
  readonly #parse: Parse;
  readonly #fillers: ReadonlySet<number>;
  readonly #hasLeftOut: boolean;
  readonly #joinerSymbols: ReadonlySet<number>;
  readonly #accept: (parts: readonly Part[]) => boolean;
  readonly #groups: (readonly ClauseGroup[])[] = [];
  readonly #groupsAfterComma: (readonly ClauseGroup[])[] = [];
  readonly #joiners: (readonly number[])[] = [];
  readonly #skipped: number[] = [];
  /** Places from which no way reaches the end. */
  readonly #dead = new Set<number>();
  #tried = 0;
  #wantsJoins = false;

  constructor(parse: Parse, language: Language, accept: (parts: readonly Part[]) => boolean) {
    this.#parse = parse;
    this.#hasLeftOut = language.leftOut?.test(parse.text) === true;
    this.#fillers = language.fillerSymbols;
    this.#joinerSymbols = language.joinerSymbols;
    this.#accept = accept;
  }

  /**
   * With how many joins at least the end can be reached, whatever stands in parentheses: so that a phrase of twelve schedules is not tried with one
   * join, with two, with three.
   */
  fewestJoins(): number {
    let places: ReadonlySet<number> = new Set([0]);
    for (let joins = 0; places.size > 0; joins++) {
      const reached = this.#reachedFrom(places);
      if (reached.has(this.#parse.text.length)) return joins;
      places = new Set([...reached].flatMap((at) => this.#joinersAt(at)));
    }
    return Infinity;
  }

  /** The places that clauses in a row lead to. */
  #reachedFrom(places: ReadonlySet<number>): ReadonlySet<number> {
    const reached = new Set<number>();
    const visit = (at: number): void => {
      const end = this.#skip(at);
      if (reached.has(end)) return;
      reached.add(end);
      this.#parse.lookedFor(undefined, end);
      for (const group of this.#groupsAt(end, false)) visit(group.end);
      for (const sign of [",", "(", ")"]) {
        const next = this.#parse.literal(sign, end);
        if (next !== undefined) visit(next);
      }
    };
    for (const at of places) visit(at);
    return reached;
  }

  /** Tries the ways with exactly so many joins. True when one is accepted, or when more joins would not help. */
  with(joins: number): boolean {
    this.#wantsJoins = false;
    const isDone = this.#parts({ at: 0, depth: 0, joins }, (found, at, left) => {
      if (at < this.#parse.text.length || left > 0) return false;
      this.#tried++;
      return this.#accept(found) || this.#tried >= mostTried;
    });
    return isDone || !this.#wantsJoins;
  }

  #parts(place: Place, then: Then<readonly Part[]>): boolean {
    const { depth } = place;
    return this.#part(place, { clauses: [] }, (first, at, joins) => {
      if (then([first], at, joins)) return true;
      const joiners = this.#joinersAt(at);
      if (joins === 0) {
        if (joiners.length > 0) this.#wantsJoins = true;
        return false;
      }
      return joiners.some((next) =>
        this.#parts({ at: next, depth, joins: joins - 1 }, (more, last, left) =>
          then([first, ...more], last, left),
        ),
      );
    });
  }

  #part(place: Place, part: Part, then: Then<Part>): boolean {
    const { at, depth, joins } = place;
    const isBegun = part.clauses.length > 0 || part.group !== undefined;
    const key =
      (((at * 8 + depth) * 32 + joins) * 2 + Number(isBegun)) * 2 + Number(part.group !== undefined);
    if (this.#dead.has(key)) return false;
    const before = this.#tried;
    const end = this.#skip(at);
    const comma = isBegun ? this.#parse.literal(",", end) : undefined;
    const next = { at: comma === undefined ? end : this.#skip(comma), depth, joins };
    const isFound =
      this.#longer(next, comma !== undefined, part, then) || (isBegun && then(part, end, joins));
    if (!isFound && this.#tried === before) this.#dead.add(key);
    return isFound;
  }

  /** Adds a clause, or schedules in parentheses. */
  #longer(place: Place, isApart: boolean, part: Part, then: Then<Part>): boolean {
    const { at, depth, joins } = place;
    this.#parse.lookedFor(undefined, at);
    for (const { meaning, end } of this.#groupsAt(at, isApart)) {
      const added = meaning.map((clause) => ({ clause, start: at, end }));
      const more: Part = { ...part, clauses: [...part.clauses, ...added] };
      if (this.#part({ at: end, depth, joins }, more, then)) return true;
    }
    const inside = part.group || depth >= deepest ? undefined : this.#parse.literal("(", at);
    if (inside === undefined) return false;
    return this.#parts({ at: inside, depth: depth + 1, joins }, (group, end, left) => {
      const outside = this.#parse.literal(")", end);
      return (
        outside !== undefined && this.#part({ at: outside, depth, joins: left }, { ...part, group }, then)
      );
    });
  }

  /**
   * The clauses at a place. Exceptions that are known only by their last word (每年5月除外) are tried last, as their first words mean something
   * else alone; but first where a comma sets them apart.
   */
  #groupsAt(at: number, isApart: boolean): readonly ClauseGroup[] {
    const kept = isApart ? this.#groupsAfterComma : this.#groups;
    kept[at] ??= this.#readGroups(at, isApart);
    return kept[at];
  }

  #readGroups(at: number, isApart: boolean): readonly ClauseGroup[] {
    const leftOut = this.#hasLeftOut ? this.#parse.read("leftOut", at) : [];
    const groups = clauseRules
      .flatMap((rule): readonly ClauseGroup[] => this.#parse.read(rule, at))
      .sort((a, b) => b.end - a.end);
    if (leftOut.length === 0) return groups;
    return isApart ? [...leftOut, ...groups] : [...groups, ...leftOut.toReversed()];
  }

  #joinersAt(at: number): readonly number[] {
    this.#joiners[at] ??= this.#parse
      .words(at)
      .flatMap(({ symbol, end }) => (this.#joinerSymbols.has(symbol) ? end : []));
    return this.#joiners[at];
  }

  /** Goes over words that add nothing. */
  #skip(at: number): number {
    this.#skipped[at] ??= this.#skipFrom(at);
    return this.#skipped[at];
  }

  #skipFrom(at: number): number {
    const filler = this.#parse.words(at).find(({ symbol }) => this.#fillers.has(symbol));
    return filler ? this.#skip(filler.end) : at;
  }
}
