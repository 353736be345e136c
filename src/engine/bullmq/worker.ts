import { type Decision, inWords } from "../../job.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { day, minute, second } from "../../time/plain-time.ts";
import type { EngineHost, EngineRun, RunEnd } from "../engine.ts";
import { type MissedRange, missedBy, type TrackedJob } from "./plan.ts";
import { isInstant, occurrenceId, type Records } from "./records.ts";
import type { Connection, Job, Peers, Queue, Worker } from "./redis.ts";

/** How long finished runs stay for other tools to see. BullMQ applies one age to the whole queue. */
export const runRetention = day;

/** An occurrence further away than this goes back to the queue instead of waiting here. */
const longestWait = 2 * second;

/** How soon an occurrence is looked at again that waits for another, whose end usually wakes it. */
const retryDelay = { next: second, later: 10 * second };

/** An occurrence of a job that this script does not have is offered to another machine after this, and less and less often. */
const passOnDelay = { first: 3 * second, longest: 5 * minute };

/** A task that ignored its timeout keeps new runs away as long as its machine says every so often that it is still running. */
const lingerInterval = 10 * second;

/** An occurrence, as it is in the queue. */
export interface Occurrence {
  readonly key: string;
  readonly at: Instant;
  /** When it starts: later than `at` with jitter, or if it is caught up. */
  readonly start: Instant;
  /** A run at startup, which is none of its schedule. */
  readonly isImmediate?: true | undefined;
  /** Missed ones are there only to be recorded. */
  readonly missed?: Omit<MissedRange, "scheduled"> | undefined;
  /** It waits for another run of its job to end: as the next one under `overlap("queue")`, or for older ones that are caught up. */
  readonly waits?: "turn" | "backlog" | undefined;
}

/** What is added to the queue for an occurrence. */
export const toBullmq = (name: string, occurrence: Occurrence, now: Instant) => ({
  name,
  data: { ...occurrence, scheduled: new Date(occurrence.at).toISOString() },
  opts: {
    jobId: idOf(occurrence),
    // BullMQ would take the time from the clock of this machine.
    timestamp: now,
    ...(occurrence.start > now && { delay: occurrence.start - now }),
    removeOnComplete: { age: runRetention / second },
    removeOnFail: { age: runRetention / second },
  },
});

const idOf = ({ key, at, isImmediate }: Occurrence): string =>
  `${occurrenceId(key, at)}${isImmediate ? "~start" : ""}`;

const readOccurrence = ({ id, data }: Job): Occurrence | undefined => {
  const { key, at, start, isImmediate, missed, waits } =
    typeof data === "object" && data !== null ? data : ({} as never);
  if (typeof key !== "string" || !isInstant(at) || !isInstant(start)) return undefined;
  const isMissed =
    (missed?.outcome === "coalesced" || missed?.outcome === "expired") && Number.isSafeInteger(missed.count);
  const occurrence: Occurrence = {
    key,
    at,
    start,
    ...(isImmediate === true && { isImmediate }),
    ...(isMissed && { missed }),
    ...((waits === "turn" || waits === "backlog") && { waits }),
  };
  return idOf(occurrence) === id ? occurrence : undefined;
};

/** An occurrence that has been decided here, until BullMQ has recorded it. */
interface Finishing {
  readonly tracked: TrackedJob;
  readonly occurrence: Occurrence;
  readonly decision: Decision;
  readonly isLast: boolean;
  readonly hasStarted: boolean;
  /** Its permit stays. */
  readonly isLingering: boolean;
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
  readonly machine: string;
  readonly concurrency: number;
  readonly lockDuration: Milliseconds;
  /** Suspends this machine if its clock is wrong. */
  checkClock(): Promise<void>;
  /** All runs of a job have started. */
  onExhausted(tracked: TrackedJob): Promise<void>;
  /** A run that started here was recorded. */
  onRun(tracked: TrackedJob, at: Instant, decision: Decision, isLast: boolean): Promise<void>;
}

/** Takes occurrences from the queue, decides whether they start, and runs them. */
export class RunWorker {
  readonly #parts: WorkerParts;
  readonly #worker: Worker;
  readonly #running = new Map<string, Running>();
  readonly #finishing = new Map<string, Finishing>();
  readonly #missed = new Map<string, { tracked: TrackedJob; decision: Decision }>();
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
      // What becomes of a stalled run depends on its job.
      maxStalledCount: 1_000_000_000,
      drainDelay: 30,
      runRetryDelay: second,
    });
    this.#worker.on("completed", (job) => this.#recorded(job.id!));
    this.#worker.on("failed", (job) => job && this.#recorded(job.id!));
    this.#worker.on("lockRenewalFailed", (ids) => {
      for (const id of ids) this.#lose(id);
    });
    this.#worker.on("error", (error) => this.#onError(error));
  }

  /** Begins to take occurrences, or goes on. */
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
    const { jobs, host, queue } = this.#parts;
    const id = job.id!;
    const occurrence = readOccurrence(job);
    if (!occurrence) {
      host.warn(`the queue ${queue.name} contained a job that onthedot did not add (${id}); it was not run`);
      throw new this.#parts.peers.UnrecoverableError("not added by onthedot");
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
    if (start - this.#now > longestWait) await this.#parts.checkClock();
    if (this.#isHolding || start - this.#now > longestWait) return this.#giveBack(job, token, start);
    const begun = readBegun(job.progress);
    if (job.stalledCounter > 0 && begun) {
      const mayRerun = tracked.job.policies.ifInterrupted === "rerun" && (tracked.isActive || isImmediate);
      if (!mayRerun)
        return this.#decide(job, tracked, occurrence, {
          outcome: "interrupted",
          started: begun.started,
          attempts: begun.attempts,
        });
      host.warn(`${tracked.job.name}: its run of ${inUtc(at)} was interrupted and is run again`);
    } else if (missed) return this.#decide(job, tracked, occurrence, { ...missed, attempts: 0 });
    else {
      const why = whyNot(tracked, occurrence);
      if (why) return { outcome: "skipped", reason: why };
      const late = (this.#now - Math.max(at, start)) as Milliseconds;
      const outcome =
        isImmediate || occurrence.waits
          ? undefined
          : missedBy(tracked.trigger!, at, late, tracked.job.policies);
      if (outcome) return this.#decide(job, tracked, occurrence, { outcome, attempts: 0 });
      const isFree = await this.#reserve(job, token, tracked, occurrence);
      if (!isFree) return this.#decide(job, tracked, occurrence, { outcome: "skipped", attempts: 0 });
    }
    return this.#run(job, token, tracked, occurrence, begun?.attempts ?? 0);
  }

  get #now(): Instant {
    return this.#parts.connection.now();
  }

  /** Waits for other runs of the job as its `overlap` says. @returns whether it may start */
  async #reserve(job: Job, token: string, tracked: TrackedJob, occurrence: Occurrence): Promise<boolean> {
    const { overlap, catchUp } = tracked.job.policies;
    if (overlap === "allow") return true;
    const { at, isImmediate, waits } = occurrence;
    const catchesUpAll = catchUp.missed === "all" && !tracked.isSpaced && !isImmediate;
    const isBacklog =
      catchesUpAll && (waits ? waits === "backlog" : (tracked.trigger?.next(at) ?? Infinity) <= this.#now);
    // What catches up starts oldest first, and waits for what is older, whatever the overlap.
    const before = catchesUpAll && waits !== "turn" ? tracked.before(at) : undefined;
    const older = before !== undefined && (await this.#parts.queue.getJob(occurrenceId(tracked.key, before)));
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
      const remove = (kind: string) => this.#parts.records.remove(`${kind}~${job.id}`);
      if (turn && permit) await remove("turn");
      else if (turn) return this.#wait(job, token, "turn", retryDelay.next);
      else if (permit) await remove("permit");
      return turn && permit;
    }
    const isFree = await this.#permit(job.id!, tracked.key, "permit");
    if (!isFree && isBacklog) return this.#wait(job, token, "backlog", retryDelay.next);
    return isFree;
  }

  /**
   * Asks for the permit to be the one run of a job, or for the turn to be the next. It is a record whose deduplication id is the job, so the server gives it to one occurrence; it is
   * given back by removing it. If its holder is done, anyone may remove it, because that occurrence never runs again.
   */
  async #permit(id: string, of: string, kind: "permit" | "turn"): Promise<boolean> {
    const { records } = this.#parts;
    const mine = `${kind}~${id}`;
    for (let tries = 0; tries < 3; tries++) {
      const { id: held } = await records.queue.add(kind, {}, { jobId: mine, deduplication: { id: of } });
      if (held === mine) return true;
      if (await this.#isPending(held!.slice(kind.length + 1))) return false;
      const permit = await records.queue.getJob(held!);
      if (permit?.data?.until > this.#now) return false;
      if (permit) await records.remove(held!);
    }
    return false;
  }

  async #isPending(id: string): Promise<boolean> {
    const state = await this.#parts.queue.getJobState(id);
    return state !== "completed" && state !== "failed" && state !== "unknown";
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
    const { host, records, peers } = this.#parts;
    const id = job.id!;
    const { at, start, isImmediate } = occurrence;
    if (before === 0 && !isImmediate && tracked.times < Infinity) {
      tracked.started = await records.countStart(tracked.key, id, tracked.times);
      if (tracked.started > tracked.times) {
        await Promise.all([records.remove(`permit~${id}`), this.#parts.onExhausted(tracked)]);
        return { outcome: "skipped", reason: "all its runs have started" };
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
      if (end.settled) await this.#trackUnsettled(id, end.settled);
    } finally {
      this.#running.delete(id);
    }
    if (running.isLost) throw new peers.UnrecoverableError("the lock of this run was lost");
    const decision = { ...end.decision, attempts: end.decision.attempts + before };
    const isLingering = end.settled !== undefined;
    this.#finishing.set(id, {
      tracked,
      occurrence,
      decision,
      isLast: end.isLast,
      isLingering,
      hasStarted: !isImmediate,
    });
    const { outcome } = decision;
    if (outcome === "failed" || outcome === "timedOut") throw this.#failure(decision, end.error);
    return { ...forPeople(decision), ...(isSmall(end.value) && { result: end.value }) };
  }

  /** Notes that the run begins, and makes sure that this machine has the lock: from then on it counts as interrupted if it does not end. */
  async #claim(job: Job, token: string, attempts: number): Promise<void> {
    const { connection, lockDuration, machine, peers } = this.#parts;
    // BullMQ notes when it asked for the job, on the clock of this machine: the lock was set later.
    let lockedAt = (job.processedOn ?? 0) - connection.ahead;
    // A machine that stalls may go on with an old answer: then it asks again.
    const isDoubtful = () => this.#now - lockedAt > lockDuration / 3;
    do {
      if (isDoubtful()) {
        lockedAt = this.#now;
        if (!(await job.extendLock(token, lockDuration)))
          throw new peers.UnrecoverableError("the lock of this run was lost before it began");
      }
      await job.updateProgress({ started: this.#now, machine, attempts });
    } while (isDoubtful());
  }

  /** Keeps the permit of a run that goes on after its timeout. */
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
    this.#track(
      settled.then(async () => {
        isOver = true;
        cancel();
        await records.remove(`permit~${id}`);
        await this.#wakeNext(id);
      }),
      false,
    );
  }

  #failure(decision: Decision, error: unknown): Error {
    const failure = new this.#parts.peers.UnrecoverableError(decision.error ?? inWords(error));
    if (error instanceof Error && error.stack) failure.stack = error.stack;
    return failure;
  }

  /** Decides an occurrence without a run here. */
  #decide(job: Job, tracked: TrackedJob, occurrence: Occurrence, made: Omit<Decision, "scheduled">): unknown {
    const decision: Decision = { scheduled: occurrence.at, ...made };
    const isInterrupted = decision.outcome === "interrupted";
    this.#finishing.set(job.id!, {
      tracked,
      occurrence,
      decision,
      isLast: false,
      isLingering: false,
      hasStarted: isInterrupted,
    });
    if (isInterrupted)
      throw new this.#parts.peers.UnrecoverableError(
        "interrupted: the process died or stalled during the run",
      );
    return forPeople(decision);
  }

  /** BullMQ has recorded what became of an occurrence. */
  #recorded(id: string): void {
    const finishing = this.#finishing.get(id);
    if (!finishing) return;
    this.#track(
      this.#afterwards(id, finishing).finally(() => this.#finishing.delete(id)),
      true,
    );
  }

  async #afterwards(
    id: string,
    { tracked, occurrence, decision, isLast, isLingering, hasStarted }: Finishing,
  ): Promise<void> {
    const { records, host, onRun } = this.#parts;
    const { key, job } = tracked;
    const { outcome } = decision;
    if (outcome === "coalesced" || outcome === "expired") return this.#gather(tracked, decision);
    host.recorded(job.name, [decision]);
    if (outcome === "skipped" || outcome === "interrupted") host.report(job.name, decision);
    const holds = job.policies.overlap !== "allow" && !isLingering && outcome !== "skipped";
    await Promise.all([records.log(key, decision), holds && records.remove(`permit~${id}`)]);
    await this.#wakeNext(id, tracked, occurrence.at);
    if (hasStarted || isLast) await onRun(tracked, occurrence.at, decision, isLast);
  }

  /** Wakes an occurrence that waits for one that has ended. */
  async #wakeNext(id: string, tracked?: TrackedJob, at?: Instant): Promise<void> {
    const { queue, records } = this.#parts;
    const owner = tracked ?? this.#parts.jobs.get(id.slice(0, id.lastIndexOf("@")));
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
    this.#missed.set(id, {
      tracked,
      decision: { ...decision, scheduled: last, count: count + (decision.count ?? 1) },
    });
  }

  #reportMissed(): void {
    const { host, records, onRun } = this.#parts;
    for (const { tracked, decision } of this.#missed.values()) {
      host.recorded(tracked.job.name, [decision]);
      host.report(tracked.job.name, decision);
      this.#track(
        records.log(tracked.key, decision).then(() => onRun(tracked, decision.scheduled, decision, false)),
        true,
      );
    }
    this.#missed.clear();
  }

  #track(work: Promise<void>, isAwaited: boolean): void {
    const done = work
      .catch((error) => this.#onError(error))
      .then(() => {
        this.#unfinished.delete(done);
      });
    if (isAwaited) this.#unfinished.add(done);
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
    this.#parts.host.warn(
      `${job.name}: this machine stalled during ${id}, so the run counts as interrupted; it is aborted, and its result is discarded`,
    );
  }

  /** An error of BullMQ's own, most often of a run whose lock is lost, or of the connection. */
  #onError(error: Error): void {
    if (this.#isClosing) return;
    const id = /\bjob (\S+?)\.? (?:moveToFinished|is not in the active)|for job (\S+?)\.?(?: |$)/i.exec(
      error.message,
    );
    const lost = this.#finishing.get(id?.[1] ?? id?.[2] ?? "");
    if (lost) {
      this.#finishing.delete(id?.[1] ?? id?.[2] ?? "");
      this.#warnDiscarded(lost.tracked, id?.[1] ?? id?.[2] ?? "");
      return;
    }
    if (/lock|not in the active state|Missing key/i.test(error.message)) return;
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
    if (start > this.#now && start > this.#parts.host.clock.now()) {
      await job.moveToDelayed(start, token);
      throw new this.#parts.peers.DelayedError();
    }
    await job.moveToWait(token);
    throw new this.#parts.peers.WaitingError();
  }

  /** Another machine may have the job that this one does not. */
  async #passOn(job: Job, token: string, { key, start }: Occurrence): Promise<unknown> {
    const { host, peers, records } = this.#parts;
    const record = await records.read(key);
    if (record?.end) return { outcome: "skipped", reason: `the job ${hasEnded(record.end)}` };
    if (!this.#unknown.has(key)) {
      this.leave(key);
      host.warn(`${job.name}: it is in the queue but not in this script; it is left to other machines`);
    }
    if (this.#now - start > runRetention)
      throw new peers.UnrecoverableError("expired: no machine has had this job for a day");
    const { first, longest } = passOnDelay;
    return this.#handBack(job, token, Math.min(first * 2 ** Math.min(job.attemptsStarted - 1, 10), longest));
  }

  /** Its occurrences are left to other machines without a word. */
  leave(key: string): void {
    this.#unknown.add(key);
    if (this.#unknown.size > 1_000)
      for (const oldest of this.#unknown) return void this.#unknown.delete(oldest);
  }
}

const hasEnded = ({ why }: { readonly why: string }): string =>
  why === "ended" ? "has ended" : "was cancelled";

/** Why an occurrence is not started, if its job has changed since it was added. */
const whyNot = (tracked: TrackedJob, { at, isImmediate }: Occurrence): string | undefined => {
  if (tracked.record?.end) return `the job ${hasEnded(tracked.record.end)}`;
  if (!tracked.isActive) return "the job is paused";
  return isImmediate || tracked.has(at) ? undefined : "its schedule has changed";
};

const readBegun = (
  progress: unknown,
): { readonly started: Instant; readonly attempts: number } | undefined => {
  const { started, attempts } =
    typeof progress === "object" && progress !== null ? (progress as Record<string, unknown>) : {};
  return isInstant(started)
    ? { started, attempts: Number.isSafeInteger(attempts) ? (attempts as number) : 1 }
    : undefined;
};

/** A decision as other tools show it. */
const forPeople = ({ scheduled, started, ended, ...rest }: Decision): object => ({
  ...rest,
  scheduled: new Date(scheduled),
  ...(started !== undefined && { started: new Date(started) }),
  ...(ended !== undefined && { ended: new Date(ended) }),
});

/** Whether what a task returned can be kept. */
const isSmall = (value: unknown): boolean => {
  try {
    return value !== undefined && (JSON.stringify(value)?.length ?? Infinity) <= 10_000;
  } catch {
    return false;
  }
};

/** `"2026-11-22 09:30:00 UTC"`. */
const inUtc = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
