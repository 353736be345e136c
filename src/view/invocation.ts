import { basename } from "node:path";
import { oneLine } from "../terminal/text.ts";
import { shortPath } from "./frames.ts";

/** How the script was started. */
export interface Invocation {
  /** `"myjobs.ts"`. */
  readonly script: string;
  /** What to type to start it again: `"npx tsx myjobs.ts"`. */
  readonly command: string;
}

/** How this process was started; nothing where there is no script. */
export const invocation = (
  argv: readonly string[] = process.argv,
  execArgv: readonly string[] = process.execArgv,
): Invocation | undefined => {
  const file = argv[1];
  if (!file) return undefined;
  const isTsx = execArgv.some((argument) => /\btsx\b/.test(argument));
  return {
    script: oneLine(basename(file)),
    command: `${isTsx ? "npx tsx" : "node"} ${quoted(oneLine(shortPath(file)))}`,
  };
};

/** A word as a POSIX shell takes it for one. */
export const quoted = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
