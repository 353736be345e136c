import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Shown, shownOn } from "../markdown.ts";
import { pages } from "../pages.ts";
import { pagePicture } from "./page.ts";
import { commandOf, inTerminal, plain, weekOf, written, writtenByUs } from "./scene.ts";
import { firstScript } from "./script.ts";
import { terminalSvg } from "./terminal-svg.ts";

/**
 * `npm run pictures` draws the pictures of the README anew: its first script in a real terminal (that needs tmux), the week it plans, and the page in a browser. It also
 * writes anew what the README and the guide show of a terminal.
 */
const write = (name: string, svg: string): void => writeFileSync(join(import.meta.dirname, name), svg);

const main = async (): Promise<void> => {
  const painted = await inTerminal(firstScript, async (terminal) => {
    await terminal.until(/✔ checkPrice[\s\S]*next tick in 2s/);
    return terminal.readPainted();
  });
  write("terminal.svg", terminalSvg(painted, `npx tsx ${firstScript.name}`));
  write("timeline.svg", await weekOf(firstScript));
  await pagePicture(join(import.meta.dirname, "page.png"));
  for (const page of pages) await fill(page);
};

const fill = async (page: string): Promise<void> => {
  const file = join(import.meta.dirname, "../..", page);
  let text = readFileSync(file, "utf8");
  for (const one of shownOn(page, text)) {
    const screen = await screenOf(one);
    if (screen === undefined) continue;
    const typed = `\`\`\`\n$ ${one.typed}\n`;
    const begin = text.indexOf(typed) + typed.length;
    text = `${text.slice(0, begin)}\n${plain(screen)}\n${text.slice(text.indexOf("```\n", begin))}`;
  }
  writeFileSync(file, text);
};

/** What the terminal shows after a command; nothing where no command of ours is typed. A script is watched until its first job fails twice. */
const screenOf = async (one: Shown): Promise<string | undefined> => {
  const command = commandOf(one);
  if (command) return command.isOurs ? writtenByUs(command.args) : written(one.script!, command.args);
  if (!/^npx tsx \w+\.ts$/.test(one.typed ?? "")) return undefined;
  return inTerminal(one.script!, async (terminal) => {
    await terminal.until(/2nd time[\s\S]*in 5s/);
    return terminal.read();
  });
};

void main();
