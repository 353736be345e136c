import { type Decision, inWords, toRecord } from "../../job.ts";
import { type Missed, whyUnwanted } from "../../policy/catch-up.ts";
import { texts } from "../../text/text.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { EngineHost, EngineRun, RunEnd } from "../engine.ts";
import { missedBy, type TrackedJob } from "./plan.ts";
import {
  machineName,
  type Occurrence,
  occurrenceId,
  Records,
  readBegun,
  readOccurrence,
  runRetention,
} from "./records.ts";
import {
  type Address,
  Connection,
  type Job,
  noAnswer,
  type Peers,
  type Queue,
  type Worker,
} from "./redis.ts";

/** An occurrence further away than this goes back to the queue instead of waiting here. */
const longestWait = 2 * second;

/** How soon an occurrence that waits for another is tried again. The other's end usually wakes it. */
const retryDelay = { next: second, later: 10 * second };

/** How soon an occurrence of a job that this script does not have is offered again. */
const passOnDelay = { first: 3 * second, longest: 5 * minute };

/** How long a run stays with a machine that does not answer. */
const lockDuration = 30 * second;

/** An occurrence that BullMQ has given to this machine, until its outcome is recorded there. */
interface Taken {
  readonly job: Job;
  readonly token: string;
  readonly id: string;
  readonly tracked: TrackedJob;
  readonly occurrence: Occurrence;
  /** While it runs. */
  run?: EngineRun | undefined;
  /** Its lock is lost: another machine has it, and its result will be discarded. */
  isLost?: boolean;
  decision?: Decision;
  /** The decision is in the history already, because the task ignored its timeout. */
  isRecorded?: boolean;
}

export interface Settings {
  readonly queue: string;
  readonly concurrency: number;
  readonly horizon: Milliseconds;
}

/** What an engine keeps from one start to the next. */
export interface EngineParts {
  /** Of this process, in what it writes. */
  readonly id: string;
  readonly address: Address;
  readonly settings: Settings;
  readonly peers: Peers;
  /** The jobs of this script, by key. */
  readonly jobs: Map<string, TrackedJob>;
}

/** What a machine does with occurrences in the queue: takes them, decides whether they start, and runs them. `machine.ts` has what puts them there. */
export abstract class RunWorker {
  readonly host: EngineHost;
  readonly connection: Connection;
  /** Both are made once the server is known to be fit: BullMQ asks it at once. */
  records!: Records;
  protected queue!: Queue;
  protected readonly parts: EngineParts;
  /** Starts no more runs. */
  protected isHolding = false;
  /** Takes no part while its clock is wrong. */
  protected isSuspended = false;
  protected isClosing = false;
  protected readonly unfinished = new Set<Promise<void>>();
  #worker: Worker | undefined;
  readonly #taken = new Map<string, Taken>();
  readonly #missed = new Map<string, { readonly tracked: TrackedJob; readonly decision: Decision }>();
  #unrecorded = 0;
  readonly #unknown = new Set<string>();
  readonly #wakes = new Set<() => void>();

  constructor(parts: EngineParts, host: EngineHost) {
    this.parts = parts;
    this.host = host;
    this.connection = new Connection(parts.address, parts.peers, host);
  }

  protected async openQueues(): Promise<void> {
    const { connection, parts } = this;
    await connection.check();
    const open = (name: string): Queue =>
      new parts.peers.Queue(name, {
        connection: connection.redis,
        streams: { events: { maxLen: 1_000 } },
      }).on("error", (error) => this.report(error));
    this.queue ??= open(parts.settings.queue);
    this.records ??= new Records(open(`${parts.settings.queue}.records`));
  }

  /** Suspends this machine if its clock is wrong. */
  protected abstract checkClock(): Promise<void>;
  /** Ends a job, or plans its next run, if nothing else of it is left to be decided. */
  protected abstract advance(tracked: TrackedJob, hasRun?: boolean): Promise<void>;
  /** Ends a job on all machines. */
  protected abstract end(tracked: TrackedJob, why: "ended" | "cancelled"): Promise<void>;
  /** Announces that jobs have changed. */
  abstract publish(keys: readonly string[]): Promise<void>;

  protected get now(): Instant {
    return this.connection.now();
  }

  protected get isResting(): boolean {
    return this.isHolding || this.isSuspended;
  }

  /** Starts or resumes taking occurrences, unless this machine is to start none. */
  protected takeRuns(): void {
    if (this.isResting) return;
    this.#worker ??= this.#openWorker();
    if (this.#worker.isPaused()) void this.#worker.resume();
    else if (!this.#worker.isRunning()) this.#worker.run().catch((error) => this.#onError(error));
  }

  #openWorker(): Worker {
    const { settings, peers } = this.parts;
    return new peers.Worker(settings.queue, (job, token) => this.#process(job, token!), {
      connection: this.connection.redis,
      name: machineName,
      autorun: false,
      concurrency: settings.concurrency,
      lockDuration,
      stalledInterval: lockDuration / 2,
      // What happens to a stalled run depends on its job.
      maxStalledCount: 1_000_000_000,
      drainDelay: 30,
      runRetryDelay: second,
    })
      .on("completed", (job) => this.#onFinished(job.id!))
      .on("failed", (job) => job && this.#onFinished(job.id!))
      .on("lockRenewalFailed", (ids) => this.#lose(...ids))
      .on("error", (error) => this.#onError(error));
  }

  /** Takes no more occurrences; those that have not begun go back to the queue. */
  protected takeNoRuns(): void {
    for (const wake of [...this.#wakes]) wake();
    void this.#worker?.pause(true);
  }

  /** Waits until everything that has ended is recorded. */
  protected async closeWorker(): Promise<void> {
    await this.#worker?.close([...this.#taken.values()].some(({ run }) => run));
    this.#reportMissed();
    await Promise.all(this.unfinished);
  }

  /** Disconnects at once. @returns whether everything that has ended was recorded */
  protected abandonWorker(): boolean {
    this.takeNoRuns();
    this.#worker?.close(true).catch(() => {});
    return this.#unrecorded === 0 && ![...this.#taken.values()].some(({ decision }) => decision);
  }

  /** Does something with Redis that closing waits for; what goes wrong is reported. */
  run(act: () => Promise<void>): void {
    const done = act()
      .catch((error) => this.report(error))
      .then(() => {
        this.unfinished.delete(done);
      });
    this.unfinished.add(done);
  }

  protected report(error: unknown): void {
    const { message } = error as Error;
    if (message !== noAnswer && !/Connection is closed|Missing key/.test(message))
      this.connection.report(error);
  }

  /** Leaves occurrences of a job to other machines without a warning. */
  leave(key: string): void {
    if (this.#unknown.size > 1_000) this.#unknown.clear();
    this.#unknown.add(key);
  }

  async #process(job: Job, token: string): Promise<unknown> {
    try {
      return await this.#take(job, token);
    } catch (error) {
      const { DelayedError, WaitingError, UnrecoverableError } = this.parts.peers;
      const isOurs = [DelayedError, WaitingError, UnrecoverableError].some((known) => error instanceof known);
      if (!isOurs) this.#onError(error as Error);
      const taken = this.#taken.get(job.id!);
      if (taken?.token === token && !taken.decision) this.#taken.delete(job.id!);
      throw error;
    }
  }

  async #take(job: Job, token: string): Promise<unknown> {
    const { host, queue, parts } = this;
    const id = job.id!;
    const occurrence = readOccurrence(job);
    if (!occurrence) {
      host.warn(texts().engine.notOurs(queue.name, id));
      throw this.#failure(texts().engine.notAdded);
    }
    const tracked = parts.jobs.get(occurrence.key);
    if (!tracked) return this.#passOn(job, token, occurrence);
    // BullMQ keeps one lock for each job, and this machine may get its own stalled run back.
    if (this.#taken.get(id)?.run) {
      this.#lose(id);
      return this.#handBack(job, token, retryDelay.next);
    }
    const taken: Taken = { job, token, id, tracked, occurrence };
    this.#taken.set(id, taken);
    return this.#decide(taken);
  }

  #failure(why: string): Error {
    return new this.parts.peers.UnrecoverableError(why);
  }

  async #decide(taken: Taken): Promise<unknown> {
    const { host, records } = this;
    const { job, id, tracked, occurrence } = taken;
    const { at, start, isImmediate } = occurrence;
    const { name, policies } = tracked.job;
    await this.#until(start);
    // A machine whose clock is ahead has brought it to the front of the queue: this one, or another.
    if (start - this.now > longestWait) await this.checkClock();
    if (this.isResting || start - this.now > longestWait) return this.#giveBack(taken);
    const begun = readBegun(job.progress);
    if (begun?.isDecided) throw this.#failure(texts().engine.interrupted);
    if (job.stalledCounter > 0 && begun) {
      const { started, attempts } = begun;
      const mayRerun = policies.ifInterrupted === "rerun" && (tracked.isActive || isImmediate);
      if (!mayRerun) return this.#finish(taken, { scheduled: at, outcome: "interrupted", started, attempts });
      host.warn(texts().engine.rerun(name, at));
    } else {
      const reason = whyNot(tracked, occurrence);
      if (reason) return { outcome: "skipped", reason };
      const late = (this.now - Math.max(at, start)) as Milliseconds;
      const missed = isImmediate || job.data.waits ? undefined : missedBy(tracked, at, late);
      if (missed) return this.#finish(taken, { scheduled: at, outcome: missed, attempts: 0 });
      if (!(await this.#reserve(taken))) {
        // Its last run is running: nothing of the job is skipped any more.
        if (
          !isImmediate &&
          tracked.times < Infinity &&
          (await records.started(tracked.key)).length >= tracked.times
        )
          return { outcome: "skipped", reason: texts().engine.exhausted };
        return this.#finish(taken, { scheduled: at, outcome: "skipped", reason: "overlap", attempts: 0 });
      }
      const refusal = await host.refusal(name, at);
      if (refusal || this.isResting) await records.remove(`permit~${id}`);
      if (this.isResting) return this.#giveBack(taken);
      if (refusal) return this.#finish(taken, refusal);
    }
    return this.#run(taken, begun?.attempts ?? 0);
  }

  /** Waits for other runs of the job as its `overlap` says. @returns whether it may start */
  async #reserve(taken: Taken): Promise<boolean> {
    const { queue, records } = this;
    const { job, id, tracked, occurrence } = taken;
    const { overlap, catchUp } = tracked.job.policies;
    if (overlap === "allow") return true;
    const { at, isImmediate } = occurrence;
    const { waits } = job.data;
    // Caught-up occurrences start oldest first, whatever the overlap.
    const isOrdered = catchUp.missed === "all" && !tracked.isSpaced && !isImmediate && waits !== "turn";
    const isBacklog =
      isOrdered && (waits === "backlog" || (tracked.trigger?.next(at) ?? Infinity) <= this.now);
    const before = isOrdered ? tracked.before(at) : undefined;
    const older = before !== undefined && (await queue.getJob(occurrenceId(tracked.key, before)));
    const isWaiting = older && !older.finishedOn && !readBegun(older.progress);
    if (isWaiting && (isBacklog || older.data.waits !== "turn"))
      return this.#wait(taken, "backlog", retryDelay.later);
    const needsTurn = overlap === "queue" && !isBacklog;
    if (needsTurn && !(await this.#permit(taken, "turn"))) return false;
    const isFree = await this.#permit(taken, "permit");
    if (!isFree && isBacklog) return this.#wait(taken, "backlog", retryDelay.next);
    if (!isFree && needsTurn) return this.#wait(taken, "turn", retryDelay.next);
    if (needsTurn) await records.remove(`turn~${id}`);
    return isFree;
  }

  /**
   * Asks for the permit to be the one run of a job, or for the turn to be the next. It is a record whose deduplication id is the job, so the server gives it to one occurrence; removing it
   * gives it back. If its holder is finished, anyone may remove it, because that occurrence never runs again.
   */
  async #permit({ id, tracked: { key } }: Taken, kind: "permit" | "turn"): Promise<boolean> {
    const { records, queue } = this;
    const mine = `${kind}~${id}`;
    const deduplication = { id: kind === "turn" ? `turn~${key}` : key };
    for (let tries = 0; tries < 3; tries++) {
      const { id: held = "" } = await records.queue.add(kind, {}, { jobId: mine, deduplication });
      if (held === mine) return true;
      const state = await queue.getJobState(held.slice(kind.length + 1));
      if (!["completed", "failed", "unknown"].includes(state)) return false;
      await records.remove(held);
    }
    return false;
  }

  /** Whether a run of a job is running, or waits for its turn. */
  protected async isBusy(key: string): Promise<boolean> {
    for (const id of [key, `turn~${key}`]) {
      const held = await this.records.queue.getDeduplicationJobId(id);
      const run = held && (await this.queue.getJob(held.slice(held.indexOf("~") + 1)));
      if (run && !run.finishedOn) return true;
    }
    return false;
  }

  async #wait({ job, token }: Taken, waits: "turn" | "backlog", delay: number): Promise<never> {
    if (job.data.waits !== waits) await job.updateData({ ...job.data, waits });
    return this.#handBack(job, token, delay);
  }

  /** @param before how many attempts were interrupted */
  async #run(taken: Taken, before: number): Promise<unknown> {
    const { host, records, parts } = this;
    const { job, id, tracked, occurrence } = taken;
    const { at, isImmediate } = occurrence;
    if (before === 0 && !isImmediate && tracked.times < Infinity) {
      tracked.started = await records.countStart(tracked.key, id, tracked.times);
      if (tracked.started > tracked.times) {
        await Promise.all([records.remove(`permit~${id}`), this.advance(tracked)]);
        return { outcome: "skipped", reason: texts().engine.exhausted };
      }
    }
    const progress = await this.#claim(taken, before + 1);
    taken.run = this.isResting ? undefined : host.run(tracked.job.name, at);
    if (!taken.run) {
      await Promise.all([job.updateProgress(0), records.remove(`permit~${id}`)]);
      return this.#giveBack(taken);
    }
    const end = await taken.run.ended;
    const decision = { ...end.decision, attempts: end.decision.attempts + before };
    if (end.settled && !taken.isLost) {
      // It is decided now, but keeps its permit and its lock until the task really ends.
      taken.isRecorded = true;
      await Promise.all([
        this.#record(tracked, decision),
        job.updateProgress({ ...progress, outcome: decision.outcome }),
      ]).catch((error) => this.#onError(error));
      await end.settled;
    }
    taken.run = undefined;
    // While the permit is held, so that no other machine starts the next occurrence. Its name may have been registered again during the run.
    if (end.isLast && parts.jobs.get(tracked.key) === tracked) await this.end(tracked, "cancelled");
    if (taken.isLost) throw this.#failure(texts().engine.lockLost);
    return this.#finish(taken, decision, end);
  }

  /** Notes that the run begins, and makes sure that this machine has the lock: from then on it counts as interrupted if it does not end. */
  async #claim({ job, token }: Taken, attempts: number): Promise<object> {
    // BullMQ notes when it asked for the job, on the clock of this machine: the lock was set later.
    let lockedAt = (job.processedOn ?? 0) - this.connection.ahead;
    // A machine that stalls may continue with an old answer: then it asks again.
    const isDoubtful = () => this.now - lockedAt > lockDuration / 3;
    for (;;) {
      if (isDoubtful()) {
        lockedAt = this.now;
        if (!(await job.extendLock(token, lockDuration))) throw this.#failure(texts().engine.lockLost);
      }
      const progress = { started: new Date(this.now).toISOString(), machine: machineName, attempts };
      await job.updateProgress(progress);
      if (!isDoubtful()) return progress;
    }
  }

  /** Gives BullMQ the outcome of an occurrence. What follows from it waits until that is recorded. */
  #finish(taken: Taken, decision: Decision, end?: RunEnd): object {
    taken.decision = decision;
    const { outcome, error } = decision;
    if (outcome !== "failed" && outcome !== "timedOut" && outcome !== "interrupted")
      return { ...toRecord(decision), ...(isSmall(end?.value) && { result: end?.value }) };
    const failure = this.#failure(
      outcome === "interrupted" ? texts().engine.interrupted : (error ?? inWords(end?.error)),
    );
    if (end?.error instanceof Error && end.error.stack) failure.stack = end.error.stack;
    throw failure;
  }

  /** BullMQ has recorded the outcome of an occurrence. */
  #onFinished(id: string): void {
    const taken = this.#taken.get(id);
    if (!taken?.decision) this.#taken.delete(id);
    else this.run(() => this.#follow(taken, taken.decision!).finally(() => this.#taken.delete(id)));
  }

  /** Does what follows from an outcome. */
  async #follow({ id, tracked, occurrence, isRecorded }: Taken, decision: Decision): Promise<void> {
    const { records, host } = this;
    const { key, job } = tracked;
    const { outcome, started, scheduled } = decision;
    if (outcome === "coalesced" || outcome === "expired")
      return this.noteMissed(tracked, outcome, { last: scheduled, count: 1 });
    if (outcome === "skipped" || outcome === "interrupted") host.report(job.name, decision);
    const holds = job.policies.overlap !== "allow" && outcome !== "skipped";
    await Promise.all([
      !isRecorded && this.#record(tracked, decision),
      holds && records.remove(`permit~${id}`),
    ]);
    await this.#wakeNext(tracked, occurrence.at);
    if (occurrence.isImmediate) return;
    const { pauseAfterFailures } = job.policies;
    if (pauseAfterFailures !== undefined && started !== undefined && outcome !== "cancelled") {
      const failures = await records.countFailure(key, outcome !== "succeeded");
      if (failures >= pauseAfterFailures) {
        await records.add(`paused~${key}`, { why: texts().scheduler.failedInARow(failures), at: this.now });
        await this.publish([key]);
      }
    }
    await this.advance(tracked, started !== undefined);
  }

  async #record({ key, job }: TrackedJob, decision: Decision): Promise<void> {
    this.host.recorded(job.name, [decision]);
    await this.records.log(key, decision);
  }

  /** Wakes an occurrence that waits for one that has ended. */
  async #wakeNext({ key, job, trigger }: TrackedJob, at: Instant): Promise<void> {
    const { queue, records } = this;
    const { overlap, catchUp } = job.policies;
    const next = catchUp.missed === "all" ? trigger?.next(at) : undefined;
    const waiting =
      next && next <= this.now
        ? occurrenceId(key, next)
        : overlap === "queue" &&
          (await records.queue.getDeduplicationJobId(`turn~${key}`))?.slice("turn~".length);
    const waits = waiting ? await queue.getJob(waiting) : undefined;
    if (waits?.data.waits) await waits.promote().catch(() => {});
  }

  /** Missed occurrences that come one by one are reported together. */
  protected noteMissed(
    tracked: TrackedJob,
    outcome: "coalesced" | "expired",
    missed: Pick<Missed, "last" | "count"> | undefined,
  ): void {
    if (!missed) return;
    const { clock } = this.host;
    if (this.#missed.size === 0)
      clock.wakeAt(later(clock.now(), (second / 4) as Milliseconds), () => this.#reportMissed());
    const id = `${outcome} ${tracked.key}`;
    const before = this.#missed.get(id)?.decision;
    const scheduled = Math.max(before?.scheduled ?? missed.last, missed.last) as Instant;
    const count = missed.count + (before?.count ?? 0);
    const reason = outcome === "expired" ? whyUnwanted(tracked.job.policies.catchUp) : undefined;
    this.#missed.set(id, { tracked, decision: { outcome, reason, scheduled, count, attempts: 0 } });
  }

  #reportMissed(): void {
    for (const { tracked, decision } of this.#missed.values()) {
      this.host.report(tracked.job.name, decision);
      this.#unrecorded++;
      this.run(async () => {
        await this.#record(tracked, decision);
        this.#unrecorded--;
        await this.advance(tracked);
      });
    }
    this.#missed.clear();
  }

  /** Stops a run whose lock is lost. */
  #lose(...ids: readonly string[]): void {
    for (const taken of ids.map((id) => this.#taken.get(id))) {
      if (!taken?.run || taken.isLost) continue;
      taken.isLost = true;
      this.host.warn(texts().engine.discarded(taken.tracked.job.name, taken.id));
      taken.run.abort();
    }
  }

  /** Most often BullMQ could not record a run, because its lock is lost, or cannot reach Redis. */
  #onError(error: Error): void {
    if (this.isClosing) return;
    const words = error.message.split(" ").map((word) => word.replace(/\.$/, ""));
    const lost = words.map((word) => this.#taken.get(word)).find((taken) => taken?.decision);
    if (lost) {
      this.host.warn(texts().engine.discarded(lost.tracked.job.name, lost.id));
      this.#taken.delete(lost.id);
    } else if (!/lock|not in the active state/i.test(error.message)) this.report(error);
  }

  /** Waits here for the last moments before a start. */
  #until(start: Instant): Promise<void> {
    const wait = start - this.now;
    if (wait <= 0 || wait > longestWait || this.isResting) return Promise.resolve();
    const { clock } = this.host;
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#wakes.delete(wake);
        resolve(this.isResting ? undefined : this.#until(start));
      };
      const cancel = clock.wakeAt(later(clock.now(), Math.ceil(wait) as Milliseconds), wake);
      this.#wakes.add(wake);
    });
  }

  async #handBack(job: Job, token: string, delay: number): Promise<never> {
    const { host, parts } = this;
    if (delay > 0) {
      await job.moveToDelayed(host.clock.now() + delay, token);
      throw new parts.peers.DelayedError();
    }
    await job.moveToWait(token);
    throw new parts.peers.WaitingError();
  }

  /** For another machine, or for its time. */
  #giveBack({ job, token, occurrence: { start } }: Taken): Promise<never> {
    const own = this.host.clock.now();
    return this.#handBack(job, token, start > this.now ? start - own : 0);
  }

  /** Another machine may have the job that this one does not. */
  async #passOn(job: Job, token: string, { key, start }: Occurrence): Promise<unknown> {
    const record = await this.records.read(key);
    if (record?.end) return { outcome: "skipped", reason: texts().engine.hasEnded(record.end.why) };
    if (!this.#unknown.has(key)) {
      this.leave(key);
      this.host.warn(texts().engine.unknownJob(job.name));
    }
    if (this.now - start > runRetention) throw this.#failure(texts().engine.unclaimed);
    const { first, longest } = passOnDelay;
    return this.#handBack(job, token, Math.min(first * 2 ** Math.min(job.attemptsStarted - 1, 10), longest));
  }
}

/** Why an occurrence does not start, if its job has changed since it was added. */
const whyNot = (tracked: TrackedJob, { at, isImmediate }: Occurrence): string | undefined => {
  const { hasEnded, isPaused, scheduleChanged } = texts().engine;
  if (tracked.record?.end) return hasEnded(tracked.record.end.why);
  if (!tracked.isActive) return isPaused;
  return isImmediate || tracked.has(at) ? undefined : scheduleChanged;
};

/** Whether what a task returned can be kept. */
const isSmall = (value: unknown): boolean => {
  try {
    return value !== undefined && (JSON.stringify(value)?.length ?? Infinity) <= 10_000;
  } catch {
    return false;
  }
};
