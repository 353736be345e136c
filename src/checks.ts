import { nearest, ScheduleError, type ScheduleErrorCode, show } from "./errors.ts";
import { texts } from "./text/text.ts";
import { type DurationLike, parseDuration } from "./time/duration.ts";
import type { Milliseconds } from "./time/instant.ts";
import { unitNames, weekdayNames } from "./time/names.ts";

/**
 * What to write instead of words from other libraries, and of our own words before 1.0. The only place for such words: a renamed or
 * missing word is one line here.
 */
const instead = {
  /** Words of a chain, and of a scheduler. */
  words: {
    now: ".immediately()",
    spaced: ".fixedDelay()",
    pauseAfter: ".pauseAfterFailures(…)",
    daily: "every().day",
    hourly: "every().hour",
    weekly: "every().week",
    monthly: "every().month",
    yearly: "every().year",
    quarter: "every(3).months",
    quarters: "every(3).months",
    quarterly: "every(3).months",
    after: 'once("in 5 minutes") or .starting(…)',
    when: ".onlyIf(() => …)",
    skip: ".unless(() => …)",
    onSuccess: 'listen("succeeded", …)',
    onFailure: 'listen("failed", …)',
    onError: 'listen("failed", …)',
    onComplete: 'listen("succeeded", …)',
    timezone: '.in("Europe/Berlin")',
    timeZone: '.in("Europe/Berlin")',
    tz: '.in("Europe/Berlin")',
    zone: '.in("Europe/Berlin")',
    withoutOverlapping: '.overlap("skip")',
    onOneServer: "run({ engine: bullmq(…) })",
    run: ".do(…)",
    call: ".do(…)",
    execute: ".do(…)",
    schedule: ".do(…)",
    tags: ".tag(…)",
    limit: ".times(…)",
    maxRuns: ".times(…)",
    retries: ".retry(…)",
    from: ".starting(…)",
    startingAt: ".starting(…)",
    before: ".until(…)",
    exclude: ".except(…)",
    not: ".except(…)",
    and: ".or(…)",
    runOnInit: ".immediately()",
    sec: ".seconds",
    secs: ".seconds",
    min: ".minutes",
    mins: ".minutes",
    hrs: ".hours",
    fortnight: "every(2).weeks",
  },
  /** Options, events and outcomes. */
  names: {
    from: "delay",
    upTo: "maxDelay",
    within: "maxLateness",
    another: "allowMultiple",
    required: "strict",
    keep: "historyLimit",
    trace: "debug",
    woke: "clockJumped",
    "timed-out": "timedOut",
    timezone: "zone",
    timeZone: "zone",
    tz: "zone",
    fail: "failed",
    failure: "failed",
    error: "failed",
    success: "succeeded",
    start: "started",
    timeout: "timedOut",
    latest: "once",
    none: "skip",
    parallel: "allow",
    concurrent: "allow",
    wait: "queue",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The current name of an option, an event or an outcome. */
export const renamed = (given: string, names: readonly string[]): string | undefined => {
  const name = Object.hasOwn(instead.names, given)
    ? instead.names[given as keyof typeof instead.names]
    : undefined;
  return name !== undefined && names.includes(name) ? name : undefined;
};

/** What to write instead of a call such as `daily(…)`, where it is no word of a chain. */
export const insteadOfCall = (word: string): string | undefined => {
  const nearest = Object.hasOwn(instead.words, word)
    ? instead.words[word as keyof typeof instead.words]
    : undefined;
  return nearest === undefined || nearest.startsWith(".") ? undefined : nearest;
};

/** `every().mondays`, `every(5).minutes.monday`. */
const dayWords = (isChain: boolean): readonly (readonly [string, string])[] =>
  [...weekdayNames, "weekday", "weekend"].flatMap((day): [string, string][] =>
    isChain ? [day, `${day}s`].map((word) => [word, `.on("${day}")`]) : [[`${day}s`, `every().${day}`]],
  );

/** A prototype whose words throw and say what to write. It stands behind our own classes, so that it adds no member to them. */
const throwing = (
  words: readonly (readonly [string | symbol, string])[],
  prototype: object = Object.prototype,
): object =>
  Object.create(
    prototype,
    Object.fromEntries(
      words.map(([word, nearest]) => [
        word,
        {
          get: () => {
            throw new ScheduleError({
              code: "word",
              what: texts().errors.unknownWord(String(word)),
              nearest,
            });
          },
        },
      ]),
    ),
  );

const otherWords = {
  /** What starts a schedule: `every()`, `createScheduler()`. */
  start: throwing([...Object.entries(instead.words), ...dayWords(false)]),
  chain: throwing([...Object.entries(instead.words), ...dayWords(true)]),
  /** `every.monday`, without its parentheses. */
  every: throwing(
    [
      ...[...unitNames, ...weekdayNames, "weekday", "weekend"].map(
        (word) => [word, `every().${word}`] as const,
      ),
      ...unitNames.map((unit) => [`${unit}s`, `every(5).${unit}s`] as const),
    ],
    Function.prototype,
  ),
  /** `job.history` was a list before 1.0. */
  history: throwing(
    ["length", "at", "map", "filter", "find", "findLast", "forEach", "slice", "some", Symbol.iterator].map(
      (word) => [word, "job.history()"],
    ),
    Function.prototype,
  ),
};

/** Lets an object name what to write instead of words it does not have. */
export const nameOtherWords = <T extends object>(words: T, kind: keyof typeof otherWords): T =>
  Object.setPrototypeOf(words, otherWords[kind]);

/**
 * Checks the names of options: a misspelled one would do nothing, unnoticed.
 *
 * @param word the call they belong to, as `"run(…)"`
 * @throws ScheduleError `options` for an unknown option, and for a value that is no object
 */
export const checkOptions = (word: string, given: object | undefined, names: readonly string[]): void => {
  if (given === undefined) return;
  if (typeof given !== "object" || given === null)
    throw new ScheduleError({
      code: "options",
      what: texts().errors.options.all(word),
      given,
      accepted: `{ ${names.join(", ")} }`,
    });
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) {
    for (const [name, value] of Object.entries(given)) {
      if (!flagOptions.has(name) || value === undefined || typeof value === "boolean") continue;
      const what = word.replace("…", `{ ${name} }`);
      throw new ScheduleError({ code: "options", what, given: value, accepted: "true, false" });
    }
    return;
  }
  throw new ScheduleError({
    code: "options",
    what: texts().errors.options.one(word),
    given: unknown,
    accepted: names.join(", "),
    nearest: renamed(unknown, names) ?? zoneIn(given) ?? nearest(unknown, names),
  });
};

/** The options that are true or false, whichever call they belong to. */
const flagOptions: ReadonlySet<string> = new Set([
  "allowMultiple",
  "cli",
  "debug",
  "json",
  "keys",
  "open",
  "precise",
  "ref",
  "start",
  "strict",
  "verbose",
]);

/** Where a script's page is served. */
export interface PagePlace {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly token: string | undefined;
  /** Whether to open a browser. */
  readonly open: boolean;
}

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

/**
 * Reads the option `page`. A host that others can reach needs a token of one's own.
 *
 * @returns undefined where no page is wanted
 * @throws ScheduleError `options`
 */
export const readPage = (given: unknown): PagePlace | undefined => {
  if (given === undefined || given === false) return undefined;
  const words = texts().page;
  const what = (name: string) => `run({ page${name} })`;
  const wrong = (name: string, value: unknown, accepted: string) =>
    new ScheduleError({ code: "options", what: what(name), given: value, accepted });
  if (given !== true && typeof given !== "number" && (typeof given !== "object" || given === null))
    throw wrong("", given, words.option);
  const asked = given === true ? {} : typeof given === "number" ? { port: given } : given;
  checkOptions(what(""), asked, ["host", "port", "token", "open"]);
  const { host = "127.0.0.1", port = 0, token, open = false } = asked as Readonly<Record<string, unknown>>;
  const isAny = port === 0 && typeof given !== "number";
  if (!isAny && !(Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535))
    throw wrong(": { port }", port, words.port);
  if (typeof host !== "string" || !/^[\w.:-]+$/.test(host)) throw wrong(": { host }", host, words.host);
  const isSafe = typeof token === "string" && /^[\x21-\x7e]{16,200}$/.test(token);
  if (token === undefined ? !isLoopback(host) : !isSafe)
    throw wrong(
      token === undefined ? ": { host }" : ": { token }",
      token === undefined ? host : "…",
      words.token,
    );
  return { host, port: port as number, token: token as string | undefined, open: open as boolean };
};

/** What a call was given that it cannot use. */
export const invalid = (
  code: ScheduleErrorCode,
  what: string,
  given: unknown,
  accepted?: string,
  nearest?: string,
): ScheduleError => new ScheduleError({ code, what, given, accepted, nearest });

/** Checks that a word is one of a few. @throws ScheduleError with the given code */
export const oneOf = <T extends string>(
  given: T,
  accepted: readonly T[],
  code: ScheduleErrorCode,
  what: string,
): T => {
  if (accepted.includes(given)) return given;
  const near = typeof given === "string" ? (renamed(given, accepted) ?? nearest(given, accepted)) : undefined;
  throw new ScheduleError({
    code,
    what,
    given,
    accepted: accepted.map((word) => JSON.stringify(word)).join(", "),
    nearest: near && JSON.stringify(near),
  });
};

/** Checks a whole number from 1 to a greatest one. @throws ScheduleError with the given code */
export const wholeUpTo = (most: number, given: number, code: ScheduleErrorCode, what: string): number => {
  if (Number.isInteger(given) && given >= 1 && given <= most) return given;
  const nearest = typeof given === "string" && /^[1-9]\d*$/.test(given) ? given : undefined;
  throw new ScheduleError({ code, what, given, accepted: texts().errors.whole(1, most), nearest });
};

/** Checks a name or a tag: text with something visible in it. @throws ScheduleError with the given code */
export const readLabel = (given: string, code: "name" | "tag" | "reminder"): string => {
  if (typeof given === "string" && given.trim() !== "" && given.length <= 200) return given;
  const { what, accepted } = texts().errors.label;
  const nearest = code === "tag" ? withoutList(code, given) : undefined;
  throw new ScheduleError({
    code: code === "reminder" ? "name" : code,
    what: what[code],
    given,
    accepted,
    nearest,
  });
};

/**
 * Reads a limit. In other libraries a small number is seconds, so one below 100 is rejected.
 *
 * @throws ScheduleError `duration`
 */
export const readLimit = (given: DurationLike, what: string, least?: number): Milliseconds => {
  if (typeof given !== "number" || !(given > 0 && given < 100)) return parseDuration(given, what, least);
  const accepted = texts().errors.milliseconds(given);
  throw new ScheduleError({ code: "duration", what, given, accepted, nearest: `"${given} seconds"` });
};

/** `.except("monday", "friday")` for a list of them in one argument. */
export const withoutList = (word: string, given: unknown): string | undefined =>
  Array.isArray(given) && given.length > 0 ? `.${word}(${given.map(show).join(", ")})` : undefined;

/** How many arguments each word of a schedule takes; those that take any number are left out. */
const mostArguments: Readonly<Record<string, number>> = {
  between: 2,
  starting: 1,
  until: 1,
  for: 1,
  times: 1,
  aligned: 0,
  fixedDelay: 0,
  in: 1,
  or: 1,
  named: 1,
  immediately: 0,
  keepAwake: 0,
  onlyIf: 1,
  unless: 1,
  overlap: 1,
  catchUp: 2,
  retry: 2,
  timeout: 1,
  jitter: 1,
  ifInterrupted: 1,
  pauseAfterFailures: 1,
  ping: 2,
  notify: 2,
  exec: 3,
  remind: 2,
  describe: 1,
  next: 2,
  previous: 2,
  matches: 1,
  fromJSON: 1,
  to: 1,
  every: 1,
  when: 1,
  once: 1,
  cron: 1,
};

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Makes words reject arguments they would ignore (`cron("0 12 * * *", { timezone: "Asia/Tokyo" })` would run in another zone), and
 * words of other libraries name what to write instead.
 *
 * @param words a prototype, or an object of functions
 */
export const guardWords = (words: object, kind: "start" | "chain"): void => {
  nameOtherWords(words, kind);
  for (const [word, most] of Object.entries(mostArguments)) {
    const method: unknown = Object.getOwnPropertyDescriptor(words, word)?.value;
    if (typeof method !== "function") continue;
    const checked: Method = function (...args) {
      const extra = args.slice(most).find((arg) => arg !== undefined);
      if (extra !== undefined) throw tooMany(word, most, args[0], extra);
      return (method as Method).apply(this, args);
    };
    Object.defineProperty(words, word, { value: checked, configurable: true, writable: true });
  }
};

const tooMany = (word: string, most: number, first: unknown, given: unknown): ScheduleError =>
  new ScheduleError({
    code: "arguments",
    what: texts().errors.arguments.what(word, most),
    given,
    accepted: texts().errors.arguments.accepted(most),
    nearest: insteadOf(word, first, given),
  });

/** What to write for the arguments that other libraries take. */
const insteadOf = (word: string, first: unknown, given: unknown): string | undefined => {
  if (typeof given === "function") return `${word}(${show(first)}).do(…)`;
  if (word === "every" && typeof given === "string" && /^[a-z]+$/.test(given))
    return `every(${show(first)}).${given}`;
  if (word === "every" && typeof given === "string" && /^\d/.test(given))
    return `every(${show(`${first} at ${given}`)})`;
  if (typeof given === "string" && /^UTC\b|^[A-Z]\w+\/\w/.test(given)) return `.in(${show(given)})`;
  return zoneIn(given);
};

/** `.in("Asia/Tokyo")` for `{ timezone: "Asia/Tokyo" }`. */
export const zoneIn = (given: unknown): string | undefined => {
  if (typeof given !== "object" || given === null) return undefined;
  const { timezone, timeZone, tz, zone } = given as Readonly<Record<string, unknown>>;
  const named = [timezone, timeZone, tz, zone].find((one) => typeof one === "string");
  return named === undefined ? undefined : `.in(${show(named)})`;
};

// biome-ignore lint/suspicious/noExplicitAny: a task takes whatever `do` passes on
type AnyFunction = (...args: any[]) => unknown;

/** What generator functions have in common: a task that is a proxy may throw when anything else of it is read. */
const generators: readonly unknown[] = [function* () {}, async function* () {}].map(Object.getPrototypeOf);

/** Checks that a task can be called; most often it is the result of a task called too early. @throws ScheduleError `not-a-function`, `task` */
export const checkTask = (given: unknown): AnyFunction => {
  const textsOf = () => texts().errors.task;
  if (typeof given !== "function")
    throw new ScheduleError({
      code: "not-a-function",
      what: ".do(…)",
      given,
      accepted: textsOf().notAFunction,
      nearest: typeof given === "string" ? `.exec(${show(given)}, { shell: true })` : undefined,
    });
  // Calling a generator function only creates a generator, and a class cannot be called.
  const source = Function.prototype.toString.call(given);
  const wrong = generators.includes(Object.getPrototypeOf(given))
    ? textsOf().generator
    : /^class\b/.test(source)
      ? textsOf().class
      : undefined;
  if (wrong) throw new ScheduleError({ code: "task", ...wrong, given });
  // `console.log` and its like would print the run's context.
  const isBuiltIn = source.endsWith("{ [native code] }") && !nameOfTask(given).startsWith("bound ");
  return isBuiltIn ? withoutContext(given as AnyFunction) : (given as AnyFunction);
};

/** Checks that a condition can be called. @throws ScheduleError `not-a-function` */
export const checkCondition = <F>(given: F, what: string): F => {
  if (typeof given === "function") return given;
  throw new ScheduleError({
    code: "not-a-function",
    what,
    given,
    accepted: texts().errors.task.condition(what),
  });
};

/** A function's own name; `""` where it is no text, as that of a class with a static `name`. */
export const nameOfTask = (task: object): string => {
  try {
    const { name } = task as { readonly name?: unknown };
    return typeof name === "string" ? name.slice(0, 200) : "";
  } catch {
    return "";
  }
};

const withoutContext = (task: AnyFunction): AnyFunction =>
  Object.defineProperty((...given: unknown[]) => task(...given.slice(0, -1)), "name", {
    value: nameOfTask(task),
  });
