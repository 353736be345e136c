import { basename } from "node:path";
import { checkOptions } from "../checks.ts";
import { ScheduleError } from "../errors.ts";
import type { RunContext } from "../job.ts";
import { texts } from "../text/text.ts";
import { type DurationLike, parseDuration } from "../time/duration.ts";
import type { Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { ProgramCall } from "./program.ts";
import type { PreparedTask } from "./worker.ts";

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
  if (!isPlainText(program) || program.trim() === "") throw invalid(words.what, program, words.accepted);
  // A line as for a shell; a path may have blanks.
  const isLine =
    !shell && args.length === 0 && /\S\s+\S/.test(program) && !/[\\/]/.test(program.split(/\s/)[0]!);
  if (isLine)
    throw invalid(words.what, program, words.accepted, `.exec(${JSON.stringify(program)}, { shell: true })`);
  const wrong = args.find((arg) => !isPlainText(arg));
  if (wrong !== undefined) throw invalid(words.argument, wrong, words.noNul);
  if (shell && args.length > 0) throw invalid(words.withShell, args, words.oneLine);
  return { program, args, cwd, env, stdin, grace: parseDuration(grace, "exec: grace", 0), exitCodes, shell };
};

const isPlainText = (given: unknown): boolean => typeof given === "string" && !given.includes("\0");

const invalid = (what: string, given: unknown, accepted: string, nearest?: string): ScheduleError =>
  new ScheduleError({ code: "program", what, given, accepted, nearest });
