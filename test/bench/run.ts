import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { writeChart } from "./chart.ts";
import { processorsInUse } from "./measure.ts";
import {
  type Benchmark,
  type Circumstances,
  formatNumber,
  loadResults,
  type Results,
  saveResults,
} from "./results.ts";
import { figuresTable, screenTable } from "./tables.ts";

const benchmarks = [
  "next",
  "enumerate",
  "register",
  "poll",
  "fire",
  "lateness",
  "idle",
  "startup",
  "read",
  "store",
];
const here = import.meta.dirname;
const root = join(here, "..", "..");
const resultsFile = join(here, "results.json");
const chartFile = join(here, "chart.svg");
const pageFile = join(here, "README.md");
/** More processors than this in use by others, and figures are not worth keeping. */
const mostLoad = 0.1;

const usage = `npm run bench                   all, about 25 minutes, into results.json and chart.svg
npm run bench next fire         some of: ${benchmarks.join(" ")}
npm run bench -- --anyway       measure on a busy machine; nothing is written
npm run bench -- --quick        fewer rounds and smaller sizes; nothing is written
npm run bench page              write the table and the chart of README.md from results.json`;

const main = async (words: readonly string[]): Promise<void> => {
  const [isQuick, isAnyway] = [words.includes("--quick"), words.includes("--anyway")];
  const chosen = words.filter((word) => !["--quick", "--anyway"].includes(word));
  const unknown = chosen.find((word) => !["page", ...benchmarks].includes(word));
  if (unknown !== undefined) throw new Error(`unknown benchmark "${unknown}"\n${usage}`);
  if (chosen.includes("page")) return writePage(loadResults(resultsFile));

  installPeers();
  build();
  for (const name of benchmarks.filter((one) => chosen.length === 0 || chosen.includes(one))) {
    const before = await processorsInUse(3_000);
    if (before > mostLoad && !isAnyway && !isQuick) throw new Error(tooBusy(before));
    const began = performance.now();
    const benchmark = runBenchmark(name, isQuick);
    const seconds = Math.round((performance.now() - began) / 1_000);
    const after = await processorsInUse(3_000);
    console.log(screenTable(benchmark));
    console.log(
      `      (${seconds} s; others used ${formatNumber(before)} processors before, ${formatNumber(after)} after)`,
    );
    if (isQuick || isAnyway) continue;
    if (after > mostLoad) throw new Error(`${name} is not written: ${tooBusy(after)}`);
    const results = {
      ...loadResults(resultsFile),
      [name]: { ...benchmark, ...circumstances([before, after]) },
    };
    saveResults(resultsFile, results);
    writePage(results);
  }
};

/** The chart, and the table between its two marks in README.md. */
const writePage = (results: Results): void => {
  writeChart(chartFile, results);
  const page = readFileSync(pageFile, "utf8");
  writeFileSync(
    pageFile,
    page.replace(/(?<=<!-- figures -->\n\n)[\s\S]*(?=\n\n<!-- \/figures -->)/, () => figuresTable(results)),
  );
};

const tooBusy = (load: number): string =>
  `the machine is busy: ${formatNumber(load)} of ${cpus().length} processors are in use, at most ${mostLoad} may be. ` +
  "Wait until it is idle, or pass --anyway to measure without writing.";

/** The packages to compare with are not installed with our own. */
const installPeers = (): void => {
  if (!existsSync(join(here, "node_modules", "croner"))) {
    console.log("Installing the packages to compare with into test/bench/node_modules ...");
    execFileSync("npm", ["ci", "--no-fund", "--no-audit"], { cwd: here, stdio: "inherit" });
  }
  const ours = join(here, "node_modules", "onthedot");
  if (!existsSync(ours)) symlinkSync("../../..", ours);
};

/** Plain JavaScript, as a user runs it: our package into dist, the benchmarks into .build. */
const build = (): void => {
  console.log("Building ...");
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
  execFileSync("npx", ["tsc", "-p", here], { cwd: root, stdio: "inherit" });
};

/** Runs one benchmark in a process of its own. */
const runBenchmark = (name: string, isQuick: boolean): Benchmark => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-bench-"));
  const file = join(folder, "benchmark.json");
  const args = ["--expose-gc", "--max-old-space-size=8192", join(here, ".build", `${name}.js`), file];
  try {
    const { status } = spawnSync(process.execPath, [...args, ...(isQuick ? ["--quick"] : [])], {
      cwd: here,
      stdio: "inherit",
      env: { ...process.env, TZ: "UTC" },
    });
    if (status !== 0) throw new Error(`${name} exited with ${status}`);
    return JSON.parse(readFileSync(file, "utf8")) as Benchmark;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const circumstances = (load: Circumstances["load"]): Circumstances => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
  load,
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
