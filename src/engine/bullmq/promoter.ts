import { later, type Milliseconds } from "../../time/instant.ts";
import { second } from "../../time/plain-time.ts";
import type { Site } from "./site.ts";

/** A clock that is this far behind would let jobs start so late. */
const tolerance = second / 2;

/** So many starts are looked at a time. */
const most = 100;

/**
 * BullMQ lets a job start when it is due on the clock of a machine. Where that clock is behind, this lets jobs go that are due by Redis's time. A clock that is ahead needs nobody: a start that comes too early
 * waits.
 */
export class Promoter {
  readonly #site: Site;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(site: Site) {
    this.#site = site;
  }

  /** Begins where that is needed, and ends where it is not any more. */
  look(): void {
    if (this.#site.link.behind > tolerance && !this.#cancel) this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #arm(): void {
    this.#cancel = undefined;
    if (this.#isStopped || this.#site.link.behind <= tolerance) return;
    const { clock } = this.#site.host;
    this.#cancel = clock.wakeAt(later(clock.now(), (second / 4) as Milliseconds), () => {
      void this.#promote()
        .catch(this.#site.trouble)
        .then(() => this.#arm());
    });
  }

  async #promote(): Promise<void> {
    const { queue, link } = this.#site;
    const now = link.now();
    for (const job of await queue.getDelayed(0, most - 1)) {
      if (job.timestamp + job.delay > now) return;
      // Another machine may have done so.
      await job.promote().catch(() => {});
    }
  }
}
