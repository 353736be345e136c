/**
 * Every command of a script, in the order in which help lists them: `npx onthedot list myjobs.ts` and `npx tsx myjobs.ts list` are the same one. Usage and
 * summary are texts, `commands.usages`. This is loaded with every script, so each command is loaded only when it is called; the commands that only
 * `npx onthedot` has are in `cli/cli.ts`, so that no bundle of a user's script holds the course and what it needs.
 */
export const commands = {
  list: async () => (await import("./list.ts")).list,
  next: async () => (await import("./next.ts")).next,
  run: async () => (await import("./run.ts")).runJob,
  explain: async () => (await import("./explain.ts")).explain,
  simulate: async () => (await import("./simulate.ts")).simulate,
  history: async () => (await import("./history.ts")).history,
  why: async () => (await import("./why.ts")).why,
  pause: async () => (await import("./pause.ts")).pause,
  resume: async () => (await import("./pause.ts")).resume,
  reset: async () => (await import("./pause.ts")).reset,
  help: async () => (await import("./help.ts")).help,
};

/** The words that make a script a command line: `npx tsx myjobs.ts list`. */
export type Verb = keyof typeof commands;
export const verbs = Object.keys(commands) as readonly Verb[];
