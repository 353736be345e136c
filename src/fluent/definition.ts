import { ScheduleError } from "../errors.ts";
import type { Definition, Notices, Task, TaskOptions } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import type { Policies } from "../policy/policies.ts";
import { alignedTimes } from "../recurrence/aligned.ts";
import {
  anchorTime,
  type Beginning,
  beginningAt,
  bounded,
  calendar,
  except,
  fields,
  grid,
  interval,
  timeList,
  union,
  within,
  zoned,
} from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import { draw } from "../recurrence/next/draw.ts";
import { canOccur } from "../recurrence/next/past.ts";
import type { Bounded, DailyWindow, Exclusion, Recurrence, Step } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { mod } from "../time/plain-date.ts";
import { day, minute, second, type TimeNumber } from "../time/plain-time.ts";
import { type WallTime, wallAt } from "../time/zone.ts";
import { endOfSpan } from "./arguments.ts";
import {
  type CallTrace,
  callText,
  type Elapsed,
  inZone,
  lengths,
  type Stepped,
  type Traits,
  type When,
} from "./clauses.ts";

/** What a chain has said, heard at one moment in one place. */
export const recurrenceOf = (when: When, heard: ParseContext): Recurrence => {
  const parseContext = inZone(heard, when.zone);
  const base = baseRecurrence(when, parseContext);
  return isLimited(when) ? limited(base, when, parseContext) : base;
};

/**
 * Refuses what can never run, whenever the script is started. What has passed or ended is accepted.
 *
 * @param recurrence what the chain says
 * @param said the chain in words
 * @throws ScheduleError `never`
 */
export const checkRuns = (
  recurrence: Recurrence,
  when: When,
  parseContext: ParseContext,
  said: () => string,
): void => {
  if (runsForever(recurrence)) return;
  const { until: _, ...endless } = when;
  const can =
    when.span === undefined
      ? canOccur(recurrence, parseContext)
      : canOccur(recurrenceOf(endless, parseContext), parseContext, true);
  if (can && !isEmpty(recurrence, when, parseContext)) return;
  throw new ScheduleError({
    code: "never",
    what: `${said()} would never run`,
    accepted: `at least one moment after now, ${formatIso(parseContext.now, parseContext.zone)}`,
  });
};

/** Whether nothing lies between a beginning and an end that are the same whenever they are read. */
const isEmpty = (recurrence: Recurrence, { starting, until }: When, { now, zone }: ParseContext): boolean => {
  if (!starting || !until) return false;
  const ends = (now: Instant) => [starting({ now, zone }).starting, until({ now, zone })] as const;
  const [from, to] = ends(now);
  const [laterFrom, laterTo] = ends((now + 400 * day) as Instant);
  if (from !== laterFrom || to !== laterTo) return false;
  const before = (from - 1) as Instant;
  return compile(recurrence, { zone, anchor: before }).next(before) === null;
};

/** Whether there is a next moment for certain, so that nothing need be computed for it. */
const runsForever = (recurrence: Recurrence): boolean =>
  recurrence.kind === "interval" || (recurrence.kind === "calendar" && !recurrence.dates?.days);

const isLimited = ({ windows, not, starting, until, span, count, zone }: When): boolean =>
  (windows ?? not ?? starting ?? until ?? span ?? count ?? zone) !== undefined;

/** Zone around bounds, bounds around exceptions, exceptions around windows: what a phrase has said of them is laid open first. */
const limited = (base: Recurrence, when: When, heard: ParseContext): Recurrence => {
  const { core, not, bounds, zone } = opened(base);
  const parseContext = inZone(heard, zone);
  const exclusions = when.not?.flatMap((read) => read(parseContext)) ?? [];
  const of = except(windowed(core, when), ...not, ...exclusions);
  const all = bounded(bounded(of, bounds), saidBounds(when, parseContext));
  const named = zone ?? (when.zone === undefined ? undefined : parseContext.zone.name);
  return named === undefined ? all : zoned(all, named);
};

interface Opened {
  readonly core: Recurrence;
  readonly not: readonly Exclusion[];
  readonly bounds: Omit<Bounded, "kind" | "of">;
  readonly zone?: string;
}

const opened = (whole: Recurrence): Opened => {
  if (whole.kind === "zoned") return { ...opened(whole.of), zone: whole.zone };
  const { of: inBounds, ...bounds } = whole.kind === "bounded" ? whole : { of: whole };
  return inBounds.kind === "except"
    ? { core: inBounds.of, not: inBounds.not, bounds }
    : { core: inBounds, not: [], bounds };
};

/**
 * Inside windows a length below a day is counted from each opening; what has marks or times of its own keeps them.
 */
const windowed = (of: Recurrence, { windows = [], times, isAligned }: When): Recurrence => {
  if (windows.length === 0) return of;
  const isFree = !times && !isAligned;
  if (isFree && of.kind === "interval" && of.every < day && !of.random && !of.spaced)
    return calendar({ times: grid(of.every, windows) });
  if (isFree && of.kind === "calendar" && of.times.kind === "grid" && !of.times.windows)
    return calendar({ ...of, times: grid(of.times.every, windows) });
  return within(of, windows as readonly DailyWindow[]);
};

const saidBounds = ({ starting, until, span, count }: When, parseContext: ParseContext): Opened["bounds"] => {
  const begin = starting?.(parseContext);
  const ends: Instant[] = [];
  if (until) ends.push(until(parseContext));
  if (span !== undefined)
    ends.push(
      endOfSpan(Math.max(parseContext.now, begin?.starting ?? -Infinity) as Instant, span, parseContext.zone),
    );
  return {
    ...begin,
    ...(ends.length > 0 && { until: Math.min(...ends) as Instant }),
    ...(count !== undefined && { times: count }),
  };
};

/** What a chain has said before its limits: the unit, its days, its times. */
export const baseRecurrence = (when: When, parseContext: ParseContext): Recurrence => {
  const { base } = when;
  switch (base.kind) {
    case "read":
      return base.read(parseContext);
    case "dated":
      return calendar({ dates: base.dates, times: timesOf(when) });
    case "elapsed":
      return elapsed(when, base, parseContext);
    case "stepped":
      return stepped(when, base, parseContext);
  }
};

const timesOf = ({ times }: When) => (times ? timeList(times) : anchorTime);

const elapsed = (when: When, base: Elapsed, parseContext: ParseContext): Recurrence => {
  const { days, times, isAligned, isSpaced } = when;
  const unit = lengths[base.unit];
  const every = (base.every * unit) as Milliseconds;
  if (times)
    return base.every === 1 && base.to === undefined
      ? onMarks(when, unit)
      : fromMarks(when, base, parseContext);
  if (isAligned || days) {
    const marks = (isAligned && alignedTimes(every)) || grid(every);
    return days
      ? union(...days.map((dates) => calendar({ dates, times: marks })))
      : calendar({ times: marks });
  }
  const random =
    base.to === undefined ? undefined : { to: (base.to * unit) as Milliseconds, unit: unit as Milliseconds };
  return interval(every, { ...(random && { random }), ...(isSpaced && { spaced: isSpaced }) });
};

/** Fixed minutes of every hour, or seconds of every minute. Times of different seconds are several schedules in one. */
const onMarks = ({ times = [], days }: When, unit: number): Recurrence => {
  const ofSecond = (s: number) =>
    times.filter((time) => (time / second) % 60 === s).map((time) => Math.floor(time / minute));
  const seconds = [...new Set(times.map((time) => (time / second) % 60))];
  const marks =
    unit === minute
      ? [fields({ seconds, follows: "elapsed" })]
      : seconds.map((s) => fields({ minutes: ofSecond(s), seconds: [s], follows: "elapsed" }));
  return union(
    ...marks.flatMap((mark) => (days ?? [undefined]).map((dates) => calendar({ dates, times: mark }))),
  );
};

/**
 * Several hours or minutes with a time inside them, as `schedule` counts: from this hour's mark, first one length later.
 *
 *     every(2).hours.at(":30")   now 09:10   -> 11:30, 13:30 …
 *
 * With a beginning the first mark at or after it is the first run.
 */
const fromMarks = ({ times = [], starting }: When, base: Elapsed, parseContext: ParseContext): Recurrence => {
  const unit = lengths[base.unit];
  const begin = starting?.(parseContext).starting;
  const unitStart = startOfUnit(begin ?? parseContext.now, unit, parseContext);
  const [every, to] = [base.every * unit, (base.to ?? base.every) * unit];
  const first = (time: TimeNumber) =>
    begin === undefined
      ? unitStart + time + draw(String(unitStart), every, to, unit).sum(1)
      : unitStart + time + (unitStart + time < begin ? unit : 0);
  const of = interval(every as Milliseconds, {
    random: { to: to as Milliseconds, unit: unit as Milliseconds },
  });
  return union(...times.map((time) => bounded(of, { starting: first(time) as Instant })));
};

/** The last full hour or minute on the wall. */
const startOfUnit = (at: Instant, unit: number, { zone }: ParseContext): number =>
  at - mod(wallAt(zone, at), unit);

const stepped = (when: When, base: Stepped, parseContext: ParseContext): Recurrence => {
  const { every, to, unit } = base;
  const step: Step = { every, unit, ...(to !== undefined && { to }) };
  const times = timesOf(when);
  if (when.days) return union(...when.days.map((dates) => calendar({ step, dates, times })));
  const of = calendar({ step, times });
  const isPutOff = when.times && !when.starting && (every > 1 || to !== undefined);
  return isPutOff ? bounded(of, startAhead(base, parseContext)) : of;
};

/** The start of the day that lies one length after today: `schedule` begins there, also when today's time is still ahead. */
const startAhead = ({ every, to = every }: Stepped, { now, zone }: ParseContext): Beginning => {
  const today = Math.floor(wallAt(zone, now) / day);
  const ahead = draw(String(today), every, to, 1).sum(1);
  return beginningAt(zone, ((today + ahead) * day) as WallTime);
};

/** What a chain hands over at `do`. The words it was said in become text when somebody asks for them. */
export class Defined implements Definition {
  readonly recurrence: Recurrence;
  declare readonly name?: string;
  readonly task: Task;
  readonly args: readonly unknown[];
  declare readonly place?: Error;
  declare readonly taskOptions?: TaskOptions;
  readonly #when: When;
  readonly #callTrace: CallTrace;
  readonly #traits: Traits;

  constructor(
    recurrence: Recurrence,
    when: When,
    callTrace: CallTrace,
    traits: Traits,
    task: Task,
    args: readonly unknown[],
    place: Error | undefined,
    taskOptions: TaskOptions | undefined,
  ) {
    this.recurrence = recurrence;
    this.task = task;
    this.args = args.length === 0 ? noArguments : args;
    this.#when = when;
    this.#callTrace = callTrace;
    this.#traits = traits;
    if (traits.name !== undefined) this.name = traits.name;
    if (place) this.place = place;
    if (taskOptions) this.taskOptions = taskOptions;
  }

  recurrenceAt(parseContext: ParseContext): Recurrence {
    return recurrenceOf(this.#when, parseContext);
  }

  get said(): string {
    return callText(this.#callTrace);
  }
  get tags(): readonly string[] {
    return this.#traits.tags;
  }
  get policies(): Policies {
    return this.#traits.policies;
  }
  get now(): boolean {
    return this.#traits.now;
  }
  get notices(): Notices | undefined {
    return this.#traits.notices;
  }
}

/** One for all, for most tasks have none. */
const noArguments: readonly unknown[] = Object.freeze([]);

/** Refuses what cannot be called, most often what a task returned when it was called too early. @throws ScheduleError `not-a-function` */
export const checkTask = (given: unknown): Task => {
  if (typeof given === "function") {
    const wrong = wrongKind(given);
    if (wrong !== undefined) throw wrong;
    return isBuiltIn(given) ? withoutContext(given as Task) : (given as Task);
  }
  throw new ScheduleError({
    code: "not-a-function",
    what: ".do(…)",
    given,
    accepted:
      "a function; write .do(job, …) or .do(() => job(…)), for .do(job()) calls it at once and passes on what it returned",
  });
};

/** A generator would only be made and never run, and a class cannot be called. */
const wrongKind = (given: object): ScheduleError | undefined => {
  if (process.getBuiltinModule("node:util").types.isGeneratorFunction(given))
    return new ScheduleError({
      code: "task",
      what: `.do(…) with a generator (function*)`,
      given,
      accepted:
        "a function that does its work when it is called; without the star, or .do(async () => { for await (const step of job()) … })",
    });
  return isClass(given)
    ? new ScheduleError({
        code: "task",
        what: `.do(…) with a class`,
        given,
        accepted: "a function, as in .do(() => new Report().send())",
      })
    : undefined;
};

const isClass = (given: object): boolean => /^class\b/.test(Function.prototype.toString.call(given));

/** A function's own name; nothing where it is no text, as that of a class with a static `name`. */
export const nameOfTask = (task: object): string => {
  try {
    const { name } = task as { readonly name?: unknown };
    return typeof name === "string" ? name.slice(0, 200) : "";
  } catch {
    return "";
  }
};

/** `console.log` and its like, which can make nothing of a run's context and would print it. */
const isBuiltIn = (task: object): boolean =>
  !nameOfTask(task).startsWith("bound ") &&
  Function.prototype.toString.call(task).endsWith("{ [native code] }");

const withoutContext = (task: Task): Task =>
  Object.defineProperty((...given: unknown[]) => task(...given.slice(0, -1)), "name", {
    value: nameOfTask(task),
  });

/** How many calls are kept: three of ours, the one that says `do`, and some in case a word such as `repeat` stands between. */
const depth = 7;

/**
 * Where a task without a name was given to `do`: the name of its job comes from there. Taking it costs some microseconds, its text is made when
 * somebody reads it.
 */
export const placeOf = (task: Task): Error | undefined => {
  if (nameOfTask(task).trim() !== "") return undefined;
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  const place = new Error("do");
  Error.stackTraceLimit = usual;
  return place;
};
