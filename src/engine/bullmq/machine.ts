import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Decision } from "../../job.ts";
import { texts } from "../../text/text.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { day, hour, minute, second } from "../../time/plain-time.ts";
import type { EngineHost, OrphanedJob } from "../engine.ts";
import { Changes } from "./changes.ts";
import { type Occurrence, runRetention, toBullmq } from "./occurrence.ts";
import { planFor, type TrackedJob } from "./plan.ts";
import { type JobRecord, occurrenceId, Records } from "./records.ts";
import { type Address, Connection, type Peers, type Queue, type Relay } from "./redis.ts";
import { RunWorker } from "./worker.ts";

export interface Settings {
  readonly queue: string;
  readonly concurrency: number;
  readonly horizon: Milliseconds;
}

/** How long a run stays with a machine that does not answer. */
const lockDuration = 30 * second;

/** Records of a job that no machine has had for so long are removed. */
export const nameRetention = 30 * day;

/** How often a machine checks its clock, and whether it has missed a change. */
const pollInterval = 10 * second;

/** A machine whose clock is further from the server's takes no part: BullMQ would start early for all. */
const clockTolerance = 2 * second;

/** Starts that catch up lie so far apart. */
const catchUpStagger = 5 * second;

/** Disconnecting takes no longer than this. */
const retryDelay = (3 * second) as Milliseconds;

/** This process as one of the machines that share jobs, from one start to the next stop. */
export class Machine {
  readonly host: EngineHost;
  readonly isReadOnly: boolean;
  readonly connection: Connection;
  orphaned: readonly OrphanedJob[] = [];
  readonly #id: string;
  readonly #settings: Settings;
  readonly #peers: Peers;
  readonly #jobs: Map<string, TrackedJob>;
  #queues: readonly [Queue, Records] | undefined;
  readonly #unregistered = new Set<TrackedJob>();
  #relay: Relay | undefined;
  #worker: RunWorker | undefined;
  #isHolding = false;
  #isSuspended = false;
  #isClosing = false;
  #birth = "";
  readonly #changes: Changes;
  /** Registrations and changes are made one after another, beginning when this machine has joined the others. */
  #last: Promise<void>;
  #join: () => void = () => {};
  /** Changes that are not made yet, once it has joined. */
  #pending = 0;
  #hasJoined = false;
  readonly #unfinished = new Set<Promise<void>>();
  readonly #timers = new Set<() => void>();
  #cancelWake = (): void => {};

  /** @param id of this process, in what it writes */
  constructor(
    id: string,
    address: Address,
    settings: Settings,
    peers: Peers,
    jobs: Map<string, TrackedJob>,
    host: EngineHost,
    isReadOnly = false,
  ) {
    this.#id = id;
    this.#settings = settings;
    this.#peers = peers;
    this.#jobs = jobs;
    this.host = host;
    this.isReadOnly = isReadOnly;
    this.connection = new Connection(address, peers, host);
    this.#changes = new Changes({
      records: () => this.records,
      nonce: () => this.nonce(),
      refresh: (keys) => this.#refresh(keys),
      openRelay: async () => {
        this.#relay ??= await this.#openRelay();
        return this.#relay;
      },
      inASecond: (act) => !isReadOnly && this.#wakeIn(second, () => this.run(act)),
    });
    this.#last = new Promise((resolve) => {
      this.#join = () => {
        this.#hasJoined = true;
        resolve();
      };
    });
  }

  /** Made late: BullMQ would ask the server before it was checked. */
  get #made(): readonly [Queue, Records] {
    const make = (name: string) =>
      new this.#peers.Queue(name, {
        connection: this.connection.redis,
        streams: { events: { maxLen: 1_000 } },
      }).on("error", (error) => this.#report(error));
    this.#queues ??= [make(this.#settings.queue), new Records(make(`${this.#settings.queue}.records`))];
    return this.#queues;
  }

  get queue(): Queue {
    return this.#made[0];
  }

  get records(): Records {
    return this.#made[1];
  }

  /** Connects, registers, and begins to work. What may pass by itself is tried again. */
  async start(): Promise<void> {
    const { connection } = this;
    this.inOrder(async () => this.#work());
    await connection.open();
    while (!connection.isClosed) {
      try {
        await connection.check();
        // Reads every list of the queue: one of another type would stop the worker again and again.
        await this.queue.getJobCounts();
        const wasWrong = this.#isSuspended;
        this.#isSuspended = await this.#isClockWrong();
        if (!this.#isSuspended) {
          if (wasWrong) this.#reportRightClock();
          await this.#readShared();
          this.#relay = await this.#openRelay();
          for (const tracked of this.#jobs.values()) this.#unregistered.add(tracked);
          await this.#registerAll(await this.#isFirst());
          return this.#join();
        }
      } catch (error) {
        if (!connection.isClosed && !connection.report(error)) connection.fail(error);
      }
      await this.#sleep(2 * second);
    }
  }

  #work(): void {
    const { connection, host, queue, records } = this;
    const worker = new RunWorker({
      peers: this.#peers,
      connection,
      host,
      queue,
      records,
      jobs: this.#jobs,
      machine: `${hostname()}:${process.pid}`,
      concurrency: this.#settings.concurrency,
      lockDuration: lockDuration as Milliseconds,
      checkClock: () => this.#checkClock(),
      onExhausted: (tracked) => this.#endIfOver(tracked),
      onDecided: (tracked, decision, isLast) => this.#afterRun(tracked, decision, isLast),
      // Its name may have been registered again during the run.
      onLast: async (tracked) => {
        if (this.#jobs.get(tracked.key) === tracked) await this.#end(tracked, "cancelled");
      },
    });
    this.#worker = worker;
    if (!this.#isHolding) worker.open();
    connection.onReady = () => this.run(() => this.#poll());
    this.#every(pollInterval, () => this.#poll());
    this.#every(this.#settings.horizon / 2, () => this.plan(this.#jobs.values()));
    this.#every(6 * hour, () => this.#survey());
    this.run(() => this.#survey());
    this.#wakeAtNextStart();
  }

  /** Reads the state of all jobs, for a command. */
  async style(): Promise<void> {
    const { connection, records, host } = this;
    await connection.open();
    await connection.check();
    await connection.measure();
    for (const tracked of this.#jobs.values()) {
      const record = await records.read(tracked.key);
      if (!record) continue;
      tracked.update(record);
      await this.readHistory(tracked);
      host.update(tracked.job.name, tracked.state);
    }
    await this.#survey();
    this.#join();
  }

  /** What concerns all jobs: whether this is the data that was known, and the last change. */
  async #readShared(): Promise<void> {
    await this.records.add("all", { last: "", before: "", birth: this.nonce() });
    const { last, birth } = await this.records.shared();
    this.#changes.see(last);
    this.#birth = birth;
  }

  async #openRelay(): Promise<Relay> {
    const relay = new this.#peers.Relay({
      connection: this.connection.redis,
      namespace: this.#settings.queue.replace(/\./g, "_").slice(0, 64),
      name: [...this.#jobs.keys()].sort().join(" ").slice(0, 256),
      // Nothing depends on when a machine that died is forgotten.
      leaseDuration: 10 * minute,
      blockTimeout: minute,
    });
    relay.on("error", (error) => this.#report(error));
    relay.on("recovered", () => this.run(() => this.#poll(true)));
    await relay.waitUntilReady();
    await relay.subscribe("changed", ({ data }) => this.run(() => this.#changes.receive(data)));
    return relay;
  }

  /** Whether no other machine runs this script. */
  async #isFirst(): Promise<boolean> {
    const nodes = await this.#relay!.getNodes();
    const own = nodes.findIndex(({ id }) => id === this.#relay!.nodeId);
    const earlier = nodes
      .slice(0, Math.max(0, own))
      .filter(({ info }) => info.name === nodes[own]!.info.name);
    const connections = await Promise.all(earlier.map(({ id }) => this.#relay!.getNodeConnections(id)));
    return connections.every(({ length }) => length === 0);
  }

  /** Registers a job after the start. */
  register(tracked: TrackedJob): void {
    this.#unregistered.add(tracked);
    if (this.#unregistered.size === 1) this.inOrder(() => this.#registerAll(false));
  }

  leave(key: string): void {
    this.#worker?.leave(key);
  }

  /** @param isFirst whether the first machine starts @param isAnew whether Redis lost its data, so that jobs count from now */
  async #registerAll(isFirst: boolean, isAnew = false): Promise<void> {
    const jobs = [...this.#unregistered].filter((tracked) => this.#jobs.get(tracked.key) === tracked);
    this.#unregistered.clear();
    const changed: string[] = [];
    const register = async (tracked: TrackedJob) => {
      const { key, job } = tracked;
      const how = await this.#register(tracked, isAnew);
      if (how === "changed") changed.push(key);
      if (!job.isImmediate || isAnew || !tracked.isActive || !(how === "new" || isFirst)) return;
      const now = this.connection.now();
      await this.queue.addBulk([toBullmq(job.name, { key, at: now, start: now, isImmediate: true }, now)]);
    };
    await Promise.all(jobs.map(register));
    if (changed.length > 0) await this.publish(changed);
    await this.plan(jobs);
  }

  /** Makes a job known to all machines, or finds it: the first one wins, unless its schedule changed or this process ended it. */
  async #register(tracked: TrackedJob, isAnew: boolean): Promise<"new" | "changed" | "found"> {
    const { records, host, connection } = this;
    const { key, job } = tracked;
    const found = await records.read(key);
    const isSame =
      found?.definition.source === wellFormed(job.source) && found.definition.zoneName === job.zoneName;
    const isOwnEnd = found?.end?.by === this.#id;
    const age = found || isAnew ? 0 : Math.max(0, host.clock.now() - job.anchor);
    const anchor = later(connection.now(), -age as Milliseconds);
    const { zoneName, recurrence } = job;
    const definition = {
      name: wellFormed(job.name),
      source: wellFormed(job.source),
      zoneName,
      recurrence,
      anchor,
      by: this.nonce(),
    };
    const isReplaced = found !== undefined && (!isSame || isOwnEnd);
    if (!found || isReplaced) await records.define(key, definition, isReplaced);
    if (isOwnEnd) await records.resume(key);
    const record = found && !isReplaced ? found : await records.read(key);
    if (found && !isSame)
      host.warn(
        found.definition.source === definition.source
          ? texts().engine.zoneChanged(job.name, found.definition.zoneName)
          : texts().engine.scheduleChangedFrom(job.name, found.definition.source),
      );
    this.#apply(tracked, record);
    if (found) await Promise.all([this.readHistory(tracked), this.#saveProgress(tracked, nameRetention / 4)]);
    if (isReplaced) return "changed";
    return record?.definition.by === definition.by ? "new" : "found";
  }

  /** Takes in what is known about a job now. */
  #apply(tracked: TrackedJob, record: JobRecord | undefined): void {
    if (!record || this.#jobs.get(tracked.key) !== tracked) return;
    tracked.update(record);
    if (record.end) this.#jobs.delete(tracked.key);
    // What others knew before a change of our own is no news.
    if (tracked.changes === 0) this.host.update(tracked.job.name, tracked.state);
  }

  /** Adds what is due within the horizon. Every machine does: adding an occurrence again does nothing. */
  async plan(some: Iterable<TrackedJob>): Promise<void> {
    if (this.#isHolding || this.#isSuspended || this.isReadOnly) return;
    const jobs = [...some];
    let stagger = 0;
    for (let isMore = true; isMore; ) {
      isMore = false;
      const now = this.connection.now();
      const horizon = later(now, this.#settings.horizon);
      const added: ReturnType<typeof toBullmq>[] = [];
      const planned: TrackedJob[] = [];
      for (const tracked of jobs) {
        const { job, key, trigger, nextUnplanned: first } = tracked;
        if (first === null || this.#jobs.get(key) !== tracked) continue;
        const plan = planFor(job, trigger!, first, now, horizon, stagger as Milliseconds);
        if (!plan) continue;
        if (plan.starts.some(({ at }) => now - at >= minute)) stagger += catchUpStagger;
        const add = (occurrence: Omit<Occurrence, "key">) =>
          added.push(toBullmq(job.name, { key, ...occurrence }, now));
        for (const missed of plan.missed) add({ at: missed.scheduled, start: now, missed });
        for (const start of plan.starts) add(start);
        tracked.planTo(plan.decided);
        planned.push(tracked);
        isMore ||= (tracked.nextUnplanned ?? Infinity) <= horizon;
      }
      try {
        for (let i = 0; i < added.length; i += 500) await this.queue.addBulk(added.slice(i, i + 500));
      } catch (error) {
        for (const tracked of planned) tracked.unplan();
        throw error;
      }
      await Promise.all(planned.map((tracked) => this.#saveProgress(tracked)));
    }
    await Promise.all(jobs.map((tracked) => this.#endIfOver(tracked)));
    this.#wakeAtNextStart();
  }

  /** @param age only if it was saved longer ago than this */
  async #saveProgress({ record, key, planned, isSpaced }: TrackedJob, age = 0): Promise<void> {
    const seen = this.connection.now();
    if (!record || seen - record.progress.seen < age) return;
    const { beat } = record.progress;
    await this.records.progress(key, { decided: isSpaced ? null : planned, seen, ...(beat && { beat }) });
  }

  /** What follows from a run that was recorded here. */
  async #afterRun(
    tracked: TrackedJob,
    { scheduled: at, outcome, started, ended }: Decision,
    isLast: boolean,
  ): Promise<void> {
    const { key, job } = tracked;
    const { pauseAfterFailures } = job.policies;
    const isCurrent = this.#jobs.get(key) === tracked;
    if (isLast && isCurrent) return;
    if (pauseAfterFailures !== undefined && outcome !== "cancelled" && outcome !== "skipped") {
      const failures = await this.records.countFailure(key, outcome !== "succeeded");
      if (failures >= pauseAfterFailures) {
        await this.records.pause(key, texts().engine.failuresInARow(failures), this.connection.now());
        await this.publish([key]);
      }
    }
    if (!isCurrent) return;
    if (tracked.isSpaced)
      await this.#moveBeat(tracked, ended ?? this.connection.now(), started !== undefined);
    else if (tracked.trigger?.next(at) === null || tracked.started >= tracked.times)
      await this.#end(tracked, "ended");
  }

  /** A job whose next run counts from the end of the last one goes on from there. */
  async #moveBeat(tracked: TrackedJob, anchor: Instant, hasStarted: boolean): Promise<void> {
    const { record, key } = tracked;
    if (!record) return;
    const beat = { anchor, runCount: (record.progress.beat?.runCount ?? 0) + Number(hasStarted) };
    const progress = { decided: null, beat, seen: this.connection.now() };
    await this.records.progress(key, progress);
    this.#apply(tracked, { ...record, progress });
    if (tracked.isSpent) return this.#end(tracked, "ended");
    await this.publish([key]);
  }

  /** Ends a job that has no occurrence left, and repairs what a machine that died has left undone. */
  async #endIfOver(tracked: TrackedJob): Promise<void> {
    const { planned, key, record, isSpaced, isSpent } = tracked;
    if (!record || record.end || record.pausedWhy !== undefined || this.#jobs.get(key) !== tracked) return;
    if (isSpent && (planned === null || tracked.started > tracked.times)) return this.#end(tracked, "ended");
    if (planned === null || !(isSpent || isSpaced) || this.connection.now() - planned < pollInterval) return;
    const run = await this.queue.getJob(occurrenceId(key, planned));
    if (run && !run.finishedOn) return;
    if (!isSpaced) return this.#end(tracked, "ended");
    await this.#moveBeat(tracked, (run?.finishedOn ?? this.connection.now()) as Instant, run?.progress !== 0);
  }

  async #end({ key }: TrackedJob, why: "ended" | "cancelled"): Promise<void> {
    await this.records.end(key, { why, at: this.connection.now(), by: this.#id });
    await this.publish([key]);
  }

  /** Announces to all machines, this one included, that jobs have changed. */
  publish(keys: readonly string[]): Promise<void> {
    return this.#changes.publish(keys);
  }

  /** Reads what has become of jobs. One that is not registered yet is another job of that name. */
  async #refresh(keys: readonly string[] = [...this.#jobs.keys()]): Promise<void> {
    const jobs = keys.flatMap((key) => this.#jobs.get(key) ?? []).filter(({ record }) => record);
    await Promise.all(
      jobs.map(async (tracked) => this.#apply(tracked, await this.records.read(tracked.key))),
    );
    await this.plan(jobs);
  }

  /** Checks the clock, and looks for changes that no message announced. */
  async #poll(isCertain = false): Promise<void> {
    await this.#checkClock();
    const { last, birth } = await this.records.shared();
    if (birth !== this.#birth) {
      this.host.warn(texts().engine.dataLost);
      await this.#readShared();
      for (const tracked of this.#jobs.values()) {
        tracked.update(undefined);
        this.#unregistered.add(tracked);
      }
      return this.#registerAll(false, true);
    }
    if (this.#changes.hasSeen(last) && !isCertain) return;
    this.#changes.see(last);
    await this.#refresh();
  }

  async #isClockWrong(): Promise<boolean> {
    await this.connection.measure();
    const { ahead } = this.connection;
    if (Math.abs(ahead) <= clockTolerance) return false;
    this.connection.warn(texts().engine.wrongClock(ahead / second, clockTolerance / second));
    return true;
  }

  #reportRightClock(): void {
    this.host.warn(texts().engine.rightClock);
  }

  /** Takes no part while the clock is wrong. */
  async #checkClock(): Promise<void> {
    const isWrong = await this.#isClockWrong();
    if (isWrong === this.#isSuspended) return;
    this.#isSuspended = isWrong;
    if (isWrong) return this.#worker?.hold();
    this.#reportRightClock();
    if (!this.#isHolding) this.#worker?.open();
    await this.plan(this.#jobs.values());
  }

  /** Redis wakes a waiting worker up to a tenth of a second late, unless a command comes in at that moment. */
  #wakeAtNextStart(): void {
    this.#cancelWake();
    if (this.#isHolding || this.#isClosing) return;
    const now = this.connection.now();
    let next = now + this.#settings.horizon;
    for (const tracked of this.#jobs.values()) next = Math.min(next, tracked.upcoming(now) ?? Infinity);
    this.#cancelWake = this.host.clock.wakeAt(
      later(this.host.clock.now(), (next - now + 1) as Milliseconds),
      () => {
        if (next < now + this.#settings.horizon && !this.#isSuspended)
          this.connection.measure().catch(() => {});
        this.#wakeAtNextStart();
      },
    );
  }

  /** Reads which jobs there are, keeps those of this script, and removes what no machine has had for long. */
  async #survey(): Promise<void> {
    const { records, queue } = this;
    const now = this.connection.now();
    if (!this.isReadOnly)
      await Promise.all([...this.#jobs.values()].map((tracked) => this.#saveProgress(tracked, hour)));
    const { jobs, others, permits } = await records.all();
    const isOld = (key: string): boolean =>
      !this.#jobs.has(key) && now - (jobs.get(key)?.seen ?? 0) > nameRetention;
    this.orphaned = [...jobs]
      .filter(([key]) => !this.#jobs.has(key) && !isOld(key))
      .map(([, orphan]) => orphan);
    if (this.isReadOnly) return;
    const old = [...[...jobs.keys()].map((key) => [`job~${key}`, key] as const), ...others];
    await Promise.all(old.map(([id, key]) => isOld(key) && records.remove(id)));
    for (const [id, run] of permits)
      if ((await queue.getJobState(run)) === "unknown") await records.remove(id);
    for (const state of ["completed", "failed"] as const) await queue.clean(runRetention, 0, state);
  }

  async readHistory({ key, job }: TrackedJob): Promise<void> {
    this.host.recorded(job.name, await this.records.history(key));
  }

  /** Makes a registration or a change in its turn. */
  inOrder(act: () => Promise<void>): void {
    this.#pending++;
    const done = this.#last
      .then(() => (this.connection.isClosed ? undefined : act()))
      .finally(() => {
        this.#pending--;
      });
    this.#last = done.catch(() => {});
    this.run(() => done);
  }

  /** Does something with Redis that closing waits for; what goes wrong is reported. */
  run(act: () => Promise<void>): void {
    const done = act()
      .catch((error) => this.#report(error))
      .then(() => {
        this.#unfinished.delete(done);
      });
    this.#unfinished.add(done);
  }

  #report(error: unknown): void {
    if (!/^no answer$|Connection is closed/.test((error as Error)?.message)) this.connection.report(error);
  }

  /** Starts no more runs. */
  hold(): void {
    this.#isHolding = true;
    this.#worker?.hold();
  }

  /** Disconnects, within some seconds. @returns whether everything was recorded */
  async close(): Promise<boolean> {
    const { clock } = this.host;
    this.#isClosing = true;
    for (const cancel of this.#timers) cancel();
    this.#cancelWake();
    const work = async () => {
      await this.#worker?.close();
      await Promise.all(this.#unfinished);
      await this.#relay?.close();
    };
    let cancel = () => {};
    const isTimeUp = new Promise<void>((resolve) => {
      cancel = clock.wakeAt(later(clock.now(), retryDelay), resolve);
    });
    await Promise.race([work().catch((error) => this.#report(error)), isTimeUp]);
    cancel();
    const isKept = !this.#hasJoined || (this.#pending === 0 && (this.#worker?.isKept ?? true));
    this.#worker?.abandon();
    this.#relay?.close().catch(() => {});
    this.connection.close();
    return isKept;
  }

  #every(interval: number, act: () => Promise<void>): void {
    const again = () => {
      this.run(act);
      this.#every(interval, act);
    };
    this.#wakeIn(interval, again);
  }

  #sleep(length: number): Promise<void> {
    return new Promise((resolve) => this.#wakeIn(length, resolve));
  }

  /** Closing calls it off. */
  #wakeIn(length: number, wake: () => void): void {
    const { clock } = this.host;
    if (this.#isClosing) return;
    const cancel = clock.wakeAt(later(clock.now(), length as Milliseconds), () => {
      this.#timers.delete(cancel);
      wake();
    });
    this.#timers.add(cancel);
  }

  nonce(): string {
    return `${this.#id}.${randomBytes(6).toString("hex")}`;
  }
}

/** JSON in Redis takes no half of a surrogate pair. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
