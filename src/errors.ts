import { type Language, texts } from "./text/text.ts";

/**
 * What went wrong, for programs. A code never changes its meaning.
 *
 * @example
 * ```ts
 * import { every, ScheduleError, type ScheduleErrorCode } from "onthedot";
 *
 * const expected: ScheduleErrorCode = "phrase";
 * try {
 *   every("mondey at 9am");
 * } catch (error) {
 *   console.log(error instanceof ScheduleError && error.code === expected);
 * }
 * //=> true
 * ```
 */
export type ScheduleErrorCode =
  /** Phrases and cron. */
  | "phrase"
  | "ambiguous"
  | "contradiction"
  | "cron"
  | "once"
  | "recurring"
  | "unfinished"
  | "unsupported"
  | "vague"
  /** Chains and their arguments. */
  | "aligned"
  | "arguments"
  | "calendar"
  | "count"
  | "day"
  | "exception"
  | "interval"
  | "name"
  | "never"
  | "not-a-function"
  | "options"
  | "recurrence"
  | "schedule"
  | "tag"
  | "task"
  | "time-of-day"
  | "time-of-hour"
  | "time-of-minute"
  | "times"
  | "unit"
  | "word"
  /** Policies, and what a job does. */
  | "catch-up"
  | "if-interrupted"
  | "notify"
  | "overlap"
  | "pause-after-failures"
  | "ping"
  | "program"
  | "retry"
  | "worker"
  /** Values. */
  | "date"
  | "duration"
  | "language"
  | "moment"
  | "past"
  | "zone"
  /** The scheduler. */
  | "already-running"
  | "bundled"
  | "clock"
  | "env"
  | "event"
  | "job"
  | "log"
  | "name-missing"
  | "name-taken"
  | "peer-missing"
  | "simulation"
  /** Stores. */
  | "store"
  | "store-path"
  | "store-settings"
  | "store-unusable"
  | "store-version"
  /** Many machines. */
  | "engine"
  | "engine-and-store"
  | "engine-away"
  | "engine-clock"
  | "engine-cluster"
  | "engine-data"
  | "engine-disk"
  | "engine-host"
  | "engine-job"
  | "engine-memory"
  | "engine-options"
  | "engine-overlap"
  | "engine-password"
  | "engine-permission"
  | "engine-polling"
  | "engine-replica"
  | "engine-server"
  | "engine-tls"
  | "engine-url";

/** The facts of a {@link ScheduleError}; its message is built from them. */
export interface ScheduleErrorFacts {
  /** What went wrong, for programs: `"time-of-day"`, `"interval"`, `"cron"` … */
  readonly code: ScheduleErrorCode;
  /** What was wrong, as the message begins: `"Time of day"`. */
  readonly what: string;
  /** The value as it was given. */
  readonly given?: unknown;
  /** What is accepted instead, in words. */
  readonly accepted?: string | undefined;
  /** The valid form nearest to what was given. */
  readonly nearest?: string | undefined;
  /** Where in the given text the mistake begins, in UTF-16 units from 0. */
  readonly start?: number | undefined;
  /** Length of the wrong part of the text, in UTF-16 units. */
  readonly length?: number | undefined;
  /** The language of the message: a phrase is answered in its own. @default that of the person at the terminal */
  readonly language?: Language | undefined;
}

const brand = Symbol.for("onthedot.ScheduleError@1");

const deepest = 100;

/** Its facts are fields of the error. */
export interface ScheduleError extends ScheduleErrorFacts {}

/**
 * A schedule, an option or a value that is rejected. It is thrown by the call that received the value.
 *
 * @example
 * ```ts
 * import { every, ScheduleError } from "onthedot";
 *
 * try {
 *   every("mondey at 9am");
 * } catch (error) {
 *   if (error instanceof ScheduleError) console.log(error.code, error.nearest);
 * }
 * //=> phrase "monday"
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor sets all facts
export class ScheduleError extends Error {
  /** Builds the message from the facts. */
  constructor(facts: ScheduleErrorFacts) {
    const usual = Error.stackTraceLimit;
    // Parsing a phrase takes more than ten frames of ours, and the user's own line lies below them.
    Error.stackTraceLimit = Math.max(deepest, usual);
    super(messageOf(facts));
    Error.stackTraceLimit = usual;
    const { code, what, given, accepted, nearest, start, length, language } = facts;
    Object.assign(this, {
      name: "ScheduleError",
      code,
      what,
      given,
      accepted,
      nearest,
      start,
      length,
      language,
    });
    Object.defineProperty(this, brand, { value: true });
  }

  /** Also recognizes errors of other copies of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }
}

const messageOf = (facts: ScheduleErrorFacts): string => {
  const { what, accepted, nearest } = facts;
  const given = "given" in facts ? show(facts.given) : undefined;
  return texts(facts.language).errors.message({ what, given, accepted, nearest }) + pointer(facts);
};

/** The given text on its own line with `^^^` under the wrong part. */
const pointer = ({ given, start, length }: ScheduleErrorFacts): string => {
  if (typeof given !== "string" || start === undefined || given.includes("\n")) return "";
  const width = (text: string) => [...text].reduce((sum, char) => sum + columns(char), 0);
  const marks = width(given.slice(start, start + Math.max(1, length ?? 1)));
  return `\n\n  ${given}\n  ${" ".repeat(width(given.slice(0, start)))}${"^".repeat(Math.max(1, marks))}`;
};

/** Chinese characters and full-width forms take two columns of a terminal. */
const columns = (char: string): number =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(char)
    ? 2
    : 1;

/** A value as a person would write it: one line of at most 80 characters. */
export const show = (value: unknown): string => {
  try {
    const text = textOf(value);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
  } catch {
    return texts().errors.values.unreadable;
  }
};

const textOf = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return texts().errors.values.function(value.name);
  if (typeof value !== "object" || value === null) return String(value);
  if (typeName(value) === "Date")
    return Number.isNaN(Number(value))
      ? texts().errors.values.invalidDate
      : new Date(Number(value)).toISOString();
  try {
    if (typeof (value as { then?: unknown }).then === "function") return texts().errors.values.promise;
    const name = typeName(value);
    const text = String(value);
    if (name !== undefined) return texts().errors.values.object(name, text.startsWith("[object") ? "" : text);
    return JSON.stringify(value) ?? text;
  } catch {
    return Object.prototype.toString.call(value);
  }
};

/**
 * The type of a value as its library calls it: `"Temporal.PlainDate"`, `"luxon Duration"`, `"dayjs object"`, `"Date"`; undefined for
 * plain values. Types are recognized by their members, so no library is loaded and values of other realms and copies work.
 */
export const typeName = (value: unknown): string | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (tag === "Date" || tag.startsWith("Temporal.")) return tag;
  try {
    for (const [mark, name] of marks) if ((value as Record<string, unknown>)[mark] === true) return name;
    if (isFunction(value, "asMilliseconds")) return "duration object";
    return isFunction(value, "toDate") ? "object with toDate()" : undefined;
  } catch {
    return undefined;
  }
};

const marks = [
  ["isLuxonDateTime", "luxon DateTime"],
  ["isLuxonDuration", "luxon Duration"],
  ["isLuxonInterval", "luxon Interval"],
  ["$isDayjsObject", "dayjs object"],
  ["_isAMomentObject", "moment object"],
] as const;

/** Whether an object has a method. */
export const isFunction = <K extends string>(value: object, name: K): value is Record<K, () => unknown> =>
  typeof (value as Record<string, unknown>)[name] === "function";

/**
 * The candidate at the smallest edit distance (Damerau: changed, added, missing or swapped letters), if that is at most a third
 * of the letters.
 */
export const nearest = (given: string, candidates: Iterable<string>): string | undefined => {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= least) continue;
    const far = distance(wanted, candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
};

/** Letters that are changed, added, missing or swapped. */
export const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
};
