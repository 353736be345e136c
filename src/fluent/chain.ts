import { ScheduleError } from "../errors.ts";
import type { Manner, Registrar } from "../job/definition.ts";
import type { Job, Sayable, Task } from "../job/job.ts";
import type { Hearing } from "../language/hearing.ts";
import { checkOptions } from "../options.ts";
import { type CatchUp, catchUps } from "../policy/catch-up.ts";
import { type Overlap, overlaps } from "../policy/overlap.ts";
import { type IfInterrupted, ifInterrupteds, type Policies } from "../policy/policies.ts";
import { union } from "../recurrence/combine.ts";
import { compile } from "../recurrence/compile.ts";
import { describe, type Language } from "../recurrence/describe.ts";
import { Past } from "../recurrence/past.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { programTask } from "../task/program.ts";
import type { ProgramOptions } from "../task/program-call.ts";
import { workerTask } from "../task/worker.ts";
import type { WorkerModule } from "../task/worker-call.ts";
import { type DurationLike, parseDuration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import { type Moment, toInstant } from "../time/moment.ts";
import { day } from "../time/plain-time.ts";
import { utc, type Zone, zoneNamed } from "../time/zone.ts";
import { checkAligned } from "./aligned.ts";
import { readAt } from "./at.ts";
import { readEnd, readStart } from "./bounds.ts";
import { windowBetween } from "./clock-words.ts";
import { Defined } from "./defined.ts";
import { readException } from "./exceptions.ts";
import { refuseExtra } from "./extra.ts";
import type { CatchUpOptions, Exception, NotifyOptions, PingOptions, RetryOptions } from "./grammar.ts";
import { readNotify, readPing } from "./notice-words.ts";
import { readOn } from "./on.ts";
import { oneOf, readLabel, readRetry, wholeUpTo } from "./policy-words.ts";
import { checkRuns, recurrenceOf } from "./recurrence-of.ts";
import { refused } from "./refused.ts";
import { checkSaid, type Heard, lengths, remembered, type Traits, usualTraits, type When } from "./said.ts";
import { type Spoken, spokenText } from "./spoken.ts";
import { checkTask, placeOf } from "./task.ts";

/**
 * A sentence that can go on. It never changes: each word checks what it is given and answers with a new chain. What
 * may follow what is written in `grammar.ts`; here each word refuses the places where it means nothing.
 */
export class Chain implements Sayable {
  readonly #registrar: Registrar;
  readonly #when: When;
  readonly #spoken: Spoken;
  readonly #traits: Traits;

  constructor(registrar: Registrar, when: When, spoken: Spoken, traits: Traits = usualTraits) {
    this.#registrar = registrar;
    this.#when = when;
    this.#spoken = spoken;
    this.#traits = traits;
  }

  at(...times: readonly unknown[]): Chain {
    return this.#saying("at", times, readAt(this.#when, this.#spoken, times));
  }

  on(...given: readonly unknown[]): Chain {
    const days = readOn(this.#when, this.#spoken, given);
    if (this.#elapsed() >= day) throw refused(this.#spoken, "on(…)", 'weeks: every().week.on("monday")');
    return this.#saying("on", given, { days });
  }

  between(from: unknown, to: unknown): Chain {
    const { base, times, windows = [] } = this.#when;
    const isDated = base.kind === "dated" || base.kind === "stepped";
    if (isDated && !times)
      throw refused(
        this.#spoken,
        "between(…)",
        'a time, .at(…), or a length: every(15).minutes.on("monday").between(…)',
      );
    if (this.#isOnce()) throw refused(this.#spoken, "between(…)", "something that comes again");
    return this.#saying("between", [from, to], { windows: [...windows, windowBetween(from, to)] });
  }

  except(...given: readonly Exception[]): Chain {
    this.#refuseOnce("except");
    const read = given.map((entry) => this.#checked(readException(entry)));
    return this.#saying("except", given, { not: [...(this.#when.not ?? []), ...read] });
  }

  starting(when: string | Moment): Chain {
    this.#refuseOnce("starting");
    return this.#saying("starting", [when], { starting: this.#checked(readStart(when)) });
  }

  until(when: string | Moment): Chain {
    this.#refuseOnce("until");
    return this.#saying("until", [when], { until: this.#checked(readEnd(when)) });
  }

  for(length: DurationLike): Chain {
    this.#refuseOnce("for");
    return this.#saying("for", [length], { span: parseDuration(length, "for(…)") });
  }

  times(count: number): Chain {
    this.#refuseOnce("times");
    return this.#saying("times", [count], { count: wholeUpTo(100_000, count, "times", "times(…)") });
  }

  aligned(): Chain {
    const { base, times, isSpaced } = this.#when;
    if (base.kind !== "elapsed" || base.to !== undefined)
      throw refused(this.#spoken, "aligned()", "seconds, minutes or hours: every(15).minutes.aligned()");
    if (times || isSpaced)
      throw refused(this.#spoken, "aligned()", `either .aligned() or .${times ? "at(…)" : "spaced()"}`);
    checkAligned(base.every, base.unit);
    return this.#saying("aligned", [], { isAligned: true });
  }

  spaced(): Chain {
    const { base, times, days, isAligned } = this.#when;
    if (base.kind !== "elapsed")
      throw refused(this.#spoken, "spaced()", "seconds, minutes or hours: every(10).minutes.spaced()");
    if (times || days || isAligned)
      throw refused(this.#spoken, "spaced()", "a length alone: it counts from the end of the last run");
    return this.#saying("spaced", [], { isSpaced: true });
  }

  in(zone: string): Chain {
    return this.#saying("in", [zone], { zone: zoneNamed(zone).name });
  }

  or(other: Sayable): Chain {
    const spoken = { before: this.#spoken, word: "or", args: [other] };
    if (typeof other?.recurrence !== "function") throw noSentence(other);
    const parts = [this, other].flatMap((side) => {
      const known = side instanceof Chain ? alternatives(side.#when) : undefined;
      if (!known && isSpaced(side.recurrence()))
        throw refused(this.#spoken, "or(…)", "schedules that do not count from the end of a run");
      return known ?? [side];
    });
    const read = remembered((hearing) => union(...parts.map((part) => Chain.heard(part, hearing))));
    const base = { kind: "read", from: "union", read, parts } as const;
    return new Chain(this.#registrar, { base }, spoken, this.#traits);
  }

  named(name: string): Chain {
    return this.#with({ name: readLabel(name, "name") });
  }

  tag(...tags: readonly string[]): Chain {
    const added = tags.map((tag) => readLabel(tag, "tag"));
    return this.#with({ tags: [...new Set([...this.#traits.tags, ...added])] });
  }

  now(): Chain {
    return this.#with({ now: true });
  }

  overlap(policy: Overlap): Chain {
    return this.#under({ overlap: oneOf(policy, overlaps, "overlap", "overlap(…)") });
  }

  catchUp(policy: CatchUp, options: CatchUpOptions = {}): Chain {
    checkOptions("catchUp(…)", options, ["within"]);
    const { within } = options;
    const missed = oneOf(policy, catchUps, "catch-up", "catchUp(…)");
    const window = within === undefined ? {} : { within: parseDuration(within, "catchUp: within") };
    return this.#under({ catchUp: { missed, ...window } });
  }

  retry(times: number, options?: RetryOptions): Chain {
    return this.#under({ retry: readRetry(times, options) });
  }

  timeout(limit: DurationLike): Chain {
    return this.#under({ timeout: parseDuration(limit, "timeout(…)") });
  }

  jitter(most: DurationLike): Chain {
    return this.#under({ jitter: parseDuration(most, "jitter(…)") });
  }

  ifInterrupted(policy: IfInterrupted): Chain {
    return this.#under({
      ifInterrupted: oneOf(policy, ifInterrupteds, "if-interrupted", "ifInterrupted(…)"),
    });
  }

  pauseAfter(failures: number): Chain {
    return this.#under({ pauseAfter: wholeUpTo(1_000_000, failures, "pause-after", "pauseAfter(…)") });
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

  recurrence(hearing: Hearing = this.#registrar.hearing()): Recurrence {
    return recurrenceOf(this.#when, hearing);
  }

  describe(language: Language = "en"): string {
    const hearing = this.#registrar.hearing();
    oneOf(language, ["en", "zh"], "language", "describe(…)");
    return describe(recurrenceOf(this.#when, hearing), { zone: hearing.zone, language });
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
    const { now, zone } = this.#registrar.hearing();
    return new Past(recurrenceOf(this.#when, { now, zone }), { zone, now, seed: this.#traits.name ?? "" });
  }

  do(task: Task, ...args: readonly unknown[]): Job {
    return this.#register(checkTask(task), args);
  }

  exec(program: string, args?: readonly string[] | ProgramOptions, options?: ProgramOptions): Job {
    const { task, manner } = programTask(program, args, options);
    return this.#register(task, [], manner);
  }

  worker(module: URL | WorkerModule, ...args: readonly unknown[]): Job {
    const { task, manner } = workerTask(module, args);
    return this.#register(task, [], manner);
  }

  #register(task: Task, args: readonly unknown[], manner?: Manner): Job {
    const hearing = this.#registrar.hearing();
    const recurrence = recurrenceOf(this.#when, hearing);
    checkRuns(recurrence, this.#when, hearing, () => this.toString());
    const place = this.#traits.name === undefined ? placeOf(task) : undefined;
    return this.#registrar.register(
      new Defined(recurrence, this.#when, this.#spoken, this.#traits, task, args, place, manner),
    );
  }

  /** The words that say when, as they were written. */
  toString(): string {
    return spokenText(this.#spoken);
  }

  static heard(said: Sayable, hearing: Hearing): Recurrence {
    return said instanceof Chain ? recurrenceOf(said.#when, hearing) : said.recurrence();
  }

  /** Says a word that changes when. */
  #saying(word: string, args: readonly unknown[], change: Partial<When>): Chain {
    const spoken = { before: this.#spoken, word, args };
    return new Chain(this.#registrar, { ...this.#when, ...change }, spoken, this.#traits);
  }

  #with(change: Partial<Traits>): Chain {
    return new Chain(this.#registrar, this.#when, this.#spoken, { ...this.#traits, ...change });
  }

  #under(change: Partial<Policies>): Chain {
    return this.#with({ policies: { ...this.#traits.policies, ...change } });
  }

  /** Reads once where the word is said, so that a mistake is thrown on its line. */
  #checked<T>(read: Heard<T>): Heard<T> {
    checkSaid(read, this.#registrar.hearing(), this.#when.zone);
    return read;
  }

  /** The length that is counted, 0 when it is no elapsed one. */
  #elapsed(): number {
    const { base } = this.#when;
    return base.kind === "elapsed" ? base.every * lengths[base.unit] : 0;
  }

  #isOnce(): boolean {
    const { base } = this.#when;
    return base.kind === "read" && base.from === "moment";
  }

  #refuseOnce(word: string): void {
    if (this.#isOnce()) throw refused(this.#spoken, `${word}(…)`, "something that comes again");
  }
}

refuseExtra(Chain.prototype);
const momentGiven = (given: string | Moment, zone: Zone): Instant =>
  typeof given === "string" ? parseMoment(given, zone) : toInstant(given, zone);

/** What stands on both sides of an `.or(…)`, while nothing behind it limits the whole. */
const alternatives = (when: When): readonly Sayable[] | undefined => {
  const { base, ...limits } = when;
  return base.kind === "read" && Object.keys(limits).length === 0 ? base.parts : undefined;
};

const noSentence = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "word",
    what: "or(…)",
    given,
    accepted: "a schedule, as in .or(every().monday)",
  });

const isSpaced = (recurrence: Recurrence): boolean =>
  compile(recurrence, { zone: utc, anchor: 0 as Instant }).isSpaced;
