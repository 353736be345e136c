import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Loads a package when it is first needed, in the middle of a statement. In a CommonJS bundle there is no `import.meta.url`, and packages are looked
 * for from the working directory.
 */
export const requirePackage = (name: string): unknown =>
  createRequire(import.meta.url || join(process.cwd(), "bundle.js"))(name);

/** The folder of an installed package, as a file finds it; nothing where it is not there. */
export const packageFolder = (name: string, from: string): string | undefined => {
  try {
    return dirname(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
};
