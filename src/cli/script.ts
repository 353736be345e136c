import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Command, command, UsageError } from "../commands/command.ts";
import type { Scheduler } from "../create.ts";
import { defaultSchedule } from "../default.ts";
import { ScheduleError } from "../errors.ts";
import { errorOfTypo, scheduleErrorLines } from "../report/errors.ts";
import { ownFrames } from "../report/stack.ts";
import { type Style, styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { isTypeScript } from "./file-names.ts";

/**
 * What a script does when it is called with a verb, also for one that forgot `run()`: the file is read, and at `run()`, or at its end, the verb is
 * obeyed and the process ends. Nothing is started.
 */
export const scriptCommand = (verb: string): Command =>
  command(async ({ args, errors }) => {
    const [name, ...rest] = args;
    if (name === undefined)
      throw new UsageError(`${verb} of which file?`, `usage: npx onthedot ${verb} <file>`);
    const file = resolve(name);
    if (!existsSync(file)) throw new UsageError(`There is no file ${JSON.stringify(oneLine(name))}.`);
    const schedule = defaultSchedule();
    const obeyed = obeyingOnce(schedule);
    process.argv = [process.execPath, file, verb, ...rest];
    await read(file).catch((error) => {
      throw withItsLine(error, styleOf(errors, process.env));
    });
    await obeyed();
    return 0;
  });

/**
 * Makes whatever would run jobs obey the verb instead, once. The words of a script are those of this very object: see `defaultSchedule`.
 *
 * @returns does it where the script has not
 */
const obeyingOnce = (schedule: Scheduler): (() => Promise<void>) => {
  const run = schedule.run;
  let asked: Promise<void> | undefined;
  schedule.run = (options) => (asked ??= run({ ...options, cli: true }));
  schedule.runPending = () => schedule.run();
  schedule.start = ({ store } = {}) => void schedule.run({ ...(store && { store }) });
  return () => schedule.run();
};

/** A mistake in a script, as the script itself would show it; without the line where tsx does not tell it (CommonJS). Any other error as it is. */
const withItsLine = (error: unknown, style: Style): unknown => {
  const mistake = error instanceof ScheduleError ? error : errorOfTypo(error);
  if (!mistake || ownFrames(mistake).length === 0) return mistake ?? error;
  return new UsageError(...scheduleErrorLines(mistake, style).slice(0, -1));
};

/** Imports a script, by tsx where it is TypeScript that this Node does not read. */
const read = async (file: string): Promise<void> => {
  const url = pathToFileURL(file).href;
  const tsx = isTypeScript(file) ? await tsxFor(file) : undefined;
  if (tsx) await tsx.tsImport(url, import.meta.url);
  else if (!isTypeScript(file) || hasTypeStripping()) await import(url);
  else
    throw new UsageError(
      `Node ${process.versions.node} needs tsx to read TypeScript:`,
      "",
      "  npm install --save-dev tsx",
    );
};

/** The part of `tsx/esm/api` that is used. */
interface Tsx {
  tsImport(url: string, parent: string): Promise<unknown>;
}

/** The tsx of the script's own folder, else one beside this package. */
const tsxFor = async (file: string): Promise<Tsx | undefined> => {
  const path = apiOfTsx(file) ?? apiOfTsx(fileURLToPath(import.meta.url));
  return path === undefined ? undefined : ((await import(pathToFileURL(path).href)) as Tsx);
};

/** `require.resolve` would give the other build of it, which does not find its own files (tsx 4.23). */
const apiOfTsx = (from: string): string | undefined => {
  try {
    const manifest = createRequire(from).resolve("tsx/package.json");
    const { exports } = JSON.parse(readFileSync(manifest, "utf8"));
    return join(dirname(manifest), exports["./esm/api"].import.default);
  } catch {
    return undefined;
  }
};

/** Node 22.18 and later read TypeScript themselves. */
const hasTypeStripping = (): boolean =>
  "typescript" in process.features && Boolean(process.features.typescript);
