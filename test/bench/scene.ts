import { execFile } from "node:child_process";
import { join } from "node:path";
import { median } from "./measure.ts";

/** What a scene has found, by name. */
export type Found = Readonly<Record<string, number>>;

/**
 * Plays a scene in a process of its own and gives what it found, or a text that says why there is nothing.
 *
 * @param name a file in `scenes/`
 * @param most milliseconds after which it is given up
 */
export const play = (
  name: string,
  args: readonly (string | number)[],
  most = 60_000,
): Promise<Found | string> =>
  new Promise((resolve) => {
    const file = join(import.meta.dirname, "scenes", `${name}.js`);
    const options = { timeout: most, maxBuffer: 1 << 24, env: { ...process.env, TZ: "UTC" } };
    execFile(
      process.execPath,
      ["--expose-gc", file, ...args.map(String)],
      options,
      (error, stdout, stderr) => {
        const last = stdout.trim().split("\n").at(-1);
        if (!error && last) resolve(JSON.parse(last) as Found);
        else if (error?.killed) resolve(`over ${most / 1_000} s`);
        else throw new Error(`${name} ${args.join(" ")} failed\n${stderr.slice(-2_000)}`);
      },
    );
  });

/** Plays each of several scenes in turn, in every round, and gives the median of what each found. */
export const playInTurn = async (
  scenes: readonly { readonly name: string; readonly play: () => Promise<Found | string> }[],
  rounds: number,
): Promise<Record<string, Found | string>> => {
  const seen = new Map<string, Found[]>();
  const given: Record<string, string> = {};
  for (let round = 0; round < rounds; round++) {
    for (const { name, play } of scenes) {
      if (name in given) continue;
      const found = await play();
      if (typeof found === "string") given[name] = found;
      else seen.set(name, [...(seen.get(name) ?? []), found]);
    }
  }
  return { ...Object.fromEntries([...seen].map(([name, all]) => [name, medians(all)])), ...given };
};

/** Of each figure the median. */
export const medians = (all: readonly Found[]): Found =>
  Object.fromEntries(Object.keys(all[0]!).map((key) => [key, median(all.map((found) => found[key]!))]));

/** One figure of what each scene found. */
export const figure = (
  found: Readonly<Record<string, Found | string>>,
  key: string,
): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(found).map(([name, all]) => [name, typeof all === "string" ? all : all[key]!]),
  );
