import {
  checkCondition,
  checkOptions,
  checkTask,
  guardWords,
  invalid,
  oneOf,
  readLabel,
  readLimit,
  wholeUpTo,
} from "../checks.ts";
import type { ScheduleError } from "../errors.ts";
import type { CallTrace, HasRecurrence, Job, Registrar, Task, TaskOptions } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { describe } from "../language/describe.ts";
import { ifInterrupteds, overlaps, type Policies } from "../policy/policies.ts";
import { union } from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import { Past } from "../recurrence/next/past.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { type ProgramOptions, programTask, type WorkerModule, workerTask } from "../tasks/prepare.ts";
import { type Language, languages, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { type Moment, toInstant } from "../time/moment.ts";
import { utc, zoneNamed } from "../time/zone.ts";
import {
  checkAligned,
  readAt,
  readCatchUp,
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
  placeOf,
  recurrenceOf,
  remembered,
  type Traits,
  usualTraits,
  type When,
} from "./definition.ts";

// biome-ignore lint/suspicious/noExplicitAny: what may be given is in types.ts; each word checks it
type Given = readonly any[];

/** The words that limit when a repeating schedule runs: what each of them changes. */
const limits: Readonly<
  Record<string, (given: Given, when: When, checked: <T>(read: Deferred<T>) => Deferred<T>) => Partial<When>>
> = {
  except: (given, { not = [] }, checked) => ({
    not: [...not, ...given.map((one) => checked(readException(one)))],
  }),
  starting: ([when], _, checked) => ({ starting: checked(readStart(when)) }),
  until: ([when], _, checked) => ({ until: checked(readEnd(when)) }),
  for: ([length]) => ({ span: readLimit(length, "for(…)") }),
  times: ([count]) => ({ count: wholeUpTo(100_000, count, "times", "times(…)") }),
};

/** The words for how it runs. */
const policies: Readonly<Record<string, (given: Given) => Partial<Policies>>> = {
  overlap: ([policy]) => ({ overlap: oneOf(policy, overlaps, "overlap", "overlap(…)") }),
  catchUp: ([policy, options]) => ({ catchUp: readCatchUp(policy, options) }),
  retry: ([times, options]) => ({ retry: readRetry(times, options) }),
  timeout: ([limit]) => ({ timeout: readLimit(limit, "timeout(…)") }),
  jitter: ([most]) => ({ jitter: readLimit(most, "jitter(…)") }),
  ifInterrupted: ([policy]) => ({
    ifInterrupted: oneOf(policy, ifInterrupteds, "if-interrupted", "ifInterrupted(…)"),
  }),
  pauseAfterFailures: ([failures]) => ({
    pauseAfterFailures: wholeUpTo(1_000_000, failures, "pause-after-failures", "pauseAfterFailures(…)"),
  }),
};

/** The words for whatever else a job has. */
const traits: Readonly<Record<string, (given: Given, traits: Traits) => Partial<Traits>>> = {
  named: ([name]) => ({ name: readLabel(name, "name") }),
  tag: (given, { tags }) => ({ tags: [...new Set([...tags, ...given.map((tag) => readLabel(tag, "tag"))])] }),
  keepAwake: () => ({ keepsAwake: true }),
  immediately: () => ({ now: true }),
  onlyIf: ([test], { conditions = [] }) => ({
    conditions: [...conditions, { kind: "onlyIf", test: checkCondition(test, "onlyIf(…)") }],
  }),
  unless: ([test], { conditions = [] }) => ({
    conditions: [...conditions, { kind: "unless", test: checkCondition(test, "unless(…)") }],
  }),
  ping: ([url, options], { notices }) => ({ notices: { ...notices, ping: readPing(url, options) } }),
  notify: ([to, options], { notices }) => ({
    notices: { ...notices, notify: [...(notices?.notify ?? []), readNotify(to, options)] },
  }),
};

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

  at(...times: Given): Chain {
    return this.#adding("at", times, readAt(this.#when, this.#callTrace, times));
  }

  on(...given: Given): Chain {
    const named = readOnDays(given);
    if (!named) return this.#adding("on", given, { days: readOn(this.#when, this.#callTrace, given) });
    this.#rejectOnce("on");
    return this.#adding("on", given, { not: [...(this.#when.not ?? []), this.#checked(named)] });
  }

  between(from: unknown, to: unknown): Chain {
    const { base, times, windows = [] } = this.#when;
    const isDated = base.kind === "dated" || base.kind === "stepped";
    if (isDated && !times) throw refused(this.#callTrace, "between(…)", texts().errors.between.noTime);
    this.#rejectOnce("between");
    return this.#adding("between", [from, to], { windows: [...windows, windowBetween(from, to)] });
  }

  aligned(): Chain {
    const { base, times, isFixedDelay } = this.#when;
    const reject = (accepted: string) => refused(this.#callTrace, "aligned()", accepted);
    if (base.kind !== "elapsed" || base.to !== undefined) throw reject(texts().errors.aligned.units);
    if (times || isFixedDelay) throw reject(texts().errors.aligned.either(times ? "at(…)" : "fixedDelay()"));
    checkAligned(base.every, base.unit);
    return this.#adding("aligned", [], { isAligned: true });
  }

  fixedDelay(): Chain {
    const { base, times, days, isAligned } = this.#when;
    const reject = (why: "units" | "alone") =>
      refused(this.#callTrace, "fixedDelay()", texts().errors.fixedDelay[why]);
    if (base.kind !== "elapsed") throw reject("units");
    if (times || days || isAligned) throw reject("alone");
    return this.#adding("fixedDelay", [], { isFixedDelay: true });
  }

  in(zone: string): Chain {
    return this.#adding("in", [zone], { zone: zoneNamed(zone).name });
  }

  or(other: HasRecurrence): Chain {
    if (typeof other?.recurrence !== "function") throw notASchedule("or(…)", other);
    const parts = [...this.#partsOf(this), ...this.#partsOf(other)];
    const read = remembered((context) =>
      union(...parts.map((of) => (of instanceof Chain ? of.recurrence(context) : of.recurrence()))),
    );
    const base = { kind: "read", from: "union", read, parts } as const;
    const callTrace = { before: this.#callTrace, word: "or", args: [other] };
    return new Chain(this.#registrar, { base }, callTrace, this.#traits);
  }

  recurrence(parseContext: ParseContext = this.#registrar.parseContext()): Recurrence {
    finishSchedule(this.#registrar, this.#callTrace);
    return recurrenceOf(this.#when, parseContext);
  }

  describe(language: Language = "en"): string {
    const parseContext = this.#registrar.parseContext();
    oneOf(language, languages, "language", "describe(…)");
    return describe(this.recurrence(parseContext), { zone: parseContext.zone, language });
  }

  next(count = 1, options: { readonly after?: string | Moment } = {}): Date[] {
    checkOptions("next(…)", options, ["after"]);
    return this.#runs("from", count, "next(…)", options.after);
  }

  previous(count = 1, options: { readonly before?: string | Moment } = {}): Date[] {
    checkOptions("previous(…)", options, ["before"]);
    return this.#runs("before", count, "previous(…)", options.before);
  }

  matches(date: string | Moment): boolean {
    const past = this.#past();
    const second = Math.floor(toInstant(date, past.zone) / 1_000) * 1_000;
    const [at] = past.from((second - 1) as Instant, 1);
    return at !== undefined && at < second + 1_000;
  }

  toJSON(): Recurrence {
    return this.recurrence();
  }

  do(task: Task, ...args: Given): Job {
    return this.#register(checkTask(task), args);
  }

  remind(text: string, to?: string | URL): Job {
    const reminder = readLabel(text, "reminder");
    const { name = reminder, notices } = this.#traits;
    const notify = [...(notices?.notify ?? []), { ...readNotify(to, { on: "success" }), text: reminder }];
    return this.#with({ name, notices: { ...notices, notify } }).#register(() => {}, []);
  }

  exec(program: string, args?: readonly string[] | ProgramOptions, options?: ProgramOptions): Job {
    const { task, taskOptions } = programTask(program, args, options);
    return this.#register(task, [], taskOptions);
  }

  worker(module: URL | WorkerModule, ...args: Given): Job {
    const { task, taskOptions } = workerTask(module, args);
    return this.#register(task, [], taskOptions);
  }

  /** The chain as it was written. */
  toString(): string {
    finishSchedule(this.#registrar, this.#callTrace);
    return callText(this.#callTrace);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #register(task: Task, args: Given, taskOptions?: TaskOptions): Job {
    const parseContext = this.#registrar.parseContext();
    const recurrence = this.recurrence(parseContext);
    checkRuns(recurrence, this.#when, parseContext, () => callText(this.#callTrace));
    const traits = this.#traits;
    const place = traits.name === undefined ? placeOf(task) : undefined;
    const given = { recurrence, task, args, place, taskOptions };
    return this.#registrar.register(new Defined(given, traits, this.#when, this.#callTrace));
  }

  #past(): Past {
    const { now, zone } = this.#registrar.parseContext();
    return new Past(this.recurrence({ now, zone }), { zone, now, seed: this.#traits.name ?? "" });
  }

  #runs(way: "from" | "before", count: number, word: string, at: string | Moment | undefined): Date[] {
    const most = wholeUpTo(100_000, count, "count", word);
    const past = this.#past();
    const from = at === undefined ? past.now : toInstant(at, past.zone);
    return past[way](from, most).map((found) => new Date(found));
  }

  /** The schedules of an `.or(…)`, unless something after it limits the whole. */
  #partsOf(side: HasRecurrence): readonly HasRecurrence[] {
    if (side instanceof Chain) {
      const { base, ...more } = side.#when;
      if (base.kind === "read" && base.parts && Object.keys(more).length === 0) return base.parts;
    }
    if (compile(side.recurrence(), { zone: utc, anchor: 0 as Instant }).isSpaced)
      throw refused(this.#callTrace, "or(…)", texts().errors.or.fixedDelay);
    return [side];
  }

  #adding(word: string, args: Given, change: Partial<When>): Chain {
    const callTrace = { before: this.#callTrace, word, args };
    return new Chain(this.#registrar, { ...this.#when, ...change }, callTrace, this.#traits);
  }

  #with(change: Partial<Traits>): Chain {
    return new Chain(this.#registrar, this.#when, this.#callTrace, { ...this.#traits, ...change });
  }

  #checked<T>(read: Deferred<T>): Deferred<T> {
    checkArgument(read, this.#registrar.parseContext(), this.#when.zone);
    return read;
  }

  #rejectOnce(word: string): void {
    const { base } = this.#when;
    if (base.kind === "read" && base.from === "moment")
      throw refused(this.#callTrace, `${word}(…)`, texts().errors.repeating);
  }

  static {
    const define = (word: string, method: (this: Chain, ...given: Given) => unknown) =>
      Object.defineProperty(Chain.prototype, word, {
        // A call that throws leaves no schedule behind that still waits for its task.
        value(this: Chain, ...given: Given) {
          try {
            return method.apply(this, given as never);
          } catch (error) {
            finishSchedule(this.#registrar, this.#callTrace);
            throw error;
          }
        },
        configurable: true,
        writable: true,
      });
    const own = Object.getOwnPropertyDescriptors(Chain.prototype);
    for (const [word, { value }] of Object.entries(own)) if (word !== "constructor") define(word, value);
    for (const [word, read] of Object.entries(limits))
      define(word, function (...given) {
        this.#rejectOnce(word);
        return this.#adding(
          word,
          given,
          read(given, this.#when, (one) => this.#checked(one)),
        );
      });
    for (const [word, read] of Object.entries(policies))
      define(word, function (...given) {
        return this.#with({ policies: { ...this.#traits.policies, ...read(given) } });
      });
    for (const [word, read] of Object.entries(traits))
      define(word, function (...given) {
        return this.#with(read(given, this.#traits));
      });
  }
}

guardWords(Chain.prototype, "chain");

export const notASchedule = (call: string, given: unknown): ScheduleError =>
  invalid("word", call, given, texts().errors.or.schedule(call.replace("…", "every().monday")));
