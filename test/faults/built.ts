import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/**
 * Compiles the sources and the programs in `children`, so that a process starts in a tenth of a second: many are killed. To be called
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
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [
    tsc,
    "-p",
    join(import.meta.dirname, "tsconfig.json"),
    "--outDir",
    out,
  ]);
  return (name) => {
    const path = join(out, "test/faults/children", `${name}.js`);
    if (!existsSync(path)) throw new Error(`${name} was not compiled: ${stdout}`);
    return path;
  };
};
