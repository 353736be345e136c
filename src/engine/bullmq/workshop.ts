import { due, isStillWanted } from "../../policy/catch-up.ts";
import { longestQueue, type Overlap, onArrival } from "../../policy/overlap.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { Delivery, Peers, Reply, Worker } from "../bullmq.ts";
import type { Ended, Performance } from "../engine.ts";
import { writeDecision } from "./chronicle.ts";
import { type Delivered, readDelivery } from "./parcels.ts";
import type { Planner } from "./planner.ts";
import type { Site } from "./site.ts";
import { Teller } from "./teller.ts";
import type { Tracked } from "./tracked.ts";

/** A run that is not heard of for so long is given up. */
export const lease = (15 * second) as Milliseconds;

/** How long BullMQ leaves a job to a worker that is not heard of. */
const lockDuration = 10 * second;

/** No wait of a start is longer before Redis is asked again. */
const longestWait = 5 * second;

/** A job that this script does not know is offered again after this, to another machine. */
const strangerWaits = 3 * second;

/** So long after its moment an occurrence that no machine knows is recorded as expired. */
const strangerExpires = 5 * minute;

/** How long a start waits for older ones that are on their way, and for the latest one to tell that it has ended already. */
const patience = { older: 2 * second, latest: 10 * second };

/** Counts on when a process stops and starts again: what it left going on is not taken for what it begins. */
let begun = 0;

/** A run that goes on here. */
interface Going {
  readonly job: Tracked;
  readonly performance: Performance;
  /** Resolves when what became of it is kept. */
  readonly isKept: Promise<void>;
  /** It has ended, and that is being kept. */
  hasEnded: boolean;
}

/** Takes what BullMQ delivers, and lets it run here if Redis says so. */
export class Workshop {
  /** The runs that go on here, by their occurrences. */
  readonly #going = new Map<string, Going>();
  readonly #site: Site;
  readonly #peers: Peers;
  readonly #planner: Planner;
  readonly #teller: Teller;
  readonly #worker: Worker;
  /** The jobs that were told not to be known here. */
  readonly #strangers = new Set<string>();
  #isHolding = false;
  #wakes = new Set<() => void>();

  constructor(site: Site, peers: Peers, planner: Planner) {
    this.#site = site;
    this.#peers = peers;
    this.#planner = planner;
    this.#teller = new Teller(site);
    const { settings, link } = site;
    this.#worker = new peers.Worker(settings.queue, (delivery, token) => this.#process(delivery, token), {
      connection: link.redis,
      autorun: false,
      concurrency: settings.concurrency,
      lockDuration,
      stalledInterval: lockDuration / 2,
      maxStalledCount: 1_000_000,
      drainDelay: 10,
      runRetryDelay: second,
    });
    this.#worker.on("error", (error) => {
      if (!isOrdinary(error)) site.trouble(error);
    });
  }

  open(): void {
    void this.#worker.run().catch((error) => this.#site.trouble(error));
  }

  /** The runs that go on here: keys of jobs and names of occurrences in turn. */
  get going(): readonly string[] {
    return [...this.#going].flatMap(([id, { job }]) => [job.key, id]);
  }

  /** Aborts a run, if it is here. */
  cancel(id: string): void {
    this.#going.get(id)?.performance.cancel();
  }

  /** Takes nothing more; what was taken and not begun goes back. */
  async hold(): Promise<void> {
    this.#isHolding = true;
    for (const wake of [...this.#wakes]) wake();
    await this.#worker.pause(true);
  }

  /** Waits until what has ended here is kept; what goes on still is left to itself. */
  async close(): Promise<void> {
    const ended = [...this.#going.values()].filter(({ hasEnded }) => hasEnded);
    await Promise.all(ended.map(({ isKept }) => isKept));
    await this.#worker.close(this.#going.size > 0);
  }

  /** Whether all that has ended here is kept. */
  get isKept(): boolean {
    return [...this.#going.values()].every(({ hasEnded }) => !hasEnded);
  }

  /** Lets go at once. */
  drop(): void {
    this.#isHolding = true;
    for (const wake of [...this.#wakes]) wake();
    void this.#worker.close(true).catch(() => {});
  }

  /** What BullMQ is thrown it keeps to itself. */
  async #process(delivery: Delivery, token?: string): Promise<unknown> {
    try {
      return await this.#take(delivery, token);
    } catch (error) {
      const { DelayedError, WaitingError, UnrecoverableError } = this.#peers;
      if (![DelayedError, WaitingError, UnrecoverableError].some((known) => error instanceof known))
        this.#site.trouble(error);
      throw error;
    }
  }

  async #take(delivery: Delivery, token?: string): Promise<unknown> {
    const delivered = readDelivery(delivery);
    if (!delivered) throw this.#refused(delivery);
    const job = this.#site.jobs.get(delivered.job);
    if (!job && this.#site.gone.has(delivered.job) && (await this.#isOver(delivered.job))) return "over";
    if (!job) return this.#pass(delivery, delivered, token);
    // A process that stood still may be given again what it is at.
    const going = this.#going.get(delivered.id);
    if (going) return going.isKept;
    return this.#begin(job, delivered, delivery, token);
  }

  async #begin(job: Tracked, delivered: Delivered, delivery: Delivery, token?: string): Promise<unknown> {
    const mark = `${begun++}`;
    const { clock } = this.#site.host;
    const asked = clock.monotonic();
    for (;;) {
      if (this.#isHolding) throw await this.#giveBack(delivered, delivery, token);
      const [word, value, outbox] = await this.#insist(() =>
        this.#ask(job, delivered, mark, clock.monotonic() - asked),
      );
      switch (word) {
        case "go":
          if (!this.#isHolding) return this.#perform(job, delivered, mark, Number(value));
          await this.#insist(() =>
            this.#site.link.run("release", job.key, delivered.id, this.#site.owner, mark),
          );
          continue;
        case "early":
        case "busy":
          await this.#wait(Number(value) as Milliseconds);
          continue;
        case "told":
          this.#teller.tell(job, String(value));
          break;
        case "unknown":
          this.#site.host.warn(
            `${job.job.name}: something else than a machine with this script has put a start into the queue; it is not run`,
          );
      }
      if (Number(outbox) > 0) this.#planner.deliverSoon();
      if (job.isSpaced || job.next === null) void this.#planner.round([job]);
      return word;
    }
  }

  /** @param waited how long it has waited for others */
  #ask(job: Tracked, delivered: Delivered, mark: string, waited: number): Promise<readonly Reply[]> {
    const { overlap, catchUp } = job.job.policies;
    return this.#site.link.run(
      "begin",
      job.key,
      delivered.id,
      this.#site.owner,
      mark,
      lease,
      this.#verdict(job, delivered),
      longestQueue,
      catchUp.missed === "all" ? "1" : "0",
      wordsFor(overlap),
      wordsFor(overlap === "allow" ? overlap : "queueAll"),
      waited < patience.older ? "1" : "0",
      waited < patience.latest ? "1" : "0",
    ) as Promise<readonly Reply[]>;
  }

  /** What was planned may have been missed since: whether it still runs, or what becomes of it. */
  #verdict(job: Tracked, { id, at, start }: Delivered): string {
    const { trigger } = job;
    const late = this.#site.link.now() - Math.max(at, start);
    if (!trigger || late <= 0 || id.endsWith("+now")) return "run";
    // Its beat begins at the end of the run before, which another machine may have had.
    if (trigger.isSpaced)
      return isStillWanted(trigger, at, later(at, late as Milliseconds), job.job.policies.catchUp)
        ? "run"
        : writeDecision({ scheduled: at, outcome: "expired", attempts: 0 });
    const { run, expired } = due(trigger, at, later(at, late as Milliseconds), job.job.policies.catchUp);
    if (run.includes(at)) return "run";
    const isExpired = expired !== undefined && expired.first === at;
    return writeDecision({ scheduled: at, outcome: isExpired ? "expired" : "coalesced", attempts: 0 });
  }

  async #perform(job: Tracked, { id, at }: Delivered, mark: string, attempts: number): Promise<unknown> {
    const { host } = this.#site;
    if (attempts > 1) host.warn(`${job.job.name}: its run of ${moment(at)} was cut off, and is run again`);
    const performance = host.perform(job.job.name, at);
    const ended = performance
      ? performance.ended
      : Promise.resolve<Ended>({
          decision: { scheduled: at, outcome: "cancelled", attempts: 0 },
          isLast: false,
        });
    const isKept = ended.then((end) => {
      const going = this.#going.get(id);
      if (going) going.hasEnded = true;
      return this.#keep(job, id, mark, withEarlier(end, attempts - 1));
    });
    if (performance) this.#going.set(id, { job, performance, isKept, hasEnded: false });
    try {
      await isKept;
    } finally {
      this.#going.delete(id);
    }
    return "ran";
  }

  async #keep(job: Tracked, id: string, mark: string, { decision, isLast }: Ended): Promise<void> {
    const { host, link, owner, chronicle, queue } = this.#site;
    const text = writeDecision(decision);
    const { name, policies } = job.job;
    const [word, failures, isPaused, removed, outbox] = await this.#insist(
      () =>
        link.run(
          "finish",
          job.key,
          id,
          owner,
          mark,
          text,
          decision.outcome,
          isLast ? "1" : "0",
          policies.pauseAfter ?? 0,
        ) as Promise<readonly Reply[]>,
    );
    if (word === "late") {
      host.warn(
        `${name}: its run of ${moment(decision.scheduled)} ended here (${decision.outcome}) when it had been given up, for this machine had not been heard of; what was recorded then stays`,
      );
      return;
    }
    chronicle.add(job.key, text);
    if (Number(isPaused) === 1) host.paused(name, `${failures} runs in a row failed`);
    for (const parcel of removed as readonly string[]) await queue.remove(parcel).catch(() => {});
    if (Number(outbox) > 0) this.#planner.deliverSoon();
    if (isLast || job.isSpaced || job.next === null) void this.#planner.round([job]);
  }

  /** Asks until Redis answers: a run is not lost because it could not be asked once. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (this.#site.link.isClosed) throw error;
        this.#site.trouble(error);
        await this.#wait(second as Milliseconds);
      }
    }
  }

  #wait(length: Milliseconds): Promise<void> {
    const { clock } = this.#site.host;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#wakes.delete(end);
        resolve();
      };
      const cancel = clock.wakeAt(later(clock.now(), Math.min(length, longestWait) as Milliseconds), end);
      this.#wakes.add(end);
    });
  }

  /** One that is over here may have been said anew by another machine since. */
  async #isOver(key: string): Promise<boolean> {
    const [, , , rows] = await this.#insist(() => this.#site.link.ask("look", key, ""));
    return (rows as readonly (readonly Reply[])[])[0]?.[7] !== "";
  }

  /** Another machine may have the job that this one does not know; when none has for long, that is recorded. */
  async #pass(delivery: Delivery, { job, id, at, start }: Delivered, token?: string): Promise<never> {
    const { host, link } = this.#site;
    if (!this.#strangers.has(job)) {
      this.#strangers.add(job);
      host.warn(`${job}: it is in the queue and not in this script; it is left to other machines`);
    }
    if (link.now() - Math.max(at, start) > strangerExpires) {
      await this.#insist(() => link.run("refuse", job, id));
      host.warn(
        `${job}: its run of ${moment(at)} has expired, for no machine has had the job for five minutes`,
      );
      throw new this.#peers.UnrecoverableError(`no machine has had the job ${job} for five minutes`);
    }
    await delivery.moveToDelayed(host.clock.now() + strangerWaits, token);
    throw new this.#peers.DelayedError();
  }

  /** For another machine, when this one stops. */
  async #giveBack({ start }: Delivered, delivery: Delivery, token?: string): Promise<Error> {
    const { host, link } = this.#site;
    if (start > link.now()) {
      await delivery.moveToDelayed(Math.max(start, host.clock.now() + 1), token);
      return new this.#peers.DelayedError();
    }
    await delivery.moveToWait(token);
    return new this.#peers.WaitingError();
  }

  #refused({ id }: Delivery): Error {
    this.#site.host.warn(
      `the queue held something that no machine with this script has put there (${String(id)}); it is not run`,
    );
    return new this.#peers.UnrecoverableError("not put here by onthedot");
  }
}

/** Attempts of a machine that died count, too. */
const withEarlier = (end: Ended, attempts: number): Ended =>
  attempts === 0
    ? end
    : { ...end, decision: { ...end.decision, attempts: end.decision.attempts + attempts } };

/** What is to happen when nothing runs, when nothing waits for what runs, when something does, and when too many do. */
const wordsFor = (overlap: Overlap): string =>
  JSON.stringify({
    idle: onArrival(0, 0, overlap),
    first: onArrival(1, 0, overlap),
    more: onArrival(1, 1, overlap),
    full: onArrival(1, longestQueue, overlap),
  });

/** BullMQ tells that a lock was lost, which our own book knows better, and that there is no connection, which is told elsewhere. */
const isOrdinary = ({ message }: Error): boolean =>
  /lock|Connection is closed|ECONN|EPIPE|ETIMEDOUT|Missing key|not in the active state/i.test(message);

/** `"2026-11-22 09:30:00 UTC"`. */
const moment = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
