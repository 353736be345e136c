import { readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The pages for users, as paths from the root. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => /^README.*\.md$/.test(name)),
  ...["examples", "examples/guide", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];
