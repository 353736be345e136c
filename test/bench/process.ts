import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { median } from "./measure.ts";
import type { Benchmark } from "./results.ts";

/** What a process measured, by name. */
export type Figures = Readonly<Record<string, number>>;

/** The arguments of a process that {@link measureInProcess} started, or undefined in the benchmark itself. */
export const processArguments: readonly string[] | undefined =
  process.argv[2] === "--measure" ? process.argv.slice(3) : undefined;

/** In such a process: hands over what it measured, and ends it. */
export const finish = (figures: Figures): void => {
  process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit());
};

/**
 * Runs a benchmark file in a fresh process, where {@link processArguments} has these arguments.
 *
 * @returns its figures, or the reason why there are none
 */
export const measureInProcess = (
  file: string,
  args: readonly (string | number)[],
  limitSeconds = 60,
): Promise<Figures | string> =>
  new Promise((resolve) => {
    const options = { timeout: limitSeconds * 1_000, maxBuffer: 1 << 24 };
    const command = ["--expose-gc", "--max-old-space-size=8192", file, "--measure", ...args.map(String)];
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      const last = stdout.trim().split("\n").at(-1);
      if (!error && last) resolve(JSON.parse(last) as Figures);
      else if (error?.killed) resolve(`takes over ${limitSeconds} s`);
      else throw new Error(`${file} ${args.join(" ")} failed\n${stderr.slice(-2_000)}`);
    });
  });

/** Runs each of several measurements in every round, `together` at a time, and gives the median of each figure. */
export const measureInTurn = async (
  measurements: Readonly<Record<string, () => Promise<Figures | string>>>,
  rounds: number,
  together = 1,
): Promise<Record<string, Figures | string>> => {
  const names = Object.keys(measurements);
  const all = new Map<string, Figures[]>();
  const reasons: Record<string, string> = {};
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i += together) {
      const group = names.slice(i, i + together).filter((name) => !(name in reasons));
      const found = await Promise.all(group.map((name) => measurements[name]!()));
      for (const [j, figures] of found.entries()) {
        const name = group[j]!;
        if (typeof figures === "string") reasons[name] = figures;
        else all.set(name, [...(all.get(name) ?? []), figures]);
      }
    }
  const measured = [...all].map(([name, figures]) => [name, medians(figures)] as const);
  return { ...Object.fromEntries(measured), ...reasons };
};

const medians = (all: readonly Figures[]): Figures =>
  Object.fromEntries(Object.keys(all[0]!).map((key) => [key, median(all.map((figures) => figures[key]!))]));

/** One figure of each contender. */
export const column = (
  measured: Readonly<Record<string, Figures | string>>,
  key: string,
): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(measured).map(([name, figures]) => [
      name,
      typeof figures === "string" ? figures : figures[key]!,
    ]),
  );

/** Hands a benchmark's result to `run.ts`: into the file that is the first argument, else onto the screen. */
export const report = (benchmark: Benchmark): void => {
  const file = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
  const text = JSON.stringify(benchmark, null, 2);
  if (file === undefined) console.log(text);
  else writeFileSync(file, text);
};
