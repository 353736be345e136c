import {
  checkCondition,
  checkOptions,
  checkTask,
  guardWords,
  oneOf,
  readLabel,
  readLimit,
  wholeUpTo,
} from "../checks.ts";
import { ScheduleError } from "../errors.ts";
import type { CallTrace, Condition, HasRecurrence, Job, Registrar, Task, TaskOptions } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { describe, type Language } from "../language/describe.ts";
import { type CatchUp, catchUps } from "../policy/catch-up.ts";
import { type Overlap, overlaps } from "../policy/overlap.ts";
import { type IfInterrupted, ifInterrupteds, type Policies } from "../policy/policies.ts";
import { union } from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import { Past } from "../recurrence/next/past.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { ProgramOptions } from "../tasks/exec.ts";
import { programTask } from "../tasks/exec.ts";
import { type WorkerModule, workerTask } from "../tasks/worker.ts";
import { texts } from "../text/text.ts";
import { type DurationLike, parseDuration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import { type Moment, toInstant } from "../time/moment.ts";
import { day } from "../time/plain-time.ts";
import { utc, type Zone, zoneNamed } from "../time/zone.ts";
import {
  checkAligned,
  readAt,
  readEnd,
  readException,
  readNotify,
  readOn,
  readOnDays,
  readPing,
  readRetry,
  readStart,
  refused,
  windowBetween,
} from "./arguments.ts";
import {
  beginSchedule,
  callText,
  checkArgument,
  checkRuns,
  type Deferred,
  Defined,
  finishSchedule,
  lengths,
  placeOf,
  recurrenceOf,
  remembered,
  type Traits,
  usualTraits,
  type When,
} from "./definition.ts";
import type { CatchUpOptions, Exception, NotifyOptions, PingOptions, RetryOptions } from "./types.ts";

/**
 * A schedule in the making. It is immutable: each call checks its arguments and returns a new chain. `types.ts` has the grammar, what
 * may follow what; here each call rejects the places where it means nothing.
 */
export class Chain implements HasRecurrence {
  readonly #registrar: Registrar;
  readonly #when: When;
  readonly #callTrace: CallTrace;
  readonly #traits: Traits;

  constructor(registrar: Registrar, when: When, callTrace: CallTrace, traits: Traits = usualTraits) {
    this.#registrar = registrar;
    this.#when = when;
    this.#callTrace = callTrace;
    this.#traits = traits;
    beginSchedule(registrar, callTrace);
  }

  at(...times: readonly unknown[]): Chain {
    return this.#adding("at", times, readAt(this.#when, this.#callTrace, times));
  }

  on(...given: readonly unknown[]): Chain {
    const named = readOnDays(given);
    if (named) {
      this.#rejectOnce("on");
      return this.#adding("on", given, { not: [...(this.#when.not ?? []), this.#checked(named)] });
    }
    const days = readOn(this.#when, this.#callTrace, given);
    if (this.#elapsed() >= day) throw refused(this.#callTrace, "on(…)", texts().errors.on.weeks);
    return this.#adding("on", given, { days });
  }

  between(from: unknown, to: unknown): Chain {
    const { base, times, windows = [] } = this.#when;
    const isDated = base.kind === "dated" || base.kind === "stepped";
    if (isDated && !times) throw refused(this.#callTrace, "between(…)", texts().errors.between.noTime);
    if (this.#isOnce()) throw refused(this.#callTrace, "between(…)", texts().errors.repeating);
    return this.#adding("between", [from, to], { windows: [...windows, windowBetween(from, to)] });
  }

  except(...given: readonly Exception[]): Chain {
    this.#rejectOnce("except");
    const read = given.map((entry) => this.#checked(readException(entry)));
    return this.#adding("except", given, { not: [...(this.#when.not ?? []), ...read] });
  }

  starting(when: string | Moment): Chain {
    this.#rejectOnce("starting");
    return this.#adding("starting", [when], { starting: this.#checked(readStart(when)) });
  }

  until(when: string | Moment): Chain {
    this.#rejectOnce("until");
    return this.#adding("until", [when], { until: this.#checked(readEnd(when)) });
  }

  for(length: DurationLike): Chain {
    this.#rejectOnce("for");
    return this.#adding("for", [length], { span: readLimit(length, "for(…)") });
  }

  times(count: number): Chain {
    this.#rejectOnce("times");
    return this.#adding("times", [count], { count: wholeUpTo(100_000, count, "times", "times(…)") });
  }

  aligned(): Chain {
    const { base, times, isFixedDelay } = this.#when;
    if (base.kind !== "elapsed" || base.to !== undefined)
      throw refused(this.#callTrace, "aligned()", texts().errors.aligned.units);
    if (times || isFixedDelay)
      throw refused(
        this.#callTrace,
        "aligned()",
        texts().errors.aligned.either(times ? "at(…)" : "fixedDelay()"),
      );
    checkAligned(base.every, base.unit);
    return this.#adding("aligned", [], { isAligned: true });
  }

  fixedDelay(): Chain {
    const { base, times, days, isAligned } = this.#when;
    if (base.kind !== "elapsed")
      throw refused(this.#callTrace, "fixedDelay()", texts().errors.fixedDelay.units);
    if (times || days || isAligned)
      throw refused(this.#callTrace, "fixedDelay()", texts().errors.fixedDelay.alone);
    return this.#adding("fixedDelay", [], { isFixedDelay: true });
  }

  in(zone: string): Chain {
    return this.#adding("in", [zone], { zone: zoneNamed(zone).name });
  }

  or(other: HasRecurrence): Chain {
    const callTrace = { before: this.#callTrace, word: "or", args: [other] };
    if (typeof other?.recurrence !== "function") throw notASchedule("or(…)", other);
    const partsOf = (side: HasRecurrence): readonly HasRecurrence[] => {
      const known = side instanceof Chain ? alternatives(side.#when) : undefined;
      if (!known && hasFixedDelay(side.recurrence()))
        throw refused(this.#callTrace, "or(…)", texts().errors.or.fixedDelay);
      return known ?? [side];
    };
    const parts = [...partsOf(this), ...partsOf(other)];
    const read = remembered((parseContext) =>
      union(...parts.map((part) => Chain.recurrenceAt(part, parseContext))),
    );
    const base = { kind: "read", from: "union", read, parts } as const;
    return new Chain(this.#registrar, { base }, callTrace, this.#traits);
  }

  named(name: string): Chain {
    return this.#with({ name: readLabel(name, "name") });
  }

  tag(...tags: readonly string[]): Chain {
    const added = tags.map((tag) => readLabel(tag, "tag"));
    return this.#with({ tags: [...new Set([...this.#traits.tags, ...added])] });
  }

  keepAwake(): Chain {
    return this.#with({ keepsAwake: true });
  }

  immediately(): Chain {
    return this.#with({ now: true });
  }

  onlyIf(test: Condition): Chain {
    return this.#startingIf("onlyIf", test);
  }

  unless(test: Condition): Chain {
    return this.#startingIf("unless", test);
  }

  overlap(policy: Overlap): Chain {
    return this.#under({ overlap: oneOf(policy, overlaps, "overlap", "overlap(…)") });
  }

  catchUp(policy: CatchUp, options: CatchUpOptions = {}): Chain {
    checkOptions("catchUp(…)", options, ["maxLateness"]);
    const { maxLateness } = options;
    const missed = oneOf(policy, catchUps, "catch-up", "catchUp(…)");
    const window =
      maxLateness === undefined ? {} : { maxLateness: parseDuration(maxLateness, "catchUp: maxLateness") };
    return this.#under({ catchUp: { missed, ...window } });
  }

  retry(times: number, options?: RetryOptions): Chain {
    return this.#under({ retry: readRetry(times, options) });
  }

  timeout(limit: DurationLike): Chain {
    return this.#under({ timeout: readLimit(limit, "timeout(…)") });
  }

  jitter(most: DurationLike): Chain {
    return this.#under({ jitter: readLimit(most, "jitter(…)") });
  }

  ifInterrupted(policy: IfInterrupted): Chain {
    return this.#under({
      ifInterrupted: oneOf(policy, ifInterrupteds, "if-interrupted", "ifInterrupted(…)"),
    });
  }

  pauseAfterFailures(failures: number): Chain {
    return this.#under({
      pauseAfterFailures: wholeUpTo(1_000_000, failures, "pause-after-failures", "pauseAfterFailures(…)"),
    });
  }

  ping(url: string | URL, options?: PingOptions): Chain {
    return this.#with({ notices: { ...this.#traits.notices, ping: readPing(url, options) } });
  }

  notify(to?: string | URL, options?: NotifyOptions): Chain {
    const { notices } = this.#traits;
    return this.#with({
      notices: { ...notices, notify: [...(notices?.notify ?? []), readNotify(to, options)] },
    });
  }

  recurrence(parseContext: ParseContext = this.#registrar.parseContext()): Recurrence {
    finishSchedule(this.#registrar, this.#callTrace);
    return recurrenceOf(this.#when, parseContext);
  }

  describe(language: Language = "en"): string {
    const parseContext = this.#registrar.parseContext();
    oneOf(language, ["en", "zh"], "language", "describe(…)");
    return describe(this.recurrence(parseContext), { zone: parseContext.zone, language });
  }

  next(count = 1, options: { readonly after?: string | Moment } = {}): Date[] {
    checkOptions("next(…)", options, ["after"]);
    const most = wholeUpTo(100_000, count, "count", "next(…)");
    const past = this.#past();
    const after = options.after === undefined ? past.now : momentGiven(options.after, past.zone);
    return past.from(after, most).map((at) => new Date(at));
  }

  previous(count = 1, options: { readonly before?: string | Moment } = {}): Date[] {
    checkOptions("previous(…)", options, ["before"]);
    const most = wholeUpTo(100_000, count, "count", "previous(…)");
    const past = this.#past();
    const before = options.before === undefined ? past.now : momentGiven(options.before, past.zone);
    return past.before(before, most).map((at) => new Date(at));
  }

  matches(date: string | Moment): boolean {
    const past = this.#past();
    const second = Math.floor(momentGiven(date, past.zone) / 1_000) * 1_000;
    const [at] = past.from((second - 1) as Instant, 1);
    return at !== undefined && at < second + 1_000;
  }

  toJSON(): Recurrence {
    return this.recurrence();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #past(): Past {
    const { now, zone } = this.#registrar.parseContext();
    return new Past(this.recurrence({ now, zone }), { zone, now, seed: this.#traits.name ?? "" });
  }

  do(task: Task, ...args: readonly unknown[]): Job {
    return this.#register(checkTask(task), args);
  }

  remind(text: string, to?: string | URL): Job {
    const reminder = readLabel(text, "reminder");
    const notify = { ...readNotify(to, { on: "success" }), text: reminder };
    const { name = reminder, notices } = this.#traits;
    const all = { ...notices, notify: [...(notices?.notify ?? []), notify] };
    return this.#with({ name, notices: all }).#register(() => {}, []);
  }

  exec(program: string, args?: readonly string[] | ProgramOptions, options?: ProgramOptions): Job {
    const { task, taskOptions } = programTask(program, args, options);
    return this.#register(task, [], taskOptions);
  }

  worker(module: URL | WorkerModule, ...args: readonly unknown[]): Job {
    const { task, taskOptions } = workerTask(module, args);
    return this.#register(task, [], taskOptions);
  }

  #register(task: Task, args: readonly unknown[], taskOptions?: TaskOptions): Job {
    const parseContext = this.#registrar.parseContext();
    const recurrence = this.recurrence(parseContext);
    checkRuns(recurrence, this.#when, parseContext, () => this.toString());
    const place = this.#traits.name === undefined ? placeOf(task) : undefined;
    return this.#registrar.register(
      new Defined(recurrence, this.#when, this.#callTrace, this.#traits, task, args, place, taskOptions),
    );
  }

  /** The chain as it was written. */
  toString(): string {
    finishSchedule(this.#registrar, this.#callTrace);
    return callText(this.#callTrace);
  }

  static recurrenceAt(of: HasRecurrence, parseContext: ParseContext): Recurrence {
    return of instanceof Chain ? of.recurrence(parseContext) : of.recurrence();
  }

  #adding(word: string, args: readonly unknown[], change: Partial<When>): Chain {
    const callTrace = { before: this.#callTrace, word, args };
    return new Chain(this.#registrar, { ...this.#when, ...change }, callTrace, this.#traits);
  }

  #with(change: Partial<Traits>): Chain {
    return new Chain(this.#registrar, this.#when, this.#callTrace, { ...this.#traits, ...change });
  }

  #under(change: Partial<Policies>): Chain {
    return this.#with({ policies: { ...this.#traits.policies, ...change } });
  }

  #startingIf(kind: "onlyIf" | "unless", test: Condition): Chain {
    const condition = { kind, test: checkCondition(test, `${kind}(…)`) };
    return this.#with({ conditions: [...(this.#traits.conditions ?? []), condition] });
  }

  #checked<T>(read: Deferred<T>): Deferred<T> {
    checkArgument(read, this.#registrar.parseContext(), this.#when.zone);
    return read;
  }

  /** The interval, 0 for schedules that are none. */
  #elapsed(): number {
    const { base } = this.#when;
    return base.kind === "elapsed" ? base.every * lengths[base.unit] : 0;
  }

  #isOnce(): boolean {
    const { base } = this.#when;
    return base.kind === "read" && base.from === "moment";
  }

  #rejectOnce(word: string): void {
    if (this.#isOnce()) throw refused(this.#callTrace, `${word}(…)`, texts().errors.repeating);
  }

  /** A call that throws leaves no schedule behind that still waits for its task. */
  static {
    for (const [word, { value: method }] of Object.entries(
      Object.getOwnPropertyDescriptors(Chain.prototype),
    )) {
      if (word === "constructor" || typeof method !== "function") continue;
      const checked = function (this: Chain, ...args: readonly unknown[]): unknown {
        try {
          return Reflect.apply(method, this, args);
        } catch (error) {
          finishSchedule(this.#registrar, this.#callTrace);
          throw error;
        }
      };
      Object.defineProperty(Chain.prototype, word, { value: checked, configurable: true, writable: true });
    }
  }
}

guardWords(Chain.prototype, "chain");

const momentGiven = (given: string | Moment, zone: Zone): Instant =>
  typeof given === "string" ? parseMoment(given, zone) : toInstant(given, zone);

/** The parts of an `.or(…)`, unless something after it limits the whole. */
const alternatives = (when: When): readonly HasRecurrence[] | undefined => {
  const { base, ...limits } = when;
  return base.kind === "read" && Object.keys(limits).length === 0 ? base.parts : undefined;
};

export const notASchedule = (call: string, given: unknown): ScheduleError =>
  new ScheduleError({
    code: "word",
    what: call,
    given,
    accepted: texts().errors.or.schedule(call.replace("…", "every().monday")),
  });

const hasFixedDelay = (recurrence: Recurrence): boolean =>
  compile(recurrence, { zone: utc, anchor: 0 as Instant }).isSpaced;
