import { createInterface } from "node:readline";

/** Asks on the terminal and gives the line that is typed; nothing at its end (Ctrl-D). Ctrl-C ends the process, exit code 130. */
export const ask = (prompt: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    lines.on("SIGINT", () => {
      process.stdout.write("\n");
      process.exit(130);
    });
    lines.on("close", () => resolve(undefined));
    lines.question(prompt, (typed) => {
      resolve(typed);
      lines.close();
    });
  });
