import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const children = join(import.meta.dirname, "children");

/**
 * Makes a program of few files of each one in `children` and of all it imports from us, so that a process starts in a tenth of a second: many are killed. To be called
 * at the top of a test file.
 *
 * @returns where a program of `children` lies, by its name
 */
export const built = (): ((name: string) => string) => {
  // Inside the project, where the packages are found.
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, "faults-"));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  buildSync({
    entryPoints: readdirSync(children)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(children, name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is loaded when it is needed is loaded then, as in the package.
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return (name) => {
    const path = join(out, `${name}.mjs`);
    if (!existsSync(path)) throw new Error(`there is no program ${name} in ${children}`);
    return path;
  };
};
