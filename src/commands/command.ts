import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest, ScheduleError } from "../errors.ts";
import type { Job } from "../job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { type Output, type Style, styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";

/** What a command works on, and where it writes. */
export interface Context {
  readonly scheduler: SchedulerCore;
  /** What stands behind the command's own word. */
  readonly args: string[];
  readonly output: Output;
  readonly errors: Output;
}

/** Does something and gives the exit code of the process: 0, 1 when a job failed, 2 when it was not understood. */
export type Command = (context: Context) => Promise<number>;

/** What a command is given once its arguments are read. */
export interface CommandContext extends Context {
  readonly style: Style;
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
  (act: (context: CommandContext) => number | Promise<number>): Command =>
  async (context) => {
    const { output, errors } = context;
    const style = styleOf(output, process.env);
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
    };
    try {
      return await act({ ...context, style, print });
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof ScheduleError)) throw error;
      const lines = error instanceof UsageError ? error.lines : error.message.split("\n").map(oneLine);
      errors.write(`${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n`);
      return 2;
    }
  };

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What `parseArgs` finds. */
type Read<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** Reads arguments as `parseArgs` does. @throws UsageError with the nearest option, and how the command is called */
export const readArguments = <T extends Options>(
  args: readonly string[],
  options: T,
  { usage, most }: { readonly usage: string; readonly most: number },
): Read<T> => {
  try {
    const read = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    if (read.positionals.length <= most) return read;
    throw new UsageError(
      `What is ${JSON.stringify(oneLine(read.positionals[most]!))} for?`,
      `usage: ${usage}`,
    );
  } catch (error) {
    if (error instanceof UsageError || !isArgumentError(error)) throw error;
    const [said = ""] = oneLine(error.message).split(". ");
    const wrong = /'--([^'\s=]+)/.exec(error.message)?.[1];
    const near = wrong === undefined ? undefined : nearest(wrong, Object.keys(options));
    throw new UsageError(
      `${said}.${near === undefined ? "" : ` Did you mean --${near}?`}`,
      `usage: ${usage}`,
    );
  }
};

/** A whole number from 1 up. @throws UsageError */
export const readCount = (text: string | undefined, usual: number, what: string): number => {
  if (text === undefined) return usual;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= mostCounted) return count;
  throw new UsageError(
    `${what} is a whole number from 1 to ${mostCounted}, not ${JSON.stringify(oneLine(text))}.`,
  );
};

const mostCounted = 10_000;

const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

/** More names than these are not listed. */
const mostListed = 30;

/** The job with a name. @throws UsageError when there is none, with the nearest; and when there are several */
export const findJob = (
  scheduler: SchedulerCore,
  name: string | undefined,
  usage: string,
  jobs: readonly Job[] = scheduler.jobs(),
): Job => {
  if (name === undefined) throw new UsageError("Which job?", `usage: ${usage}`, jobsLine(jobs));
  const found = jobs.filter((job) => job.name === name);
  if (found.length === 1) return found[0]!;
  const shown = JSON.stringify(oneLine(name));
  if (found.length > 1)
    throw new UsageError(
      `${found.length} jobs are named ${shown}. Give each a name of its own: .named("…")`,
      ...found.map((job) => `  ${oneLine(job.name)}   ${oneLine(job.describe())}`),
    );
  const near = nearest(name, new Set(jobs.map((job) => job.name)));
  throw new UsageError(
    `No job ${shown}.${near === undefined ? "" : ` Did you mean ${oneLine(near)}?`}   ${jobsLine(jobs)}`,
  );
};

/** A name that cannot be taken for several. */
const catchUpStagger = (name: string): string => (name.includes(" ") ? JSON.stringify(name) : name);

const jobsLine = (jobs: readonly Job[]): string => {
  if (jobs.length === 0) return "There are no jobs.";
  const names = [...new Set(jobs.map((job) => oneLine(job.name)))].sort();
  const more = names.length - mostListed;
  return `Jobs: ${names.slice(0, mostListed).map(catchUpStagger).join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
};
