import { join } from "node:path";
import { expect, test } from "vitest";
import { packageJson, setup } from "../../src/commands/init.ts";
import { runtimeArgs } from "../../src/commands/service.ts";
import { invocation, needsTsx, type Runtime, startCommand } from "../../src/report/stack.ts";

const old: Runtime = { name: "node", runsTypeScript: false };
const node: Runtime = { name: "node", runsTypeScript: true };
const bun: Runtime = { name: "bun", runsTypeScript: true };
const deno: Runtime = { name: "deno", runsTypeScript: true };
const tsx = ["--import", "file:///x/node_modules/tsx/dist/loader.mjs"];

test.each<[string, Runtime, string[], string]>([
  ["myjobs.ts", old, tsx, "npx tsx myjobs.ts"],
  ["myjobs.ts", node, tsx, "npx tsx myjobs.ts"],
  ["myjobs.ts", node, [], "node myjobs.ts"],
  ["myjobs.mts", node, [], "node myjobs.mts"],
  // A script that npx onthedot has loaded: Node 20 reads no TypeScript, and no Node reads JSX.
  ["myjobs.ts", old, [], "npx tsx myjobs.ts"],
  ["myjobs.tsx", node, [], "npx tsx myjobs.tsx"],
  ["myjobs.mjs", old, [], "node myjobs.mjs"],
  ["my jobs.mjs", old, [], "node 'my jobs.mjs'"],
  ["myjobs.ts", bun, [], "bun myjobs.ts"],
  ["myjobs.ts", deno, [], "deno run -A myjobs.ts"],
])("%s on %o with %j is started again by %s", (file, runtime, execArgv, command) => {
  expect(invocation(["/usr/bin/node", join(process.cwd(), file)], execArgv, runtime)?.command).toBe(command);
});

test.each<[string, Runtime, string, readonly string[], readonly string[], readonly string[]]>([
  ["jobs.ts", old, "npx tsx jobs.ts", ["--import", "tsx"], ["npm install"], ["npm install onthedot tsx"]],
  [
    "jobs.ts",
    node,
    "node jobs.ts",
    [],
    ["npm install"],
    // npm init writes "type": "commonjs", which Node believes.
    ["npm pkg set type=module", "npm install onthedot"],
  ],
  ["jobs.mjs", old, "node jobs.mjs", [], ["npm install"], ["npm install onthedot"]],
  ["jobs.ts", bun, "bun jobs.ts", [], ["bun install"], ["bun add onthedot"]],
  ["jobs.ts", deno, "deno run -A jobs.ts", ["run", "-A"], ["deno install"], ["deno add npm:onthedot"]],
])("%s on %o: init, service and lessons name %s", (file, runtime, command, args, fresh, existing) => {
  expect(startCommand(file, runtime)).toBe(command);
  expect(runtimeArgs(file, runtime)).toEqual(args);
  const missing = ["onthedot", ...(needsTsx(file, runtime) ? ["tsx"] : [])];
  expect(setup(file, undefined, runtime, missing)).toEqual(fresh);
  expect(setup(file, '{ "type": "commonjs" }', runtime, missing)).toEqual(existing);
  expect(setup(file, '{ "type": "module" }', runtime, [])).toEqual([]);
  const manifest = JSON.parse(packageJson(file, runtime));
  expect([manifest.type, manifest.scripts.start]).toEqual(["module", command.replace("npx ", "")]);
  expect(manifest.devDependencies).toEqual(command.startsWith("npx tsx") ? { tsx: "^4" } : undefined);
});
