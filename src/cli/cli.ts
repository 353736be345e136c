import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Command,
  type CommandName,
  packageProgram,
  reportMistakes,
  UsageError,
} from "../commands/command.ts";
import { commands } from "../commands/registry.ts";
import { assemble, type Scheduler } from "../create.ts";
import { defaultSchedule } from "../default.ts";
import { nearest, ScheduleError } from "../errors.ts";
import { errorOfTypo, scheduleErrorLines } from "../report/errors.ts";
import { isScriptName, ownFrames, thisRuntime, version } from "../report/stack.ts";
import { packageFolder } from "../require-package.ts";
import { type Output, type Style, styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { readLanguageFlag, type Texts, texts } from "../text/text.ts";

const ofPackage: Record<keyof Texts["commands"]["packageUsages"], () => Promise<Command>> = {
  init: async () => (await import("../commands/init.ts")).init,
  import: async () => (await import("../commands/crontab.ts")).importCrontab,
  service: async () => (await import("../commands/service.ts")).service,
  lessons: async () => (await import("../commands/lessons.ts")).lessons,
  playground: async () => (await import("../commands/playground.ts")).playground,
};
const all = { ...commands, ...ofPackage };
const names = Object.keys(all) as readonly CommandName[];
const named = (given: string | undefined) => names.find((name) => name === given);

/** Runs `npx onthedot …`. Gives the exit code: 0, 1 when a job failed, 2 when the call was wrong. */
export const main = async (args: readonly string[], output: Output, errors: Output): Promise<number> => {
  const [given, ...rest] = readLanguageFlag(args).rest;
  const { scheduler } = assemble({});
  const run = async (name: CommandName, args: readonly string[]) =>
    (await all[name]())({ scheduler, args, output, errors, hasScript: false });
  if (given === undefined || ["help", "--help", "-h"].includes(given)) {
    const code = await run("help", rest);
    return given === undefined ? 2 : code;
  }
  if (["version", "--version", "-v"].includes(given)) {
    output.write(`${version()}\n`);
    return 0;
  }
  const runOfScript = (name: CommandName, args: readonly string[]) =>
    reportMistakes(errors, () => commandOfScript(name, args, errors));
  // "onthedot myjobs.ts list" is what the script's own command line looks like.
  if (isScriptName(given)) return runOfScript(named(rest[0]) ?? "help", [given, ...rest.slice(1)]);
  const name = named(given);
  if (!name) {
    const near = nearest(given, names);
    errors.write(`  ${texts().cli.noSuchCommand(oneLine(given), near)}   ${packageProgram} --help\n`);
    return 2;
  }
  const isHelp = rest.includes("--help") || rest.includes("-h");
  const mayNeedNone =
    name in ofPackage || ((name === "next" || name === "explain") && !isScriptName(rest[0] ?? ""));
  return isHelp || mayNeedNone ? run(name, rest) : runOfScript(name, rest);
};

/**
 * Runs a command of a script, also of one that forgot `run()`: the file is loaded, and its `run()`, or the end of the file, runs the command and ends
 * the process. No job is started by it.
 */
const commandOfScript = async (
  name: CommandName,
  [given, ...rest]: readonly string[],
  errors: Output,
): Promise<void> => {
  const words = texts().commands;
  if (given === undefined || !isScriptName(given))
    throw new UsageError(words.missing(words.file), words.usage(`${packageProgram} ${name} ${words.file}`));
  const file = resolve(given);
  if (!existsSync(file)) throw new UsageError(words.noSuchFile(oneLine(given)));
  const runs = runCommandOnce(defaultSchedule());
  process.argv = [process.execPath, file, name, ...rest];
  await load(file).catch((error) => {
    throw withItsLine(error, styleOf(errors, process.env));
  });
  await runs();
};

/**
 * Makes whatever would start jobs run the command instead, once. A script calls the members of this very object: see `defaultSchedule`.
 *
 * @returns does so where the script has not
 */
const runCommandOnce = (schedule: Scheduler): (() => Promise<void>) => {
  const { run } = schedule;
  let ran: Promise<void> | undefined;
  schedule.run = (options) => {
    ran ??= run({ ...options, cli: true });
    return ran;
  };
  schedule.runPending = () => schedule.run();
  schedule.start = ({ store, engine } = {}) =>
    void schedule.run({ ...(store && { store }), ...(engine && { engine }) });
  return () => schedule.run();
};

/** A mistake in a script, as the script itself would show it; without the line where tsx does not know it (CommonJS). Any other error as it is. */
const withItsLine = (error: unknown, style: Style): unknown => {
  const mistake = error instanceof ScheduleError ? error : errorOfTypo(error);
  if (!mistake || ownFrames(mistake).length === 0) return mistake ?? error;
  return new UsageError(...scheduleErrorLines(mistake, style).slice(0, -1));
};

const load = async (file: string): Promise<void> => {
  const url = pathToFileURL(file).href;
  const isTypeScript = /\.[cm]?tsx?$/i.test(file);
  const { name, runsTypeScript } = thisRuntime();
  const tsx = isTypeScript && name === "node" ? await tsxFor(file) : undefined;
  if (tsx) await tsx.tsImport(url, import.meta.url);
  else if (!isTypeScript || runsTypeScript) await import(url);
  else throw new UsageError(texts().cli.needsTsx(process.versions.node), "", "  npm install --save-dev tsx");
};

interface Tsx {
  tsImport(url: string, parent: string): Promise<unknown>;
}

/** The tsx of the script's own folder, else one beside this package. */
const tsxFor = async (file: string): Promise<Tsx | undefined> => {
  const folder = packageFolder("tsx", file) ?? packageFolder("tsx", import.meta.url);
  if (folder === undefined) return undefined;
  // `require.resolve` would give the other build of it, which does not find its own files (tsx 4.23).
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return import(pathToFileURL(join(folder, exports["./esm/api"].import.default)).href);
};
