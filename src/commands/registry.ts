import type { Command, CommandInput, CommandName, Commands } from "./command.ts";

/**
 * Every command, in the order in which help lists them: `npx onthedot list myjobs.ts` and `npx tsx myjobs.ts list` are the same one. Usage and summary
 * are texts, `commands.usages`. It is loaded with every script, so each command is loaded only when it is called.
 */
export const commands: Commands = {
  list: { about: "jobs", load: async () => (await import("./list.ts")).list },
  next: { about: "jobs or phrase", load: async () => (await import("./next.ts")).next },
  run: { about: "jobs", load: async () => (await import("./run.ts")).runJob },
  explain: { about: "jobs or phrase", load: async () => (await import("./explain.ts")).explain },
  simulate: { about: "jobs", load: async () => (await import("./simulate.ts")).simulate },
  history: { about: "jobs", load: async () => (await import("./history.ts")).history },
  why: { about: "jobs", load: async () => (await import("./why.ts")).why },
  pause: { about: "jobs", load: async () => (await import("./pause.ts")).pause },
  resume: { about: "jobs", load: async () => (await import("./pause.ts")).resume },
  reset: { about: "jobs", load: async () => (await import("./reset.ts")).reset },
  init: { about: "nothing", load: () => loadOwn("init") },
  import: { about: "nothing", load: () => loadOwn("import") },
  service: { about: "nothing", load: () => loadOwn("service") },
  lessons: { about: "nothing", load: () => loadOwn("lessons") },
  playground: { about: "nothing", load: () => loadOwn("playground") },
  help: { about: "jobs", load: async () => (await import("./help.ts")).helpOf(commands) },
};

type OwnCommand = "init" | "import" | "service" | "lessons" | "playground";

let loadOwn = (name: OwnCommand): Promise<Command> =>
  Promise.reject(new Error(`${name} is a command of npx onthedot alone`));

/** Commands that need no script. `npx onthedot` brings them along, so that no bundle of a user's script holds the course and what it needs. */
export const useOwnCommands = (load: (name: OwnCommand) => Promise<Command>): void => {
  loadOwn = load;
};

export const commandNames = Object.keys(commands) as readonly CommandName[];

/** The words that make a script a command line: `npx tsx myjobs.ts list`. */
export const verbs = commandNames.filter((name) => commands[name].about !== "nothing");

/** Runs a command and gives the exit code. */
export const runCommand = async (name: CommandName, input: CommandInput): Promise<number> =>
  (await commands[name].load())(input);
