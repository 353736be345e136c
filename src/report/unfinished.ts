import { oneLine } from "../terminal/text.ts";
import { shortPath, sourceOf } from "./stack.ts";

/** A sentence that says when, and not what. */
export interface Unfinished {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * The statements of a script that begin a sentence, `every(5).minutes;`, and never come to a word that gives it something to do. They are
 * read from its text: such a sentence leaves nothing behind when it is run.
 */
export const unfinishedSentences = (source: string): readonly Unfinished[] => {
  const text = blanked(source);
  const found: Unfinished[] = [];
  for (const start of text.matchAll(beginnings)) {
    const at = start.index + start[0].length - start[1]!.length;
    const end = endOf(text, at);
    const said = text.slice(at, end);
    if (finishes.test(said) || !isStatement(text, at) || isTried(text, at)) continue;
    if (isMethod(said) || isFromElsewhere(source, said)) continue;
    const line = text.slice(0, at).split("\n").length;
    found.push({ line, text: inOneLine(source.slice(at, end)) });
  }
  return found;
};

/** What is to be told of them: `"myjobs.ts:12: every(5).minutes has no .do(…), so it schedules nothing"`. */
export const unfinishedWarnings = (file: string | undefined): readonly string[] => {
  const source = file === undefined ? undefined : sourceOf(file);
  if (source === undefined) return [];
  return unfinishedSentences(source)
    .slice(0, mostTold)
    .map(
      ({ line, text }) =>
        `${oneLine(shortPath(file!))}:${line}: ${oneLine(text)} has no .do(…), so it schedules nothing`,
    );
};

/** `on(listener) { … }` in a class or an object: a sentence has no block outside its parentheses. */
const isMethod = (said: string): boolean => {
  let outside = said;
  for (let inner = ""; inner !== outside; ) {
    inner = outside;
    outside = inner.replaceAll(/\([^()]*\)/g, "");
  }
  return outside.includes("{");
};

/** A word of the same name from another module: `import { once } from "node:events"`. */
const isFromElsewhere = (source: string, said: string): boolean => {
  const [word] = /^\w+/.exec(said) ?? [];
  const imports = source.matchAll(
    /(?:import|const|let|var)\s*\{([^}]*)\}\s*(?:from\s*|=\s*(?:await\s+)?(?:require|import)\s*\(\s*)["']([^"']+)["']/g,
  );
  return [...imports].some(
    ([, names = "", module = ""]) =>
      new RegExp(`(?:^|[\\s,:])${word}\\s*(?:,|$)`).test(names) && !/onthedot|^\.|^\//.test(module),
  );
};

const mostTold = 5;

/** Words that begin a sentence, at the beginning of a line. */
const beginnings = /^[ \t]*((?:every|when|on|once|cron)\()/gm;
/** Words that end one, or only look at it. */
const finishes = /\.\s*(?:do|exec|worker|describe|next|recurrence|toString)\s*\(/;

/** Comments and what is quoted, as blanks of the same length: a word in there is no word of the script. */
const blanked = (source: string): string =>
  source.replaceAll(quotedOrComment, (part) => part.replaceAll(/[^\n]/g, " "));

const quotedOrComment =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;

/** A statement without its comments and its breaks. */
const inOneLine = (statement: string): string =>
  statement
    .replaceAll(quotedOrComment, (part) => (part.startsWith("/") ? "" : part))
    .replaceAll(/\s*\n\s*/g, "")
    .trim();

/** A line that begins so is a statement unless the one before goes on: with an open parenthesis, a comma, an operator. */
const isStatement = (text: string, at: number): boolean => {
  const before = text.slice(0, at).trimEnd();
  return (
    before === "" ||
    /[;{}]$/.test(before) ||
    (/[\w)\]]$/.test(before) && !/\b(?:return|await|yield|new|in|of|case|default)$/.test(before))
  );
};

/** Whether a place lies in the block of a `try`: what stands there may be there to be refused. */
const isTried = (text: string, at: number): boolean => {
  const start = [...text.slice(0, at).matchAll(/\btry\s*\{/g)].at(-1);
  const between = start ? text.slice(start.index, at) : "";
  return between.split("{").length > between.split("}").length;
};

/** The end of a statement: a semicolon, or the end of a line after which no dot goes on, outside all parentheses. */
const endOf = (text: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at]!;
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign) && --depth < 0) return at;
    else if (depth === 0 && (sign === ";" || sign === ",")) return at;
    else if (depth === 0 && sign === "\n" && !/^\s*[.?]/.test(text.slice(at, at + 500))) return at;
  }
  return text.length;
};
