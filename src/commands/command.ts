import { ScheduleError } from "../errors.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { type Look, lookOf, type Output } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";

/** What a command works on, and where it writes. */
export interface Context {
  readonly scheduler: Scheduler;
  /** What stands behind the command's own word. */
  readonly args: string[];
  readonly output: Output;
  readonly errors: Output;
}

/** Does something and gives the exit code of the process: 0, 1 when a job failed, 2 when it was not understood. */
export type Command = (context: Context) => Promise<number>;

/** What a command is given once its arguments are read. */
export interface Bench extends Context {
  readonly look: Look;
  /** Writes whole lines. */
  print(lines: readonly string[]): void;
}

/** A command was called in a way it does not understand; its text tells how it wants to be called. */
export class UsageError extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines[0]);
    this.lines = lines;
  }
}

/** Makes a command of what it does: wrong calls and mistakes in what was said are told on the stream of errors, code 2. */
export const command =
  (act: (bench: Bench) => number | Promise<number>): Command =>
  async (context) => {
    const { output, errors } = context;
    const look = lookOf(output, process.env);
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
    };
    try {
      return await act({ ...context, look, print });
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof ScheduleError)) throw error;
      const lines = error instanceof UsageError ? error.lines : error.message.split("\n").map(oneLine);
      errors.write(`${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n`);
      return 2;
    }
  };
