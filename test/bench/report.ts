import { writeFileSync } from "node:fs";
import type { Benchmark } from "./results.ts";

/** Hands what was measured to the process that asked for it: into the file named first, else onto the screen. */
export const report = (benchmark: Benchmark): void => {
  const file = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
  const text = JSON.stringify(benchmark, null, 2);
  if (file === undefined) console.log(text);
  else writeFileSync(file, text);
};
