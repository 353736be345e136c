import type { Command } from "../commands/command.ts";
import { usages } from "./usages.ts";

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
      load: async () => (await import("./next.ts")).next,
    },
  ],
  [
    "explain",
    {
      usage: usages.explain,
      does: "how it is read, what it is in cron, and what the clock changes do to it",
      load: async () => (await import("./explain.ts")).explain,
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
