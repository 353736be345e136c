import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { doors } from "../doors.ts";

/**
 * `npm run docs` writes the API documentation from the comments in src into docs/, and fails where a link leads nowhere or an export has no comment. What writes it needs an older compiler than ours, so it is installed beside this file, once.
 */
const here = import.meta.dirname;
const typedoc = join(here, "node_modules", "typedoc", "bin", "typedoc");

if (!existsSync(typedoc)) {
  console.log("Installing what writes the documentation, once, into test/docs/node_modules ...");
  execFileSync("npm", ["ci", "--no-fund", "--no-audit"], { cwd: here, stdio: "inherit" });
}
try {
  const entries = doors.flatMap((door) => ["--entryPoints", join(here, "../..", door)]);
  execFileSync(process.execPath, [typedoc, "--options", join(here, "typedoc.json"), ...entries], {
    stdio: "inherit",
  });
} catch (error) {
  process.exitCode = (error as { status?: number }).status ?? 1;
}
