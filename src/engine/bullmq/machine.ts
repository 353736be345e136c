import { compile } from "../../recurrence/compile.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { later, type Milliseconds } from "../../time/instant.ts";
import { second } from "../../time/plain-time.ts";
import { utc } from "../../time/zone.ts";
import type { Peers, Queue, Redis } from "../bullmq.ts";
import type { Host, Stranger } from "../engine.ts";
import type { Chronicle } from "./chronicle.ts";
import { listen } from "./control.ts";
import { enrol, type Occasion } from "./enrol.ts";
import type { Link } from "./link.ts";
import type { Settings } from "./options.ts";
import { Planner } from "./planner.ts";
import { Promoter } from "./promoter.ts";
import { checkServer } from "./server.ts";
import type { Site } from "./site.ts";
import { readStrangers } from "./strangers.ts";
import type { Tracked } from "./tracked.ts";
import { lease, Workshop } from "./workshop.ts";

/** How often a machine says that it and its runs live. */
const heartbeat = (lease / 3) as Milliseconds;

/** What a machine is made of. */
export interface MachineParts {
  readonly link: Link;
  readonly host: Host;
  readonly peers: Peers;
  readonly settings: Settings;
  readonly owner: string;
  readonly jobs: Map<string, Tracked>;
  readonly gone: Set<string>;
  readonly chronicle: Chronicle;
  trouble(error: unknown): void;
}

/** One of the machines that share jobs, from its start to its stop. */
export class Machine {
  strangers: readonly Stranger[] = [];
  readonly #site: Site;
  readonly #queue: Queue;
  readonly #planner: Planner;
  readonly #workshop: Workshop;
  readonly #promoter: Promoter;
  readonly #ear: Redis;
  readonly #cancels = new Map<string, () => void>();
  /** The last decision of all machines that was read. */
  #lastNews = "";
  #isClosed = false;
  #hasLost = false;
  #isEnrolling: Promise<void> = Promise.resolve();

  private constructor(parts: MachineParts) {
    const { link, settings, peers } = parts;
    this.#queue = new peers.Queue(settings.queue, {
      connection: link.redis,
      streams: { events: { maxLen: 1_000 } },
    });
    this.#queue.on("error", () => {});
    this.#site = { ...parts, queue: this.#queue };
    this.#planner = new Planner(
      this.#site,
      () => void this.#beginAnew(),
      (jobs) => void this.enrol(jobs, { isStart: false, isAnew: this.#hasLost }).catch(this.#site.trouble),
    );
    this.#workshop = new Workshop(this.#site, peers, this.#planner);
    this.#promoter = new Promoter(this.#site);
    this.#ear = listen(link, {
      changed: (key) => {
        const job = this.#site.jobs.get(key);
        if (job) void this.#planner.round([job]);
      },
      cancel: (id) => this.#workshop.cancel(id),
    });
  }

  /** Makes jobs known, plans, and begins to work. */
  static async open(parts: MachineParts): Promise<Machine> {
    const machine = new Machine(parts);
    try {
      await machine.#start();
    } catch (error) {
      machine.drop();
      throw error;
    }
    return machine;
  }

  async #start(): Promise<void> {
    const { link, host, jobs } = this.#site;
    await checkServer(link, host);
    await this.#hearNews(true);
    await this.enrol([...jobs.values()], { isStart: true, isAnew: false });
    if (this.#isClosed) return;
    this.#workshop.open();
    this.strangers = await readStrangers(link, new Set(jobs.keys()));
    this.#every("heartbeat", heartbeat, () => this.#renew());
    this.#every("round", Math.min(this.#site.settings.horizon / 2, 15 * second) as Milliseconds, async () => {
      await this.#hearNews(false).catch(this.#site.trouble);
      await this.#planner.round();
    });
    link.onReady(() => void this.#goOn().catch(this.#site.trouble));
  }

  /** Makes jobs known, and plans them. */
  async enrol(jobs: readonly Tracked[], occasion: Occasion): Promise<void> {
    const { link, host, owner } = this.#site;
    const { birth, known, removed } = await enrol(link, owner, host, jobs, occasion);
    this.#planner.remember(birth);
    await Promise.all(known.map((job) => this.#readHistory(job)));
    await this.#forget(removed);
    await this.#planner.round(jobs);
  }

  async #readHistory({ key }: Tracked): Promise<void> {
    const texts = (await this.#site.link.run("history", key, 100)) as readonly (string | null)[];
    for (const text of texts) if (text !== null) this.#site.chronicle.add(key, text);
  }

  /** Reads what all machines have decided since the last time. */
  async #hearNews(isFirst: boolean): Promise<void> {
    const { link, chronicle, jobs } = this.#site;
    for (let isMore = true; isMore; ) {
      const news = (await link.run("news", this.#lastNews)) as readonly string[];
      for (let i = 0; i + 2 < news.length; i += 3) {
        this.#lastNews = news[i]!;
        if (!isFirst && jobs.has(news[i + 1]!)) chronicle.add(news[i + 1]!, news[i + 2]!);
      }
      if (this.#lastNews === "") this.#lastNews = "0";
      isMore = !isFirst && news.length >= 3_000;
    }
  }

  async #renew(): Promise<void> {
    const { link, owner } = this.#site;
    const [, birth] = await link.ask("renew", owner, lease, ...this.#workshop.going);
    if (this.#planner.isSameMemory(String(birth))) this.#promoter.look();
  }

  /** Redis is back: nobody has planned for a while, and what it held may be gone. */
  async #goOn(): Promise<void> {
    await this.#renew();
    await this.#planner.round();
  }

  /** Redis has lost what it held. */
  #beginAnew(): Promise<void> {
    const { host, jobs, trouble } = this.#site;
    host.warn("Redis has lost what it held: all jobs are made known again, and planned from now on");
    this.#lastNews = "0";
    this.#hasLost = true;
    for (const job of jobs.values()) job.forget();
    this.#isEnrolling = this.#isEnrolling
      .then(() => this.enrol([...jobs.values()], { isStart: false, isAnew: true }))
      .catch(trouble);
    return this.#isEnrolling;
  }

  async change(name: "halt" | "resume" | "stop", job: Tracked): Promise<void> {
    await this.#forget((await this.#site.link.run(name, job.key)) as readonly string[]);
    await this.#planner.round([job]);
  }

  async reschedule(job: Tracked, recurrence: Recurrence): Promise<void> {
    const { link } = this.#site;
    const spaced = compile(recurrence, { zone: utc, anchor: link.now() }).isSpaced ? "1" : "0";
    const removed = await link.run("reschedule", job.key, JSON.stringify(recurrence), spaced);
    await this.#forget(removed as readonly string[]);
    await this.#planner.round([job]);
  }

  /** Takes out of BullMQ what is not to start. What has been taken by a worker is refused when it asks. */
  async #forget(parcels: readonly string[]): Promise<void> {
    for (const parcel of parcels) await this.#queue.remove(parcel).catch(() => 0);
  }

  /** Does something again and again; the next time when it has been done. */
  #every(name: string, length: Milliseconds, act: () => Promise<void>): void {
    const { clock } = this.#site.host;
    const arm = () => {
      if (this.#isClosed) return;
      this.#cancels.set(name, clock.wakeAt(later(clock.now(), length), wake));
    };
    const wake = () => void act().catch(this.#site.trouble).then(arm);
    arm();
  }

  hold(): void {
    void this.#workshop.hold().catch(this.#site.trouble);
  }

  /** Whether all that has ended here is kept. */
  get isKept(): boolean {
    return this.#workshop.isKept;
  }

  /** Lets go of everything; it may hang while Redis is away. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#promoter.stop();
    await this.#workshop.hold();
    await this.#planner.stop();
    await this.#workshop.close();
    await this.#site.link.run("leave", this.#site.owner);
    await this.#queue.close();
  }

  /** Lets go at once. */
  drop(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#promoter.stop();
    this.#ear.disconnect();
    void this.#planner.stop();
    this.#workshop.drop();
  }
}
