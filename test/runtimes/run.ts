import { type ExecFileException, type ExecFileOptions, execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const here = import.meta.dirname;
const root = resolve(here, "../..");
const usage = `npm run test:runtimes              all, on the package as it would be published, and our own tests on other versions of Node
npm run test:runtimes bun types    some of: `;

/** A way to run a script: the command and its first arguments. */
interface Runtime {
  readonly command: string;
  readonly args: readonly string[];
  /** Arguments for a TypeScript file that the runtime cannot run on its own; undefined if it never needs any. */
  readonly tsx?: readonly string[];
  readonly isTypeStripping: boolean;
}

const tool = (path: string): string => join(here, "node_modules", path);
const node = (command: string, isTypeStripping: boolean): Runtime => ({
  command,
  args: [],
  tsx: ["--import", "tsx"],
  isTypeStripping,
});
const runtimes: Readonly<Record<string, Runtime>> = {
  node: node(process.execPath, "typescript" in process.features && process.features.typescript !== false),
  node22: node(tool("node22/bin/node"), true),
  node24: node(tool("node24/bin/node"), true),
  node26: node(tool("node26/bin/node"), true),
  bun: { command: tool("bun/bin/bun"), args: [], isTypeStripping: true },
  deno: { command: tool("deno/deno"), args: ["run", "-A", "--quiet"], isTypeStripping: true },
};

interface Check {
  readonly group: string;
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Runs a command to its end; its output, or an error that shows it. */
const output = async (
  command: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<string> => {
  const all = { timeout: 60_000, maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: "1" }, ...options };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { ...all, encoding: "utf8" });
    return stdout + stderr;
  } catch (error) {
    const { code, signal, stdout = "", stderr = "" } = error as ExecFileException;
    const shown = `${stdout}${stderr}`.slice(-6_000);
    throw new Error(`${[command, ...args].join(" ")}\nexited with ${code ?? signal}\n${shown}`);
  }
};

/** What a command shows that must fail. */
const failure = async (...call: Parameters<typeof output>): Promise<string> => {
  const text = await output(...call).catch((error: Error) => error);
  if (typeof text === "string") throw new Error(`${call[0]} ${call[1].join(" ")} exited with 0\n${text}`);
  return text.message;
};

const expectIn = (text: string, ...wanted: readonly (string | RegExp)[]): void => {
  for (const part of wanted)
    if (typeof part === "string" ? !text.includes(part) : !part.test(text))
      throw new Error(`expected ${part} in\n${text}`);
};

const write = (file: string, text: string): void => {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
};

const npmInstall = ["install", "--no-fund", "--no-audit", "--prefer-offline"];

/** Packs the package and installs it in a folder as a user does, beside what a script may need. */
const install = async (folder: string): Promise<string> => {
  await output("npm", ["run", "--silent", "build"], { cwd: root });
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const name = await output("npm", pack, { cwd: root });
  const tarball = join(folder, name.trim().split("\n").at(-1)!);
  write(join(folder, "package.json"), '{ "private": true }');
  const peers = ["tsx@4", "@photostructure/sqlite@1", "bullmq@6", "ioredis@6"];
  await output("npm", [...npmInstall, tarball, ...peers], { cwd: folder, timeout: 300_000 });
  return tarball;
};

const script = (imports: string): string => `${imports}
let count: number = 0;
every().second.times(2).do(function tick() {
  console.log("tick", ++count);
});
every("second").times(1).named("phrase").do(() => {});
console.log(cron("0 9 * * 1-5").describe());
run();
`;
const imported = script('import { cron, every, run } from "onthedot";');
const required = script('const { cron, every, run } = require("onthedot");');

/** Every way in which a script can load the package: file name, its text, and whether the runtime alone can run it. */
const ways = [
  { file: "module/jobs.ts", text: imported, isPlain: true },
  { file: "module/jobs.mts", text: imported, isPlain: true },
  { file: "module/jobs.cts", text: required, isPlain: true },
  { file: "module/imports.cts", text: imported, isPlain: false },
  { file: "commonjs/jobs.ts", text: imported, isPlain: true },
  { file: "commonjs/requires.ts", text: required, isPlain: true },
  { file: "commonjs/jobs.mts", text: imported, isPlain: true },
  { file: "commonjs/jobs.cts", text: required, isPlain: true },
  { file: "commonjs/imports.cts", text: imported, isPlain: false },
];

/** The first script of the README. */
const readmeScript = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, "README.md"), "utf8"))![1]!;

/** From an empty folder to a script that runs, as `npx onthedot init` and the README say. */
const newcomer = async (group: string, { command, args, isTypeStripping }: Runtime, tarball: string) => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-newcomer-"));
  try {
    await output("npm", ["init", "-y"], { cwd: folder });
    await output("npm", [...npmInstall, tarball, ...(isTypeStripping ? [] : ["tsx"])], { cwd: folder });
    const lines = (
      await output(command, [...args, "node_modules/onthedot/dist/cli/main.js", "init", "first.ts"], {
        cwd: folder,
      })
    ).split("\n");
    const commands = lines
      .map((line) => line.trim())
      .filter((line) => /^(npm|npx|node|bun|deno) /.test(line));
    const starter = { bun: "bun", deno: "deno run -A" }[group] ?? (isTypeStripping ? "node" : "npx tsx");
    expectIn(commands.join("\n"), new RegExp(`^${starter} first\\.ts$`, "m"));
    for (const line of commands.filter((line) => line.startsWith("npm pkg")))
      await output("npm", line.split(" ").slice(1), { cwd: folder });
    write(join(folder, "myjobs.ts"), readmeScript);
    const start = isTypeStripping ? [...args, "myjobs.ts"] : ["--import", "tsx", "myjobs.ts"];
    const { code, text } = await started(command, start, folder, () => {}, /^tick$/m);
    if (code !== 0) throw new Error(`exited with ${code}\n${text}`);
    expectIn(text, "jobs=6", "end ");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const runtimeChecks = (
  group: string,
  runtime: Runtime,
  folder: string,
  tarball: string,
): readonly Check[] => {
  const { command, args, tsx, isTypeStripping } = runtime;
  const run = (file: string, rest: readonly string[] = [], more: readonly string[] = []) =>
    output(command, [...args, ...more, file, ...rest], { cwd: folder });
  const isRight = (text: string) => expectIn(text, "tick 1", "tick 2", "every weekday at 09:00");
  const plain = isTypeStripping
    ? ways
        .filter(
          ({ file, isPlain }) =>
            (isPlain || group === "bun") && !(group === "deno" && file.endsWith("requires.ts")),
        )
        .map(({ file }) => ({ name: file, run: async () => isRight(await run(file)) }))
    : [];
  const withTsx = tsx
    ? ways.map(({ file }) => ({
        name: `${file} under tsx`,
        run: async () => isRight(await run(file, [], tsx)),
      }))
    : [];
  const database = (name: string) => join(folder, `${group}-${name}.db`);
  const keeper = isTypeStripping || !tsx ? [] : tsx;
  return [
    {
      name: "every entry point",
      run: async () => expectIn(await run("entry-points.mjs", [database("entry")]), "entry points: ok"),
    },
    { name: "require()", run: async () => expectIn(await run("required.cjs"), "require: ok") },
    ...plain,
    ...withTsx,
    {
      name: "a list of the jobs",
      run: async () => expectIn(await run("module/jobs.ts", ["list"], keeper), "tick", "every second"),
    },
    {
      name: "an error points at the user's line",
      run: async () => {
        const error = await failure(command, [...args, ...keeper, "module/wrong.ts"], { cwd: folder });
        expectIn(error, "wrong.ts:4", 'did you mean "00:00"?');
      },
    },
    ...(group === "bun" ? [{ name: "--hot", run: () => reloaded(runtime, folder) }] : []),
    { name: "a newcomer's path", run: () => newcomer(group, runtime, tarball) },
    {
      name: "SIGINT ends run() with 0",
      run: () => interrupted(command, [...args, ...keeper, "module/waits.ts"], folder),
    },
    {
      name: "a second start on one store is refused",
      run: () => refused(command, [...args, ...keeper, "module/keeps.ts", database("twice")], folder),
    },
  ].map((check) => ({ group, ...check }));
};

/** Starts a script, waits for what it shows, interrupts it, and gives its exit code and output after what `then` does. */
const started = (
  command: string,
  args: readonly string[],
  cwd: string,
  then: (shown: () => string) => void | Promise<void>,
  ready: RegExp = /ready/,
): Promise<{ readonly code: number | null; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: "1" } });
    let text = "";
    let isReady = false;
    const buildersAt = async (chunk: Buffer) => {
      text += chunk;
      if (isReady || !ready.test(text)) return;
      isReady = true;
      try {
        await then(() => text);
      } catch (error) {
        child.kill("SIGKILL");
        reject(error);
      }
      child.kill("SIGINT");
    };
    child.stdout.on("data", buildersAt);
    child.stderr.on("data", buildersAt);
    const limit = new AbortController();
    setTimeout(30_000, undefined, limit).then(
      () => child.kill("SIGKILL"),
      () => {},
    );
    child.on("close", (code) => {
      limit.abort();
      resolve({ code, text });
    });
  });

/** Changes a script that reloads itself: the new jobs run in place of the old ones. */
const reloaded = async ({ command, args }: Runtime, folder: string): Promise<void> => {
  const file = join(folder, "module/reloads.ts");
  const writeJob = (name: string) =>
    writeFileSync(
      file,
      `import { every, run } from "onthedot";\nevery().second.do(() => console.log("${name}"));\nrun();\n`,
    );
  writeJob("old");
  const change = async (shown: () => string) => {
    writeJob("new");
    const end = Date.now() + 20_000;
    while (!/^new$[\s\S]*^new$/m.test(shown()) && Date.now() < end) await setTimeout(50);
  };
  const { code, text } = await started(command, [...args, "--hot", file], folder, change, /^old$/m);
  const isReplaced = /^new$[\s\S]*^new$/m.test(text) && !/^new$[\s\S]*^old$/m.test(text);
  if (code !== 0 || !isReplaced) throw new Error(`exited with ${code}\n${text}`);
};

const interrupted = async (command: string, args: readonly string[], cwd: string): Promise<void> => {
  const { code, text } = await started(command, args, cwd, () => {});
  if (code !== 0) throw new Error(`exited with ${code}\n${text}`);
};

const refused = async (command: string, args: readonly string[], cwd: string): Promise<void> => {
  const { code, text } = await started(command, args, cwd, async () => {
    expectIn(await failure(command, args, { cwd }), "keeps.ts is already running");
  });
  if (code !== 0) throw new Error(`the first exited with ${code}\n${text}`);
};

const bundled = `import { cron, every, once, run, simulate } from "onthedot";
every().second.times(1).do(function tick() {
  console.log("tick");
});
every("weekday at 9am").do(function standup() {}).cancel();
every("每天早上8点").do(function greet() {}).cancel();
console.log(cron("0 9 * * 1-5").describe(), once("tomorrow at 9am").next(1).length);
simulate("2030-01-01T00:00:00Z", "2030-01-01T00:01:00Z").then(({ length }) => {
  console.log("simulated", length > 0);
  run();
});
`;

/** Bundles of a plain script, run in a folder where nothing is installed. */
const bundleChecks = (folder: string): readonly Check[] => {
  const empty = mkdtempSync(join(tmpdir(), "onthedot-bundle-"));
  write(join(folder, "bundled.js"), bundled);
  write(
    join(folder, "bundled-sqlite.js"),
    `import { sqlite } from "onthedot/sqlite";\n${bundled.replace("run()", 'run({ store: sqlite("jobs.db") })')}`,
  );
  const input = join(folder, "bundled.js");
  const isRight = async (file: string, cwd = empty) =>
    expectIn(
      await output(process.execPath, [file], { cwd }),
      "tick",
      "every weekday at 09:00 1",
      "simulated true",
    );
  const esbuild = join(root, "node_modules/.bin/esbuild");
  const check = (name: string, run: (file: string) => Promise<string>, extension: string): Check => ({
    group: "bundles",
    name,
    async run() {
      const file = join(empty, `${name.replaceAll(/\W+/g, "-")}.${extension}`);
      await run(file);
      // Node 20 has no SQLite, and finds the package from where the script is started.
      await isRight(file, name.includes("store") ? folder : empty);
    },
  });
  const byEsbuild = (file: string, format: string, from = input) =>
    output(esbuild, [
      from,
      "--bundle",
      "--platform=node",
      `--format=${format}`,
      `--outfile=${file}`,
      "--log-level=error",
      ...(format === "esm"
        ? [
            "--banner:js=import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);",
          ]
        : []),
    ]);
  const byRollup = (file: string, format: string) =>
    output(tool(".bin/rollup"), [
      input,
      "-f",
      format,
      "-o",
      file,
      "-p",
      `${tool("@rollup/plugin-node-resolve/dist/es/index.js")}={"exportConditions":["node"]}`,
      "-p",
      tool("@rollup/plugin-commonjs/dist/es/index.js"),
      "--inlineDynamicImports",
      "--silent",
    ]);
  return [
    check("esbuild, CommonJS", (file) => byEsbuild(file, "cjs"), "cjs"),
    check("esbuild, ES module", (file) => byEsbuild(file, "esm"), "mjs"),
    check(
      "esbuild, CommonJS, with a store",
      (file) => byEsbuild(file, "cjs", join(folder, "bundled-sqlite.js")),
      "cjs",
    ),
    check("rollup, CommonJS", (file) => byRollup(file, "cjs"), "cjs"),
    check("rollup, ES module", (file) => byRollup(file, "es"), "mjs"),
    check(
      "webpack",
      (file) => {
        const config = join(folder, "webpack.config.cjs");
        write(
          config,
          `const webpack = require(${JSON.stringify(tool("webpack"))});
webpack({ mode: "production", target: "node", entry: ${JSON.stringify(input)}, output: { path: ${JSON.stringify(empty)}, filename: ${JSON.stringify(file.split("/").at(-1))} }, plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })] }, (error, stats) => {
  if (error || stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); }
});`,
        );
        return output(process.execPath, [config], { cwd: folder });
      },
      "cjs",
    ),
  ];
};

const consumer = `import { CancelJob, createScheduler, cron, every, listen, once, run, when, type Job, type RunContext } from "onthedot";
import { bullmq } from "onthedot/bullmq";
import * as schedule from "onthedot/schedule";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
const job: Job = every(5).minutes.between("08:00", "22:00").do(function task() { return CancelJob; });
every("weekday at 9am").do((_: RunContext) => {});
cron("0 9 * * 1-5").do(async () => {});
once("tomorrow at 9").do(() => {});
// @ts-expect-error 25:00 is no time of day
every().day.at("25:00");
listen("failed", ({ job: { name } }) => void name.length);
createScheduler({ clock: new VirtualClock("2026-01-01T00:00:00Z") }).stop();
schedule.every(10).minutes.do(() => {});
void [job, when("every day at 9am").next(3), bullmq];
run({ store: sqlite("jobs.db") });
`;

const typeChecks = (folder: string): readonly Check[] => {
  const compilers = { "5.4": "typescript54", "5.9": "typescript59", "6": "typescript6", "7": undefined };
  write(join(folder, "types/consumer.mts"), consumer);
  write(join(folder, "types/consumer.cts"), consumer);
  return Object.entries(compilers).flatMap(([version, name]) =>
    (
      [
        ["nodenext", "with @types/node"],
        ["nodenext", "without @types/node"],
        ["bundler", "with @types/node"],
      ] as const
    ).map(([resolution, nodeTypes]) => ({
      group: "types",
      name: `TypeScript ${version}, ${resolution}, ${nodeTypes}`,
      async run() {
        const files =
          resolution === "nodenext" && version !== "5.4"
            ? ["consumer.mts", "consumer.cts"]
            : ["consumer.mts"];
        const config = join(folder, `types/${version}-${resolution}-${nodeTypes.replaceAll(/\W/g, "")}.json`);
        // URL and AbortSignal come from Node's types or the browser's.
        const environment = nodeTypes.startsWith("without")
          ? { types: [] }
          : { lib: ["es2023"], types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
        const compilerOptions = {
          module: resolution === "bundler" ? "esnext" : "nodenext",
          moduleResolution: resolution,
          target: "es2022",
          strict: true,
          skipLibCheck: false,
          noEmit: true,
          ...environment,
        };
        write(config, JSON.stringify({ compilerOptions, files }));
        const tsc = name ? tool(`${name}/bin/tsc`) : join(root, "node_modules/typescript/bin/tsc");
        await output(process.execPath, [tsc, "-p", config]);
      },
    })),
  );
};

const suites = ["quick", "store", "whole"];
const isSuite = (group: string) => suites.includes(group);

/** Our own tests on other versions of Node. There, and not on Node 20, the store is `node:sqlite`. */
const suiteChecks = (): readonly Check[] => {
  const vitest = (group: string, runtime: string, ...args: readonly string[]): Check => ({
    group,
    name: `on ${runtime}`,
    run: () =>
      output(runtimes[runtime]!.command, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...args], {
        cwd: root,
        env: process.env,
        timeout: 2_400_000,
      }),
  });
  const storeFiles = ["test/store", "test/faults/corrupt", "test/faults/kill"];
  return [
    ...["node22", "node24", "node26"].map((runtime) => vitest("quick", runtime, "--project", "quick")),
    vitest("store", "node24", "--project", "process", "--project", "faults", ...storeFiles),
    vitest("whole", "node24"),
  ];
};

const packageChecks = (tarball: string): readonly Check[] => [
  {
    group: "package",
    name: "publint",
    run: () => output(tool(".bin/publint"), ["run", tarball, "--strict"]),
  },
  {
    group: "package",
    name: "attw",
    run: () => output(tool(".bin/attw"), [tarball, "--profile", "node16"]),
  },
];

/** What a stranger gets who installs the package alone. */
const measureInstall = async (tarball: string): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-install-"));
  write(join(folder, "package.json"), '{ "private": true }');
  const began = performance.now();
  await output("npm", [...npmInstall, tarball], { cwd: folder });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const files = (under: string) =>
    readdirSync(under, { recursive: true, encoding: "utf8" })
      .map((name) => statSync(join(under, name)))
      .filter((stat) => stat.isFile());
  const megabytes = (under: string) =>
    (files(under).reduce((sum, { size }) => sum + size, 0) / 1e6).toFixed(2);
  const modules = join(folder, "node_modules");
  const packages = readdirSync(modules).filter((name) => !name.startsWith(".")).length;
  const own = join(modules, "onthedot");
  const line = `${(statSync(tarball).size / 1_000).toFixed(0)} kB packed; installed ${megabytes(own)} MB in ${files(own).length} files, with dependencies ${megabytes(modules)} MB in ${files(modules).length} files and ${packages} packages; ${seconds} s`;
  rmSync(folder, { recursive: true });
  return line;
};

const main = async (names: readonly string[]): Promise<void> => {
  const groups = [...Object.keys(runtimes), "bundles", "types", "package", ...suites];
  const unknown = names.find((name) => !groups.includes(name));
  if (unknown !== undefined) throw new Error(`unknown: ${unknown}\n${usage}${groups.join(" ")}`);
  if (!existsSync(tool("rollup"))) {
    console.log(
      "Installing the runtimes, bundlers and TypeScript versions, once, into test/runtimes/node_modules ...",
    );
    await output("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit"], {
      cwd: here,
      timeout: 600_000,
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "onthedot-runtimes-"));
  try {
    const tarball = await install(folder);
    cpSync(join(here, "scripts"), folder, { recursive: true });
    write(join(folder, "module/package.json"), '{ "type": "module" }');
    write(join(folder, "commonjs/package.json"), "{}");
    for (const { file, text } of ways) write(join(folder, file), text);
    const checks = [
      ...Object.entries(runtimes).flatMap(([name, runtime]) => runtimeChecks(name, runtime, folder, tarball)),
      ...bundleChecks(folder),
      ...typeChecks(folder),
      ...packageChecks(tarball),
      ...suiteChecks(),
    ].filter(({ group }) => names.length === 0 || names.includes(group));
    let failures = 0;
    let ended = performance.now();
    for (const group of groups) {
      const own = checks.filter((check) => check.group === group);
      const waiting = [...own];
      const runAll = async () => {
        for (let check = waiting.shift(); check; check = waiting.shift())
          await check.run().catch((error: Error) => {
            failures++;
            console.error(`FAILED ${group}: ${check!.name}\n${error.message}\n`);
          });
      };
      // Most of them wait for the next second; our own tests take all processors.
      await Promise.all(Array.from({ length: isSuite(group) ? 1 : 3 }, runAll));
      if (own.length > 0)
        console.log(
          `${group.padEnd(10)} ${own.length} checks, ${((performance.now() - ended) / 1_000).toFixed(1)} s`,
        );
      ended = performance.now();
    }
    if (names.length === 0 || names.includes("package")) console.log(await measureInstall(tarball));
    if (failures > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

await main(process.argv.slice(2));
