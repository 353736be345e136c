/** The words that make a script a command line: `npx tsx myjobs.ts list`. */
export const verbs = ["list", "next", "run", "explain", "simulate", "history", "pause", "resume"] as const;

export type Verb = (typeof verbs)[number];

/** The verb a script was called with, and what stands behind it. Any other first argument belongs to the script. */
export const verbIn = (
  args: readonly string[],
): { readonly verb: Verb; readonly rest: readonly string[] } | undefined => {
  const verb = verbs.find((word) => word === args[0]);
  return verb && { verb, rest: args.slice(1) };
};
