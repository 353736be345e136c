import { randomBytes } from "node:crypto";
import { checkOptions, wholeUpTo } from "../../checks.ts";
import { ScheduleError, show } from "../../errors.ts";
import type { Decision } from "../../job.ts";
import { occurrencesBetween } from "../../policy/catch-up.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { texts } from "../../text/text.ts";
import { type DurationLike, parseDuration } from "../../time/duration.ts";
import { hour, second } from "../../time/plain-time.ts";
import type { EngineHost, EngineJob, JobEngine, OrphanedJob } from "../engine.ts";
import { type Changes, Machine } from "./machine.ts";
import { TrackedJob } from "./plan.ts";
import { keyOf } from "./records.ts";
import { inTime, noAnswer, type Peers, readAddress } from "./redis.ts";
import type { EngineParts, Settings } from "./worker.ts";

/** How a script shares its jobs: see `bullmq`. */
export interface BullmqOptions {
  /** What the scripts that share their jobs have in common; others on the same Redis do not see them. @default "onthedot" */
  readonly queue?: string;
  /** How many runs this machine starts at once, at most. @default 100 */
  readonly concurrency?: number;
  /** How far ahead starts are put into the queue: from 4 seconds to 1 hour. @default "1 minute" */
  readonly horizon?: DurationLike;
}

/** @throws ScheduleError `engine-options`, `duration` */
export const readSettings = (given: BullmqOptions): Settings => {
  checkOptions("bullmq(…)", given, ["queue", "concurrency", "horizon"]);
  const { queue = "onthedot", concurrency = 100 } = given;
  const refuse = (what: string, value: unknown, accepted: string): never => {
    throw new ScheduleError({ code: "engine-options", what, given: value, accepted });
  };
  if (typeof queue !== "string" || !/^[\w.-]{1,100}$/.test(queue))
    refuse("queue", queue, texts().engine.queueNames);
  wholeUpTo(10_000, concurrency, "engine-options", "concurrency");
  const horizon = parseDuration(given.horizon ?? "1 minute", "horizon", 4 * second);
  if (horizon > hour) refuse("horizon", given.horizon, texts().engine.horizons);
  return { queue, concurrency, horizon };
};

/** A command gives up if Redis does not answer for so long. */
const answerTimeout = 3 * second;

/** Jobs as a BullMQ queue in a Redis that many machines share. */
export class BullmqEngine implements JobEngine {
  readonly place: string;
  readonly #parts: EngineParts;
  readonly #changes: Changes = [];
  #machine: Machine | undefined;

  constructor(url: string, settings: Settings, peers: Peers) {
    const address = readAddress(url);
    const id = randomBytes(8).toString("hex");
    this.#parts = { id, address, settings, peers, jobs: new Map() };
    this.place = texts().engine.place(address.place);
  }

  register(job: EngineJob): void {
    const tracked = new TrackedJob(job);
    this.#parts.jobs.set(tracked.key, tracked);
    this.#machine?.register(tracked);
  }

  drop(name: string): void {
    this.#parts.jobs.delete(keyOf(name));
    this.#machine?.leave(keyOf(name));
  }

  start(host: EngineHost): void {
    this.#machine = new Machine(this.#parts, this.#changes, host, false);
    this.#machine.start();
  }

  pause(name: string, isPaused: boolean): void {
    this.#change(name, async ({ key, record, isSpaced, trigger }, { records, connection, host }) => {
      const now = connection.now();
      if (isPaused) return records.add(`paused~${key}`, { why: "", at: now });
      if (!(await records.resume(key)) || !record || isSpaced) return;
      // What was due in between was not missed.
      await records.progress(key, { ...record.progress, decided: now, seen: now });
      const skipped = trigger && occurrencesBetween(trigger, record.paused?.at ?? now, now);
      if (!skipped) return;
      const { last: scheduled, count } = skipped;
      const decision: Decision = { scheduled, outcome: "skipped", reason: "paused", attempts: 0, count };
      await records.log(key, decision);
      host.recorded(name, [decision]);
      host.report(name, decision);
    });
  }

  end(name: string, why: "ended" | "cancelled"): void {
    this.#change(name, ({ key }, { records, connection }) =>
      records.add(`ended~${key}`, { why, at: connection.now(), by: this.#parts.id }),
    );
    this.drop(name);
  }

  reschedule(name: string, recurrence: Recurrence): void {
    this.#change(name, (tracked, machine) => startOver(tracked, machine, recurrence));
  }

  reset(name: string): void {
    this.#change(name, async (tracked, machine) => {
      await startOver(tracked, machine, tracked.job.recurrence);
      await machine.records.resume(tracked.key);
    });
  }

  #change(name: string, act: (tracked: TrackedJob, machine: Machine) => Promise<void>): void {
    const tracked = this.#parts.jobs.get(keyOf(name));
    if (this.#machine?.isReadOnly && !tracked?.record)
      throw new ScheduleError({
        code: "engine-job",
        ...texts().engine.jobUnknown(this.place, show(name)),
      });
    if (!tracked) return;
    tracked.changes++;
    this.#inOrder(async (machine) => {
      await act(tracked, machine).finally(() => tracked.changes--);
      await machine.publish([tracked.key]);
    });
  }

  #inOrder(change: (machine: Machine) => Promise<void>): void {
    this.#changes.push(change);
    this.#machine?.makeChanges();
  }

  record(name: string, decision: Decision): void {
    this.#inOrder(({ records }) => records.log(keyOf(name), decision));
  }

  readHistory(name: string): void {
    const [machine, tracked] = [this.#machine, this.#parts.jobs.get(keyOf(name))];
    if (machine && tracked?.record && !machine.isReadOnly) machine.run(() => machine.readHistory(tracked));
  }

  orphanedJobs(): readonly OrphanedJob[] {
    return this.#machine?.orphaned ?? [];
  }

  hold(): void {
    this.#machine?.hold();
  }

  async close(): Promise<boolean> {
    const machine = this.#machine;
    this.#machine = undefined;
    return (await machine?.close()) ?? true;
  }

  async visit(host: EngineHost): Promise<void> {
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const machine = new Machine(this.#parts, this.#changes, { ...host, warn: () => {}, fail }, true);
    this.#machine = machine;
    const { connection } = machine;
    try {
      await Promise.race([inTime(host.clock, answerTimeout, machine.visit()), failed]);
    } catch (error) {
      connection.close();
      const { away, silent } = texts().engine;
      if ((error as Error).message !== noAnswer) throw connection.causeOf(error as Error) ?? error;
      throw new ScheduleError({
        code: "engine-away",
        ...away(this.place, connection.whyLost ?? silent),
      });
    }
  }
}

/** Gives a job a schedule that is counted from now. */
const startOver = async (
  { key, record }: TrackedJob,
  machine: Machine,
  recurrence: Recurrence,
): Promise<void> => {
  if (!record) return;
  const changed = { ...record.definition, recurrence, anchor: machine.connection.now(), by: machine.nonce() };
  await machine.records.define(key, changed, true);
};
