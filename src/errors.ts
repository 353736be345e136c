/** What a {@link ScheduleError} knows; the sentence is built from it in one place. */
export interface ScheduleErrorFacts {
  /** Stable name of the mistake, for programs: `"time-of-day"`, `"interval"`, `"cron"` … */
  readonly code: string;
  /** The thing that was wrong, as the sentence names it: `"Time of day"`. */
  readonly what: string;
  /** What was given, as it was given. */
  readonly given?: unknown;
  /** What is accepted there, in words. */
  readonly accepted?: string;
  /** The right form that lies nearest to what was given. */
  readonly nearest?: string | undefined;
  /** Where in the given text the mistake begins, counted in UTF-16 units from 0. */
  readonly start?: number;
  /** How long the mistaken part of the text is. */
  readonly length?: number;
}

const brand = Symbol.for("onthedot.ScheduleError@1");

const deepest = 100;

/**
 * A mistake in what was said, thrown at the word that said it.
 *
 * The class is recognised across copies of the package (`instanceof` works even when a script ends up with two),
 * and `code` never changes meaning.
 */
export class ScheduleError extends Error {
  /** Stable name of the mistake, for programs: `"time-of-day"`, `"interval"`, `"cron"` … */
  readonly code: string;
  /** The thing that was wrong: `"Time of day"`. */
  readonly what: string;
  /** What was given, as it was given. */
  readonly given: unknown;
  /** What is accepted there, in words. */
  readonly accepted: string | undefined;
  /** The right form that lies nearest to what was given. */
  readonly nearest: string | undefined;
  /** Where in the given text the mistake begins, counted in UTF-16 units from 0. */
  readonly start: number | undefined;
  /** How long the mistaken part of the text is, in UTF-16 units. */
  readonly length: number | undefined;

  /** Builds the message from the facts. */
  constructor(facts: ScheduleErrorFacts) {
    const usual = Error.stackTraceLimit;
    // The user's own line lies behind more than ten of ours where a phrase was read.
    Error.stackTraceLimit = Math.max(deepest, usual);
    super(sentence(facts));
    Error.stackTraceLimit = usual;
    this.name = "ScheduleError";
    this.code = facts.code;
    this.what = facts.what;
    this.given = facts.given;
    this.accepted = facts.accepted;
    this.nearest = facts.nearest;
    this.start = facts.start;
    this.length = facts.length;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Knows the errors of other copies of the package, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** What is accepted comes behind the nearest right form when it is longer than this. */
const readAtOnce = 60;

const sentence = (facts: ScheduleErrorFacts): string => {
  const got = "given" in facts ? `: got ${show(facts.given)}` : "";
  const nearest = facts.nearest === undefined ? "" : ` Did you mean ${facts.nearest}?`;
  if (facts.accepted === undefined) return `${facts.what}${got}.${nearest}${pointer(facts)}`;
  const isLong = nearest !== "" && facts.accepted.length > readAtOnce;
  return isLong
    ? `${facts.what}${got}.${nearest} Expected ${facts.accepted}.${pointer(facts)}`
    : `${facts.what}${got}${got ? "," : ":"} expected ${facts.accepted}.${nearest}${pointer(facts)}`;
};

/** The given text on a line of its own with `^^^` under the mistaken part. */
const pointer = ({ given, start, length }: ScheduleErrorFacts): string => {
  if (typeof given !== "string" || start === undefined || given.includes("\n")) return "";
  const wide = [...given.slice(0, start)].reduce((sum, char) => sum + columns(char), 0);
  const marks = [...given.slice(start, start + Math.max(1, length ?? 1))].reduce(
    (sum, char) => sum + columns(char),
    0,
  );
  return `\n\n  ${given}\n  ${" ".repeat(wide)}${"^".repeat(Math.max(1, marks))}`;
};

/** Chinese characters and full-width forms take two columns of a terminal. */
const columns = (char: string): number =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(char)
    ? 2
    : 1;

/** A value as a person would write it, one line, at most 80 characters. */
export const show = (value: unknown): string => {
  try {
    return shown(value);
  } catch {
    return "a value that cannot be shown";
  }
};

const shown = (value: unknown): string => {
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : typeof value === "function"
        ? `function ${value.name || "(anonymous)"}`
        : typeof value === "bigint"
          ? `${value}n`
          : isDate(value)
            ? Number.isNaN(Number(value))
              ? "an invalid Date"
              : new Date(Number(value)).toISOString()
            : typeof value === "object" && value !== null
              ? summary(value)
              : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

/** `a duration object PT90M`, `dayjs object Thu, 24 Dec 2026 12:00:00 GMT`. */
const described = (name: string, value: object): string => {
  const article = name.startsWith("object") ? "an " : name.startsWith("duration") ? "a " : "";
  const text = String(value);
  return text.startsWith("[object") ? `${article}${name}` : `${article}${name} ${text}`;
};

const isDate = (value: unknown): boolean => typeName(value) === "Date";

const summary = (value: object): string => {
  try {
    if (typeof (value as { then?: unknown }).then === "function") return "a Promise";
    const name = typeName(value);
    if (name !== undefined) return name.includes("object") ? described(name, value) : `${name} ${value}`;
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
};

/**
 * The name of a value's type, as its library calls it: `"Temporal.PlainDate"`, `"luxon Duration"`, `"dayjs object"`, `"Date"`. Undefined for
 * what has none that helps. Recognized by its parts, so no library is loaded, and a value from another realm or copy is known as well.
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
 * The candidate with the fewest changed, added, left-out or swapped letters, if there are at most a third as many as
 * letters (Damerau's distance, adjacent swaps).
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

const distance = (a: string, b: string): number => {
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
