import { hostname } from "node:os";
import { type Decision, inWords } from "../../job.ts";
import { whyUnwanted } from "../../policy/catch-up.ts";
import { texts } from "../../text/text.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { EngineHost, EngineRun, RunEnd } from "../engine.ts";
import { forPeople, type Occurrence, readBegun, readOccurrence, runRetention } from "./occurrence.ts";
import { type MissedRange, missedBy, type TrackedJob } from "./plan.ts";
import { occurrenceId, type Records } from "./records.ts";
import type { Connection, Job, Peers, Queue, Worker } from "./redis.ts";

/** An occurrence further away than this goes back to the queue instead of waiting here. */
const longestWait = 2 * second;

/** How soon an occurrence that waits for another is tried again. The other's end usually wakes it. */
const retryDelay = { next: second, later: 10 * second };

/** How soon an occurrence of a job that this script does not have is offered again. */
const passOnDelay = { first: 3 * second, longest: 5 * minute };

/** How long a run stays with a machine that does not answer. */
const lockDuration = (30 * second) as Milliseconds;

/** This process, for other tools. */
const machine = `${hostname()}:${process.pid}`;

/** An occurrence that BullMQ has given to this machine. */
interface Taken {
  readonly job: Job;
  readonly token: string;
  readonly id: string;
  readonly tracked: TrackedJob;
  readonly occurrence: Occurrence;
}

/** An occurrence that has been decided here, until BullMQ has recorded it. */
interface Finishing extends Taken {
  readonly decision: Decision;
  /** Its task ignored its timeout, and the outcome was recorded then. */
  readonly isRecorded: boolean;
}

interface Running {
  readonly tracked: TrackedJob;
  readonly run: EngineRun;
  /** Its lock is lost: another machine has it, and its result will be discarded. */
  isLost: boolean;
}

/** The machine of a worker. */
export interface WorkerHost {
  readonly peers: Peers;
  readonly connection: Connection;
  readonly host: EngineHost;
  readonly queue: Queue;
  readonly records: Records;
  readonly jobs: ReadonlyMap<string, TrackedJob>;
  readonly settings: { readonly concurrency: number };
  /** Suspends this machine if its clock is wrong. */
  checkClock(): Promise<void>;
  /** Ends a job, or plans its next run, if nothing else of it is left to be decided. */
  advance(tracked: TrackedJob, hasRun?: boolean): Promise<void>;
  /** Ends a job on all machines. */
  end(tracked: TrackedJob, why: "ended" | "cancelled"): Promise<void>;
  /** Announces that jobs have changed. */
  publish(keys: readonly string[]): Promise<void>;
}

/** Takes occurrences from the queue, decides whether they start, and runs them. */
export class RunWorker {
  readonly #machine: WorkerHost;
  readonly #worker: Worker;
  readonly #running = new Map<string, Running>();
  readonly #finishing = new Map<string, Finishing>();
  readonly #missed = new Map<string, { readonly tracked: TrackedJob; readonly decision: Decision }>();
  readonly #unfinished = new Set<Promise<void>>();
  readonly #unknown = new Set<string>();
  readonly #wakes = new Set<() => void>();
  #isHolding = false;
  #isClosing = false;

  constructor(host: WorkerHost) {
    this.#machine = host;
    const { peers, queue, connection, settings } = host;
    this.#worker = new peers.Worker(queue.name, (job, token) => this.#process(job, token!), {
      connection: connection.redis,
      name: machine,
      autorun: false,
      concurrency: settings.concurrency,
      lockDuration,
      stalledInterval: lockDuration / 2,
      // What happens to a stalled run depends on its job.
      maxStalledCount: 1_000_000_000,
      drainDelay: 30,
      runRetryDelay: second,
    });
    this.#worker.on("completed", (job) => this.#onFinished(job.id!));
    this.#worker.on("failed", (job) => job && this.#onFinished(job.id!));
    this.#worker.on("lockRenewalFailed", (ids) => {
      for (const id of ids) this.#lose(id);
    });
    this.#worker.on("error", (error) => this.#onError(error));
  }

  /** Starts or resumes taking occurrences. */
  open(): void {
    this.#isHolding = false;
    if (this.#worker.isPaused()) void this.#worker.resume();
    else if (!this.#worker.isRunning()) this.#worker.run().catch((error) => this.#onError(error));
  }

  /** Takes no more occurrences; those that have not begun go back to the queue. */
  hold(): void {
    this.#isHolding = true;
    for (const wake of [...this.#wakes]) wake();
    void this.#worker.pause(true);
  }

  /** Waits until everything that has ended is recorded. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#worker.close(this.#running.size > 0);
    this.#reportMissed();
    await Promise.all(this.#unfinished);
  }

  /** Whether everything that has ended was recorded. */
  get isKept(): boolean {
    return this.#finishing.size === 0 && this.#unfinished.size === 0;
  }

  /** Disconnects at once. */
  abandon(): void {
    this.hold();
    this.#isClosing = true;
    this.#worker.close(true).catch(() => {});
  }

  /** Leaves occurrences of a job to other machines without a warning. */
  leave(key: string): void {
    if (this.#unknown.size > 1_000) this.#unknown.clear();
    this.#unknown.add(key);
  }

  get #now(): Instant {
    return this.#machine.connection.now();
  }

  async #process(job: Job, token: string): Promise<unknown> {
    const { DelayedError, WaitingError, UnrecoverableError } = this.#machine.peers;
    try {
      return await this.#take(job, token);
    } catch (error) {
      const isOurs = [DelayedError, WaitingError, UnrecoverableError].some((known) => error instanceof known);
      if (!isOurs) this.#onError(error as Error);
      throw error;
    }
  }

  async #take(job: Job, token: string): Promise<unknown> {
    const { jobs, host, queue, peers } = this.#machine;
    const id = job.id!;
    const occurrence = readOccurrence(job);
    if (!occurrence) {
      host.warn(texts().engine.notOurs(queue.name, id));
      throw new peers.UnrecoverableError(texts().engine.notAdded);
    }
    const { at, start, isImmediate } = occurrence;
    const tracked = jobs.get(occurrence.key);
    if (!tracked) return this.#passOn(job, token, occurrence);
    // BullMQ keeps one lock for each job, and this machine may get its own stalled run back.
    if (this.#running.has(id)) {
      this.#lose(id);
      return this.#handBack(job, token, retryDelay.next);
    }
    const taken: Taken = { job, token, id, tracked, occurrence };
    await this.#until(start);
    // A machine whose clock is ahead has brought it to the front of the queue: this one, or another.
    if (start - this.#now > longestWait) await this.#machine.checkClock();
    if (this.#isHolding || start - this.#now > longestWait) return this.#giveBack(taken);
    const begun = readBegun(job.progress);
    if (begun?.isDecided) throw new peers.UnrecoverableError(texts().engine.interrupted);
    if (job.stalledCounter > 0 && begun) {
      const { started, attempts } = begun;
      const mayRerun = tracked.job.policies.ifInterrupted === "rerun" && (tracked.isActive || isImmediate);
      if (!mayRerun) return this.#finish(taken, { scheduled: at, outcome: "interrupted", started, attempts });
      host.warn(texts().engine.rerun(tracked.job.name, at));
    } else {
      const reason = whyNot(tracked, occurrence);
      if (reason) return { outcome: "skipped", reason };
      const late = (this.#now - Math.max(at, start)) as Milliseconds;
      const missed = isImmediate || occurrence.waits ? undefined : missedBy(tracked, at, late);
      if (missed) return this.#finish(taken, { scheduled: at, outcome: missed, attempts: 0 });
      if (!(await this.#reserve(taken)))
        return this.#finish(taken, { scheduled: at, outcome: "skipped", reason: "overlap", attempts: 0 });
      const refusal = await host.refusal(tracked.job.name, at);
      if (refusal || this.#isHolding) await this.#machine.records.remove(`permit~${id}`);
      if (this.#isHolding) return this.#giveBack(taken);
      if (refusal) return this.#finish(taken, refusal);
    }
    return this.#run(taken, begun?.attempts ?? 0);
  }

  /** Waits for other runs of the job as its `overlap` says. @returns whether it may start */
  async #reserve(taken: Taken): Promise<boolean> {
    const { queue, records } = this.#machine;
    const { id, tracked, occurrence } = taken;
    const { overlap, catchUp } = tracked.job.policies;
    if (overlap === "allow") return true;
    const { at, isImmediate, waits } = occurrence;
    // Caught-up occurrences start oldest first, whatever the overlap.
    const isOrdered = catchUp.missed === "all" && !tracked.isSpaced && !isImmediate && waits !== "turn";
    const isBacklog =
      isOrdered && (waits === "backlog" || (tracked.trigger?.next(at) ?? Infinity) <= this.#now);
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
    const { records, queue } = this.#machine;
    const mine = `${kind}~${id}`;
    const deduplication = { id: kind === "turn" ? `turn~${key}` : key };
    for (let tries = 0; tries < 3; tries++) {
      const { id: held } = await records.queue.add(kind, {}, { jobId: mine, deduplication });
      if (held === mine) return true;
      const state = await queue.getJobState(held!.slice(kind.length + 1));
      if (state !== "completed" && state !== "failed" && state !== "unknown") return false;
      await records.remove(held!);
    }
    return false;
  }

  async #wait({ job, token }: Taken, waits: "turn" | "backlog", delay: number): Promise<never> {
    if (job.data.waits !== waits) await job.updateData({ ...job.data, waits });
    return this.#handBack(job, token, delay);
  }

  /** @param before how many attempts were interrupted */
  async #run(taken: Taken, before: number): Promise<unknown> {
    const { host, records, peers, jobs } = this.#machine;
    const { job, id, tracked, occurrence } = taken;
    const { at, isImmediate } = occurrence;
    if (before === 0 && !isImmediate && tracked.times < Infinity) {
      tracked.started = await records.countStart(tracked.key, id, tracked.times);
      if (tracked.started > tracked.times) {
        await Promise.all([records.remove(`permit~${id}`), this.#machine.advance(tracked)]);
        return { outcome: "skipped", reason: texts().engine.exhausted };
      }
    }
    const progress = await this.#claim(taken, before + 1);
    const run = this.#isHolding ? undefined : host.run(tracked.job.name, at);
    if (!run) {
      await Promise.all([job.updateProgress(0), records.remove(`permit~${id}`)]);
      return this.#giveBack(taken);
    }
    const running: Running = { tracked, run, isLost: false };
    this.#running.set(id, running);
    const end = await run.ended;
    const decision = { ...end.decision, attempts: end.decision.attempts + before };
    const isRecorded = end.settled !== undefined && !running.isLost;
    if (isRecorded) {
      // It is decided now, but keeps its permit and its lock until the task really ends.
      await Promise.all([
        this.#record(tracked, decision),
        job.updateProgress({ ...progress, outcome: decision.outcome }),
      ]).catch((error) => this.#onError(error));
      await end.settled;
    }
    this.#running.delete(id);
    // While the permit is held, so that no other machine starts the next occurrence. Its name may have been registered again during the run.
    if (end.isLast && jobs.get(tracked.key) === tracked) await this.#machine.end(tracked, "cancelled");
    if (running.isLost) throw new peers.UnrecoverableError(texts().engine.lockLost);
    return this.#finish(taken, decision, end, isRecorded);
  }

  /** Notes that the run begins, and makes sure that this machine has the lock: from then on it counts as interrupted if it does not end. */
  async #claim({ job, token }: Taken, attempts: number): Promise<object> {
    const { connection, peers } = this.#machine;
    // BullMQ notes when it asked for the job, on the clock of this machine: the lock was set later.
    let lockedAt = (job.processedOn ?? 0) - connection.ahead;
    // A machine that stalls may continue with an old answer: then it asks again.
    const isDoubtful = () => this.#now - lockedAt > lockDuration / 3;
    for (;;) {
      if (isDoubtful()) {
        lockedAt = this.#now;
        if (!(await job.extendLock(token, lockDuration)))
          throw new peers.UnrecoverableError(texts().engine.lockLost);
      }
      const progress = { started: new Date(this.#now).toISOString(), machine, attempts };
      await job.updateProgress(progress);
      if (!isDoubtful()) return progress;
    }
  }

  /** Gives BullMQ the outcome of an occurrence. What follows from it waits until that is recorded. */
  #finish(taken: Taken, decision: Decision, end?: RunEnd, isRecorded = false): object {
    this.#finishing.set(taken.id, { ...taken, decision, isRecorded });
    const { outcome, error } = decision;
    const result = isSmall(end?.value) ? { result: end?.value } : {};
    if (outcome !== "failed" && outcome !== "timedOut" && outcome !== "interrupted")
      return { ...forPeople(decision), ...result };
    const why = outcome === "interrupted" ? texts().engine.interrupted : (error ?? inWords(end?.error));
    const failure = new this.#machine.peers.UnrecoverableError(why);
    if (end?.error instanceof Error && end.error.stack) failure.stack = end.error.stack;
    throw failure;
  }

  /** BullMQ has recorded the outcome of an occurrence. */
  #onFinished(id: string): void {
    const finishing = this.#finishing.get(id);
    if (finishing) this.#track(this.#afterwards(finishing).finally(() => this.#finishing.delete(id)));
  }

  async #afterwards({ id, tracked, occurrence, decision, isRecorded }: Finishing): Promise<void> {
    const { records, host } = this.#machine;
    const { key, job } = tracked;
    const { outcome, started } = decision;
    if (outcome === "coalesced" || outcome === "expired")
      return this.noteMissed(tracked, { outcome, scheduled: decision.scheduled, count: 1 });
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
        await records.pause(key, texts().engine.failuresInARow(failures), this.#now);
        await this.#machine.publish([key]);
      }
    }
    await this.#machine.advance(tracked, started !== undefined);
  }

  async #record({ key, job }: TrackedJob, decision: Decision): Promise<void> {
    this.#machine.host.recorded(job.name, [decision]);
    await this.#machine.records.log(key, decision);
  }

  /** Wakes an occurrence that waits for one that has ended. */
  async #wakeNext({ key, job, trigger }: TrackedJob, at: Instant): Promise<void> {
    const { queue, records } = this.#machine;
    const { overlap, catchUp } = job.policies;
    const next = catchUp.missed === "all" ? trigger?.next(at) : undefined;
    const waiting =
      next && next <= this.#now
        ? occurrenceId(key, next)
        : overlap === "queue" &&
          (await records.queue.getDeduplicationJobId(`turn~${key}`))?.slice("turn~".length);
    if (!waiting) return;
    const waits = await queue.getJob(waiting);
    if (waits?.data.waits) await waits.promote().catch(() => {});
  }

  /** Missed occurrences that come one by one are reported together. */
  noteMissed(tracked: TrackedJob, { outcome, scheduled, count }: MissedRange): void {
    const id = `${outcome} ${tracked.key}`;
    const before = this.#missed.get(id)?.decision;
    const { clock } = this.#machine.host;
    if (this.#missed.size === 0)
      clock.wakeAt(later(clock.now(), (second / 4) as Milliseconds), () => this.#reportMissed());
    const last = Math.max(before?.scheduled ?? scheduled, scheduled) as Instant;
    const reason = outcome === "expired" ? whyUnwanted(tracked.job.policies.catchUp) : undefined;
    const all = count + (before?.count ?? 0);
    const decision: Decision = { outcome, reason, scheduled: last, count: all, attempts: 0 };
    this.#missed.set(id, { tracked, decision });
  }

  #reportMissed(): void {
    for (const { tracked, decision } of this.#missed.values()) {
      this.#machine.host.report(tracked.job.name, decision);
      this.#track(this.#record(tracked, decision).then(() => this.#machine.advance(tracked)));
    }
    this.#missed.clear();
  }

  /** Closing waits for it. */
  #track(work: Promise<void>): void {
    const done = work
      .catch((error) => this.#onError(error))
      .then(() => {
        this.#unfinished.delete(done);
      });
    this.#unfinished.add(done);
  }

  /** Stops a run whose lock is lost. */
  #lose(id: string): void {
    const running = this.#running.get(id);
    if (!running || running.isLost) return;
    running.isLost = true;
    this.#warnDiscarded(running.tracked, id);
    running.run.abort();
  }

  #warnDiscarded({ job }: TrackedJob, id: string): void {
    this.#machine.host.warn(texts().engine.discarded(job.name, id));
  }

  /** Most often BullMQ could not record a run, because its lock is lost, or cannot reach Redis. */
  #onError(error: Error): void {
    if (this.#isClosing) return;
    const words = error.message.split(" ").map((word) => word.replace(/\.$/, ""));
    const id = words.find((word) => this.#finishing.has(word));
    if (id !== undefined) {
      this.#warnDiscarded(this.#finishing.get(id)!.tracked, id);
      this.#finishing.delete(id);
    } else if (!/lock|not in the active state|Missing key/i.test(error.message))
      this.#machine.connection.report(error);
  }

  /** Waits here for the last moments before a start. */
  #until(start: Instant): Promise<void> {
    const wait = start - this.#now;
    if (wait <= 0 || wait > longestWait || this.#isHolding) return Promise.resolve();
    const { clock } = this.#machine.host;
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#wakes.delete(wake);
        resolve(this.#isHolding ? undefined : this.#until(start));
      };
      const cancel = clock.wakeAt(later(clock.now(), Math.ceil(wait) as Milliseconds), wake);
      this.#wakes.add(wake);
    });
  }

  async #handBack(job: Job, token: string, delay: number): Promise<never> {
    const { host, peers } = this.#machine;
    if (delay > 0) {
      await job.moveToDelayed(host.clock.now() + delay, token);
      throw new peers.DelayedError();
    }
    await job.moveToWait(token);
    throw new peers.WaitingError();
  }

  /** For another machine, or for its time. */
  #giveBack({ job, token, occurrence: { start } }: Taken): Promise<never> {
    const own = this.#machine.host.clock.now();
    return this.#handBack(job, token, start > this.#now ? start - own : 0);
  }

  /** Another machine may have the job that this one does not. */
  async #passOn(job: Job, token: string, { key, start }: Occurrence): Promise<unknown> {
    const { host, peers, records } = this.#machine;
    const record = await records.read(key);
    if (record?.end) return { outcome: "skipped", reason: texts().engine.hasEnded(record.end.why) };
    if (!this.#unknown.has(key)) {
      this.leave(key);
      host.warn(texts().engine.unknownJob(job.name));
    }
    if (this.#now - start > runRetention) throw new peers.UnrecoverableError(texts().engine.unclaimed);
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
