import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTerminal, weekOf } from "./scene.ts";
import { firstScript } from "./script.ts";
import { terminalSvg } from "./terminal-svg.ts";

/** `npm run pictures` draws the pictures of the README anew: its first script in a real terminal (that needs tmux), and the week it plans. */
const write = (name: string, svg: string): void => writeFileSync(join(import.meta.dirname, name), svg);

const main = async (): Promise<void> => {
  const painted = await inTerminal(firstScript, async (terminal) => {
    await terminal.until(/✔ priceCheck[\s\S]*next tick in 2s/);
    return terminal.readPainted();
  });
  write("terminal.svg", terminalSvg(painted, `npx tsx ${firstScript.name}`));
  write("timeline.svg", await weekOf(firstScript));
};

void main();
