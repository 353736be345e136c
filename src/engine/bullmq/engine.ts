import { randomBytes } from "node:crypto";
import { checkOptions } from "../../checks.ts";
import { ScheduleError, type ScheduleErrorCode, show } from "../../errors.ts";
import type { Decision } from "../../job.ts";
import { occurrencesBetween } from "../../policy/catch-up.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { texts } from "../../text/text.ts";
import { type DurationLike, parseDuration } from "../../time/duration.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { hour, second } from "../../time/plain-time.ts";
import type { EngineHost, EngineJob, JobEngine, OrphanedJob } from "../engine.ts";
import { Machine, type Settings } from "./machine.ts";
import { TrackedJob } from "./plan.ts";
import { keyOf } from "./records.ts";
import { type Address, type Peers, readAddress } from "./redis.ts";

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
  const check = (isValid: boolean, what: string, value: unknown, accepted: string): void => {
    if (!isValid) throw new ScheduleError({ code: "engine-options", what, given: value, accepted });
  };
  check(
    typeof queue === "string" && /^[\w.-]{1,100}$/.test(queue),
    "queue",
    queue,
    texts().engine.queueNames,
  );
  check(
    Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 10_000,
    "concurrency",
    concurrency,
    texts().engine.concurrencies,
  );
  const horizon = parseDuration(given.horizon ?? "1 minute", "horizon", 4 * second);
  check(horizon <= hour, "horizon", given.horizon, texts().engine.horizons);
  return { queue, concurrency, horizon };
};

/** A command gives up if Redis does not answer for so long. */
const retryDelay = (3 * second) as Milliseconds;

/** Jobs as a BullMQ queue in a Redis that many machines share. */
export class BullmqEngine implements JobEngine {
  readonly place: string;
  readonly #address: Address;
  readonly #settings: Settings;
  readonly #peers: Peers;
  readonly #id = randomBytes(8).toString("hex");
  readonly #jobs = new Map<string, TrackedJob>();
  #machine: Machine | undefined;
  /** Changes that were asked for before the start. */
  #early: ((machine: Machine) => Promise<void>)[] = [];

  constructor(url: string, settings: Settings, peers: Peers) {
    this.#address = readAddress(url);
    this.#settings = settings;
    this.#peers = peers;
    this.place = `Redis at ${this.#address.place}`;
  }

  register(job: EngineJob): void {
    const tracked = new TrackedJob(job);
    this.#jobs.set(tracked.key, tracked);
    if (this.#machine && !this.#machine.isReadOnly) this.#machine.register(tracked);
  }

  drop(name: string): void {
    const key = keyOf(name);
    this.#jobs.delete(key);
    this.#machine?.leave(key);
  }

  start(host: EngineHost): void {
    const machine = this.#connect(host, false);
    for (const act of this.#early.splice(0)) machine.inOrder(() => act(machine));
    void machine.start();
  }

  #connect(host: EngineHost, isReadOnly: boolean): Machine {
    for (const tracked of this.#jobs.values()) tracked.update(undefined);
    const machine = new Machine(
      this.#id,
      this.#address,
      this.#settings,
      this.#peers,
      this.#jobs,
      host,
      isReadOnly,
    );
    this.#machine = machine;
    return machine;
  }

  pause(name: string, isPaused: boolean): void {
    this.#change(name, async (tracked, { records, connection, host }) => {
      const { key, record, isSpaced } = tracked;
      const seen = connection.now();
      if (isPaused) return records.pause(key, "", seen);
      if (!(await records.resume(key)) || !record || isSpaced) return;
      // What was due in between was not missed.
      await records.progress(key, { decided: seen, seen });
      const skipped = skippedBetween(tracked, record.pausedAt ?? seen, seen);
      if (!skipped) return;
      await records.log(key, skipped);
      host.recorded(name, [skipped]);
      host.report(name, skipped);
    });
  }

  end(name: string, why: "ended" | "cancelled"): void {
    this.#change(name, ({ key }, { records, connection }) =>
      records.end(key, { why, at: connection.now(), by: this.#id }),
    );
    this.drop(name);
  }

  reschedule(name: string, recurrence: Recurrence): void {
    this.#change(name, (tracked, machine) => this.#startOver(tracked, machine, recurrence));
  }

  reset(name: string): void {
    this.#change(name, async (tracked, machine) => {
      await this.#startOver(tracked, machine, tracked.job.recurrence);
      await machine.records.resume(tracked.key);
    });
  }

  async #startOver({ key, record }: TrackedJob, machine: Machine, recurrence: Recurrence): Promise<void> {
    const { records, connection } = machine;
    if (record)
      await records.define(
        key,
        { ...record.definition, recurrence, anchor: connection.now(), by: machine.nonce() },
        true,
      );
  }

  #change(name: string, act: (tracked: TrackedJob, machine: Machine) => Promise<void>): void {
    const tracked = this.#jobs.get(keyOf(name));
    if (this.#machine?.isReadOnly && !tracked?.record)
      throw engineError("engine-job", texts().engine.jobUnknown(this.place, show(name)));
    if (!tracked) return;
    tracked.changes++;
    this.#inOrder(async (machine) => {
      await act(tracked, machine);
      tracked.changes--;
      await machine.publish([tracked.key]);
    });
  }

  #inOrder(act: (machine: Machine) => Promise<void>): void {
    const machine = this.#machine;
    if (machine) machine.inOrder(() => act(machine));
    else this.#early.push(act);
  }

  record(name: string, decision: Decision): void {
    this.#inOrder(({ records }) => records.log(keyOf(name), decision));
  }

  readHistory(name: string): void {
    const [machine, tracked] = [this.#machine, this.#jobs.get(keyOf(name))];
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
    const { clock } = host;
    let why = "no answer";
    let refuse: (error: Error) => void = () => {};
    const isRefused = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    const warn = (message: string) => {
      why = /\((.*)\)/.exec(message)?.[1] ?? message;
    };
    const machine = this.#connect({ ...host, warn, fail: refuse }, true);
    const cancel = clock.wakeAt(later(clock.now(), retryDelay), () =>
      refuse(engineError("engine-away", texts().engine.away(this.place, why))),
    );
    try {
      await Promise.race([machine.style(), isRefused]);
    } catch (error) {
      machine.connection.close();
      throw machine.connection.causeOf(error as Error);
    } finally {
      cancel();
    }
  }
}

/** What was due while a job was paused, as one decision. */
const skippedBetween = ({ trigger }: TrackedJob, from: Instant, to: Instant): Decision | undefined => {
  const skipped = trigger ? occurrencesBetween(trigger, from, to) : undefined;
  return (
    skipped && {
      scheduled: skipped.last,
      outcome: "skipped",
      reason: "paused",
      attempts: 0,
      count: skipped.count,
    }
  );
};

const engineError = (code: ScheduleErrorCode, text: { readonly what: string; readonly accepted: string }) =>
  new ScheduleError({ code, ...text });
