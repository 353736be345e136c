import { nearest } from "../nearest.ts";

/** The words that make a script a command line: `npx tsx myjobs.ts list`. */
export const verbs = [
  "list",
  "next",
  "run",
  "explain",
  "simulate",
  "history",
  "pause",
  "resume",
  "reset",
  "help",
] as const;

export type Verb = (typeof verbs)[number];

/** Flags of every script that runs its jobs. */
const ownFlags = ["--verbose", "--json", "--trace", "--another"] as const;

/** What people type first at any program. */
const calls = ["--help", "-h"];

/** Words of other programs, and what they do here. */
const others: Readonly<Record<string, string>> = {
  ls: "list",
  jobs: "list",
  status: "list",
  log: "history",
  logs: "history",
  stop: "pause",
  continue: "resume",
  restart: "reset",
  preview: "next",
  version: "help",
  start: "no word at all: that starts the jobs",
};

/** What a script was called for. */
export type Called =
  | { readonly kind: "run"; readonly flags: ReadonlySet<string> }
  | { readonly kind: "command"; readonly verb: Verb; readonly rest: readonly string[] }
  /** A script that is started by a slip of the finger would run its jobs. */
  | { readonly kind: "slip"; readonly given: string; readonly nearest: string | undefined };

/**
 * Reads the arguments of a script: flags first, then a command. Another first word, what follows it, and what follows `--` belong to the script itself.
 *
 * @param declared flags of the script's own, as `"--really"`; one may also be given a value, `--folder=photos`
 */
export const readCall = (args: readonly string[], declared: readonly string[] = []): Called => {
  const known = [...ownFlags, ...declared];
  const isNotDeclared = (arg: string) => !declared.includes(nameOf(arg, declared));
  const end = args.findIndex((arg) => !known.includes(nameOf(arg, declared)));
  const flags = args.slice(0, end < 0 ? args.length : end);
  const [first, ...rest] = args.slice(flags.length);
  if (first === undefined || first === "--" || first === "") return { kind: "run", flags: new Set(flags) };
  if (calls.includes(first)) return { kind: "command", verb: "help", rest };
  const verb = verbs.find((word) => word === first);
  if (verb) return { kind: "command", verb, rest: [...flags, ...rest].filter(isNotDeclared) };
  if (first.startsWith("-"))
    return { kind: "slip", given: first, nearest: nearest(first, [...known, "--help"]) };
  const meant = rest.length === 0 ? meantBy(first) : undefined;
  return meant === undefined
    ? { kind: "run", flags: new Set(flags) }
    : { kind: "slip", given: first, nearest: meant };
};

/** `--folder` of `--folder=photos`, where the script has declared that. */
const nameOf = (arg: string, declared: readonly string[]): string => {
  const [name = ""] = arg.split("=");
  return declared.includes(name) ? name : arg;
};

/** What a word alone was most likely meant to be. */
const meantBy = (word: string): string | undefined => {
  if (Object.hasOwn(others, word)) return others[word];
  return verbs.find((verb) => verb.length >= 4 && nearest(word, [verb]) === verb && isOneApart(word, verb));
};

/** Whether one letter was changed, added, left out, or swapped with its neighbour. */
const isOneApart = (a: string, b: string): boolean => {
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  const [c, d] = [a.slice(from), b.slice(from)];
  return (
    c.slice(1) === d.slice(1) ||
    c.slice(1) === d ||
    c === d.slice(1) ||
    (c[0] === d[1] && c[1] === d[0] && c.slice(2) === d.slice(2))
  );
};
