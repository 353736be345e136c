import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export * from "./terminal.ts";

const root = join(import.meta.dirname, "../..");

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A script in a folder of its own, that imports the package as a user's script does. */
export const scriptFile = (
  text: string,
  name = "myjobs.ts",
  type: "commonjs" | "module" = "commonjs",
): string => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-terminal-"));
  folders.push(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        paths: { onthedot: [join(root, "src/index.ts")], "onthedot/*": [join(root, "src/*.ts")] },
      },
    }),
  );
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
