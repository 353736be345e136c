import type { Command } from "../commands/command.ts";
import { assemble } from "../create.ts";
import { nearest } from "../errors.ts";
import { version } from "../report/stack.ts";
import { type Output, styleOf, usageLines } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { usages } from "./usages.ts";

/** Does what `npx onthedot …` was called for. Gives the exit code: 0, 1 when a job failed, 2 when it was not understood. */
export const main = async (args: readonly string[], output: Output, errors: Output): Promise<number> => {
  const [said, ...rest] = args;
  if (said === undefined || said === "help" || said === "--help" || said === "-h") {
    output.write(showHelp(output));
    return said === undefined ? 2 : 0;
  }
  if (said === "--version" || said === "-v") {
    output.write(`${version()}\n`);
    return 0;
  }
  const word = words.get(said);
  if (!word) {
    const near = nearest(said, words.keys());
    const question = near === undefined ? "" : ` Did you mean ${near}?`;
    errors.write(`  onthedot has no ${JSON.stringify(oneLine(said))}.${question}   npx onthedot --help\n`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    output.write(`\n  npx onthedot ${word.usage}\n\n  ${word.does}\n\n`);
    return 0;
  }
  const command = await word.load();
  return command({ scheduler: assemble({}).scheduler, args: rest, output, errors });
};

const showHelp = (output: Output): string => {
  const usages = [...words.values()].map(({ usage, does }) => [usage, does] as const);
  return `
  npx onthedot <word> …

${usageLines(usages, styleOf(output, process.env)).join("\n")}

  next and explain take a file too, for the jobs of a script.
  Scripts are command lines of their own:   npx tsx myjobs.ts list

`;
};

/** A word of `npx onthedot`. */
export interface Word {
  readonly usage: string;
  /** What it does, in a line. */
  readonly does: string;
  load(): Promise<Command>;
}

/** A word that reads the jobs of a script, as the script itself does when it is called with it. */
const ofScript = (verb: string, usage: string, does: string): Word => ({
  usage: `${verb} <file>${usage}`,
  does,
  load: async () => (await import("./script.ts")).scriptCommand(verb),
});

/** The words of `npx onthedot`, in the order in which they are listed. */
export const words: ReadonlyMap<string, Word> = new Map<string, Word>([
  [
    "next",
    {
      usage: usages.next,
      does: "the next moments of a phrase or of a cron expression",
      load: async () => (await import("./phrases.ts")).next,
    },
  ],
  [
    "explain",
    {
      usage: usages.explain,
      does: "how it is read, what it is in cron, and what the clock changes do to it",
      load: async () => (await import("./phrases.ts")).explain,
    },
  ],
  [
    "init",
    {
      usage: usages.init,
      does: "a first script to change, and a package.json where there is none",
      load: async () => (await import("./init.ts")).init,
    },
  ],
  [
    "service",
    {
      usage: usages.service,
      does: "what starts a script at login and again when it dies",
      load: async () => (await import("./service.ts")).service,
    },
  ],
  [
    "lessons",
    {
      usage: usages.lessons,
      does: "a course in scheduling: small scripts that are shown, run and explained",
      load: async () => (await import("./lessons.ts")).lessons,
    },
  ],
  ["list", ofScript("list", "", "the jobs of a script, and when they run")],
  ["run", ofScript("run", " <job>", "one job, now")],
  ["simulate", ofScript("simulate", " [--days 7] …", "what the jobs would do in the coming days")],
  ["history", ofScript("history", " [job]", "what became of the runs, where a script keeps that")],
]);
