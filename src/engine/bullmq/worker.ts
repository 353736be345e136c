import { type Decision, inWords, type Outcome, type SkipReason } from "../../job.ts";
import { whyUnwanted } from "../../policy/catch-up.ts";
import { texts } from "../../text/text.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { EngineHost, EngineRun, RunEnd } from "../engine.ts";
import { forPeople, type Occurrence, readBegun, readOccurrence, runRetention } from "./occurrence.ts";
import { missedBy, type TrackedJob } from "./plan.ts";
import { occurrenceId, type Records } from "./records.ts";
import type { Connection, Job, Peers, Queue, Worker } from "./redis.ts";

/** An occurrence further away than this goes back to the queue instead of waiting here. */
const longestWait = 2 * second;

/** How soon an occurrence that waits for another is tried again. The other's end usually wakes it. */
const retryDelay = { next: second, later: 10 * second };

/** How soon an occurrence of a job that this script does not have is offered again. */
const passOnDelay = { first: 3 * second, longest: 5 * minute };

/** A run that ignored its timeout keeps its permit as long as its machine renews it this often. */
const lingerInterval = 10 * second;

/** An occurrence that has been decided here, until BullMQ has recorded it. */
interface Finishing {
  readonly tracked: TrackedJob;
  readonly occurrence: Occurrence;
  readonly decision: Decision;
  /** What its task did, if it ran here. */
  readonly end?: RunEnd;
}

interface Running {
  readonly tracked: TrackedJob;
  readonly run: EngineRun;
  /** Its lock is lost: another machine has it, and its result will be discarded. */
  isLost: boolean;
}

export interface WorkerParts {
  readonly peers: Peers;
  readonly connection: Connection;
  readonly host: EngineHost;
  readonly queue: Queue;
  readonly records: Records;
  readonly jobs: ReadonlyMap<string, TrackedJob>;
  /** `host:pid`, for other tools. */
  readonly machine: string;
  readonly concurrency: number;
  readonly lockDuration: Milliseconds;
  /** Suspends this machine if its clock is wrong. */
  checkClock(): Promise<void>;
  /** All runs of a job have started. */
  onExhausted(tracked: TrackedJob): Promise<void>;
  /** A decision was recorded. */
  onDecided(tracked: TrackedJob, decision: Decision, isLast: boolean): Promise<void>;
  /** A task has returned `CancelJob`. */
  onLast(tracked: TrackedJob): Promise<void>;
}

/** Takes occurrences from the queue, decides whether they start, and runs them. */
export class RunWorker {
  readonly #parts: WorkerParts;
  readonly #worker: Worker;
  readonly #running = new Map<string, Running>();
  readonly #finishing = new Map<string, Finishing>();
  readonly #missed = new Map<string, { readonly tracked: TrackedJob; readonly decision: Decision }>();
  readonly #unfinished = new Set<Promise<void>>();
  readonly #unknown = new Set<string>();
  readonly #wakes = new Set<() => void>();
  #isHolding = false;
  #isClosing = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { peers, queue, connection, concurrency, lockDuration, machine } = parts;
    this.#worker = new peers.Worker(queue.name, (job, token) => this.#process(job, token!), {
      connection: connection.redis,
      name: machine,
      autorun: false,
      concurrency,
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
    return this.#parts.connection.now();
  }

  async #process(job: Job, token: string): Promise<unknown> {
    const { DelayedError, WaitingError, UnrecoverableError } = this.#parts.peers;
    try {
      return await this.#take(job, token);
    } catch (error) {
      const isOurs = [DelayedError, WaitingError, UnrecoverableError].some((known) => error instanceof known);
      if (!isOurs) this.#onError(error as Error);
      throw error;
    }
  }

  async #take(job: Job, token: string): Promise<unknown> {
    const { jobs, host, queue, peers, checkClock } = this.#parts;
    const id = job.id!;
    const occurrence = readOccurrence(job);
    if (!occurrence) {
      host.warn(texts().engine.notOurs(queue.name, id));
      throw new peers.UnrecoverableError(texts().engine.notAdded);
    }
    const { at, start, missed, isImmediate } = occurrence;
    const tracked = jobs.get(occurrence.key);
    if (!tracked) return this.#passOn(job, token, occurrence);
    // BullMQ keeps one lock for each job, and this machine may get its own stalled run back.
    if (this.#running.has(id)) {
      this.#lose(id);
      return this.#handBack(job, token, retryDelay.next);
    }
    await this.#until(start);
    // A machine whose clock is ahead has brought it to the front of the queue: this one, or another.
    if (start - this.#now > longestWait) await checkClock();
    if (this.#isHolding || start - this.#now > longestWait) return this.#giveBack(job, token, start);
    const decide = (made: Omit<Decision, "scheduled">) => this.#decide(id, tracked, occurrence, made);
    const begun = readBegun(job.progress);
    if (job.stalledCounter > 0 && begun) {
      const mayRerun = tracked.job.policies.ifInterrupted === "rerun" && (tracked.isActive || isImmediate);
      if (!mayRerun) return decide({ outcome: "interrupted", ...begun });
      host.warn(texts().engine.rerun(tracked.job.name, at));
    } else if (missed) return decide({ ...missed, reason: whyMissed(missed.outcome, tracked), attempts: 0 });
    else {
      const reason = whyNot(tracked, occurrence);
      if (reason) return { outcome: "skipped", reason };
      const late = (this.#now - Math.max(at, start)) as Milliseconds;
      const outcome =
        isImmediate || occurrence.waits
          ? undefined
          : missedBy(tracked.trigger!, at, late, tracked.job.policies);
      if (outcome) return decide({ outcome, reason: whyMissed(outcome, tracked), attempts: 0 });
      const isFree = await this.#reserve(job, token, tracked, occurrence);
      if (!isFree) return decide({ outcome: "skipped", reason: "overlap", attempts: 0 });
      const refusal = await host.refusal(tracked.job.name, at);
      if (refusal || this.#isHolding) await this.#parts.records.remove(`permit~${id}`);
      if (this.#isHolding) return this.#giveBack(job, token, start);
      if (refusal) return decide(refusal);
    }
    return this.#run(job, token, tracked, occurrence, begun?.attempts ?? 0);
  }

  /** Waits for other runs of the job as its `overlap` says. @returns whether it may start */
  async #reserve(job: Job, token: string, tracked: TrackedJob, occurrence: Occurrence): Promise<boolean> {
    const { queue, records } = this.#parts;
    const { overlap, catchUp } = tracked.job.policies;
    if (overlap === "allow") return true;
    const { at, isImmediate, waits } = occurrence;
    const catchesUpAll = catchUp.missed === "all" && !tracked.isSpaced && !isImmediate;
    const isBacklog =
      catchesUpAll && (waits ? waits === "backlog" : (tracked.trigger?.next(at) ?? Infinity) <= this.#now);
    // Caught-up occurrences start oldest first, whatever the overlap.
    const before = catchesUpAll && waits !== "turn" ? tracked.before(at) : undefined;
    const older = before !== undefined && (await queue.getJob(occurrenceId(tracked.key, before)));
    if (
      older &&
      !older.finishedOn &&
      !readBegun(older.progress) &&
      (isBacklog || older.data.waits !== "turn")
    )
      return this.#wait(job, token, "backlog", retryDelay.later);
    if (overlap === "queue" && !isBacklog) {
      const [turn, permit] = await Promise.all([
        this.#permit(job.id!, `turn~${tracked.key}`, "turn"),
        this.#permit(job.id!, tracked.key, "permit"),
      ]);
      if (turn && !permit) return this.#wait(job, token, "turn", retryDelay.next);
      if (turn || permit) await records.remove(`${turn ? "turn" : "permit"}~${job.id}`);
      return turn && permit;
    }
    const isFree = await this.#permit(job.id!, tracked.key, "permit");
    if (!isFree && isBacklog) return this.#wait(job, token, "backlog", retryDelay.next);
    return isFree;
  }

  /**
   * Asks for the permit to be the one run of a job, or for the turn to be the next. It is a record whose deduplication id is the job, so the server gives it to one occurrence; removing it
   * gives it back. If its holder is finished, anyone may remove it, because that occurrence never runs again.
   */
  async #permit(id: string, of: string, kind: "permit" | "turn"): Promise<boolean> {
    const { records, queue } = this.#parts;
    const mine = `${kind}~${id}`;
    for (let tries = 0; tries < 3; tries++) {
      const { id: held } = await records.queue.add(kind, {}, { jobId: mine, deduplication: { id: of } });
      if (held === mine) return true;
      const [state, permit] = await Promise.all([
        queue.getJobState(held!.slice(kind.length + 1)),
        records.queue.getJob(held!),
      ]);
      if (state !== "completed" && state !== "failed" && state !== "unknown") return false;
      if (permit?.data?.until > this.#now) return false;
      if (permit) await records.remove(held!);
    }
    return false;
  }

  async #wait(job: Job, token: string, waits: "turn" | "backlog", delay: number): Promise<never> {
    if (job.data.waits !== waits) await job.updateData({ ...job.data, waits });
    return this.#handBack(job, token, delay);
  }

  async #run(
    job: Job,
    token: string,
    tracked: TrackedJob,
    occurrence: Occurrence,
    before: number,
  ): Promise<unknown> {
    const { host, records, peers, onExhausted, onLast } = this.#parts;
    const id = job.id!;
    const { at, start, isImmediate } = occurrence;
    if (before === 0 && !isImmediate && tracked.times < Infinity) {
      tracked.started = await records.countStart(tracked.key, id, tracked.times);
      if (tracked.started > tracked.times) {
        await Promise.all([records.remove(`permit~${id}`), onExhausted(tracked)]);
        return { outcome: "skipped", reason: texts().engine.exhausted };
      }
    }
    await this.#claim(job, token, before + 1);
    const run = this.#isHolding ? undefined : host.run(tracked.job.name, at);
    if (!run) {
      await Promise.all([job.updateProgress(0), records.remove(`permit~${id}`)]);
      return this.#giveBack(job, token, start);
    }
    const running: Running = { tracked, run, isLost: false };
    this.#running.set(id, running);
    let end: RunEnd;
    try {
      end = await run.ended;
    } finally {
      this.#running.delete(id);
    }
    // While the permit is held, so that no other machine starts the next occurrence meanwhile.
    if (end.isLast) await onLast(tracked);
    if (end.settled) await this.#trackUnsettled(id, end.settled);
    if (running.isLost) throw new peers.UnrecoverableError(texts().engine.lockLost);
    const decision = { ...end.decision, attempts: end.decision.attempts + before };
    this.#finishing.set(id, { tracked, occurrence, decision, end });
    if (decision.outcome === "failed" || decision.outcome === "timedOut") {
      const failure = new peers.UnrecoverableError(decision.error ?? inWords(end.error));
      if (end.error instanceof Error && end.error.stack) failure.stack = end.error.stack;
      throw failure;
    }
    return { ...forPeople(decision), ...(isSmall(end.value) && { result: end.value }) };
  }

  /** Notes that the run begins, and makes sure that this machine has the lock: from then on it counts as interrupted if it does not end. */
  async #claim(job: Job, token: string, attempts: number): Promise<void> {
    const { connection, lockDuration, machine, peers } = this.#parts;
    // BullMQ notes when it asked for the job, on the clock of this machine: the lock was set later.
    let lockedAt = (job.processedOn ?? 0) - connection.ahead;
    // A machine that stalls may continue with an old answer: then it asks again.
    const isDoubtful = () => this.#now - lockedAt > lockDuration / 3;
    do {
      if (isDoubtful()) {
        lockedAt = this.#now;
        if (!(await job.extendLock(token, lockDuration)))
          throw new peers.UnrecoverableError(texts().engine.lockLost);
      }
      await job.updateProgress({ started: new Date(this.#now).toISOString(), machine, attempts });
    } while (isDoubtful());
  }

  /** Keeps the permit of a run that continues after its timeout. */
  async #trackUnsettled(id: string, settled: Promise<void>): Promise<void> {
    const { records, host } = this.#parts;
    const permit = await records.queue.getJob(`permit~${id}`);
    if (!permit) return;
    let cancel = () => {};
    let isOver = false;
    const keep = async (): Promise<void> => {
      await permit.updateData({ until: this.#now + 3 * lingerInterval });
      if (!isOver)
        cancel = host.clock.wakeAt(
          later(host.clock.now(), lingerInterval as Milliseconds),
          () => void keep().catch(() => {}),
        );
    };
    await keep();
    const release = async (): Promise<void> => {
      await settled;
      isOver = true;
      cancel();
      await records.remove(`permit~${id}`);
      await this.#wakeNext(id);
    };
    release().catch((error) => this.#onError(error));
  }

  /** Decides an occurrence without running it. */
  #decide(
    id: string,
    tracked: TrackedJob,
    occurrence: Occurrence,
    made: Omit<Decision, "scheduled">,
  ): object {
    const decision: Decision = { scheduled: occurrence.at, ...made };
    this.#finishing.set(id, { tracked, occurrence, decision });
    if (decision.outcome === "interrupted")
      throw new this.#parts.peers.UnrecoverableError(texts().engine.interrupted);
    return forPeople(decision);
  }

  /** BullMQ has recorded the outcome of an occurrence. */
  #onFinished(id: string): void {
    const finishing = this.#finishing.get(id);
    if (finishing) this.#track(this.#afterwards(id, finishing).finally(() => this.#finishing.delete(id)));
  }

  async #afterwards(id: string, { tracked, occurrence, decision, end }: Finishing): Promise<void> {
    const { records, host, onDecided } = this.#parts;
    const { key, job } = tracked;
    const { outcome } = decision;
    if (outcome === "coalesced" || outcome === "expired") return this.#gather(tracked, decision);
    host.recorded(job.name, [decision]);
    if (!end) host.report(job.name, decision);
    const holds = job.policies.overlap !== "allow" && !end?.settled && outcome !== "skipped";
    await Promise.all([records.log(key, decision), holds && records.remove(`permit~${id}`)]);
    await this.#wakeNext(id, tracked, occurrence.at);
    const isLast = end?.isLast === true;
    const isRefused = outcome === "skipped" && decision.reason !== "overlap";
    const isScheduledRun = end || isRefused ? !occurrence.isImmediate : outcome === "interrupted";
    if (isScheduledRun || isLast) await onDecided(tracked, decision, isLast);
  }

  /** Wakes an occurrence that waits for one that has ended. */
  async #wakeNext(id: string, tracked?: TrackedJob, at?: Instant): Promise<void> {
    const { queue, records, jobs } = this.#parts;
    const owner = tracked ?? jobs.get(id.slice(0, id.lastIndexOf("@")));
    const { overlap, catchUp } = owner?.job.policies ?? {};
    const next = catchUp?.missed === "all" && at !== undefined ? owner?.trigger?.next(at) : undefined;
    const waiting =
      next && next <= this.#now
        ? occurrenceId(owner!.key, next)
        : overlap === "queue" &&
          (await records.queue.getDeduplicationJobId(`turn~${owner!.key}`))?.slice("turn~".length);
    if (!waiting) return;
    const job = await queue.getJob(waiting);
    if (job?.data.waits) await job.promote().catch(() => {});
  }

  /** Missed occurrences that come one by one are reported together. */
  #gather(tracked: TrackedJob, decision: Decision): void {
    const id = `${decision.outcome} ${tracked.key}`;
    const { count = 0, scheduled = decision.scheduled } = this.#missed.get(id)?.decision ?? {};
    const { clock } = this.#parts.host;
    if (this.#missed.size === 0)
      clock.wakeAt(later(clock.now(), (second / 4) as Milliseconds), () => this.#reportMissed());
    const last = Math.max(scheduled, decision.scheduled) as Instant;
    const all = { ...decision, scheduled: last, count: count + (decision.count ?? 1) };
    this.#missed.set(id, { tracked, decision: all });
  }

  #reportMissed(): void {
    const { host, records, onDecided } = this.#parts;
    for (const { tracked, decision } of this.#missed.values()) {
      const { key, job } = tracked;
      host.recorded(job.name, [decision]);
      host.report(job.name, decision);
      this.#track(records.log(key, decision).then(() => onDecided(tracked, decision, false)));
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
    this.#parts.host.warn(texts().engine.discarded(job.name, id));
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
      this.#parts.connection.report(error);
  }

  /** Waits here for the last moments before a start. */
  #until(start: Instant): Promise<void> {
    const wait = start - this.#now;
    if (wait <= 0 || wait > longestWait || this.#isHolding) return Promise.resolve();
    const { clock } = this.#parts.host;
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
    await job.moveToDelayed(this.#parts.host.clock.now() + delay, token);
    throw new this.#parts.peers.DelayedError();
  }

  /** For another machine, or for its time. */
  async #giveBack(job: Job, token: string, start: Instant): Promise<never> {
    const own = this.#parts.host.clock.now();
    if (start > Math.max(this.#now, own)) return this.#handBack(job, token, start - own);
    await job.moveToWait(token);
    throw new this.#parts.peers.WaitingError();
  }

  /** Another machine may have the job that this one does not. */
  async #passOn(job: Job, token: string, { key, start }: Occurrence): Promise<unknown> {
    const { host, peers, records } = this.#parts;
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

const whyMissed = (outcome: Outcome, { job }: TrackedJob): SkipReason | undefined =>
  outcome === "expired" ? whyUnwanted(job.policies.catchUp) : undefined;

/** Whether what a task returned can be kept. */
const isSmall = (value: unknown): boolean => {
  try {
    return value !== undefined && (JSON.stringify(value)?.length ?? Infinity) <= 10_000;
  } catch {
    return false;
  }
};
