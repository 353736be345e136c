import type { Placed } from "./gathered.ts";
import { clauseRules, type Language } from "./language.ts";
import type { Clause } from "./meaning.ts";
import type { Parse, Read } from "./parse.ts";

/** One schedule: its clauses, and perhaps several schedules in parentheses for which they hold. */
export interface Part {
  readonly clauses: readonly Placed[];
  readonly group?: readonly Part[];
}

/**
 * Tries the ways in which a text falls into clauses and schedules, the preferred ones first: longer readings before shorter ones, one
 * schedule before two.
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
): boolean => {
  const { text } = parse;
  const dead = new Set<number>();
  let reached = 0;
  const clausesAt: (readonly Clump[])[] = [];
  return parts(0, 0, (found, end) => {
    if (end < text.length) return false;
    reached++;
    return accept(found) || reached >= mostTried;
  });

  function parts(at: number, depth: number, then: (parts: readonly Part[], end: number) => boolean): boolean {
    return part(at, depth, { clauses: [] }, (first, end) => {
      if (then([first], end)) return true;
      return joinersAt(end).some((next) => parts(next, depth, (more, last) => then([first, ...more], last)));
    });
  }

  function part(at: number, depth: number, said: Part, then: (part: Part, end: number) => boolean): boolean {
    const isBegun = said.clauses.length > 0 || said.group !== undefined;
    const key = ((at * 8 + depth) * 2 + Number(isBegun)) * 2 + Number(said.group !== undefined);
    if (dead.has(key)) return false;
    const before = reached;
    const goesOn = isBegun ? afterComma(at) : [at];
    const found =
      goesOn.some((start) => longer(skip(start), depth, said, then)) || (isBegun && then(said, skip(at)));
    if (!found && reached === before) dead.add(key);
    return found;
  }

  function longer(
    at: number,
    depth: number,
    said: Part,
    then: (part: Part, end: number) => boolean,
  ): boolean {
    parse.lookedFor(undefined, at);
    for (const { meaning, end } of clauses(at)) {
      const added = meaning.map((clause) => ({ clause, start: at, end }));
      if (part(end, depth, { ...said, clauses: [...said.clauses, ...added] }, then)) return true;
    }
    const inside = said.group || depth >= deepest ? undefined : parse.literal("(", at);
    if (inside === undefined) return false;
    return parts(inside, depth + 1, (group, end) => {
      const outside = parse.literal(")", end);
      return outside !== undefined && part(outside, depth, { ...said, group }, then);
    });
  }

  function clauses(at: number): readonly Clump[] {
    clausesAt[at] ??= clauseRules.flatMap((rule): readonly Clump[] => parse.read(rule, at));
    return clausesAt[at];
  }

  function joinersAt(at: number): readonly number[] {
    return [...language.joiners, ","].flatMap((joiner) => parse.literal(joiner, at) ?? []);
  }

  function afterComma(at: number): readonly number[] {
    const next = parse.literal(",", at);
    return next === undefined ? [at] : [next];
  }

  function skip(at: number): number {
    for (const filler of language.fillers) {
      const next = parse.literal(filler, at);
      if (next !== undefined) return skip(next);
    }
    return at;
  }
};

/** Clauses that were read together. */
type Clump = Read<readonly Clause[]>;

/** So many ways are tried, then it is given up. */
const mostTried = 64;
const deepest = 6;
