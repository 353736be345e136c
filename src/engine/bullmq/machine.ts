import { randomBytes } from "node:crypto";
import { texts } from "../../text/text.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { day, hour, minute, second } from "../../time/plain-time.ts";
import type { EngineHost, OrphanedJob } from "../engine.ts";
import { planFor, type TrackedJob } from "./plan.ts";
import {
  announcedLimit,
  type JobRecord,
  occurrenceId,
  type Progress,
  runRetention,
  toBullmq,
} from "./records.ts";
import { inTime, type Relay } from "./redis.ts";
import { type EngineParts, RunWorker } from "./worker.ts";

/** Registrations and changes that are still to be made, one after another. */
export type Changes = ((machine: Machine) => Promise<void>)[];

/** Records of a job that no machine has had for so long are removed. */
const nameRetention = 30 * day;

/** How often a machine checks its clock, and whether it has missed a change. */
const pollInterval = 10 * second;

/** A machine whose clock is further from the server's takes no part: BullMQ would start early for all. */
const clockTolerance = 2 * second;

/** Starts that catch up lie so far apart. */
const catchUpStagger = 5 * second;

/** Disconnecting takes no longer than this without an answer of Redis; a busy computer may take that several times. */
const closeTimeout = 3 * second;
const closeTries = 10;

/** This process as one of the machines that share jobs, from one start to the next stop. */
export class Machine extends RunWorker {
  /** Only reads, and makes changes for a command. */
  readonly isReadOnly: boolean;
  orphaned: readonly OrphanedJob[] = [];
  readonly #changes: Changes;
  readonly #unregistered = new Set<TrackedJob>();
  #relay: Relay | undefined;
  #hasJoined = false;
  #isChanging = false;
  #birth = "";
  /** The changes that are known here, of those that machines have announced last. */
  #seen: ReadonlySet<string> = new Set();
  readonly #changed = new Set<string>();
  #announcing: Promise<void> | undefined;
  readonly #timers = new Set<() => void>();
  #cancelWake = (): void => {};

  constructor(parts: EngineParts, changes: Changes, host: EngineHost, isReadOnly: boolean) {
    super(parts, host);
    this.#changes = changes;
    this.isReadOnly = isReadOnly;
    for (const tracked of parts.jobs.values()) tracked.update(undefined);
  }

  /** Connects, registers, and begins to work. What may pass by itself is tried again. */
  start(): void {
    this.run(() => this.connection.open().then(() => this.#join()));
  }

  async #join(): Promise<void> {
    const { connection } = this;
    try {
      await this.openQueues();
      // Reads every list of the queue: one of another type would stop the worker again and again.
      await this.queue.getJobCounts();
      await this.checkClock();
      if (!this.isSuspended) {
        this.#relay ??= await this.#openRelay();
        await this.#registerAnew(false);
        return this.#work();
      }
    } catch (error) {
      if (!connection.isClosed && !connection.report(error)) return connection.fail(error);
    }
    this.#wakeIn(2 * second, () => this.run(() => this.#join()));
  }

  #work(): void {
    this.#hasJoined = true;
    this.makeChanges();
    if (this.isClosing) return;
    this.takeRuns();
    this.connection.onReady = () => this.run(() => this.#poll());
    this.#every(pollInterval, () => this.#poll());
    this.#every(this.parts.settings.horizon / 2, () => this.plan(this.parts.jobs.values()));
    this.#every(6 * hour, () => this.#survey());
    this.run(() => this.#survey());
    this.#wakeAtNextStart();
  }

  /** Reads the state of all jobs, for a command. */
  async visit(): Promise<void> {
    await this.connection.open();
    await this.openQueues();
    await this.connection.measure();
    for (const tracked of this.parts.jobs.values()) {
      const record = await this.records.read(tracked.key);
      if (record) await this.readHistory(tracked);
      this.#apply(tracked, record);
    }
    await this.#survey();
    this.#hasJoined = true;
  }

  /** Registers all jobs. @param isLost whether Redis has lost its data, so that they count from now */
  async #registerAnew(isLost: boolean): Promise<void> {
    await this.records.add("all", { birth: this.nonce() });
    this.#birth = (await this.records.shared()).birth;
    await this.#readChanges();
    for (const tracked of this.parts.jobs.values()) {
      if (isLost) tracked.update(undefined);
      this.#unregistered.add(tracked);
    }
    await this.#registerAll(!isLost && (await this.#isFirst()), isLost);
  }

  async #openRelay(): Promise<Relay> {
    const { settings, peers } = this.parts;
    const relay = new peers.Relay({
      connection: this.connection.redis,
      namespace: settings.queue.replace(/\./g, "_").slice(0, 64),
      name: [...this.parts.jobs.keys()].sort().join(" ").slice(0, 256),
      // Nothing depends on when a machine that died is forgotten.
      leaseDuration: 10 * minute,
      blockTimeout: minute,
    });
    relay.on("error", (error) => this.report(error));
    relay.on("recovered", () => this.run(() => this.#poll()));
    await relay.waitUntilReady();
    await relay.subscribe("changed", () => this.run(() => this.#readChanges()));
    return relay;
  }

  /** Whether no other machine runs this script. */
  async #isFirst(): Promise<boolean> {
    const relay = this.#relay!;
    const nodes = await relay.getNodes();
    const own = nodes.findIndex(({ id }) => id === relay.nodeId);
    const earlier = nodes
      .slice(0, Math.max(0, own))
      .filter(({ info }) => info.name === nodes[own]!.info.name);
    const connections = await Promise.all(earlier.map(({ id }) => relay.getNodeConnections(id)));
    return connections.every(({ length }) => length === 0);
  }

  /** Registers a job after the start. */
  register(tracked: TrackedJob): void {
    if (this.isReadOnly) return;
    this.#unregistered.add(tracked);
    if (this.#unregistered.size === 1) this.#changes.push((machine) => machine.#registerAll(false));
    this.makeChanges();
  }

  /** @param isFirst whether the first machine starts */
  async #registerAll(isFirst: boolean, isLost = false): Promise<void> {
    const jobs = [...this.#unregistered].filter((tracked) => this.#has(tracked));
    this.#unregistered.clear();
    const changed: string[] = [];
    const register = async (tracked: TrackedJob) => {
      const { key, job } = tracked;
      const how = await this.#register(tracked, isLost);
      if (how === "changed") changed.push(key);
      if (!job.isImmediate || isLost || this.isHolding || !tracked.isActive) return;
      if (how !== "new" && !isFirst) return;
      const now = this.now;
      await this.queue.addBulk([toBullmq(job.name, { key, at: now, start: now, isImmediate: true }, now)]);
    };
    await Promise.all(jobs.map(register));
    if (changed.length > 0) await this.publish(changed);
    await this.plan(jobs);
  }

  /** Makes a job known to all machines, or finds it: the first one wins, unless its schedule changed or this process ended it. */
  async #register(tracked: TrackedJob, isLost: boolean): Promise<"new" | "changed" | "found"> {
    const { records, host } = this;
    const { zoneName, recurrence, registered } = tracked.job;
    const { key } = tracked;
    const [name, source] = [wellFormed(tracked.job.name), wellFormed(tracked.job.source)];
    const found = await records.read(key);
    const before = found?.definition;
    const isOwnEnd = found?.end?.by === this.parts.id;
    const age = found || isLost ? 0 : host.clock.monotonic() - registered;
    const anchor = later(this.now, -Math.round(age) as Milliseconds);
    const definition = { name, source, zoneName, recurrence, anchor, by: this.nonce() };
    const { startsOver, scheduleChanged, zoneChanged } = texts().store;
    const why =
      before?.source !== source
        ? before && scheduleChanged(before.source)
        : before.zoneName !== zoneName && zoneChanged(before.zoneName);
    if (why) host.warn(startsOver(tracked.job.name, why));
    const isReplaced = Boolean(why) || isOwnEnd;
    if (!found || isReplaced) await records.define(key, definition, isReplaced);
    if (isOwnEnd) await records.resume(key);
    const record = found && !isReplaced ? found : await records.read(key);
    this.#apply(tracked, record);
    if (found) await this.readHistory(tracked);
    if (isReplaced) return "changed";
    return record?.definition.by === definition.by ? "new" : "found";
  }

  /** Whether a job is still one of this script, and not another one of its name. */
  #has(tracked: TrackedJob): boolean {
    return this.parts.jobs.get(tracked.key) === tracked;
  }

  /** Takes in what is known about a job now. */
  #apply(tracked: TrackedJob, record: JobRecord | undefined): void {
    if (!record || !this.#has(tracked)) return;
    tracked.update(record);
    if (record.end && !this.isReadOnly) this.parts.jobs.delete(tracked.key);
    // What others knew before a change of our own is no news.
    if (tracked.changes === 0) this.host.update(tracked.job.name, tracked.state);
  }

  /** Adds what is due within the horizon. Every machine does: adding an occurrence again does nothing. */
  async plan(some: Iterable<TrackedJob>): Promise<void> {
    if (this.isResting || this.isReadOnly) return;
    const now = this.now;
    const horizon = later(now, this.parts.settings.horizon);
    const jobs = [...some];
    const planned = jobs.filter((job) => this.#has(job) && (job.nextUnplanned ?? Infinity) <= horizon);
    const added: ReturnType<typeof toBullmq>[] = [];
    let stagger = 0;
    for (const tracked of planned) {
      const { job, key } = tracked;
      const plan = planFor(tracked, now, horizon, stagger as Milliseconds);
      if (plan.isLate && plan.starts.length > 0) stagger += catchUpStagger;
      for (const start of plan.starts) added.push(toBullmq(job.name, { key, ...start }, now));
      this.noteMissed(tracked, "expired", plan.expired);
      this.noteMissed(tracked, "coalesced", plan.coalesced);
      tracked.planTo(plan.decided);
    }
    try {
      for (let i = 0; i < added.length; i += 500) await this.queue.addBulk(added.slice(i, i + 500));
    } catch (error) {
      for (const tracked of planned) tracked.planTo();
      throw error;
    }
    await Promise.all(planned.map((tracked) => this.#saveProgress(tracked)));
    await Promise.all(jobs.map((tracked) => this.advance(tracked)));
    this.#wakeAtNextStart();
  }

  /** @param age only if it was saved longer ago than this */
  async #saveProgress({ record, key, planned, isSpaced }: TrackedJob, age = 0): Promise<void> {
    const seen = this.now;
    if (!record || seen - record.progress.seen < age) return;
    await this.records.progress(key, { ...record.progress, decided: isSpaced ? null : planned, seen });
  }

  /**
   * When the last planned occurrence of a job has been decided: ends the job if none is left, and lets one continue whose next run counts from the end of the last.
   * Every machine does, so nothing depends on the one that ran it.
   *
   * @param hasRun whether a run has just ended here
   */
  async advance(tracked: TrackedJob, hasRun = false): Promise<void> {
    const { planned, key, record, isSpaced, isSpent, started, times } = tracked;
    if (!record || record.end || record.paused || !this.#has(tracked)) return;
    if (started > times || (hasRun && started === times)) return this.end(tracked, "ended");
    if (!isSpent && !isSpaced) return;
    if (planned === null) return isSpent ? this.end(tracked, "ended") : undefined;
    const now = this.now;
    const run = planned <= now ? await this.queue.getJob(occurrenceId(key, planned)) : undefined;
    if (planned > now || (run && !run.finishedOn)) return;
    // A run before it may be running or waiting: its end comes here, too.
    if (!isSpaced) return (await this.isBusy(key)) ? undefined : this.end(tracked, "ended");
    const runCount =
      (record.progress.spaced?.runCount ?? 0) + Number(run !== undefined && run.progress !== 0);
    const spaced = { anchor: (run?.finishedOn ?? now) as Instant, runCount };
    const progress: Progress = { ...record.progress, decided: null, spaced, seen: now };
    await this.records.progress(key, progress);
    this.#apply(tracked, { ...record, progress });
    return tracked.isSpent ? this.end(tracked, "ended") : this.publish([key]);
  }

  async end({ key }: TrackedJob, why: "ended" | "cancelled"): Promise<void> {
    await this.records.add(`ended~${key}`, { why, at: this.now, by: this.parts.id });
    await this.publish([key]);
  }

  /** Announces to all machines, this one included, that jobs have changed; what changes meanwhile goes together. */
  publish(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#changed.add(key);
    this.#announcing ??= this.#announce().finally(() => {
      this.#announcing = undefined;
    });
    return this.#announcing;
  }

  async #announce(): Promise<void> {
    while (this.#changed.size > 0) {
      const keys = [...this.#changed];
      this.#changed.clear();
      await this.records.announce(this.nonce(), keys);
      await this.#readChanges();
      this.#relay ??= await this.#openRelay();
      await this.#relay.publish("changed", null);
    }
  }

  /** Reads jobs again that machines have changed: all of them if more has changed than is announced at a time. */
  async #readChanges(): Promise<void> {
    const announced = await this.records.announced();
    const unseen = announced.filter(([nonce]) => !this.#seen.has(nonce));
    if (unseen.length === 0) return;
    const isAll = unseen.length >= announcedLimit;
    const keys = isAll ? this.parts.jobs.keys() : new Set(unseen.flatMap(([, ...changed]) => changed));
    // One that is not registered yet is another job of that name.
    const jobs = [...keys].flatMap((key) => this.parts.jobs.get(key) ?? []).filter(({ record }) => record);
    await Promise.all(
      jobs.map(async (tracked) => this.#apply(tracked, await this.records.read(tracked.key))),
    );
    this.#seen = new Set(announced.map(([nonce]) => nonce));
    await this.plan(jobs);
  }

  /** Checks the clock, whether Redis has kept its data, and for changes that no message announced. */
  async #poll(): Promise<void> {
    await this.checkClock();
    const { birth, last } = await this.records.shared();
    if (birth === this.#birth) return last === "" || this.#seen.has(last) ? undefined : this.#readChanges();
    this.connection.warn(texts().engine.dataLost);
    return this.#registerAnew(true);
  }

  /** Takes no part while this machine's clock is wrong. */
  async checkClock(): Promise<void> {
    await this.connection.measure();
    const { ahead } = this.connection;
    const isWrong = Math.abs(ahead) > clockTolerance;
    if (isWrong) this.connection.warn(texts().engine.wrongClock(ahead / second, clockTolerance / second));
    if (isWrong === this.isSuspended) return;
    this.isSuspended = isWrong;
    if (isWrong) return this.takeNoRuns();
    this.host.warn(texts().engine.rightClock);
    if (!this.#hasJoined) return;
    this.takeRuns();
    await this.plan(this.parts.jobs.values());
  }

  /** Redis wakes a waiting worker up to a tenth of a second late, unless a command comes in at that moment. */
  #wakeAtNextStart(): void {
    this.#cancelWake();
    if (this.isHolding || this.isClosing) return;
    const { clock } = this.host;
    const now = this.now;
    const horizon = now + this.parts.settings.horizon;
    let next = horizon;
    for (const tracked of this.parts.jobs.values()) next = Math.min(next, tracked.upcoming(now) ?? Infinity);
    this.#cancelWake = clock.wakeAt(later(clock.now(), (next - now + 1) as Milliseconds), () => {
      if (next < horizon && !this.isSuspended) this.connection.measure().catch(() => {});
      this.#wakeAtNextStart();
    });
  }

  /** Reads which jobs there are, keeps those of this script, and removes what no machine has had for long. */
  async #survey(): Promise<void> {
    const { records, queue, isReadOnly, now, parts } = this;
    const own = parts.jobs;
    if (!isReadOnly) await Promise.all([...own.values()].map((tracked) => this.#saveProgress(tracked, hour)));
    const { jobs, ids } = await records.all();
    const isOld = (key: string) => !own.has(key) && now - (jobs.get(key)?.seen ?? 0) > nameRetention;
    this.orphaned = [...jobs].flatMap(([key, orphan]) => (own.has(key) || isOld(key) ? [] : orphan));
    if (isReadOnly) return;
    await Promise.all(ids.map(([id, key]) => isOld(key) && records.remove(id)));
    // In parts, as a script in Redis holds up everybody.
    for (const state of ["completed", "failed"] as const)
      while ((await queue.clean(runRetention, 1_000, state)).length === 1_000);
  }

  async readHistory({ key, job }: TrackedJob): Promise<void> {
    this.host.recorded(job.name, await this.records.history(key));
  }

  /** Makes registrations and changes one after another, once this machine has joined the others. */
  makeChanges(): void {
    if (!this.#hasJoined || this.#isChanging) return;
    this.#isChanging = true;
    this.run(async () => {
      for (; this.#changes.length > 0 && !this.connection.isClosed; this.#changes.shift())
        await this.#changes[0]!(this).catch((error) => this.report(error));
      this.#isChanging = false;
    });
  }

  /** Starts no more runs. */
  hold(): void {
    this.isHolding = true;
    this.takeNoRuns();
  }

  /** Disconnects: within some seconds where Redis is silent, within half a minute in any case. @returns whether everything was recorded */
  async close(): Promise<boolean> {
    this.isClosing = true;
    for (const cancel of this.#timers) cancel();
    this.#cancelWake();
    const close = async () => {
      // Registrations, and changes that they let through.
      while (this.unfinished.size > 0 && !this.#hasJoined) await Promise.all(this.unfinished);
      await this.closeWorker();
      await this.#relay?.close();
    };
    const { whyLost, redis } = this.connection;
    const isPossible = this.#hasJoined || whyLost === undefined || redis.status === "ready";
    if (isPossible) await this.#whileAnswering(close());
    this.isHolding = true;
    const isKept = this.abandonWorker() && (!this.#hasJoined || this.#changes.length === 0);
    this.#relay?.close().catch(() => {});
    this.connection.close();
    return isKept;
  }

  /** Waits for some work as long as Redis answers. */
  async #whileAnswering(work: Promise<void>): Promise<void> {
    for (let tries = 0, isSilent = false; !isSilent && tries < closeTries; tries++) {
      isSilent = true;
      const onAnswer = () => {
        isSilent = false;
      };
      this.connection.redis.time().then(onAnswer, () => {});
      try {
        return await inTime(this.host.clock, closeTimeout, work);
      } catch (error) {
        this.report(error);
      }
    }
  }

  #every(interval: number, act: () => Promise<void>): void {
    this.#wakeIn(interval, () => {
      this.run(act);
      this.#every(interval, act);
    });
  }

  /** Closing calls it off. */
  #wakeIn(length: number, wake: () => void): void {
    const { clock } = this.host;
    if (this.isClosing) return;
    const cancel = clock.wakeAt(later(clock.now(), length as Milliseconds), () => {
      this.#timers.delete(cancel);
      wake();
    });
    this.#timers.add(cancel);
  }

  nonce(): string {
    return `${this.parts.id}.${randomBytes(6).toString("hex")}`;
  }
}

/** JSON in Redis takes no half of a surrogate pair. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
