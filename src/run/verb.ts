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

/** What people type first at any program. */
const calls = ["--help", "-h"];

/** Words of other programs for what a verb does. `stop` has none: a script is stopped by Ctrl-C, and a job by a pause. */
const others: Readonly<Record<string, Verb>> = {
  ls: "list",
  jobs: "list",
  status: "list",
  log: "history",
  logs: "history",
  stop: "pause",
  continue: "resume",
  restart: "reset",
  preview: "next",
};

/** The verb a script was called with, and what stands behind it. Any other first argument belongs to the script. */
export const verbIn = (
  args: readonly string[],
): { readonly verb: Verb; readonly rest: readonly string[] } | undefined => {
  const [first = ""] = args;
  const verb = calls.includes(first) ? "help" : verbs.find((word) => word === first);
  return verb && { verb, rest: args.slice(1) };
};

/** The verb that a first argument was most likely meant to be. A script that is started by a slip of the finger would run its jobs. */
export const meantBy = (args: readonly string[]): Verb | undefined => {
  const [word = ""] = args;
  if (verbs.includes(word as Verb)) return undefined;
  if (Object.hasOwn(others, word)) return others[word];
  return /^[a-z]{3,}$/.test(word) ? (nearest(word, verbs) as Verb | undefined) : undefined;
};
