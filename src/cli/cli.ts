import { assemble } from "../create.ts";
import { nearest } from "../nearest.ts";
import { lookOf, type Output, usageLines } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { version } from "../view/version.ts";
import { words } from "./words.ts";

/** Does what `npx onthedot …` was called for. Gives the exit code: 0, 1 when a job failed, 2 when it was not understood. */
export const main = async (args: readonly string[], output: Output, errors: Output): Promise<number> => {
  const [said, ...rest] = args;
  if (said === undefined || said === "help" || said === "--help" || said === "-h") {
    output.write(help(output));
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

const help = (output: Output): string => {
  const usages = [...words.values()].map(({ usage, does }) => [usage, does] as const);
  return `
  npx onthedot <word> …

${usageLines(usages, lookOf(output, process.env)).join("\n")}

  next and explain take a file too, for the jobs of a script.
  Scripts are command lines of their own:   npx tsx myjobs.ts list

`;
};
