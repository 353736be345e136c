import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isQuick, median } from "./measure.ts";
import { report } from "./report.ts";
import { type Row, subject } from "./results.ts";

const folder = join(import.meta.dirname, "..", "..", "startup");
const root = resolve(import.meta.dirname, "../../../../..");
const built = pathToFileURL(join(root, "dist", "index.js")).href;
const rounds = isQuick ? 3 : 11;

/** What a process has used when its script has ended. */
const told = "\nprocess.on('exit', () => console.log(JSON.stringify(process.cpuUsage())));\n";

/** Runs scripts in turn, each in a process of its own; the smaller of wall time and CPU time of each, in milliseconds. */
const inTurn = (
  scripts: Readonly<Record<string, string>>,
  options: readonly string[],
  type = "mjs",
): Record<string, number> => {
  mkdirSync(folder, { recursive: true });
  const runs = Object.entries(scripts).map(([name, text], i) => {
    const file = join(folder, `${i}.${type}`);
    writeFileSync(file, text + told);
    return { name, file, taken: [] as number[] };
  });
  for (let round = 0; round <= rounds; round++) {
    for (const { file, taken } of runs) {
      const began = performance.now();
      const { stdout, stderr } = spawnSync(process.execPath, [...options, file], {
        encoding: "utf8",
        cwd: root,
      });
      const wall = performance.now() - began;
      if (!stdout.includes("user")) throw new Error(stderr);
      const { user, system } = JSON.parse(stdout.trim().split("\n").at(-1)!) as NodeJS.CpuUsage;
      // The first round fetches files from the disk.
      if (round > 0) taken.push(Math.min(wall, (user + system) / 1_000));
    }
  }
  const empty = median(runs[0]!.taken);
  return Object.fromEntries(
    runs.map(({ name, taken }, i) => [
      i === 0 ? "bare Node (in all)" : name,
      i === 0 ? empty : median(taken) - empty,
    ]),
  );
};

const importOf = (name: string): string => `import ${JSON.stringify(pathToFileURL(require_(name)).href)};`;
const require_ = (name: string): string => new URL(import.meta.resolve(name)).pathname;

const peers = [
  "croner",
  "node-cron",
  "cron",
  "node-schedule",
  "cron-parser",
  "toad-scheduler",
  "@breejs/later",
  "rrule",
  "luxon",
  "chrono-node",
];
const imports: Row = {
  what: "import",
  unit: "ms",
  goal: 15,
  values: inTurn(
    {
      empty: "",
      [subject]: `import ${JSON.stringify(built)};`,
      ...Object.fromEntries(peers.map((name) => [name.replace("@breejs/", ""), importOf(name)])),
    },
    [],
  ),
};

const using = (text: string): string =>
  `import { every, when, cron, createScheduler } from ${JSON.stringify(built)};\n${text}`;
const uses: Row[] = Object.entries({
  "import, and a job by a chain": "every(5).minutes.do(() => {}).cancel();",
  "import, and a job by a cron expression": 'cron("0 9 * * 1-5").do(() => {}).cancel();',
  "import, and a job in a zone": 'every().day.at("09:00").in("Europe/Amsterdam").do(() => {}).cancel();',
  "import, and a job by a phrase": 'when("every weekday at 9am").do(() => {}).cancel();',
}).map(([what, text]) => ({ what, unit: "ms", values: inTurn({ empty: "", [subject]: using(text) }, []) }));

const script: Row = {
  what: "a TypeScript file under tsx, import",
  unit: "ms",
  values: inTurn(
    { empty: "", [subject]: `import ${JSON.stringify(built)};`, croner: importOf("croner") },
    ["--import", "tsx"],
    "ts",
  ),
};

report({
  title: "Start-up: what a process takes longer than an empty one",
  how: "The built package, whole processes in turn; the smaller of wall time and CPU time.",
  rows: [imports, ...uses, script],
});
