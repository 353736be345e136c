import type { Instant } from "../../time/instant.ts";
import type { Site } from "./site.ts";

/** Two calls are no nearer to each other. */
const apart = 5;

/** No timer is armed further ahead: clocks are set. */
const longestTimer = 30_000;

/**
 * Calls a worker when a start is due. A worker asks Redis to be woken by itself, but Redis looks only ten times a second whether somebody wants that. Who has planned a start calls; when that machine is gone, the start is a
 * tenth of a second late at most.
 */
export class Waker {
  readonly #site: Site;
  /** When to call, the latest first. */
  #starts: Instant[] = [];
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(site: Site) {
    this.#site = site;
  }

  add(starts: readonly Instant[]): void {
    if (starts.length === 0) return;
    this.#starts = [...this.#starts, ...starts].sort((a, b) => b - a);
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #arm(): void {
    this.#cancel?.();
    const next = this.#starts.at(-1);
    if (next === undefined || this.#isStopped) return;
    const { host, link } = this.#site;
    const wait = Math.max(apart, Math.min(next - link.now(), longestTimer));
    this.#cancel = host.clock.wakeAt((host.clock.now() + wait) as Instant, () => this.#wake());
  }

  #wake(): void {
    const now = this.#site.link.now();
    let isDue = false;
    while ((this.#starts.at(-1) ?? Infinity) <= now) {
      const start = this.#starts.pop()!;
      isDue ||= now - start < longestTimer;
    }
    if (isDue) void this.#call().catch(() => {});
    this.#arm();
  }

  /** BullMQ's sign that there is something to do. */
  #call(): Promise<unknown> {
    const { link, queue } = this.#site;
    return link.redis.zadd(queue.toKey("marker"), 0, "0");
  }
}
