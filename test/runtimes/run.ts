import { type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const root = resolve(here, "../..");
const usage = `npm run test:runtimes              all, on the package as it would be published
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
  readonly run: () => void | Promise<void>;
}

/** Runs a command to its end; its output, or an error that shows it. */
const output = (command: string, args: readonly string[], options: SpawnSyncOptions = {}): string => {
  const { status, stdout, stderr, error, signal } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, NO_COLOR: "1" },
    ...options,
  });
  const all = `${stdout ?? ""}${stderr ?? ""}`;
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${[command, ...args].join(" ")}\nexited with ${status ?? signal}\n${all.slice(-6_000)}`);
  return all;
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

/** Packs the package and installs it in a folder as a user does, beside what a script may need. */
const install = (folder: string): string => {
  output("npm", ["run", "--silent", "build"], { cwd: root });
  const name = output("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
  });
  const tarball = join(folder, name.trim().split("\n").at(-1)!);
  write(join(folder, "package.json"), '{ "private": true }');
  const peers = ["tsx@4", "@photostructure/sqlite@1", "bullmq@6", "ioredis@6"];
  output("npm", ["install", "--no-fund", "--no-audit", tarball, ...peers], { cwd: folder, timeout: 300_000 });
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

const runtimeChecks = (group: string, runtime: Runtime, folder: string): readonly Check[] => {
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
        .map(({ file }) => ({ name: file, run: () => isRight(run(file)) }))
    : [];
  const withTsx = tsx
    ? ways.map(({ file }) => ({ name: `${file} under tsx`, run: () => isRight(run(file, [], tsx)) }))
    : [];
  const database = (name: string) => join(folder, `${group}-${name}.db`);
  const keeper = isTypeStripping || !tsx ? [] : tsx;
  return [
    {
      name: "every entry point",
      run: () => expectIn(run("entry-points.mjs", [database("entry")]), "entry points: ok"),
    },
    { name: "require()", run: () => expectIn(run("required.cjs"), "require: ok") },
    ...plain,
    ...withTsx,
    {
      name: "a list of the jobs",
      run: () => expectIn(run("module/jobs.ts", ["list"], keeper), "tick", "every second"),
    },
    {
      name: "an error points at the user's line",
      run: () => {
        const { status, stderr } = spawnSync(command, [...args, ...keeper, "module/wrong.ts"], {
          cwd: folder,
          encoding: "utf8",
        });
        if (status === 0) throw new Error("exited with 0");
        expectIn(stderr, "wrong.ts:4", 'did you mean "00:00"?');
      },
    },
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

/** Starts a script, waits for "ready", and gives its exit code and output after what `then` does. */
const started = (
  command: string,
  args: readonly string[],
  cwd: string,
  then: (pid: number) => void | Promise<void>,
): Promise<{ readonly code: number | null; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: "1" } });
    let text = "";
    let isReady = false;
    const hear = async (chunk: Buffer) => {
      text += chunk;
      if (isReady || !text.includes("ready")) return;
      isReady = true;
      try {
        await then(child.pid!);
      } catch (error) {
        child.kill("SIGKILL");
        reject(error);
      }
      child.kill("SIGINT");
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const limit = setTimeout(() => child.kill("SIGKILL"), 30_000);
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ code, text });
    });
  });

const interrupted = async (command: string, args: readonly string[], cwd: string): Promise<void> => {
  const { code, text } = await started(command, args, cwd, () => {});
  if (code !== 0) throw new Error(`exited with ${code}\n${text}`);
};

const refused = async (command: string, args: readonly string[], cwd: string): Promise<void> => {
  const { code, text } = await started(command, args, cwd, () => {
    const second = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 30_000 });
    if (second.status === 0) throw new Error(`the second start was not refused\n${second.stdout}`);
    expectIn(second.stderr + second.stdout, "keeps.ts is already running");
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
  const isRight = (file: string, cwd = empty) =>
    expectIn(output(process.execPath, [file], { cwd }), "tick", "every weekday at 09:00 1", "simulated true");
  const esbuild = join(root, "node_modules/.bin/esbuild");
  const check = (name: string, run: (file: string) => void, extension: string): Check => ({
    group: "bundles",
    name,
    run() {
      const file = join(empty, `${name.replaceAll(/\W+/g, "-")}.${extension}`);
      run(file);
      // Node 20 has no SQLite, and finds the package from where the script is started.
      isRight(file, name.includes("store") ? folder : empty);
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
        output(process.execPath, [config], { cwd: folder });
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
      run() {
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
        output(process.execPath, [tsc, "-p", config]);
      },
    })),
  );
};

/** Our own tests on other versions of Node. There, and not on Node 20, the store is `node:sqlite`. */
const suiteChecks = (): readonly Check[] => {
  const vitest = (runtime: string, ...args: readonly string[]) =>
    void output(runtimes[runtime]!.command, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...args], {
      cwd: root,
      env: process.env,
      timeout: 600_000,
    });
  return [
    ...["node22", "node24", "node26"].map((runtime) => ({
      group: "suites",
      name: `the quick tests on ${runtime}`,
      run: () => vitest(runtime, "--project", "quick"),
    })),
    {
      group: "suites",
      name: "the store of node24 beside other processes, with damaged files and killed scripts",
      run: () =>
        vitest(
          "node24",
          ...["--project", "process", "--project", "faults"],
          ...["test/store", "test/faults/corrupt", "test/faults/kill"],
        ),
    },
  ];
};

const packageChecks = (tarball: string): readonly Check[] => [
  {
    group: "package",
    name: "publint",
    run: () => void output(tool(".bin/publint"), ["run", tarball, "--strict"]),
  },
  {
    group: "package",
    name: "attw",
    run: () => void output(tool(".bin/attw"), [tarball, "--profile", "node16"]),
  },
];

/** What a stranger gets who installs the package alone. */
const measureInstall = (tarball: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-install-"));
  write(join(folder, "package.json"), '{ "private": true }');
  const began = performance.now();
  output("npm", ["install", "--no-fund", "--no-audit", "--prefer-offline", tarball], { cwd: folder });
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
  const groups = [...Object.keys(runtimes), "bundles", "types", "package", "suites"];
  const unknown = names.find((name) => !groups.includes(name));
  if (unknown !== undefined) throw new Error(`unknown: ${unknown}\n${usage}${groups.join(" ")}`);
  if (!existsSync(tool("rollup"))) {
    console.log(
      "Installing the runtimes, bundlers and TypeScript versions, once, into test/runtimes/node_modules ...",
    );
    output("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit"], { cwd: here, timeout: 600_000 });
  }
  const folder = mkdtempSync(join(tmpdir(), "onthedot-runtimes-"));
  try {
    const tarball = install(folder);
    cpSync(join(here, "scripts"), folder, { recursive: true });
    write(join(folder, "module/package.json"), '{ "type": "module" }');
    write(join(folder, "commonjs/package.json"), "{}");
    for (const { file, text } of ways) write(join(folder, file), text);
    const checks = [
      ...Object.entries(runtimes).flatMap(([name, runtime]) => runtimeChecks(name, runtime, folder)),
      ...bundleChecks(folder),
      ...typeChecks(folder),
      ...packageChecks(tarball),
      ...suiteChecks(),
    ].filter(({ group }) => names.length === 0 || names.includes(group));
    let failures = 0;
    let ended = performance.now();
    for (const group of groups) {
      const own = checks.filter((check) => check.group === group);
      for (const { name, run } of own) {
        try {
          await run();
        } catch (error) {
          failures++;
          console.error(`FAILED ${group}: ${name}\n${error instanceof Error ? error.message : error}\n`);
        }
      }
      if (own.length > 0)
        console.log(
          `${group.padEnd(10)} ${own.length} checks, ${((performance.now() - ended) / 1_000).toFixed(1)} s`,
        );
      ended = performance.now();
    }
    if (names.length === 0 || names.includes("package")) console.log(measureInstall(tarball));
    if (failures > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

await main(process.argv.slice(2));
