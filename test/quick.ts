import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { afterAll, expect } from "vitest";

/**
 * Loaded before every file of the `quick` project: starting a program or a server there is an error, so that a file cannot be in the wrong project
 * (test/README.md).
 */
const started: string[] = [];

const refuse = (what: string): never => {
  started.push(what);
  throw new Error(`started ${what}: a quick test must not, so give the file another name (test/README.md)`);
};

for (const name of ["spawnSync", "execFileSync", "execSync"] as const)
  childProcess[name] = (command: unknown) => refuse(String(command));
// All others end here.
Object.assign(childProcess.ChildProcess.prototype, {
  spawn: ({ file }: { readonly file: string }) => refuse(file),
});
net.Server.prototype.listen = () => refuse("a server");
syncBuiltinESMExports();

// Also where the code under test catches the error.
afterAll(() => expect(started).toEqual([]));
