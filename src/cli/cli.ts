import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type CommandInput,
  type CommandName,
  command,
  packageProgram,
  UsageError,
} from "../commands/command.ts";
import { commandNames, commands, runCommand, useOwnCommands } from "../commands/registry.ts";
import { assemble, type Scheduler } from "../create.ts";
import { defaultSchedule } from "../default.ts";
import { nearest, ScheduleError } from "../errors.ts";
import { errorOfTypo, scheduleErrorLines } from "../report/errors.ts";
import { isScriptName, ownFrames, thisRuntime, version } from "../report/stack.ts";
import { type Output, type Style, styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { readLanguageFlag, texts } from "../text/text.ts";

useOwnCommands(async (name) => {
  if (name === "lessons") return (await import("../commands/lessons.ts")).lessons;
  if (name === "playground") return (await import("../commands/playground.ts")).playground;
  if (name === "service") return (await import("../commands/service.ts")).service;
  if (name === "import") return (await import("../commands/crontab.ts")).importCrontab;
  return (await import("../commands/init.ts")).init;
});

/** Runs `npx onthedot …`. Gives the exit code: 0, 1 when a job failed, 2 when the call was wrong. */
export const main = async (args: readonly string[], output: Output, errors: Output): Promise<number> => {
  const [given, ...rest] = readLanguageFlag(args).rest;
  const input: CommandInput = {
    scheduler: assemble({}).scheduler,
    args: rest,
    output,
    errors,
    hasScript: false,
  };
  if (given === undefined || ["help", "--help", "-h"].includes(given)) {
    await runCommand("help", { ...input, args: [] });
    return given === undefined ? 2 : 0;
  }
  if (["version", "--version", "-v"].includes(given)) {
    output.write(`${version()}\n`);
    return 0;
  }
  // "onthedot myjobs.ts list" is what the script's own command line looks like.
  if (isScriptName(given))
    return commandOfScript(commandNamed(rest[0]) ?? "help", [given, ...rest.slice(1)], input);
  const name = commandNamed(given);
  if (!name) {
    const near = nearest(given, commandNames);
    errors.write(`  ${texts().cli.noSuchCommand(oneLine(given), near)}   ${packageProgram} --help\n`);
    return 2;
  }
  const isHelp = rest.includes("--help") || rest.includes("-h");
  const { about } = commands[name];
  const isOfScript = about === "jobs" || (about === "jobs or phrase" && isScriptName(rest[0] ?? ""));
  return isOfScript && !isHelp ? commandOfScript(name, rest, input) : runCommand(name, input);
};

const commandNamed = (given: string | undefined): CommandName | undefined =>
  commandNames.find((name) => name === given);

/**
 * Runs a command of a script, also of one that forgot `run()`: the file is loaded, and its `run()`, or the end of the file, runs the command and ends
 * the process. No job is started by it.
 */
const commandOfScript = (name: CommandName, args: readonly string[], input: CommandInput): Promise<number> =>
  command(name, async (context) => {
    const [given, ...rest] = args;
    const words = texts().commands;
    if (given === undefined || !isScriptName(given))
      throw new UsageError(words.missingFile, `${words.usage}: ${packageProgram} ${name} ${words.file}`);
    const file = resolve(given);
    if (!existsSync(file)) throw new UsageError(words.noSuchFile(oneLine(given)));
    const schedule = defaultSchedule();
    const runs = runCommandOnce(schedule);
    process.argv = [process.execPath, file, name, ...rest];
    await load(file).catch((error) => {
      throw withItsLine(error, styleOf(context.errors, process.env));
    });
    await runs();
    return 0;
  })(input);

/**
 * Makes whatever would start jobs run the command instead, once. A script calls the members of this very object: see `defaultSchedule`.
 *
 * @returns does so where the script has not
 */
const runCommandOnce = (schedule: Scheduler): (() => Promise<void>) => {
  const run = schedule.run;
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

/** Imports a script, with tsx where it is installed. */
const load = async (file: string): Promise<void> => {
  const url = pathToFileURL(file).href;
  const isTypeScript = /\.[cm]?tsx?$/i.test(file);
  const { name, runsTypeScript } = thisRuntime();
  const tsx = isTypeScript && name === "node" ? await tsxFor(file) : undefined;
  if (tsx) await tsx.tsImport(url, import.meta.url);
  else if (!isTypeScript || runsTypeScript) await import(url);
  else throw new UsageError(texts().cli.needsTsx(process.versions.node), "", "  npm install --save-dev tsx");
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
