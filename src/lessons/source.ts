import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the script of a lesson lies in this package. */
export const scriptPath = (name: string): string => `src/lessons/scripts/${name}.ts`;

/** The script of a lesson as it was written. It is the very file that runs, or that what runs was built from: there is no second copy. */
export const sourceOfLesson = (name: string): string => {
  const folder = dirname(createRequire(import.meta.url).resolve("onthedot/package.json"));
  return readFileSync(join(folder, scriptPath(name)), "utf8");
};
