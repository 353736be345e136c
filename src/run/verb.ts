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
  "help",
] as const;

export type Verb = (typeof verbs)[number];

/** The verb a script was called with, and what stands behind it. Any other first argument belongs to the script. */
export const verbIn = (
  args: readonly string[],
): { readonly verb: Verb; readonly rest: readonly string[] } | undefined => {
  const verb = verbs.find((word) => word === args[0]);
  return verb && { verb, rest: args.slice(1) };
};

/** The verb that a first argument was most likely meant to be. A script that is started by a slip of the finger would run its jobs. */
export const meantBy = (args: readonly string[]): Verb | undefined => {
  const [word = ""] = args;
  return /^[a-z]{3,}$/.test(word) && !verbs.includes(word as Verb)
    ? (nearest(word, verbs) as Verb | undefined)
    : undefined;
};
