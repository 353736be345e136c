import type { Records } from "./records.ts";
import type { Relay } from "./redis.ts";

/** What machines tell each other: which jobs have changed, and which change came before. */
interface Change {
  readonly keys: readonly string[];
  readonly nonce: string;
  readonly before: string;
}

export interface ChangesHost {
  records(): Records;
  /** Unique among all machines. */
  nonce(): string;
  openRelay(): Promise<Relay>;
  /** Reads jobs again. @param keys all jobs if undefined */
  refresh(keys?: readonly string[]): Promise<void>;
  /** Calls back after a second, unless this machine closes. */
  inASecond(act: () => Promise<void>): void;
}

/** Announces changes of jobs to all machines, and notices those whose announcement was lost: each names the one before it. */
export class Changes {
  readonly #host: ChangesHost;
  readonly #changed = new Set<string>();
  /** The last changes that are known here, and those that others followed but that are not known yet. */
  readonly #seen = new Set<string>();
  readonly #unseen = new Set<string>();
  #publishing: Promise<void> | undefined;

  constructor(host: ChangesHost) {
    this.#host = host;
  }

  hasSeen(nonce: string): boolean {
    return this.#seen.has(nonce);
  }

  see(nonce: string): void {
    this.#seen.add(nonce);
    if (this.#seen.size > 1_000) for (const oldest of this.#seen) return void this.#seen.delete(oldest);
  }

  /** Announces changes to all machines, this one included; those of the meantime go together. */
  publish(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#changed.add(key);
    this.#publishing ??= this.#publishAll().finally(() => {
      this.#publishing = undefined;
    });
    return this.#publishing;
  }

  async #publishAll(): Promise<void> {
    const { records, refresh, openRelay } = this.#host;
    while (this.#changed.size > 0) {
      const keys = [...this.#changed];
      this.#changed.clear();
      const nonce = this.#host.nonce();
      this.see(nonce);
      const before = await records().change(nonce);
      this.#note(nonce, before);
      await refresh(keys);
      await (await openRelay()).publish("changed", { keys, nonce, before });
    }
  }

  /** Takes in what another machine has announced. */
  async receive(change: unknown): Promise<void> {
    const { keys, nonce, before } = change as Change;
    if (this.#seen.has(nonce) || !Array.isArray(keys)) return;
    this.#note(nonce, before);
    await this.#host.refresh(keys);
  }

  /** If the change before this one is not announced within a second either, all jobs are read again. */
  #note(nonce: string, before: string): void {
    this.see(nonce);
    if (this.#seen.has(before)) return;
    this.#unseen.add(before);
    if (this.#unseen.size > 1) return;
    this.#host.inASecond(async () => {
      const missed = [...this.#unseen].filter((unseen) => !this.#seen.has(unseen));
      this.#unseen.clear();
      for (const unseen of missed) this.see(unseen);
      if (missed.length > 0) await this.#host.refresh();
    });
  }
}
