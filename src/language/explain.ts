import { distance, nearest } from "../errors.ts";
import type { Texts } from "../text/en.ts";
import type { Kinds, Meanings } from "./clauses.ts";
import { Mistake } from "./errors.ts";
import type { Grammar, Node } from "./parser.ts";
import { clauseRules, type Language, type Parse, visitor } from "./parser.ts";

/** Why a text could not be read to its end: a mistake in what was understood, or the word at which understanding ended. */
export const explainFailure = (parse: Parse, language: Language, isLedIn = false): Mistake => {
  const { text, mistake, farthest: at } = parse;
  if (mistake && mistake.end + oneWord >= at) return mistake;
  const nodes = [...new Set(parse.lookedAt)];
  const accepted = expected(nodes);
  if (at >= text.length)
    return new Mistake("unfinished", accepted).at({ start: text.length, end: text.length });
  const isVague = parse.words(at).some(({ kind }) => kind === "vague");
  const end = endOfWord(text, at);
  const unsupported = language.unsupported.find(([shape]) => shape.test(text));
  if (unsupported) {
    const [shape, accepted] = unsupported;
    const found = shape.exec(text)!;
    const end = endOfWord(text, found.index + found[0].length - 1);
    return new Mistake("unsupported", accepted).at({ start: found.index, end });
  }
  if (
    // Behind complete clauses; or behind a lead-in such as "remind me", which leaves none.
    (isLedIn || nodes.includes(undefined)) &&
    language.task.shape.test(text.slice(at - 3, at) === "to " ? text.slice(at - 3) : text.slice(at))
  )
    return new Mistake("phrase", language.task.accepted).at({ start: at, end: text.length });
  if (isVague) return new Mistake("vague", (t) => t.exact).at({ start: at, end });
  const word = nearestWord(text, at, end, nodes, language.grammar);
  // In Chinese, where no blank ends a word, the mistake is as long as what was meant.
  const isChinese = word !== undefined && !/[a-z]/i.test(word);
  return new Mistake("phrase", accepted, word, { start: at, end: isChinese ? at + chineseWord : end });
};

/** Other readings may stumble a short word farther on ("the 7th sunday of" …); the mistake tells more. */
const oneWord = 3;

const wordShape = /[a-z']+(?:-[a-z']+)*|\d+|./suy;

const endOfWord = (text: string, at: number): number => {
  wordShape.lastIndex = at;
  return at + (wordShape.exec(text)?.[0].length ?? 1);
};

/** How the kinds of words and rules are named in messages, where their own name is not the one there. */
const namedAs: Partial<Record<keyof Kinds | keyof Meanings, keyof Texts["phrases"]["kinds"]>> = {
  unitSign: "unit",
  count: "number",
  face: "clock",
  hour: "clock",
  clocks: "clock",
  openClocks: "clock",
  windows: "window",
  minute: "minutes",
  weekdays: "weekday",
  weekdayRange: "weekday",
  months: "month",
  nths: "nth",
  monthDays: "monthDay",
  dateDay: "monthDay",
  dateDays: "monthDay",
  someDays: "monthDay",
  which: "monthDay",
  dates: "date",
  thatDay: "day",
  zone: "inZone",
  exclusions: "exclusion",
};

/** What could have stood there, at most eight things. */
const expected =
  (nodes: readonly (Node | undefined)[]) =>
  (t: Texts["phrases"]): string => {
    const kinds = new Set<string>();
    const words = new Set<string>();
    const nameOf = (name: string): string | undefined =>
      (t.kinds as Record<string, string>)[namedAs[name as keyof Kinds] ?? name];
    const visit = visitor(
      (node) => {
        for (const kind of node.words.keys()) {
          const known = nameOf(kind);
          if (known) kinds.add(known);
          else if (plainWords.has(kind)) words.add(t.oneOf([kind.slice(1)]));
        }
      },
      (name) => {
        const known = nameOf(name);
        if (known) kinds.add(known);
        return known === undefined;
      },
    );
    for (const node of nodes) {
      if (node) visit(node);
      else for (const rule of clauseRules) kinds.add(nameOf(rule) ?? "");
    }
    kinds.delete("");
    return t.listOf([...(kinds.size > 0 ? kinds : words)].slice(0, 8));
  };

/** Words of the patterns that tell a reader something. */
const plainWords: ReadonlySet<string> = new Set(
  ["and", "or", "to", "until", "at", "times", "minutes", "hours", "month", "和", "到", "点", "号", "次"].map(
    (word) => `'${word}`,
  ),
);

/** The word nearest to the one that stands there, of all that were possible there. */
const nearestWord = (
  text: string,
  at: number,
  end: number,
  nodes: readonly (Node | undefined)[],
  grammar: Grammar,
): string | undefined => {
  const kinds = new Set<string>();
  const visit = visitor(({ words }) => {
    for (const kind of words.keys()) kinds.add(kind);
  });
  for (const node of nodes) if (node) visit(node);
  if (nodes.includes(undefined))
    for (const { name, start } of grammar.rules.values()) if (isClauseRule(name)) visit(start);
  const candidates = spelledWords(grammar, kinds);
  const isLetters = /[a-z]/.test(text[at]!);
  const given = isLetters ? text.slice(at, end) : text.slice(at, at + chineseWord);
  // Of shorter words nobody can say what was meant: run is not sun, 日出 is not 日本.
  if (given.length < (isLetters ? 4 : chineseWord) || (!isLetters && /[\x20-\x7f]/.test(given)))
    return undefined;
  // The first character of a Chinese word is what it is found by.
  const close = candidates.filter(
    (word) => isLetters || (word.length === chineseWord && word[0] === given[0]),
  );
  const word = nearest(given, close);
  const far = word === undefined ? Infinity : distance(given, word);
  const meant = far > 1 ? (twoWords(given, grammar) ?? word) : word;
  if (meant === undefined || meant === given) return undefined;
  const isClear =
    meant !== word || close.every((other) => distance(given, other) > far || means(other) === means(meant));
  return isClear ? JSON.stringify(meant) : undefined;

  function means(spelling: string): string {
    return JSON.stringify(grammar.spellings.get(spelling));
  }
};

/** "lastfriday": a blank is missing, and there is one place for it. */
const twoWords = (given: string, { spellings }: Grammar): string | undefined => {
  const splits = Array.from({ length: Math.max(0, given.length - 3) }, (_, i) => i + 2)
    .map((at) => [given.slice(0, at), given.slice(at)])
    .filter((both) => both.every((word) => spellings.has(word)));
  return splits.length === 1 ? splits[0]!.join(" ") : undefined;
};

/** Only words of this length are suggested in Chinese. */
const chineseWord = 3;

const isClauseRule = (name: keyof Meanings): boolean => (clauseRules as readonly string[]).includes(name);

const spelledWords = ({ spellings }: Grammar, kinds: ReadonlySet<string>): readonly string[] =>
  [...spellings].flatMap(([spelling, words]) =>
    spelling.length > 1 && words.some(({ kind }) => kinds.has(kind)) ? [spelling] : [],
  );
