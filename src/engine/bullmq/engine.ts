import type { Decision } from "../../job/run.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { later, type Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { Peers } from "../bullmq.ts";
import type { Engine, EngineJob, Host, Stranger } from "../engine.ts";
import { type Address, masked } from "./address.ts";
import { Chronicle, writeDecision } from "./chronicle.ts";
import { hashOf, keyOf, occurrenceId } from "./ids.ts";
import { Link, type LinkHost } from "./link.ts";
import { Machine } from "./machine.ts";
import type { Settings } from "./options.ts";
import { Tracked } from "./tracked.ts";
import { troubleOf } from "./trouble.ts";
import { mostRead, notKnown, type Visited, visit } from "./visit.ts";

/** Letting go takes no longer than this, whatever Redis does. */
const patience = (3 * second) as Milliseconds;

/** Two warnings of the same are no nearer to each other. */
const quiet = minute;

/** Jobs on BullMQ's queue, in a Redis that many machines share. */
export class BullmqEngine implements Engine {
  readonly place: string;
  readonly #address: Address;
  readonly #settings: Settings;
  readonly #peers: Peers;
  readonly #owner: string;
  readonly #jobs = new Map<string, Tracked>();
  /** The keys of jobs that were here. */
  readonly #gone = new Set<string>();
  #chronicle = new Chronicle();
  #strangers: readonly Stranger[] = [];
  #host: Host | undefined;
  #link: Link | undefined;
  #machine: Machine | undefined;
  /** Resolves when jobs are known to Redis. */
  #isReady: Promise<void> = Promise.resolve();
  /** Jobs that were said since. */
  #unknown: Tracked[] = [];
  /** What was found when this only looks. */
  #visited: Visited | undefined;
  /** What was said of jobs before the start. */
  readonly #early: (() => void)[] = [];
  /** What was said to Redis and not answered yet. */
  readonly #unfinished = new Set<Promise<unknown>>();
  readonly #warned = new Map<string, number>();

  constructor(address: Address, settings: Settings, peers: Peers) {
    this.#address = address;
    this.#settings = settings;
    this.#peers = peers;
    this.place = `Redis at ${address.place}`;
    this.#owner = hashOf(`${process.pid} ${process.hrtime.bigint()} ${Math.random()}`);
  }

  enrol(job: EngineJob): void {
    const tracked = new Tracked(job);
    this.#jobs.set(tracked.key, tracked);
    this.#gone.delete(tracked.key);
    if (!this.#link) return;
    if (this.#unknown.push(tracked) > 1) return;
    this.#later(async (machine) => {
      const jobs = this.#unknown.splice(0);
      await machine.enrol(jobs, { isStart: false, isAnew: false });
    });
  }

  forget(name: string): void {
    const key = keyOf(name);
    if (this.#jobs.delete(key)) this.#gone.add(key);
  }

  start(host: Host): void {
    this.#host = host;
    this.#unknown = [];
    const link = this.#connect(host);
    this.#isReady = link.open().then(() => this.#begin(link, host));
    this.#isReady.catch(() => {});
    for (const say of this.#early.splice(0)) say();
  }

  #connect(host: LinkHost): Link {
    const link = new Link(this.#address, this.#settings.queue, this.#peers, host);
    this.#link = link;
    return link;
  }

  async #begin(link: Link, host: Host): Promise<void> {
    for (;;) {
      if (link.isClosed) return;
      try {
        const machine = await Machine.open({
          link,
          host,
          peers: this.#peers,
          settings: this.#settings,
          owner: this.#owner,
          jobs: this.#jobs,
          gone: this.#gone,
          chronicle: this.#chronicle,
          trouble: (error) => this.#trouble(error),
        });
        if (link.isClosed) machine.drop();
        else this.#machine = machine;
        return;
      } catch (error) {
        if (link.isClosed) return;
        const trouble = troubleOf(error as Error, this.#address);
        if (trouble !== "down") {
          link.close();
          host.fail(trouble);
          return;
        }
        this.#trouble(error);
        await new Promise<void>((go) =>
          host.clock.wakeAt(later(host.clock.now(), second as Milliseconds), go),
        );
      }
    }
  }

  #trouble(error: unknown): void {
    const host = this.#host;
    if (!host || !this.#link || this.#link.isClosed) return;
    const trouble = troubleOf(error as Error, this.#address);
    const message = trouble === "down" ? masked((error as Error).message) : trouble.message;
    const now = host.clock.monotonic();
    if (now - (this.#warned.get(message) ?? -Infinity) < quiet) return;
    this.#warned.set(message, now);
    host.warn(`${this.place}: ${message}`);
  }

  pause(name: string, isPaused: boolean): void {
    this.#change(isPaused ? "halt" : "resume", name);
  }

  cancel(name: string): void {
    this.#change("stop", name);
    this.forget(name);
  }

  #change(how: "halt" | "resume" | "stop", name: string): void {
    if (!this.#link) {
      this.#early.push(() => this.#change(how, name));
      return;
    }
    const job = this.#jobs.get(keyOf(name));
    if (!job) return;
    if (this.#visited && !this.#visited.known.has(job.key)) throw notKnown(name, this.place);
    this.#later(
      (machine) => machine.change(how, job),
      (link) => link.run(how, job.key),
    );
  }

  reschedule(name: string, recurrence: Recurrence): void {
    if (!this.#link) {
      this.#early.push(() => this.reschedule(name, recurrence));
      return;
    }
    const job = this.#jobs.get(keyOf(name));
    if (job) this.#later((machine) => machine.reschedule(job, recurrence));
  }

  record(name: string, decision: Decision): void {
    const key = keyOf(name);
    const text = writeDecision(decision);
    this.#chronicle.add(key, text);
    const id = `${occurrenceId(key, decision.scheduled, 0)}+hand${hashOf(`${this.#owner} ${process.hrtime.bigint()}`)}`;
    const note = (link: Link) => link.run("note", key, id, text);
    this.#later(() => note(this.#link!), note);
  }

  /** Does something as soon as jobs are known to Redis. @param onVisit what to do instead when this only looks */
  #later(act: (machine: Machine) => Promise<unknown>, onVisit?: (link: Link) => Promise<unknown>): void {
    const done = this.#isReady
      .then(() => {
        if (this.#machine) return act(this.#machine);
        if (this.#link && !this.#link.isClosed) return onVisit?.(this.#link);
        return undefined;
      })
      .catch((error) => this.#trouble(error))
      .then(() => {
        this.#unfinished.delete(done);
      });
    this.#unfinished.add(done);
  }

  history(name: string): readonly Decision[] {
    return this.#chronicle.of(keyOf(name));
  }

  strangers(): readonly Stranger[] {
    return this.#machine?.strangers ?? this.#strangers;
  }

  hold(): void {
    this.#machine?.hold();
  }

  async close(): Promise<boolean> {
    const link = this.#link;
    const host = this.#host;
    if (!link || !host) return true;
    const machine = this.#machine;
    this.#machine = undefined;
    let cancel = () => {};
    const isTimeUp = new Promise<void>((resolve) => {
      cancel = host.clock.wakeAt(later(host.clock.now(), patience), resolve);
    });
    let hasFailed = false;
    const letGo = this.#letGo(machine).catch((error) => {
      hasFailed = true;
      this.#trouble(error);
    });
    await Promise.race([isTimeUp, letGo]);
    cancel();
    const isKept = !hasFailed && this.#unfinished.size === 0 && (machine?.isKept ?? true);
    machine?.drop();
    link.close();
    this.#link = undefined;
    return isKept;
  }

  /** What was said is kept first. Where Redis has never answered, nothing was. */
  async #letGo(machine: Machine | undefined): Promise<void> {
    if (machine || this.#visited) await Promise.all(this.#unfinished);
    await machine?.close();
  }

  async visit(host: Host): Promise<void> {
    this.#host = host;
    this.#chronicle = new Chronicle(mostRead);
    const connect = (heard: LinkHost) => this.#connect(heard);
    try {
      this.#visited = await visit(this.place, host, connect, this.#jobs, this.#chronicle);
    } catch (error) {
      const trouble = troubleOf(error as Error, this.#address);
      throw trouble === "down" ? error : trouble;
    }
    this.#strangers = this.#visited.strangers;
  }
}
