import type { Decision } from "../job/run.ts";
import type { Claim, Page, Store } from "./store.ts";

/** How many decisions of a job are kept in memory. */
const mostKept = 100;

/** Remembers as long as the process lives; the scheduler itself knows where each job stands, so only decisions are kept. */
export const memoryStore = (): Store => ({
  isDurable: false,
  open() {},
  enrol: () => new MemoryPage(),
  close: () => true,
});

class MemoryPage implements Page {
  readonly remembered = undefined;
  #kept: Decision[] | undefined;

  claim({ passed }: Claim): "won" {
    for (const decision of passed) this.record(decision);
    return "won";
  }

  standing(): undefined {}

  rebase(): undefined {}

  begin(): void {}

  /** Forgets the oldest, a hundred at a time. */
  record(decision: Decision): void {
    if (!this.#kept) this.#kept = [decision];
    else if (this.#kept.push(decision) >= 2 * mostKept) this.#kept.splice(0, mostKept);
  }

  release(): void {}

  pause(): void {}

  history(): readonly Decision[] {
    return this.#kept?.slice(-mostKept).sort((a, b) => a.scheduled - b.scheduled) ?? [];
  }
}
