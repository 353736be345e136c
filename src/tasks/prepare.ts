import { basename, dirname, extname } from "node:path";
import { checkOptions, invalid, readLimit } from "../checks.ts";
import { nearest } from "../errors.ts";
import type { RunContext, Task, TaskOptions } from "../job.ts";
import { texts } from "../text/text.ts";
import type { DurationLike } from "../time/duration.ts";
import type { Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { ProgramCall } from "./program.ts";

export interface PreparedTask {
  readonly task: Task;
  readonly taskOptions: TaskOptions;
}

/**
 * A task that runs a program. What runs it is loaded at the first run.
 *
 * @throws ScheduleError `program`, `duration`
 */
export const programTask = (
  program: string,
  args: readonly string[] | ProgramOptions = [],
  options: ProgramOptions = {},
): PreparedTask => {
  const call = isList(args) ? programCall(program, args, options) : programCall(program, [], args);
  const task = async (context: RunContext): Promise<void> => {
    const { runProgram } = await import("./program.ts");
    return runProgram(call, context);
  };
  Object.defineProperty(task, "name", { value: nameOf(call) });
  return { task, taskOptions: { grace: (call.grace + second) as Milliseconds } };
};

const isList = (given: readonly string[] | ProgramOptions): given is readonly string[] =>
  Array.isArray(given);

/** `"rsync"` of `/usr/bin/rsync`, and of the line `RSYNC_RSH=ssh rsync -a photos backup:`. */
const nameOf = ({ program, shell }: ProgramCall): string => {
  const words = program.trim().split(/\s+/);
  const name = shell ? (words.find((word) => !/^\w+=/.test(word)) ?? words[0]!) : program;
  return basename(name).slice(0, 200);
};

/** How a program is run. */
export interface ProgramOptions {
  /** The folder it runs in. @default that of the script */
  readonly cwd?: string | URL;
  /**
   * Variables beside those of the script; `undefined` takes one away. It also gets `ONTHEDOT_JOB`, `ONTHEDOT_SCHEDULED` (the planned moment, ISO) and
   * `ONTHEDOT_ATTEMPT`.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it reads from its standard input. @default nothing */
  readonly stdin?: string | Uint8Array;
  /** How long it may take to end after SIGTERM, on timeout or when it is cancelled; then it and all it has started get SIGKILL. @default "5 seconds" */
  readonly grace?: DurationLike;
  /** The exit codes that are a success. @default [0] */
  readonly exitCodes?: readonly number[];
  /** Hands the text to a shell: `.exec("du -sh * | sort -h", { shell: true })`. Then it is one line, without a list of arguments. @default false */
  readonly shell?: boolean;
}

/** @throws ScheduleError `program`, `duration` */
export const programCall = (
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): ProgramCall => {
  checkOptions("exec(…)", options, ["cwd", "env", "stdin", "grace", "exitCodes", "shell"]);
  const { cwd, env = {}, stdin, grace = "5 seconds", exitCodes = [0], shell = false } = options;
  const words = texts().errors.program;
  if (!isPlainText(program) || program.trim() === "")
    throw invalid("program", words.what, program, words.accepted);
  // A line as for a shell; a path may have blanks.
  const isLine =
    !shell && args.length === 0 && /\S\s+\S/.test(program) && !/[\\/]/.test(program.split(/\s/)[0]!);
  if (isLine)
    throw invalid(
      "program",
      words.what,
      program,
      words.accepted,
      `.exec(${JSON.stringify(program)}, { shell: true })`,
    );
  const wrong = args.find((arg) => !isPlainText(arg));
  if (wrong !== undefined) throw invalid("program", words.argument, wrong, words.noNul);
  if (shell && args.length > 0) throw invalid("program", words.withShell, args, words.oneLine);
  return { program, args, cwd, env, stdin, grace: readLimit(grace, "exec: grace", 0), exitCodes, shell };
};

const isPlainText = (given: unknown): boolean => typeof given === "string" && !given.includes("\0");

/**
 * A task that runs a module's function in a worker thread, so that heavy computing delays no other job. Threads are loaded and started at the first run.
 *
 * @throws ScheduleError `worker`
 */
export const workerTask = (module: URL | WorkerModule, args: readonly unknown[]): PreparedTask => {
  const { file, export: name = "default" } =
    module instanceof URL || typeof module === "string" ? { file: module } : (module ?? {});
  const path = checkFile(file);
  checkArguments(args);
  const task = async ({ job, scheduled, attempt, signal }: RunContext): Promise<unknown> => {
    signal.throwIfAborted();
    const context: WorkerContext = { job: job.name, scheduled, attempt };
    const { runInThread } = await import("./threads.ts");
    return runInThread({ file: String(file), export: name, args: [...args, context] }, signal);
  };
  Object.defineProperty(task, "name", { value: name === "default" ? basename(path, extname(path)) : name });
  const close = async (): Promise<void> => (await import("./threads.ts")).closeThreads();
  return { task, taskOptions: { grace: second as Milliseconds, close } };
};

const checkFile = (file: unknown): string => {
  const words = texts().tasks;
  if (!(file instanceof URL) || file.protocol !== "file:") {
    const example = typeof file === "string" ? file.replace(/^(?![./\\])/, "./") : "./heavy.ts";
    throw invalid("worker", words.workerFile, file, `new URL(${JSON.stringify(example)}, import.meta.url)`);
  }
  // Asked for and not imported, for an import is loaded at every start.
  const { existsSync, readdirSync } = process.getBuiltinModule("node:fs");
  const path = process.getBuiltinModule("node:url").fileURLToPath(file);
  if (existsSync(path)) return path;
  const folder = dirname(path);
  const near = existsSync(folder) ? nearest(basename(path), readdirSync(folder)) : undefined;
  const nearby = near && JSON.stringify(near);
  throw invalid("worker", words.workerFile, path, words.existingFile, nearby);
};

const checkArguments = (args: readonly unknown[]): void => {
  try {
    structuredClone(args);
  } catch (error) {
    const given = error instanceof Error ? error.message : error;
    throw invalid("worker", texts().tasks.workerArguments, given, texts().tasks.copyable);
  }
};

/** A module whose function runs in a thread of its own. */
export interface WorkerModule {
  /** `new URL("./heavy.ts", import.meta.url)` */
  readonly file: URL;
  /** The name under which it exports the function. @default "default" */
  readonly export?: string;
}

/**
 * What a function in a worker gets as its last argument. It gets no signal: its thread is ended when the run is cancelled.
 *
 * @example
 * ```ts
 * // heavy.ts, which .worker(new URL("./heavy.ts", import.meta.url), 1_000_000) runs
 * import type { WorkerContext } from "onthedot";
 *
 * export default function count(limit: number, { job, attempt }: WorkerContext) {
 *   console.log(`${job} counts to ${limit}, attempt ${attempt}`);
 * }
 * ```
 */
export interface WorkerContext {
  /** The job's name. */
  readonly job: string;
  /** The planned moment, however late the run started. */
  readonly scheduled: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
}
