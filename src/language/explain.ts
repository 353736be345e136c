import { nearest } from "../errors.ts";
import type { Kinds, Meanings } from "./clauses.ts";
import { Mistake } from "./errors.ts";
import type { Grammar, Node } from "./grammar.ts";
import { clauseRules, type Language, type Parse } from "./parser.ts";

/** Why a text could not be read to its end: a mistake in what was understood, or the word at which understanding ended. */
export const explainFailure = (parse: Parse, language: Language, isLedIn = false): Mistake => {
  const { text, mistake, farthest } = parse;
  const at = farthest?.at ?? 0;
  if (mistake && mistake.end + oneWord >= at) return mistake;
  const nodes = [...(farthest?.nodes ?? [])];
  const accepted = expected(nodes, language.grammar);
  if (at >= text.length)
    return new Mistake("unfinished", accepted).at({ start: text.length, end: text.length });
  const vague = language.grammar.symbols.get("vague");
  const isVague = parse.words(at).some(({ symbol }) => symbol === vague);
  const end = endOfWord(text, at);
  const unsupported = language.unsupported.find(([shape]) => shape.test(text));
  if (unsupported) {
    const [shape, accepted] = unsupported;
    const found = shape.exec(text)!;
    const end = endOfWord(text, found.index + found[0].length - 1);
    return new Mistake("unsupported", accepted).at({ start: found.index, end });
  }
  if (
    isLedIn &&
    language.task.shape.test(text.slice(at - 3, at) === "to " ? text.slice(at - 3) : text.slice(at))
  )
    return new Mistake("phrase", language.task.accepted).at({ start: at, end: text.length });
  if (isVague) return new Mistake("vague", "an exact number, day or time").at({ start: at, end });
  const word = nearestWord(text, at, end, nodes, language.grammar);
  return new Mistake("phrase", accepted, word, { start: at, end });
};

/** Other readings may stumble a short word farther on ("the 7th sunday of" …); the mistake tells more. */
const oneWord = 3;

const wordShape = /[a-z']+|\d+|./suy;

const endOfWord = (text: string, at: number): number => {
  wordShape.lastIndex = at;
  return at + (wordShape.exec(text)?.[0].length ?? 1);
};

const kindNames: Partial<Record<keyof Kinds | keyof Meanings, string>> = {
  frequency: '"every …"',
  onDays: "days",
  atTimes: "a time",
  inWindow: "a window",
  bounds: "a beginning or an end",
  except: "an exception",
  inZone: "a time zone",
  amount: 'a length such as "15 minutes"',
  count: "a number",
  number: "a number",
  unit: "a unit of time",
  unitSign: "a unit of time",
  face: "a time of day",
  hour: "a time of day",
  clock: "a time of day",
  clocks: "a time of day",
  openClocks: "a time of day",
  window: "two times of day",
  windows: "two times of day",
  minute: "minutes",
  minutes: "minutes",
  weekday: "a day of the week",
  weekdays: "a day of the week",
  weekdayRange: "a day of the week",
  month: "a month",
  months: "a month",
  nth: "first, second … last",
  nths: "first, second … last",
  monthDay: "a day of the month",
  monthDays: "a day of the month",
  dateDay: "a day of the month",
  dateDays: "a day of the month",
  someDays: "a day of the month",
  which: "a day of the month",
  scope: '"of the month"',
  date: "a date",
  dates: "a date",
  day: "a day",
  thatDay: "a day",
  point: "a day or a time",
  part: "a part of the day",
  zone: "a time zone",
  exclusion: "days or times",
  exclusions: "days or times",
};

/** In words what could have stood there, at most eight things. */
const expected = (nodes: readonly (Node | undefined)[], grammar: Grammar): string => {
  const names = new Set<string>();
  const seen = new Set<Node>();
  const nameOf = symbolNames(grammar);
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const symbol of node.words.keys()) {
      const name = nameOf[symbol]!;
      const known = kindNames[name as keyof Kinds];
      if (known) names.add(known);
      else if (name.startsWith("'")) names.add(JSON.stringify(name.slice(1)));
    }
    for (const { rule } of node.rules) {
      const { name, start } = grammar.rules[rule]!;
      const known = kindNames[name];
      if (known) names.add(known);
      else visit(start);
    }
  };
  if (nodes.includes(undefined))
    for (const rule of clauseRules) if (kindNames[rule]) names.add(kindNames[rule]);
  for (const node of nodes) if (node) visit(node);
  const kinds = [...names].filter((name) => !name.startsWith('"') || name.includes("…"));
  const plain = [...names].filter((name) => plainWords.has(name));
  const [last, ...before] = (kinds.length > 0 ? kinds : plain).slice(0, 8).reverse();
  return before.length === 0
    ? (last ?? "the end of the phrase")
    : `${before.reverse().join(", ")} or ${last}`;
};

/** Words of the patterns that tell a reader something. */
const plainWords: ReadonlySet<string> = new Set(
  ["and", "or", "to", "until", "at", "times", "minutes", "hours", "month", "和", "到", "点", "号", "次"].map(
    (word) => JSON.stringify(word),
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
  const symbols = new Set<number>();
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const symbol of node.words.keys()) symbols.add(symbol);
    for (const { rule } of node.rules) visit(grammar.rules[rule]!.start);
  };
  for (const node of nodes) if (node) visit(node);
  if (nodes.includes(undefined))
    for (const { name, start } of grammar.rules) if (isClauseRule(name)) visit(start);
  const candidates = spelledWords(grammar, symbols);
  const isLetters = /[a-z]/.test(text[at]!);
  const given = isLetters ? text.slice(at, end) : text.slice(at, at + 3);
  // Of shorter words nobody can say what was meant: run is not sun, 日出 is not 日本.
  if (given.length < (isLetters ? 4 : 3) || (!isLetters && /[\x20-\x7f]/.test(given))) return undefined;
  const word = nearest(given, isLetters ? candidates : candidates.filter(({ length }) => length === 3));
  return word && word !== given ? JSON.stringify(word) : undefined;
};

const isClauseRule = (name: keyof Meanings): boolean => (clauseRules as readonly string[]).includes(name);

const symbolNames = (grammar: Grammar): readonly string[] => [...grammar.symbols.keys()];

const spelledWords = ({ spellings }: Grammar, symbols: ReadonlySet<number>): readonly string[] =>
  [...spellings].flatMap(([spelling, words]) =>
    spelling.length > 1 && words.some(({ symbol }) => symbols.has(symbol)) ? [spelling] : [],
  );
