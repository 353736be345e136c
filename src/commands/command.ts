import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest, ScheduleError } from "../errors.ts";
import { type Job, type RunRecord, toRecord } from "../job.ts";
import { invocation } from "../report/stack.ts";
import { entryOf, lastDecisions, lastRunOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { JobEnd } from "../store/store.ts";
import { type Output, type Style, styleOf } from "../terminal/style.ts";
import { oneLine, safeJson } from "../terminal/text.ts";
import { currentLanguage, type Texts, texts } from "../text/text.ts";

interface CommandInput {
  readonly scheduler: SchedulerCore;
  readonly args: readonly string[];
  readonly output: Output;
  readonly errors: Output;
  /** Whether a script was loaded, whose jobs these are. @default true */
  readonly hasScript?: boolean;
}

/** Gives the exit code of the process: 0, 1 when a job failed, 2 when the call was wrong. */
export type Command = (input: CommandInput) => Promise<number>;

export interface CommandContext extends CommandInput {
  readonly hasScript: boolean;
  readonly style: Style;
  /** What to type to start this program: `"npx tsx myjobs.ts"`. */
  readonly program: string;
  /** How the command is called: `"npx tsx myjobs.ts run <job>"`. */
  readonly usage: string;
  print(lines: readonly string[]): void;
}

type Commands = Texts["commands"];
export type CommandName = keyof Commands["usages"] | keyof Commands["packageUsages"];

/** A command was called in a wrong way; the lines say how to call it. */
export class UsageError extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines[0]);
    this.lines = lines;
  }
}

export const packageProgram = "npx onthedot";

/** Reports a wrong call or schedule on stderr. @returns the exit code, 2 for a mistake */
export const reportMistakes = async (
  errors: Output,
  act: () => number | void | Promise<number | void>,
): Promise<number> => {
  try {
    return (await act()) ?? 0;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof ScheduleError)) throw error;
    const lines = error instanceof UsageError ? error.lines : error.message.split("\n").map(oneLine);
    errors.write(`${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n`);
    return 2;
  }
};

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: T }>>["values"];

export const text = { type: "string" } as const;
export const flag = { type: "boolean" } as const;
/** `-n 5` and `--limit 5`, for every command that lists. */
export const limitOption = { limit: { type: "string", short: "n" } } as const;

/**
 * Makes a command. `--help` shows its usage.
 *
 * @param most how many arguments it takes beside its options
 */
export const command =
  <const T extends Options>(
    name: CommandName,
    most: number,
    options: T,
    act: (
      context: CommandContext,
      values: Values<T>,
      args: readonly string[],
    ) => number | void | Promise<number | void>,
  ): Command =>
  (input) => {
    const { output, errors, args, hasScript = true } = input;
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
    };
    const program = hasScript ? (invocation()?.command ?? "node myjobs.ts") : packageProgram;
    const [call, summary] = usageOf(name, hasScript);
    const usage = `${program} ${call}`;
    const context = { ...input, hasScript, style: styleOf(output, process.env), print, program, usage };
    return reportMistakes(errors, () => {
      if (args.includes("--help") || args.includes("-h"))
        return print(["", `  ${usage}`, "", `  ${summary}`, ""]);
      const { values, positionals } = readArguments(context, options);
      if (positionals.length > most) throw unexpected(context, positionals[most]!, most > 0);
      return act(context, values, positionals);
    });
  };

/** How a command is called, and what it does; `npx onthedot` also needs the file of the script. */
export const usageOf = (name: CommandName, hasScript: boolean): readonly [call: string, summary: string] => {
  const { usages, packageUsages, file } = texts().commands;
  const [call, summary] = { ...usages, ...packageUsages }[name];
  return [hasScript || name in packageUsages ? call : call.replace(name, `${name} ${file}`), summary];
};

/** A mistake in a call, and the right way to call the command. */
export const usageError = ({ usage }: CommandContext, ...lines: readonly string[]): UsageError =>
  new UsageError(...lines, texts().commands.usage(usage));

export const unexpected = (context: CommandContext, argument: string, mayBePhrase = false): UsageError =>
  usageError(context, texts().commands.unexpected(oneLine(argument), mayBePhrase));

const readArguments = <T extends Options>(context: CommandContext, options: T) => {
  try {
    return parseArgs({ args: withNegatives(context.args, options), options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    const words = texts().commands;
    const given = /'(?:-\w, )?(-[^'\s=]+)/.exec(message)?.[1] ?? "";
    if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION")
      throw usageError(
        context,
        options[given.slice(2)]?.type === "boolean" ? words.takesNoValue(given) : words.needsValue(given),
      );
    if (/^-\d/.test(given)) readCount(given, "n");
    const known = Object.keys(options).map((name) => `--${name}`);
    throw usageError(context, words.unknownOption(oneLine(given), nearest(given, known)));
  }
};

/** `--limit -1` as `--limit=-1`: Node takes what begins with a dash for an option. */
const withNegatives = (args: readonly string[], options: Options): string[] => {
  const takesValue = (arg: string | undefined) =>
    Object.entries(options).some(
      ([name, { type, short }]) => type === "string" && (arg === `--${name}` || arg === `-${short}`),
    );
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    if (/^-\d/.test(arg) && takesValue(last))
      joined[joined.length - 1] = `${last}${last!.startsWith("--") ? "=" : ""}${arg}`;
    else joined.push(arg);
  }
  return joined;
};

/** A whole number from 1 up. @throws UsageError */
export const readCount = (given: string, what: string, most = 10_000): number => {
  const count = Number(given);
  if (/^\d+$/.test(given) && count >= 1 && count <= most) return count;
  throw new UsageError(texts().commands.notACount(what, most, oneLine(given)));
};

/**
 * How many lines are wanted: `-n 5`, `--limit 5`, or a bare number that is no job's name. The other arguments are given back.
 *
 * @throws UsageError
 */
export const readLimit = (
  args: readonly string[],
  limit: string | undefined,
  usual: number,
  isName: (word: string) => boolean = () => false,
): { readonly limit: number; readonly rest: readonly string[] } => {
  const bare = limit === undefined ? args.findLastIndex((word) => /^\d+$/.test(word) && !isName(word)) : -1;
  const given = limit ?? args[bare];
  return {
    limit: given === undefined ? usual : readCount(given, limit === undefined ? "n" : "--limit"),
    rest: args.filter((_, i) => i !== bare),
  };
};

export const printJson = ({ print }: CommandContext, value: unknown): void => print([safeJson(value)]);

/** A job that a command can show: one of the script, one that has ended, or one that only the store knows. */
export interface KnownJob {
  readonly name: string;
  /** When it runs, in words and in the person's language; where the script no longer has it, as it was written. */
  readonly when: string;
  /** Nothing where only the store knows it. */
  readonly job: Job | undefined;
  readonly end: JobEnd | undefined;
  /** The last decisions, oldest first. */
  history(limit: number): readonly RunRecord[];
  /** The last run that has ended. */
  lastRun(): RunRecord | undefined;
}

export const knownJob = (job: Job, end?: JobEnd): KnownJob => ({
  name: job.name,
  get when() {
    return job.describe(currentLanguage());
  },
  job,
  end,
  history: (limit) => lastDecisions(job, limit),
  lastRun: () => lastRunOf(job),
});

/** The jobs of the script by their next run, then those that the script no longer has, then those that have ended, the latest first. */
export const knownJobs = (scheduler: SchedulerCore): readonly KnownJob[] => {
  const own = [...byNextRun(scheduler.jobs()), ...scheduler.endedJobs].map((job) =>
    knownJob(job, entryOf(job)?.end),
  );
  const names = new Set(own.map(({ name }) => name));
  const orphaned = scheduler.store
    .orphanedJobs()
    .filter(({ name }) => !names.has(name))
    .map(({ name, source, end, history }): KnownJob => {
      const records = (limit: number) => history(limit).map(toRecord);
      const lastRun = () => records(lastRunWithin).findLast((run) => run.started && run.ended);
      return { name, when: source, job: undefined, end, history: records, lastRun };
    });
  return [...own, ...orphaned].sort((a, b) => (b.end?.at ?? Infinity) - (a.end?.at ?? Infinity) || 0);
};

/** The last run is looked for among so many decisions. */
const lastRunWithin = 100;

/** Jobs by their next run, those that have none last. */
export const byNextRun = (jobs: readonly Job[]): readonly Job[] =>
  [...jobs].sort((a, b) => (a.nextRun?.getTime() ?? Infinity) - (b.nextRun?.getTime() ?? Infinity));

const maxListed = 30;

type Named = Pick<KnownJob, "name" | "when">;

/** The jobs with a name, else those whose names begin with it. */
export const jobsNamed = <J extends Pick<Named, "name">>(jobs: readonly J[], name: string): readonly J[] => {
  const exact = jobs.filter((job) => job.name === name);
  return exact.length > 0 || name === "" ? exact : jobs.filter((job) => job.name.startsWith(name));
};

/** The job with a name, or the only one whose name begins with it. @throws UsageError with the nearest name */
export const findJob = <J extends Named>(
  context: CommandContext,
  name: string | undefined,
  jobs: readonly J[],
): J => {
  const words = texts().commands;
  if (name === undefined) throw usageError(context, words.missing(words.job), jobsLine(jobs));
  const found = jobsNamed(jobs, name);
  if (found.length === 1) return found[0]!;
  const shown = oneLine(name);
  if (found.length > 1)
    throw new UsageError(
      words[found.every((job) => job.name === name) ? "sameName" : "samePrefix"](found.length, shown),
      ...found.slice(0, maxListed).map((job) => `  ${oneLine(job.name)}   ${oneLine(job.when)}`),
    );
  const near = nearest(name, new Set(jobs.map((job) => job.name)));
  throw new UsageError(`${words.noSuchJob(shown, near && oneLine(near))}   ${jobsLine(jobs)}`);
};

/** A job of the script. @throws UsageError also when it is only known to the store, or has ended */
export const findScriptJob = (context: CommandContext, name: string | undefined): Job =>
  findJob(
    context,
    name,
    context.scheduler.jobs().map((job) => knownJob(job)),
  ).job!;

const jobsLine = (jobs: readonly Named[]): string => {
  const words = texts().commands;
  if (jobs.length === 0) return words.noJobs;
  const names = [...new Set(jobs.map((job) => oneLine(job.name)))].sort();
  // A name that cannot be taken for several.
  const shown = names.slice(0, maxListed).map((name) => (name.includes(" ") ? JSON.stringify(name) : name));
  return words.jobNames(shown.join(" "), Math.max(0, names.length - maxListed));
};
