import type { ParseContext } from "./language/clauses.ts";
import type { Policies } from "./policy/policies.ts";
import type { Recurrence } from "./recurrence/recurrence.ts";
import { type Language, texts } from "./text/text.ts";
import type { Instant, Milliseconds } from "./time/instant.ts";

/**
 * A function that a job runs. It gets the arguments given to `do`, and last the run's context: see `RunContext`. It may be asynchronous.
 */
// biome-ignore lint/suspicious/noExplicitAny: a task may take whatever `do` passes on; `do` checks that they fit
export type Task = (...args: any[]) => unknown;

/** Anything that says when: a chain, a phrase's chain, a cron chain. */
export interface HasRecurrence {
  /** The schedule, as it is read now or at another moment. */
  recurrence(parseContext?: ParseContext): Recurrence;
}

/** What a job is as JSON. */
export interface JobSummary {
  readonly name: string;
  /** When it runs, in words. */
  readonly schedule: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly nextRun: string | null;
  /** ISO 8601. */
  readonly lastRun: string | null;
  readonly isPaused: boolean;
  readonly isRunning: boolean;
}

/**
 * A registered task: its name, when it runs, and its past runs.
 *
 * @example
 * ```ts
 * import { every } from "onthedot";
 *
 * const backup = every().day.at("02:30").do(function backup() {});
 * backup.pause();
 * console.log(backup.name, backup.isPaused, backup.nextRun);
 * //=> backup true null
 * ```
 */
export interface Job {
  /** `.named("…")`, else the function's own name, else its place: `"job 3 (myjobs.ts:12)"`. */
  readonly name: string;
  /** The groups it belongs to. */
  readonly tags: ReadonlySet<string>;
  /** The next planned moment, or null when there is none: paused, cancelled, or at its end. */
  readonly nextRun: Date | null;
  /** When the last run was started, or null. */
  readonly lastRun: Date | null;
  /** Whether it plans nothing until {@link resume}. */
  readonly isPaused: boolean;
  /** Whether its task is running, also after a timeout that it ignores. */
  readonly isRunning: boolean;
  /** The last decisions, oldest first: a hundred in memory, all that are kept in a store. */
  history(options?: { readonly limit?: number }): readonly RunRecord[];
  /** The schedule as data. */
  readonly recurrence: Recurrence;
  /** Name, schedule, next and last run in one line: what `console.log(job)` shows. */
  toString(): string;
  /** The same as data, for `JSON.stringify(jobs())`. */
  toJSON(): JobSummary;
  /** When it runs, in words. @default "en" */
  describe(language?: Language): string;
  /** The next moments. @param count @default 1 */
  next(count?: number): Date[];
  /** Runs the task now, whatever the schedule says; the schedule is not touched. Resolves with what the task returned, rejects with what it threw. */
  run(): Promise<unknown>;
  /** Plans nothing until {@link resume}. */
  pause(): void;
  /** Plans runs again, at the times it had; those that passed while it was paused are not caught up. */
  resume(): void;
  /**
   * Ends the job in every process on its store and on every machine of its engine, and aborts the signal of a run in progress. Registered again in this process, the
   * name is a new job that starts from now; a later start of the script finds it ended and says so, and `reset <job>` starts it over. `clear()` drops jobs from this
   * process only.
   */
  cancel(): void;
  /** Adds groups it belongs to, and gives the job back, as Python's `schedule` has it: `every().day.do(greet).tag("friend")`. */
  tag(...tags: readonly string[]): Job;
  /** Gives the job another schedule, counted from now. */
  reschedule(when: HasRecurrence): void;
}

/**
 * The outcome of an occurrence; every one has exactly one.
 *
 * - `succeeded`, `failed`, `timedOut`: it was started; a task that ignores its signal may keep running after `timedOut`, and its job is running until it ends · `cancelled`: it was started or waiting, and was cancelled
 * - `skipped`: it did not start, see its `reason` · `dropped`: too many were waiting
 * - `coalesced`: missed, merged into the next run · `expired`: missed, and not caught up
 * - `interrupted`: the process died in the middle
 *
 * @example
 * ```ts
 * import { every, type Outcome } from "onthedot";
 *
 * const poll = every(5).minutes.do(() => {});
 * await poll.run();
 * const outcome: Outcome | undefined = poll.history().at(-1)?.outcome;
 * console.log(outcome);
 * //=> succeeded
 * ```
 */
export type Outcome =
  | "succeeded"
  | "failed"
  | "timedOut"
  | "cancelled"
  | "skipped"
  | "coalesced"
  | "expired"
  | "interrupted"
  | "dropped";

/**
 * Why an occurrence did not start.
 *
 * - `overlap`: the last run was still running · `queueFull`: too many were waiting
 * - `paused`: the job was paused
 * - `onlyIf`: its condition was false · `unless`: its condition was true · `conditionFailed`: its condition threw, see the record's `error`
 * - `notCaughtUp`: missed, and the job does not catch up · `tooLate`: missed, and too late to catch up
 */
export type SkipReason =
  | "overlap"
  | "queueFull"
  | "paused"
  | "onlyIf"
  | "unless"
  | "conditionFailed"
  | "notCaughtUp"
  | "tooLate";

/** The decision on one occurrence, or on several that were missed in a row. */
export interface RunRecord {
  /** The planned moment; with a count, that of the last of them. */
  readonly scheduled: Date;
  /** The outcome. */
  readonly outcome: Outcome;
  /** Why it did not start; left out when it did, or when the outcome says it all. */
  readonly reason?: SkipReason;
  /** When the first attempt began; left out when nothing was started. */
  readonly started?: Date;
  /** When the last attempt ended. */
  readonly ended?: Date;
  /** How many attempts were made. @default 0 when nothing was started */
  readonly attempts: number;
  /** What the task, or a condition, threw, in words. */
  readonly error?: string;
  /** Where in the user's files it was thrown: `"myjobs.ts:9"`. */
  readonly failedAt?: string;
  /** The machine and process that ran it, if an engine shares the jobs: `"web-1:4711"`. */
  readonly machine?: string;
  /** How many occurrences this decision is about. @default 1 */
  readonly count?: number;
  /** Started by hand, outside the schedule. */
  readonly byHand?: true;
  /** The end of what it printed, where a store keeps that: `sqlite(path, { output })`. */
  readonly output?: string;
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * A {@link RunRecord} as it is made and kept: with instants, because a `Date` costs more than the decision itself, and one is made for
 * every run.
 */
export type Decision = Pick<RunRecord, "outcome" | "attempts"> &
  Loose<Omit<RunRecord, "scheduled" | "outcome" | "started" | "ended" | "attempts" | "byHand">> &
  Loose<{ started: Instant; ended: Instant; byHand: boolean }> & { readonly scheduled: Instant };

const moments = new Set(["scheduled", "started", "ended"]);

/** A decision as people see it. */
export const toRecord = (decision: Decision): RunRecord =>
  Object.fromEntries(
    Object.entries(decision)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => [name, moments.has(name) ? new Date(value as Instant) : value]),
  ) as unknown as RunRecord;

/**
 * A task that returns this, or a promise of it, is not run again.
 *
 * @example
 * ```ts
 * import { CancelJob, every, run } from "onthedot";
 *
 * every(5).seconds.do(() => {
 *   console.log("the parcel is here");
 *   return CancelJob;
 * });
 * run();
 * //=> the parcel is here
 * ```
 */
export const CancelJob: unique symbol = Symbol.for("onthedot.CancelJob@1") as never;

/**
 * What a task gets as its last argument.
 *
 * @example
 * ```ts
 * import { every, type RunContext, run } from "onthedot";
 *
 * every(5).minutes
 *   .timeout("30 seconds")
 *   .do(async function poll({ attempt, signal }: RunContext) {
 *     console.log(`attempt ${attempt}`);
 *     signal.throwIfAborted(); // also pass it on: fetch(url, { signal })
 *   });
 * run();
 * //=> attempt 1
 * ```
 */
export interface RunContext {
  /** The job it runs for. */
  readonly job: Job;
  /** The planned moment, however late the run started. */
  readonly scheduled: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborts on timeout, on `overlap("cancel")`, on `job.cancel()`, and when the script is stopped. */
  readonly signal: AbortSignal;
}

/** How long a program may take to end, on the reason of its signal. */
export const endWithin: unique symbol = Symbol.for("onthedot.endWithin@1") as never;

/** Whether a run may start. It gets the run's context and may be asynchronous. */
export type Condition = (context: RunContext) => unknown;

/** A run starts only if this holds when it is due. */
export interface StartCondition {
  readonly kind: "onlyIf" | "unless";
  readonly test: Condition;
}

/** Everything a chain has collected when `do` is called. */
export interface Definition {
  readonly recurrence: Recurrence;
  /** What the words say at another moment: "in 10 minutes", "tomorrow at 9". Left out where they say the same at any. */
  recurrenceAt?(parseContext: ParseContext): Recurrence;
  /** The schedule as written, to recognise a job whose schedule has changed: `every(3).days.at("10:30")`. */
  readonly source: string;
  readonly name?: string | undefined;
  readonly tags: readonly string[];
  readonly policies: Policies;
  /** Who is notified about its runs. */
  readonly notices?: Notices | undefined;
  /** All must hold when a run is due. */
  readonly conditions?: readonly StartCondition[] | undefined;
  /** Holds off sleep while it runs. */
  readonly keepsAwake?: boolean | undefined;
  /** Also run once at the start. */
  readonly now: boolean;
  readonly task: Task;
  readonly args: readonly unknown[];
  /** Where `do` was called, for a task without a name. */
  readonly place?: Error | undefined;
  readonly taskOptions?: TaskOptions | undefined;
}

/** What a task asks for beside being called: a program and a thread take their time to end. */
export interface TaskOptions {
  /** How long a task whose time is up is waited for after its signal has aborted. @default 0 */
  readonly grace?: Milliseconds;
  /** Lets go of what the task keeps between its runs; called when the scheduler has stopped. */
  readonly close?: () => Promise<void>;
}

/** What a chain needs of a scheduler, and all that it knows of it. */
export interface Registrar {
  /** The schedules that nothing has used yet, each by its first call, with its last one. */
  readonly unfinished: Map<CallTrace, CallTrace>;
  parseContext(): ParseContext;
  register(definition: Definition): Job;
}

/** The calls of a chain as written, the last one first. The text is built on demand. */
export interface CallTrace {
  readonly before?: CallTrace;
  readonly word: string;
  /** Left out for a property, as in `.day`. */
  readonly args?: readonly unknown[];
}

/** Who is notified about a job's runs: plain data. */
export interface Notices {
  readonly ping?: Ping;
  readonly notify?: readonly Notify[];
}

/** A monitor that expects a ping for each run: Healthchecks and compatible services. */
export interface Ping {
  /** `http:` or `https:`. */
  readonly url: string;
  /** Whether the start of each run is reported too, at `url/start`. */
  readonly start: boolean;
}

/** A person to notify about runs. */
export interface Notify {
  /** `"desktop"`, `"bell"`, or an address: `http:` or `https:`. */
  readonly to: string;
  readonly on: NotifyOn;
  /** What a reminder says, instead of the outcome of its run. */
  readonly text?: string;
}

/** `"failure"`: runs that failed or took too long · `"success"` · `"end"`: both. */
export type NotifyOn = "failure" | "success" | "end";

export const notifyOns: readonly NotifyOn[] = ["failure", "success", "end"];

/** A place in a user's script. */
export interface Place {
  /** As the stack names it: a path or a `file:` address. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Bundlers take `new URL(…, import.meta.url)` for a file to bring along. */
const here: string = import.meta.url ?? "";
/** The folder of this package's code; undefined in a bundle, where one file holds it together with the script. */
const own = /\/(?:src|dist\/chunks)\/[^/]+$/.test(here)
  ? new URL(here.endsWith(".ts") ? "." : "..", here)
  : undefined;

/** The first line of a stack outside this package: where the user called us. */
export const placeOf = (error: Error): Place | undefined => {
  for (const frame of textOf(error, "stack").split("\n").slice(1)) {
    const parts = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/.exec(frame.trim());
    if (!parts || isOwn(parts[1]!) || /[\\/]node_modules[\\/]/.test(parts[1]!)) continue;
    return { file: parts[1]!, line: Number(parts[2]), column: Number(parts[3]) };
  }
  return undefined;
};

/** Whether a file of a stack belongs to this package, or to node. */
export const isOwn = (file: string): boolean =>
  file.startsWith("node:") ||
  (own !== undefined && (file.startsWith(own.href) || file.startsWith(decodeURIComponent(own.pathname))));

/** `"myjobs.ts:12"`. */
export const shortPlace = ({ file, line }: Place): string => `${file.split(/[\\/]/).at(-1)}:${line}`;

/** The longest message that is kept: an error that holds a whole response would fill the memory, a hundred times for each job. */
const longestMessage = 2_000;

/** Anything can be thrown: a proxy, and what throws when it is read. */
const safely = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

export const isError = (thrown: unknown): thrown is Error => safely(() => thrown instanceof Error, false);

/** A text member of an error, bounded; `""` where it is no text, or throws when it is read. */
export const textOf = (error: Error, member: "name" | "message" | "stack"): string =>
  safely(() => {
    const text: unknown = error[member];
    return typeof text !== "string" ? "" : member === "stack" ? text : bounded(text);
  }, "");

/** What caused an error. */
export const causeOf = (error: Error): unknown => safely(() => error.cause, undefined);

/** `"TypeError: …"`. */
export const headlineOf = (error: Error): string => {
  const [name, message] = [textOf(error, "name"), textOf(error, "message")];
  const isReadable = safely(() => `${error.message}` !== undefined, false);
  if (!isReadable || (name === "" && message === "")) return texts().scheduler.unreadableError;
  return message === "" ? name : `${name || "Error"}: ${message}`;
};

/** What was thrown, in words: some of it cannot even be made text. */
export const inWords = (thrown: unknown): string =>
  safely(() => {
    if (!isError(thrown)) return bounded(String(thrown));
    const cause = causeOf(thrown);
    // "fetch failed" says nothing without the reason behind it.
    const why = isError(cause) && textOf(cause, "message");
    return bounded(`${headlineOf(thrown)}${why ? ` (${why})` : ""}`);
  }, texts().errors.values.unreadable);

/** A copy: a slice of a text would keep all of it in memory. */
const bounded = (text: string): string =>
  text.length <= longestMessage
    ? text
    : `${Buffer.from(text.slice(0, longestMessage - 1), "utf16le").toString("utf16le")}…`;
