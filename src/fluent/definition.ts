import { nameOfTask } from "../checks.ts";
import { ScheduleError } from "../errors.ts";
import type { CallTrace, Definition, HasRecurrence, Registrar, Task } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { usualPolicies } from "../policy/policies.ts";
import {
  alignedTimes,
  anchorTime,
  type Beginning,
  type Bounds,
  beginningAt,
  bounded,
  calendar,
  type Ending,
  endOfDays,
  except,
  fields,
  grid,
  interval,
  timeList,
  union,
  wallOf,
  within,
  zoned,
} from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import { draw } from "../recurrence/next/draw.ts";
import { canOccur } from "../recurrence/next/past.ts";
import { daySetsOf } from "../recurrence/reanchor.ts";
import type { DailyWindow, Dates, DateUnit, Exclusion, Recurrence, Step } from "../recurrence/recurrence.ts";
import { texts } from "../text/text.ts";
import { dateValue } from "../time/date-types.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { mod } from "../time/plain-date.ts";
import { day, hour, minute, second, type TimeNumber } from "../time/plain-time.ts";
import { fixedZone, type WallTime, wallAt, type Zone, zoneNamed } from "../time/zone.ts";

/** A value that depends on the moment and the zone it is read in: "today at 18:30". */
export type Deferred<T> = (parseContext: ParseContext) => T;

export type ElapsedUnit = "second" | "minute" | "hour";
export type Unit = ElapsedUnit | DateUnit;

/** `every(5).minutes`, `every(2).to(4).days`. */
interface Counted<Kind, Of> {
  readonly kind: Kind;
  readonly unit: Of;
  readonly every: number;
  readonly to?: number | undefined;
}

type Elapsed = Counted<"elapsed", ElapsedUnit>;
type Stepped = Counted<"stepped", DateUnit>;

/** What a chain begins with. */
export type Base =
  | Elapsed
  | Stepped
  /** `every().monday`. */
  | { readonly kind: "dated"; readonly dates: Dates }
  /** A phrase, a cron expression, a moment, several schedules in one. */
  | {
      readonly kind: "read";
      readonly from: "phrase" | "cron" | "moment" | "union" | "json";
      readonly read: Deferred<Recurrence>;
      /** The schedules of a union. */
      readonly parts?: readonly HasRecurrence[];
    };

/** When a chain runs. Each argument has been checked; what depends on now is resolved when the recurrence is asked for. */
export interface When {
  readonly base: Base;
  /** Alternatives: on one of these dates, or on one of those. */
  readonly days?: readonly Dates[];
  /** Of the day, the hour or the minute, depending on the unit. */
  readonly times?: readonly TimeNumber[];
  readonly isAligned?: true;
  readonly isFixedDelay?: true;
  readonly windows?: readonly DailyWindow[];
  readonly not?: readonly Deferred<readonly Exclusion[]>[];
  readonly starting?: Deferred<Beginning>;
  readonly until?: Deferred<Ending>;
  readonly span?: Milliseconds;
  readonly count?: number;
  readonly zone?: string;
}

/** What a chain knows besides when. */
export type Traits = Pick<
  Definition,
  "name" | "tags" | "policies" | "now" | "notices" | "conditions" | "keepsAwake"
>;

/** Frozen, because V8 spreads an object that could change four times as slowly. */
export const usualTraits: Traits = Object.freeze({
  tags: Object.freeze([]),
  policies: usualPolicies,
  now: false,
});

/** Lengths of the units that count elapsed time, in milliseconds. */
export const lengths: Readonly<Record<ElapsedUnit, number>> = { second, minute, hour };

export const isElapsed = (unit: Unit): unit is ElapsedUnit => unit in lengths;

/** The zone where each wall time comes last: what has passed there has passed everywhere. */
const lastZone = fixedZone("UTC-12:00", -12 * hour);

/**
 * Reads an argument in the call that received it, so that the error points at the user's line. Whether it can run may depend on
 * an `.in(zone)` that follows; until then it is only rejected if it can run in no zone.
 */
export const checkArgument = (
  read: Deferred<unknown>,
  parseContext: ParseContext,
  zone: string | undefined,
): void => {
  try {
    read(inZone(parseContext, zone));
  } catch (error) {
    const mayBeLater = error instanceof ScheduleError && (error.code === "never" || error.code === "past");
    if (!mayBeLater || zone !== undefined) throw error;
    read({ now: parseContext.now, zone: lastZone });
  }
};

/** The same moment in the chain's own zone, if it has one. */
export const inZone = (context: ParseContext, zone: string | undefined): ParseContext =>
  zone === undefined
    ? context
    : {
        get now() {
          return context.now;
        },
        zone: zoneNamed(zone),
      };

/**
 * Keeps the last result: a phrase is parsed in its call and again in `do`, mostly within the same millisecond. A result that used
 * neither the time nor the zone is kept for good.
 */
export const remembered = <T>(read: Deferred<T>): Deferred<T> => {
  let last: { readonly now?: Instant; readonly zone?: Zone; readonly answer: T } | undefined;
  return (parseContext) => {
    if (last && !last.zone) return last.answer;
    if (last?.now === parseContext.now && last.zone === parseContext.zone) return last.answer;
    let isAsked = false;
    const answer = read({
      get now() {
        isAsked = true;
        return parseContext.now;
      },
      get zone() {
        isAsked = true;
        return parseContext.zone;
      },
    });
    last = isAsked ? { now: parseContext.now, zone: parseContext.zone, answer } : { answer };
    return answer;
  };
};

/** More schedules without a task than these are not remembered. */
const mostUnfinished = 100;

/** Remembers that a schedule has no task yet. */
export const beginSchedule = ({ unfinished }: Registrar, callTrace: CallTrace): void => {
  const first = firstCall(callTrace);
  if (unfinished.size < mostUnfinished || unfinished.has(first)) unfinished.set(first, callTrace);
};

/** A schedule has been used: given a task, described, or passed on. */
export const finishSchedule = ({ unfinished }: Registrar, callTrace: CallTrace): void => {
  unfinished.delete(firstCall(callTrace));
};

const firstCall = (callTrace: CallTrace): CallTrace => {
  let first = callTrace;
  while (first.before) first = first.before;
  return first;
};

/** `every(3).days.at("10:30")`. */
export const callText = (callTrace: CallTrace): string => {
  const words: string[] = [];
  for (let last: CallTrace | undefined = callTrace; last; last = last.before)
    words.push(`${last.word}${last.args ? `(${last.args.map(written).join(", ")})` : ""}`);
  return words.reverse().join(".");
};

const written = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  const known = dateValue(value);
  if (known?.kind === "instant" && Number.isFinite(known.at))
    return JSON.stringify(new Date(known.at).toISOString());
  if (known) return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  const own = value.toString();
  const entries = () => Object.entries(value).map(([name, one]) => `${name}: ${written(one)}`);
  return own.startsWith("[object") ? `{ ${entries().join(", ")} }` : own;
};

/** The recurrence of a chain at one moment in one zone. */
export const recurrenceOf = (when: When, context: ParseContext): Recurrence => {
  const parseContext = inZone(context, when.zone);
  const base = baseRecurrence(when, parseContext);
  const { windows, not, starting, until, span, count, zone } = when;
  const isLimited = (windows ?? not ?? starting ?? until ?? span ?? count ?? zone) !== undefined;
  return isLimited ? limited(base, when, parseContext) : base;
};

/**
 * Rejects what can never run, whenever the script starts. What has passed or ended is accepted.
 *
 * @param source gives the chain as written
 * @throws ScheduleError `never`
 */
export const checkRuns = (
  recurrence: Recurrence,
  when: When,
  parseContext: ParseContext,
  source: () => string,
): void => {
  // Where the data of named days ends, the job waits for newer data.
  if (runsForever(recurrence) || daySetsOf(recurrence).length > 0) return;
  const { until: _, ...endless } = when;
  const can =
    when.span === undefined
      ? canOccur(recurrence, parseContext)
      : canOccur(recurrenceOf(endless, parseContext), parseContext, true);
  if (can && !isEmpty(recurrence, when, parseContext)) return;
  throw new ScheduleError({
    code: "never",
    what: texts().errors.never.what(source()),
    accepted: texts().errors.never.accepted(formatIso(parseContext.now, parseContext.zone)),
  });
};

/** Whether nothing lies between a start and an end that do not depend on now. */
const isEmpty = (recurrence: Recurrence, { starting, until }: When, { now, zone }: ParseContext): boolean => {
  if (!starting || !until) return false;
  const ends = (now: Instant) => [starting({ now, zone }).starting, until({ now, zone }).until] as const;
  const [from, to] = ends(now);
  const [laterFrom, laterTo] = ends((now + 400 * day) as Instant);
  if (from !== laterFrom || to !== laterTo) return false;
  const before = (from - 1) as Instant;
  return compile(recurrence, { zone, anchor: before }).next(before) === null;
};

/** Whether a next run is certain without computing it. */
const runsForever = (recurrence: Recurrence): boolean =>
  recurrence.kind === "interval" || (recurrence.kind === "calendar" && !recurrence.dates?.days);

/** Zone around bounds, bounds around exceptions, exceptions around windows. A phrase may already have some: they are unwrapped first. */
const limited = (base: Recurrence, when: When, context: ParseContext): Recurrence => {
  const { core, not, bounds, zone } = opened(base);
  const parseContext = inZone(context, zone);
  const exclusions = when.not?.flatMap((read) => read(parseContext)) ?? [];
  const of = except(windowed(core, when), ...not, ...exclusions);
  const all = bounded(bounded(of, bounds), boundsOf(when, parseContext));
  const named = zone ?? (when.zone === undefined ? undefined : parseContext.zone.name);
  return named === undefined ? all : zoned(all, named);
};

const opened = (whole: Recurrence): Opened => {
  if (whole.kind === "zoned") return { ...opened(whole.of), zone: whole.zone };
  const { of: inBounds, ...bounds } = whole.kind === "bounded" ? whole : { of: whole };
  return inBounds.kind === "except"
    ? { core: inBounds.of, not: inBounds.not, bounds }
    : { core: inBounds, not: [], bounds };
};

interface Opened {
  readonly core: Recurrence;
  readonly not: readonly Exclusion[];
  readonly bounds: Bounds;
  readonly zone?: string;
}

/** Inside windows an interval below a day counts from each opening; aligned and fixed times stay as they are. */
const windowed = (of: Recurrence, { windows = [], times, isAligned }: When): Recurrence => {
  if (windows.length === 0) return of;
  const isFree = !times && !isAligned;
  if (isFree && of.kind === "interval" && of.every < day && !of.random && !of.fixedDelay)
    return calendar({ times: grid(of.every, windows) });
  if (isFree && of.kind === "calendar" && of.times.kind === "grid" && !of.times.windows)
    return calendar({ ...of, times: grid(of.times.every, windows) });
  return within(of, windows);
};

const boundsOf = ({ starting, until, span, count }: When, context: ParseContext): Opened["bounds"] => {
  const begin = starting?.(context);
  const end = until?.(context) ?? { until: Infinity as Instant };
  const ofSpan = span === undefined ? end : endOfSpan(span, begin, context);
  return { ...begin, ...(ofSpan.until < end.until ? ofSpan : end), times: count };
};

/** The end of a span. Whole days keep the wall clock, as days do everywhere; others are elapsed time. */
const endOfSpan = (span: Milliseconds, begin: Beginning | undefined, { now, zone }: ParseContext): Ending => {
  const start = begin && begin.starting > now ? begin : { starting: now };
  return span % day === 0
    ? endOfDays(zone, (wallOf(zone, start) + span) as WallTime)
    : { until: (start.starting + span) as Instant };
};

/** A chain without its limits: the unit, its days, its times. */
const baseRecurrence = (when: When, parseContext: ParseContext): Recurrence => {
  const { base, days, times: given, starting } = when;
  if (base.kind === "read") return base.read(parseContext);
  if (base.kind === "elapsed") return elapsed(when, base, parseContext);
  const times = given ? timeList(given) : anchorTime;
  if (base.kind === "dated") return calendar({ dates: base.dates, times });
  const { every, to, unit } = base;
  const step: Step = { every, unit, ...(to !== undefined && { to }) };
  const of = onDays(days, { step, times });
  const startsLater = !days && given && !starting && (every > 1 || to !== undefined);
  return startsLater ? bounded(of, startAhead(base, parseContext)) : of;
};

const onDays = (days: When["days"] | undefined, of: Omit<Parameters<typeof calendar>[0], "dates">) =>
  union(...(days ?? [undefined]).map((dates) => calendar({ ...of, dates })));

/** The day one interval after today: Python's `schedule` starts there, even if today's time is still ahead. */
const startAhead = ({ every, to = every }: Stepped, { now, zone }: ParseContext): Beginning => {
  const today = Math.floor(wallAt(zone, now) / day);
  const ahead = draw(String(today), every, to, 1).sum(1);
  return beginningAt(zone, ((today + ahead) * day) as WallTime);
};

const elapsed = (when: When, base: Elapsed, parseContext: ParseContext): Recurrence => {
  const { days, times, isAligned, isFixedDelay } = when;
  const unit = lengths[base.unit] as Milliseconds;
  const every = (base.every * unit) as Milliseconds;
  const to = base.to === undefined ? undefined : ((base.to * unit) as Milliseconds);
  if (times && (base.every > 1 || to !== undefined))
    return fromMarks(when, every, to ?? every, unit, parseContext);
  if (times) return onMarks(times, days, unit);
  if (isAligned || days) return onDays(days, { times: (isAligned && alignedTimes(every)) || grid(every) });
  return interval(every, {
    ...(to !== undefined && { random: { to, unit } }),
    ...(isFixedDelay && { fixedDelay: isFixedDelay }),
  });
};

/** Fixed minutes of every hour, or seconds of every minute. Times with different seconds become a union. */
const onMarks = (times: readonly TimeNumber[], days: When["days"], unit: Milliseconds): Recurrence => {
  const secondOf = (time: TimeNumber) => (time / second) % 60;
  const seconds = [...new Set(times.map(secondOf))];
  if (unit === minute) return onDays(days, { times: fields({ seconds, follows: "elapsed" }) });
  return union(
    ...seconds.map((one) => {
      const minutes = times.filter((time) => secondOf(time) === one).map((time) => Math.floor(time / minute));
      return onDays(days, { times: fields({ minutes, seconds: [one], follows: "elapsed" }) });
    }),
  );
};

/**
 * Several hours or minutes with a time inside them, counted as Python's `schedule` does: from this hour, first one interval later.
 *
 *     every(2).hours.at(":30")   now 09:10   -> 11:30, 13:30 …
 *
 * With a start, the first such time at or after it is the first run.
 */
const fromMarks = (
  { times = [], starting }: When,
  every: Milliseconds,
  to: Milliseconds,
  unit: Milliseconds,
  parseContext: ParseContext,
): Recurrence => {
  const begin = starting?.(parseContext).starting;
  const from = begin ?? parseContext.now;
  const unitStart = from - mod(wallAt(parseContext.zone, from), unit);
  const first = (time: TimeNumber) =>
    begin === undefined
      ? unitStart + time + draw(String(unitStart), every, to, unit).sum(1)
      : unitStart + time + (unitStart + time < begin ? unit : 0);
  const of = interval(every, { random: { to, unit } });
  return union(...times.map((time) => bounded(of, { starting: first(time) as Instant })));
};

/** Where an unnamed task was given to `do`: its job is named after the place. Taking it costs some microseconds; its text is built on demand. */
export const placeOf = (task: Task): Error | undefined => {
  if (nameOfTask(task).trim() !== "") return undefined;
  const usual = Error.stackTraceLimit;
  // Three or four frames of ours, the one that calls `do`, and some for wrappers such as `repeat`.
  Error.stackTraceLimit = 7;
  const place = new Error("do");
  Error.stackTraceLimit = usual;
  return place;
};

type Given = Pick<Definition, "recurrence" | "task" | "args" | "place" | "taskOptions">;

/** What a chain hands over in `do`. Its text is built on demand, and a job holds no copy of what many share. */
export class Defined implements Definition {
  readonly recurrence: Recurrence;
  readonly task: Task;
  readonly args: readonly unknown[];
  readonly place: Error | undefined;
  readonly taskOptions: Definition["taskOptions"];
  readonly #traits: Traits;
  readonly #when: When;
  readonly #callTrace: CallTrace;

  constructor(given: Given, traits: Traits, when: When, callTrace: CallTrace) {
    this.recurrence = given.recurrence;
    this.task = given.task;
    this.args = given.args.length === 0 ? noArguments : given.args;
    this.place = given.place;
    this.taskOptions = given.taskOptions;
    this.#traits = traits;
    this.#when = when;
    this.#callTrace = callTrace;
  }

  recurrenceAt(parseContext: ParseContext): Recurrence {
    return recurrenceOf(this.#when, parseContext);
  }

  get source(): string {
    return callText(this.#callTrace);
  }
  get name(): string | undefined {
    return this.#traits.name;
  }
  get tags(): readonly string[] {
    return this.#traits.tags;
  }
  get policies(): Definition["policies"] {
    return this.#traits.policies;
  }
  get now(): boolean {
    return this.#traits.now;
  }
  get keepsAwake(): boolean | undefined {
    return this.#traits.keepsAwake;
  }
  get conditions(): Definition["conditions"] {
    return this.#traits.conditions;
  }
  get notices(): Definition["notices"] {
    return this.#traits.notices;
  }
}

const noArguments: readonly unknown[] = Object.freeze([]);
