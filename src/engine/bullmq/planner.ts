import type { Milliseconds } from "../../time/instant.ts";
import { later } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { Reply } from "../bullmq.ts";
import { writeDecision } from "./chronicle.ts";
import { occurrenceId } from "./ids.ts";
import { type Order, readOutbox, toParcel } from "./parcels.ts";
import { type Plan, planFor } from "./plan.ts";
import type { Site } from "./site.ts";
import { Teller } from "./teller.ts";
import type { Tracked } from "./tracked.ts";
import { Waker } from "./waker.ts";

/** So many jobs are read at a time. */
const mostRead = 500;

/** Starts that make up for what was missed lie so far apart. */
const apart = 5 * second;

/** What was read of the outbox longer ago is read again before it is given to BullMQ. */
const outboxLasts = minute;

/** A plan that is to be kept. */
interface Made {
  readonly job: Tracked;
  readonly plan: Plan;
}

/** Looks where jobs stand, decides on their next occurrences, and gives BullMQ what is to start. Every machine does; Redis lets one win. */
export class Planner {
  readonly #site: Site;
  readonly #teller: Teller;
  readonly #waker: Waker;
  /** Redis no longer holds what it held. */
  readonly #onLoss: () => void;
  /** Redis does not know jobs that were to be made known. */
  readonly #onUnknown: (jobs: readonly Tracked[]) => void;
  #birth: string | undefined;
  /** Jobs that are to be looked at at once. */
  readonly #soon = new Set<Tracked>();
  #isOutboxWanted = false;
  #going: Promise<void> | undefined;
  #isStopped = false;
  /** How many starts of this round make up for what was missed. */
  #missed = 0;

  constructor(site: Site, onLoss: () => void, onUnknown: (jobs: readonly Tracked[]) => void) {
    this.#site = site;
    this.#onLoss = onLoss;
    this.#onUnknown = onUnknown;
    this.#teller = new Teller(site);
    this.#waker = new Waker(site);
  }

  /** Looks at all jobs, or at some, and plans them. What is asked for while a round goes on is done after it. */
  round(jobs: Iterable<Tracked> = this.#site.jobs.values()): Promise<void> {
    for (const job of jobs) this.#soon.add(job);
    this.#isOutboxWanted = true;
    this.#going ??= this.#go();
    return this.#going;
  }

  /** BullMQ is to be given what was put into the outbox. */
  deliverSoon(): void {
    void this.round([]);
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#waker.stop();
    return this.#going ?? Promise.resolve();
  }

  async #go(): Promise<void> {
    await undefined;
    this.#missed = 0;
    while (!this.#isStopped && (this.#soon.size > 0 || this.#isOutboxWanted)) {
      const jobs = [...this.#soon].slice(0, mostRead);
      for (const job of jobs) this.#soon.delete(job);
      try {
        await this.#look(jobs);
      } catch (error) {
        this.#site.trouble(error);
        break;
      }
    }
    // In the very step in which nothing was left to be done.
    this.#going = undefined;
  }

  async #look(jobs: readonly Tracked[]): Promise<void> {
    const { link } = this.#site;
    const [, birth, outbox, rows] = await link.ask("look", ...jobs.flatMap(({ key, epoch }) => [key, epoch]));
    if (!this.isSameMemory(String(birth))) return;
    jobs.forEach((job, i) => {
      const row = (rows as readonly (readonly Reply[])[])[i]!;
      if (row.length > 0 && this.#site.jobs.has(job.key)) this.#teller.update(job, row);
    });
    const unknown = jobs.filter(
      (job, i) => (rows as readonly Reply[][])[i]!.length === 0 && this.#site.jobs.get(job.key) === job,
    );
    if (unknown.length > 0) this.#onUnknown(unknown);
    for (const job of jobs) if (job.needsMending) await this.#mend(job);
    const wanted = this.#isOutboxWanted && Number(outbox) > 0;
    this.#isOutboxWanted = false;
    await this.#plan(jobs.filter(({ key }) => this.#site.jobs.has(key)));
    if (wanted || jobs.some(({ needsMending }) => needsMending)) await this.#empty();
  }

  /** Whether Redis holds what it held when it was looked at before; otherwise that is told, once. */
  isSameMemory(birth: string): boolean {
    if (this.#birth === undefined || this.#birth === birth) return true;
    this.#birth = undefined;
    this.#onLoss();
    return false;
  }

  /** From now on this is the memory that is expected. */
  remember(birth: string): void {
    this.#birth = birth;
  }

  async #mend(job: Tracked): Promise<void> {
    const told = (await this.#site.link.run("mend", job.key)) as readonly string[];
    for (const text of told) this.#teller.tell(job, text);
  }

  async #plan(jobs: readonly Tracked[]): Promise<void> {
    const made: Made[] = [];
    for (const job of jobs) {
      const plan = this.#planFor(job);
      if (plan === "over") await this.#end(job);
      else if (plan) made.push({ job, plan });
    }
    for (let i = 0; i < made.length; ) {
      const batch: Made[] = [];
      for (let starts = 0; i < made.length && starts < mostRead; i++) {
        batch.push(made[i]!);
        starts += 1 + made[i]!.plan.starts.length;
      }
      await this.#keep(batch);
    }
  }

  #planFor(job: Tracked): Plan | "over" | undefined {
    const { isPaused } = job.standing;
    if (isPaused || (job.isSpaced && job.isBusy)) return undefined;
    const { trigger, next: first } = job;
    if (!trigger || first === null) return job.isBusy ? undefined : "over";
    const { link, settings } = this.#site;
    const { name, policies } = job.job;
    const now = link.now();
    const wait = (this.#missed * apart) as Milliseconds;
    const plan = planFor({ name, policies, trigger, first }, now, later(now, settings.horizon), wait);
    if (plan?.starts[0] && now - plan.starts[0].at >= minute) this.#missed++;
    return plan;
  }

  async #end(job: Tracked): Promise<void> {
    await this.#site.link.run("over", job.key, job.rev);
    // Whoever has ended it tells all machines, this one too.
  }

  async #keep(batch: readonly Made[]): Promise<void> {
    const { link } = this.#site;
    const texts = batch.map(({ job, plan }) => ({
      key: job.key,
      rev: job.rev,
      cursor: String(plan.cursor),
      passed: plan.passed.map((decision) => ({
        id: `${occurrenceId(job.key, decision.scheduled, Number(job.epoch))}`,
        text: writeDecision(decision),
      })),
      starts: ordersOf(job, plan).map(({ id, start }) => ({ id, start: String(start) })),
    }));
    const won = ((await link.run("plan", JSON.stringify(texts))) as readonly Reply[]).map(Number);
    const readAt = this.#site.host.clock.monotonic();
    const orders: Order[] = [];
    for (const { job, plan } of won.map((place) => batch[place]!)) {
      for (const decision of plan.passed) this.#teller.tell(job, writeDecision(decision));
      orders.push(...ordersOf(job, plan));
      this.#waker.add(plan.starts.map(({ start }) => start));
      job.plannedTo(plan.cursor);
      if (plan.isCut || job.isSpaced) this.#soon.add(job);
    }
    await this.#deliver(orders, readAt);
  }

  /** Gives BullMQ what stands in the outbox, whoever has put it there. */
  async #empty(): Promise<void> {
    for (let isMore = true; isMore && !this.#isStopped; ) {
      const readAt = this.#site.host.clock.monotonic();
      const [, fields] = await this.#site.link.ask("outbox");
      const orders = readOutbox(fields!);
      await this.#deliver(orders, readAt);
      isMore = orders.length > 0;
    }
  }

  async #deliver(orders: readonly Order[], readAt: number): Promise<void> {
    const { link, queue, host } = this.#site;
    for (let i = 0; i < orders.length; i += mostRead) {
      // Who has stood still may hold what others have delivered long ago.
      if (host.clock.monotonic() - readAt > outboxLasts) {
        this.deliverSoon();
        return;
      }
      const some = orders.slice(i, i + mostRead);
      await queue.addBulk(some.map((order) => toParcel(order, link.now())));
      await link.run("sent", ...some.map(({ parcel }) => parcel));
    }
  }
}

const ordersOf = ({ key, epoch }: Tracked, { starts }: Plan): readonly Order[] =>
  starts.map(({ at, start }) => {
    const id = occurrenceId(key, at, Number(epoch));
    return { parcel: id, job: key, id, start };
  });
