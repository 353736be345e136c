import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf } from "../markdown.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

/** The first script of the README. */
export const firstScript = { name: "myjobs.ts", source: blocksOf("README.md", readme)[0]!.source };
