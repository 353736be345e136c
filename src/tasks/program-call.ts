import { ScheduleError } from "../errors.ts";
import { type DurationLike, parseDuration } from "../time/duration.ts";
import type { Milliseconds } from "../time/instant.ts";

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
  /** How long it may take to end after SIGTERM, on timeout or when it is called off; then it gets SIGKILL, and all it has started. @default "5 seconds" */
  readonly grace?: DurationLike;
  /** The exit codes that are a success. @default [0] */
  readonly exitCodes?: readonly number[];
  /** Hands the text to a shell: `.exec("du -sh * | sort -h", { shell: true })`. Then it is one line, without a list of arguments. @default false */
  readonly shell?: boolean;
}

/** What is to be run, checked. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string | URL | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: string | Uint8Array | undefined;
  readonly grace: Milliseconds;
  readonly exitCodes: readonly number[];
  readonly shell: boolean;
}

/** @throws ScheduleError `program`, `duration` */
export const programCall = (
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): ProgramCall => {
  const { cwd, env = {}, stdin, grace = "5 seconds", exitCodes = [0], shell = false } = options;
  if (!isPlainText(program) || program.trim() === "")
    throw mistake("Program", program, 'its name or path, as in .exec("rsync", ["-a", "photos/", "backup/"])');
  const wrong = args.find((arg) => !isPlainText(arg));
  if (wrong !== undefined) throw mistake("Argument of a program", wrong, "text without NUL characters");
  if (shell && args.length > 0)
    throw mistake("exec(…) with a shell", args, "the whole line in one text, quoted as the shell wants it");
  return { program, args, cwd, env, stdin, grace: parseDuration(grace, "exec: grace", 0), exitCodes, shell };
};

const isPlainText = (given: unknown): boolean => typeof given === "string" && !given.includes("\0");

const mistake = (what: string, given: unknown, accepted: string): ScheduleError =>
  new ScheduleError({ code: "program", what, given, accepted });

/** A program did not end as it should, or did not start. */
export class ProgramError extends Error {
  /** Its exit code, where it ended by itself. */
  readonly code: number | undefined;
  /** What ended it, where something did: `"SIGKILL"`. */
  readonly signal: string | undefined;

  constructor(message: string, code?: number, signal?: string) {
    super(message);
    this.name = "ProgramError";
    this.code = code;
    this.signal = signal;
  }
}
