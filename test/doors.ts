import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The files through which the package is entered, as its package.json has them: `src/index.ts`, `src/schedule.ts` … */
export const doors: readonly string[] = Object.values(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object }).exports,
)
  .flatMap((door) => (typeof door === "object" && door !== null && "module" in door ? [door.module] : []))
  .map((built) => String(built).replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts"))
  .filter((file) => existsSync(join(root, file)));
