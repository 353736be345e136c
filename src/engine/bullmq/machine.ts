import { randomBytes } from "node:crypto";
import { texts } from "../../text/text.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { day, hour, minute, second } from "../../time/plain-time.ts";
import type { EngineHost, OrphanedJob } from "../engine.ts";
import { runRetention, toBullmq } from "./occurrence.ts";
import { planFor, type TrackedJob } from "./plan.ts";
import { announcedLimit, type JobRecord, occurrenceId, Records } from "./records.ts";
import { type Address, Connection, type Peers, type Queue, type Relay } from "./redis.ts";
import { RunWorker } from "./worker.ts";

export interface Settings {
  readonly queue: string;
  readonly concurrency: number;
  readonly horizon: Milliseconds;
}

/** What a machine is put together from. */
export interface MachineParts {
  /** Of this process, in what it writes. */
  readonly id: string;
  readonly address: Address;
  readonly settings: Settings;
  readonly peers: Peers;
  /** The jobs of this script, by key. */
  readonly jobs: Map<string, TrackedJob>;
  /** Registrations and changes that are still to be made, one after another. */
  readonly changes: ((machine: Machine) => Promise<void>)[];
  readonly host: EngineHost;
  /** Only looks, and makes changes for a command. */
  readonly isReadOnly: boolean;
}

/** Records of a job that no machine has had for so long are removed. */
const nameRetention = 30 * day;

/** How often a machine checks its clock, and whether it has missed a change. */
const pollInterval = 10 * second;

/** A machine whose clock is further from the server's takes no part: BullMQ would start early for all. */
const clockTolerance = 2 * second;

/** Starts that catch up lie so far apart. */
const catchUpStagger = 5 * second;

/** Disconnecting takes no longer than this. */
const closeTimeout = (3 * second) as Milliseconds;

/** This process as one of the machines that share jobs, from one start to the next stop. */
export class Machine {
  readonly host: EngineHost;
  readonly isReadOnly: boolean;
  readonly settings: Settings;
  readonly peers: Peers;
  readonly jobs: Map<string, TrackedJob>;
  readonly connection: Connection;
  /** Both are made once the server is known to be fit: BullMQ asks it at once. */
  queue!: Queue;
  records!: Records;
  orphaned: readonly OrphanedJob[] = [];
  readonly #parts: MachineParts;
  readonly #unregistered = new Set<TrackedJob>();
  #relay: Relay | undefined;
  #worker: RunWorker | undefined;
  #isHolding = false;
  #isSuspended = false;
  #isClosing = false;
  #hasJoined = false;
  #isChanging = false;
  #birth = "";
  /** The changes that are known here, of those that machines have announced last. */
  #seen: ReadonlySet<string> = new Set();
  readonly #changed = new Set<string>();
  #announcing: Promise<void> | undefined;
  readonly #unfinished = new Set<Promise<void>>();
  readonly #timers = new Set<() => void>();
  #cancelWake = (): void => {};

  constructor(parts: MachineParts) {
    const { address, peers, host, isReadOnly, settings, jobs } = parts;
    this.#parts = parts;
    this.host = host;
    this.isReadOnly = isReadOnly;
    this.settings = settings;
    this.peers = peers;
    this.jobs = jobs;
    this.connection = new Connection(address, peers, host);
  }

  async #openQueues(): Promise<void> {
    const { connection, peers, settings } = this;
    await connection.check();
    const open = (name: string): Queue =>
      new peers.Queue(name, {
        connection: connection.redis,
        streams: { events: { maxLen: 1_000 } },
      }).on("error", (error) => this.#report(error));
    this.queue ??= open(settings.queue);
    this.records ??= new Records(open(`${settings.queue}.records`));
  }

  /** Connects, registers, and begins to work. What may pass by itself is tried again. */
  async start(): Promise<void> {
    const { connection } = this;
    await connection.open();
    while (!connection.isClosed) {
      try {
        await this.#openQueues();
        // Reads every list of the queue: one of another type would stop the worker again and again.
        await this.queue.getJobCounts();
        await this.checkClock();
        if (!this.#isSuspended) {
          this.#relay ??= await this.#openRelay();
          this.#worker ??= new RunWorker(this);
          await this.#join(false);
          return this.#work();
        }
      } catch (error) {
        if (!connection.isClosed && !connection.report(error)) connection.fail(error);
      }
      await this.#sleep(2 * second);
    }
  }

  #work(): void {
    this.#hasJoined = true;
    if (!this.#isHolding) this.#worker!.open();
    this.connection.onReady = () => this.run(() => this.#poll());
    this.#every(pollInterval, () => this.#poll());
    this.#every(this.settings.horizon / 2, () => this.plan(this.jobs.values()));
    this.#every(6 * hour, () => this.#survey());
    this.run(() => this.#survey());
    this.#wakeAtNextStart();
    this.makeChanges();
  }

  /** Reads the state of all jobs, for a command. */
  async visit(): Promise<void> {
    const { connection, host } = this;
    await connection.open();
    await this.#openQueues();
    await connection.measure();
    for (const tracked of this.jobs.values()) {
      const record = await this.records.read(tracked.key);
      if (!record) continue;
      tracked.update(record);
      await this.readHistory(tracked);
      host.update(tracked.job.name, tracked.state);
    }
    await this.#survey();
    this.#hasJoined = true;
  }

  /** Registers all jobs. @param isAnew whether Redis lost its data, so that they count from now */
  async #join(isAnew: boolean): Promise<void> {
    await this.records.add("all", { birth: this.nonce() });
    this.#birth = (await this.records.shared()).birth;
    for (const tracked of this.jobs.values()) {
      if (isAnew) tracked.update(undefined);
      this.#unregistered.add(tracked);
    }
    await this.#look();
    await this.#registerAll(!isAnew && (await this.#isFirst()), isAnew);
  }

  async #openRelay(): Promise<Relay> {
    const relay = new this.peers.Relay({
      connection: this.connection.redis,
      namespace: this.settings.queue.replace(/\./g, "_").slice(0, 64),
      name: [...this.jobs.keys()].sort().join(" ").slice(0, 256),
      // Nothing depends on when a machine that died is forgotten.
      leaseDuration: 10 * minute,
      blockTimeout: minute,
    });
    relay.on("error", (error) => this.#report(error));
    relay.on("recovered", () => this.run(() => this.#poll()));
    await relay.waitUntilReady();
    await relay.subscribe("changed", () => this.run(() => this.#look()));
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
    if (this.isReadOnly) return;
    this.#unregistered.add(tracked);
    if (this.#unregistered.size === 1) this.#parts.changes.push((machine) => machine.#registerAll(false));
    this.makeChanges();
  }

  leave(key: string): void {
    this.#worker?.leave(key);
  }

  /** @param isFirst whether the first machine starts */
  async #registerAll(isFirst: boolean, isAnew = false): Promise<void> {
    const jobs = [...this.#unregistered].filter((tracked) => this.jobs.get(tracked.key) === tracked);
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
    const [name, source] = [wellFormed(job.name), wellFormed(job.source)];
    const { zoneName, recurrence } = job;
    const found = await records.read(key);
    const before = found?.definition;
    const isSame = before?.source === source && before?.zoneName === zoneName;
    const isOwnEnd = found?.end?.by === this.#parts.id;
    const age = found || isAnew ? 0 : Math.max(0, host.clock.now() - job.anchor);
    const anchor = later(connection.now(), -age as Milliseconds);
    const definition = { name, source, zoneName, recurrence, anchor, by: this.nonce() };
    const isReplaced = found !== undefined && (!isSame || isOwnEnd);
    if (!found || isReplaced) await records.define(key, definition, isReplaced);
    if (isOwnEnd) await records.resume(key);
    const record = found && !isReplaced ? found : await records.read(key);
    if (before && !isSame)
      host.warn(
        before.source === source
          ? texts().engine.zoneChanged(job.name, before.zoneName)
          : texts().engine.scheduleChangedFrom(job.name, before.source),
      );
    this.#apply(tracked, record);
    if (found) await Promise.all([this.readHistory(tracked), this.#saveProgress(tracked, nameRetention / 4)]);
    if (isReplaced) return "changed";
    return record?.definition.by === definition.by ? "new" : "found";
  }

  /** Takes in what is known about a job now. */
  #apply(tracked: TrackedJob, record: JobRecord | undefined): void {
    if (!record || this.jobs.get(tracked.key) !== tracked) return;
    tracked.update(record);
    if (record.end) this.jobs.delete(tracked.key);
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
      const horizon = later(now, this.settings.horizon);
      const added: ReturnType<typeof toBullmq>[] = [];
      const planned: TrackedJob[] = [];
      for (const tracked of jobs) {
        const { job, key, trigger, nextUnplanned: first } = tracked;
        if (first === null || this.jobs.get(key) !== tracked) continue;
        const plan = planFor(job, trigger!, first, now, horizon, stagger as Milliseconds);
        if (!plan) continue;
        if (plan.starts.some(({ at }) => now - at >= minute)) stagger += catchUpStagger;
        for (const start of plan.starts) added.push(toBullmq(job.name, { key, ...start }, now));
        for (const missed of plan.missed) this.#worker!.noteMissed(tracked, missed);
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
    await Promise.all(jobs.map((tracked) => this.advance(tracked)));
    this.#wakeAtNextStart();
  }

  /** @param age only if it was saved longer ago than this */
  async #saveProgress({ record, key, planned, isSpaced }: TrackedJob, age = 0): Promise<void> {
    const seen = this.connection.now();
    if (!record || seen - record.progress.seen < age) return;
    const { beat } = record.progress;
    await this.records.progress(key, { decided: isSpaced ? null : planned, seen, ...(beat && { beat }) });
  }

  /**
   * When the last planned occurrence of a job has been decided: ends the job if none is left, and lets one continue whose next run counts from the end of the last.
   * Every machine does, so nothing depends on the one that ran it.
   *
   * @param hasRun whether a run has just ended here
   */
  async advance(tracked: TrackedJob, hasRun = false): Promise<void> {
    const { planned, key, record, isSpaced, isSpent, started, times } = tracked;
    if (!record || record.end || record.pausedWhy !== undefined || this.jobs.get(key) !== tracked) return;
    if (started > times || (hasRun && started === times)) return this.end(tracked, "ended");
    if (!isSpent && !isSpaced) return;
    if (planned === null) return isSpent ? this.end(tracked, "ended") : undefined;
    const now = this.connection.now();
    const run = planned <= now ? await this.queue.getJob(occurrenceId(key, planned)) : undefined;
    if (planned > now || (run && !run.finishedOn)) return;
    if (!isSpaced) return this.end(tracked, "ended");
    const runCount = (record.progress.beat?.runCount ?? 0) + Number(run !== undefined && run.progress !== 0);
    const beat = { anchor: (run?.finishedOn ?? now) as Instant, runCount };
    const progress = { decided: null, beat, seen: now };
    await this.records.progress(key, progress);
    this.#apply(tracked, { ...record, progress });
    return tracked.isSpent ? this.end(tracked, "ended") : this.publish([key]);
  }

  async end({ key }: TrackedJob, why: "ended" | "cancelled"): Promise<void> {
    await this.records.end(key, { why, at: this.connection.now(), by: this.#parts.id });
    await this.publish([key]);
  }

  /** Announces to all machines, this one included, that jobs have changed; what changes meanwhile goes together. */
  publish(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#changed.add(key);
    this.#announcing ??= this.#announce();
    return this.#announcing;
  }

  async #announce(): Promise<void> {
    try {
      while (this.#changed.size > 0) {
        const keys = [...this.#changed];
        this.#changed.clear();
        await this.records.announce(this.nonce(), keys);
        await this.#look();
        this.#relay ??= await this.#openRelay();
        await this.#relay.publish("changed", null);
      }
    } finally {
      this.#announcing = undefined;
    }
  }

  /** Reads jobs again that machines have changed: all of them if more has changed than is announced at a time. */
  async #look(): Promise<void> {
    const announced = await this.records.announced();
    const unseen = announced.filter(([nonce]) => !this.#seen.has(nonce));
    this.#seen = new Set(announced.map(([nonce]) => nonce));
    if (unseen.length === 0) return;
    const isAll = unseen.length >= announcedLimit;
    const keys = isAll ? this.jobs.keys() : new Set(unseen.flatMap(([, ...changed]) => changed));
    // One that is not registered yet is another job of that name.
    const jobs = [...keys].flatMap((key) => this.jobs.get(key) ?? []).filter(({ record }) => record);
    await Promise.all(
      jobs.map(async (tracked) => this.#apply(tracked, await this.records.read(tracked.key))),
    );
    await this.plan(jobs);
  }

  /** Checks the clock, whether Redis has kept its data, and for changes that no message announced. */
  async #poll(): Promise<void> {
    await this.checkClock();
    const { birth, last } = await this.records.shared();
    if (birth === this.#birth) return last === "" || this.#seen.has(last) ? undefined : this.#look();
    this.connection.warn(texts().engine.dataLost);
    return this.#join(true);
  }

  /** Takes no part while the clock of this machine is wrong. */
  async checkClock(): Promise<void> {
    await this.connection.measure();
    const { ahead } = this.connection;
    const isWrong = Math.abs(ahead) > clockTolerance;
    if (isWrong) this.connection.warn(texts().engine.wrongClock(ahead / second, clockTolerance / second));
    if (isWrong === this.#isSuspended) return;
    this.#isSuspended = isWrong;
    if (isWrong) return this.#worker?.hold();
    this.host.warn(texts().engine.rightClock);
    if (!this.#hasJoined) return;
    if (!this.#isHolding) this.#worker?.open();
    await this.plan(this.jobs.values());
  }

  /** Redis wakes a waiting worker up to a tenth of a second late, unless a command comes in at that moment. */
  #wakeAtNextStart(): void {
    this.#cancelWake();
    if (this.#isHolding || this.#isClosing) return;
    const now = this.connection.now();
    let next = now + this.settings.horizon;
    for (const tracked of this.jobs.values()) next = Math.min(next, tracked.upcoming(now) ?? Infinity);
    this.#cancelWake = this.host.clock.wakeAt(
      later(this.host.clock.now(), (next - now + 1) as Milliseconds),
      () => {
        if (next < now + this.settings.horizon && !this.#isSuspended)
          this.connection.measure().catch(() => {});
        this.#wakeAtNextStart();
      },
    );
  }

  /** Reads which jobs there are, keeps those of this script, and removes what no machine has had for long. */
  async #survey(): Promise<void> {
    const { records, queue, isReadOnly } = this;
    const now = this.connection.now();
    if (!isReadOnly)
      await Promise.all([...this.jobs.values()].map((tracked) => this.#saveProgress(tracked, hour)));
    const { jobs, ids } = await records.all();
    const isOld = (key: string): boolean =>
      !this.jobs.has(key) && now - (jobs.get(key)?.seen ?? 0) > nameRetention;
    this.orphaned = [...jobs]
      .filter(([key]) => !this.jobs.has(key) && !isOld(key))
      .map(([, orphan]) => orphan);
    if (isReadOnly) return;
    await Promise.all(ids.map(([id, key]) => isOld(key) && records.remove(id)));
    for (const state of ["completed", "failed"] as const) await queue.clean(runRetention, 0, state);
  }

  async readHistory({ key, job }: TrackedJob): Promise<void> {
    this.host.recorded(job.name, await this.records.history(key));
  }

  /** Makes registrations and changes one after another, once this machine has joined the others. */
  makeChanges(): void {
    if (!this.#hasJoined || this.#isChanging) return;
    this.#isChanging = true;
    const { changes } = this.#parts;
    this.run(async () => {
      for (; changes.length > 0 && !this.connection.isClosed; changes.shift())
        await changes[0]!(this).catch((error) => this.#report(error));
      this.#isChanging = false;
    });
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
      cancel = clock.wakeAt(later(clock.now(), closeTimeout), resolve);
    });
    await Promise.race([work().catch((error) => this.#report(error)), isTimeUp]);
    cancel();
    const isKept = !this.#hasJoined || (this.#parts.changes.length === 0 && (this.#worker?.isKept ?? true));
    this.#worker?.abandon();
    this.#relay?.close().catch(() => {});
    this.connection.close();
    return isKept;
  }

  #every(interval: number, act: () => Promise<void>): void {
    this.#wakeIn(interval, () => {
      this.run(act);
      this.#every(interval, act);
    });
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
    return `${this.#parts.id}.${randomBytes(6).toString("hex")}`;
  }
}

/** JSON in Redis takes no half of a surrogate pair. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
