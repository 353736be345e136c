import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openBrowser } from "../report/browser.ts";
import { packageFolder } from "../require-package.ts";
import { oneLine } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { command, flag } from "./command.ts";

/** Writes the playground, one HTML file that needs nothing else, and opens it in the browser. */
export const playground = command("playground", 1, { "no-open": flag }, async (context, values, args) => {
  const name = args[0] ?? "playground.html";
  const file = resolve(name);
  writeFileSync(file, await html());
  const words = texts().commands;
  const isOpened = !values["no-open"];
  const lines = [
    `${context.style.paint(words.wrote, "green")}  ${oneLine(name)}`,
    ...(isOpened ? [words.opens] : []),
  ];
  context.print(["", ...lines.map((line) => `  ${line}`), ""]);
  if (isOpened) openBrowser(file);
});

/** The build puts it beside the package's other files; in the sources it is built when it is asked for. */
const html = async (): Promise<string> => {
  const folder = packageFolder("onthedot", import.meta.url)!;
  if (!import.meta.url.endsWith(".ts")) return readFileSync(join(folder, "dist/playground.html"), "utf8");
  const { buildPage } = (await import(/* @vite-ignore */ join(folder, ".ci/page.mjs"))) as {
    buildPage(name: string): Promise<string>;
  };
  return buildPage("playground");
};
