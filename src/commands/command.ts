import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest, ScheduleError } from "../errors.ts";
import { type Job, type RunRecord, toRecord } from "../job.ts";
import { invocation } from "../report/stack.ts";
import { entryOf, lastDecisions, lastRunOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { JobEnd } from "../store/store.ts";
import { type Output, type Style, styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import { type Zone, zoneNamed } from "../time/zone.ts";

/** What a command works on, and where it writes. */
export interface CommandInput {
  readonly scheduler: SchedulerCore;
  /** What follows the command's name. */
  readonly args: readonly string[];
  readonly output: Output;
  readonly errors: Output;
  /** Whether a script was loaded, whose jobs these are. @default true */
  readonly hasScript?: boolean;
}

/** Gives the exit code of the process: 0, 1 when a job failed, 2 when the call was wrong. */
export type Command = (input: CommandInput) => Promise<number>;

/** What a command works with. */
export interface CommandContext extends CommandInput {
  readonly hasScript: boolean;
  readonly style: Style;
  /** What to type to start this program: `"npx tsx myjobs.ts"`. */
  readonly program: string;
  /** How the command is called: `"npx tsx myjobs.ts run <job>"`. */
  readonly usage: string;
  /** Writes whole lines. */
  print(lines: readonly string[]): void;
}

/** The names of all commands: the keys of their texts. */
export type CommandName = keyof ReturnType<typeof texts>["commands"]["usages"];

/** A line of the registry. */
export interface CommandEntry {
  load(): Promise<Command>;
  /** What it is about: the jobs of a script; those, or a phrase; or neither. */
  readonly about: "jobs" | "jobs or phrase" | "nothing";
}

export type Commands = Readonly<Record<CommandName, CommandEntry>>;

/** A command was called in a wrong way; the lines say how to call it. */
export class UsageError extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines[0]);
    this.lines = lines;
  }
}

/** Makes a command: `--help` shows its usage, and wrong calls are reported on stderr with exit code 2. */
export const command =
  (name: CommandName, act: (context: CommandContext) => number | Promise<number>): Command =>
  async (input) => {
    const { output, errors, args, hasScript = true } = input;
    const style = styleOf(output, process.env);
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
    };
    const program = hasScript ? (invocation()?.command ?? "node myjobs.ts") : packageProgram;
    const [usage, summary] = texts().commands.usages[name];
    const call = `${program} ${usage}`;
    if (args.includes("--help") || args.includes("-h")) {
      print(["", `  ${call}`, "", `  ${summary}`, ""]);
      return 0;
    }
    try {
      return await act({ ...input, hasScript, style, print, program, usage: call });
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof ScheduleError)) throw error;
      const lines = error instanceof UsageError ? error.lines : error.message.split("\n").map(oneLine);
      errors.write(`${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n`);
      return 2;
    }
  };

export const packageProgram = "npx onthedot";

/** A mistake in a call, and the right way to call the command. */
export const usageError = ({ usage }: CommandContext, ...lines: readonly string[]): UsageError =>
  new UsageError(...lines, `${texts().commands.usage}: ${usage}`);

type Options = NonNullable<ParseArgsConfig["options"]>;

type ParsedArguments<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** `-n 5` and `--limit 5`, for every command that lists. */
export const limitOption = { limit: { type: "string", short: "n" } } as const;

/** @throws UsageError with the nearest option, and how the command is called */
export const readArguments = <T extends Options>(
  context: CommandContext,
  options: T,
  maxPositionals: number,
): ParsedArguments<T> => {
  try {
    const parsed = parseArgs({ args: [...context.args], options, allowPositionals: true, strict: true });
    if (parsed.positionals.length <= maxPositionals) return parsed;
    throw usageError(
      context,
      texts().commands.unexpected(oneLine(parsed.positionals[maxPositionals]!), maxPositionals > 0),
    );
  } catch (error) {
    if (error instanceof UsageError || !isArgumentError(error)) throw error;
    const given = /'(-[^'\s=]+)/.exec(error.message)?.[1] ?? "";
    const near = nearest(
      given,
      Object.keys(options).map((name) => `--${name}`),
    );
    const isUnknown = error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION";
    const words = texts().commands;
    if (isUnknown && /^-\d/.test(given)) readCount(given, 1, "n");
    throw usageError(
      context,
      isUnknown
        ? words.unknownOption(oneLine(given), near)
        : words.wrongOptionValue(oneLine(error.message.split(/[.\n]/)[0]!)),
    );
  }
};

/** A whole number from 1 up. @throws UsageError */
export const readCount = (text: string | undefined, usual: number, what: string): number => {
  if (text === undefined) return usual;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= maxCount) return count;
  throw new UsageError(texts().commands.notACount(what, maxCount, oneLine(text)));
};

const maxCount = 10_000;

const isArgumentError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

/**
 * How many lines are wanted: `-n 5`, `--limit 5`, or a bare number that is no job's name. The other arguments are given back.
 *
 * @throws UsageError
 */
export const readLimit = (
  positionals: readonly string[],
  limit: string | undefined,
  usual: number,
  isName: (word: string) => boolean = () => false,
): { readonly limit: number; readonly rest: readonly string[] } => {
  const bare = positionals.findLastIndex((word) => /^\d+$/.test(word) && !isName(word));
  const rest = bare < 0 ? positionals : positionals.filter((_, i) => i !== bare);
  return { limit: readCount(limit ?? positionals[bare], usual, limit === undefined ? "n" : "--limit"), rest };
};

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
  const ended = scheduler.endedJobs().map((job) => knownJob(job, entryOf(job)?.end));
  const names = new Set([...scheduler.jobs(), ...scheduler.endedJobs()].map(({ name }) => name));
  const orphaned = scheduler.persistence
    .orphanedJobs()
    .filter(({ name }) => !names.has(name))
    .map(({ name, source, end, history }): KnownJob => {
      const records = (limit: number) => history(limit).map(toRecord);
      return {
        name,
        when: source,
        job: undefined,
        end,
        history: records,
        lastRun: () => records(lastRunWithin).findLast((run) => run.started && run.ended),
      };
    });
  return [
    ...byNextRun(scheduler.jobs()).map((job) => knownJob(job)),
    ...orphaned.filter(({ end }) => !end),
    ...[...ended, ...orphaned.filter(({ end }) => end)].sort((a, b) => (b.end?.at ?? 0) - (a.end?.at ?? 0)),
  ];
};

/** The last run is looked for among so many decisions. */
const lastRunWithin = 100;

/** Jobs by their next run, those that have none last. */
export const byNextRun = (jobs: readonly Job[]): readonly Job[] =>
  [...jobs].sort((a, b) => (a.nextRun?.getTime() ?? Infinity) - (b.nextRun?.getTime() ?? Infinity));

/** The most names that an error lists. */
const maxListed = 30;

type Named = { readonly name: string; readonly when: string };

/** The jobs with a name, else those whose names begin with it. */
export const jobsNamed = <J extends Named>(jobs: readonly J[], name: string): readonly J[] => {
  const exact = jobs.filter((job) => job.name === name);
  return exact.length > 0 || name === "" ? exact : jobs.filter((job) => job.name.startsWith(name));
};

/** The zone of `--zone`, which a phrase takes: a job has its own. @throws UsageError, ScheduleError `zone` */
export const zoneOfPhrase = (context: CommandContext, given: string | undefined, isPhrase = true): Zone => {
  if (given === undefined) return context.scheduler.zone;
  const zone = zoneNamed(given);
  if (isPhrase) return zone;
  throw usageError(context, texts().commands.zoneOfJobs);
};

/** The job with a name, or the only one whose name begins with it. @throws UsageError with the nearest name */
export const findJob = <J extends Named>(
  context: CommandContext,
  name: string | undefined,
  jobs: readonly J[],
): J => {
  const words = texts().commands;
  if (name === undefined) throw usageError(context, words.missingJob, jobsLine(jobs));
  const found = jobsNamed(jobs, name);
  if (found.length === 1) return found[0]!;
  const shown = oneLine(name);
  if (found.length > 1)
    throw new UsageError(
      found.every((job) => job.name === name)
        ? words.sameName(found.length, shown)
        : words.samePrefix(found.length, shown),
      ...found.slice(0, maxListed).map((job) => `  ${oneLine(job.name)}   ${oneLine(job.when)}`),
    );
  const near = nearest(name, new Set(jobs.map((job) => job.name)));
  throw new UsageError(
    `${words.noSuchJob(shown, near === undefined ? undefined : oneLine(near))}   ${jobsLine(jobs)}`,
  );
};

/** A job of the script. @throws UsageError also when it is only known to the store, or has ended */
export const findScriptJob = (context: CommandContext, name: string | undefined): Job =>
  findJob(
    context,
    name,
    context.scheduler.jobs().map((job) => knownJob(job)),
  ).job!;

/** A name that cannot be taken for several. */
const asWord = (name: string): string => (name.includes(" ") ? JSON.stringify(name) : name);

const jobsLine = (jobs: readonly Named[]): string => {
  const words = texts().commands;
  if (jobs.length === 0) return words.noJobs;
  const names = [...new Set(jobs.map((job) => oneLine(job.name)))].sort();
  return words.jobNames(
    names.slice(0, maxListed).map(asWord).join(" "),
    Math.max(0, names.length - maxListed),
  );
};
