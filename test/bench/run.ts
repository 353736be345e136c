import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { writeChart } from "./chart.ts";
import { readmeTable } from "./readme.ts";
import { type Benchmark, loadResults, type Machine, saveResults } from "./results.ts";
import { table } from "./table.ts";

const benchmarks = ["next", "enumerate", "register", "poll", "fire", "lateness", "idle", "startup", "read"];
const here = import.meta.dirname;
const root = join(here, "..", "..");
const resultsFile = join(here, "results.json");
const chartFile = join(here, "chart.svg");

const usage = `npm run bench                     all, about eleven minutes
npm run bench -- --quick          all, smaller and fewer runs; results.json is left as it is
npm run bench next fire           some of: ${benchmarks.join(" ")}
npm run bench chart               draws chart.svg from results.json
npm run bench readme              writes the README's table from results.json onto the screen`;

const main = async (words: readonly string[]): Promise<void> => {
  const isQuick = words.includes("--quick");
  const chosen = words.filter((word) => word !== "--quick");
  const unknown = chosen.find((word) => !["chart", "readme", ...benchmarks].includes(word));
  if (unknown !== undefined) throw new Error(`there is no benchmark "${unknown}"\n${usage}`);
  if (chosen.includes("chart")) return writeChart(chartFile, loadResults(resultsFile));
  if (chosen.includes("readme")) return console.log(readmeTable(loadResults(resultsFile)));

  installPeers();
  build();
  for (const name of benchmarks.filter((one) => chosen.length === 0 || chosen.includes(one))) {
    const began = performance.now();
    const benchmark = measured(name, isQuick);
    console.log(table(benchmark));
    console.log(`      (${Math.round((performance.now() - began) / 1_000)} s)`);
    const results = { ...loadResults(resultsFile), [name]: { ...benchmark, ...machine(isQuick) } };
    if (!isQuick) saveResults(resultsFile, results);
  }
  if (!isQuick) writeChart(chartFile, loadResults(resultsFile));
};

/** The packages we are measured against are not installed with our own. */
const installPeers = (): void => {
  if (existsSync(join(here, "node_modules", "croner"))) return;
  console.log("Installing the packages to measure against, once, into test/bench/node_modules ...");
  execFileSync("npm", ["ci", "--no-fund", "--no-audit"], { cwd: here, stdio: "inherit" });
};

/** Plain JavaScript, as a user runs it: the package into dist, the benchmarks beside it. */
const build = (): void => {
  console.log("Building ...");
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
  execFileSync("npx", ["tsc", "-p", here], { cwd: root, stdio: "inherit" });
};

/** Runs one benchmark in a process of its own. */
const measured = (name: string, isQuick: boolean): Benchmark => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-bench-"));
  const file = join(folder, "benchmark.json");
  const script = join(here, ".build", "test", "bench", `${name}.js`);
  const args = ["--expose-gc", "--max-old-space-size=8192", script, file, ...(isQuick ? ["--quick"] : [])];
  try {
    const { status } = spawnSync(process.execPath, args, {
      cwd: here,
      stdio: "inherit",
      env: { ...process.env, TZ: "UTC" },
    });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    return JSON.parse(readFileSync(file, "utf8")) as Benchmark;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const machine = (isQuick: boolean): Machine => {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${cpus().length} x ${first?.model ?? "?"}, ${memory} GB, ${process.platform} ${process.arch}`,
    isQuick,
  };
};

await main(process.argv.slice(2));
