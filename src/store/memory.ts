import type { Decision } from "../job.ts";
import type { Instant } from "../time/instant.ts";
import { type Claim, type Claimed, Incidents, type JobRecord, type JobStore } from "./store.ts";

/** How many decisions of a job are kept in memory. */
const mostKept = 100;

/** Remembers as long as the process lives; the scheduler itself knows where each job stands, so only decisions are kept. */
export const memoryStore = (incidents = new Incidents()): JobStore => ({
  isDurable: false,
  note: (incident) => incidents.note(incident),
  incidents: (job) => incidents.of(job),
  open() {},
  register: () => new MemoryRecord(),
  claimAll: (claims) => claims.map(claimOne),
  commit() {},
  orphanedJobs: () => [],
  otherProcesses: () => [],
  pollChanges() {},
  close: () => true,
});

const claimOne = ({ jobRecord, passed }: Claim): Claimed => {
  if (passed.length > 0) for (const decision of passed) jobRecord.record(decision);
  return "won";
};

/**
 * The last decisions on a job. A run that succeeded at its first attempt, as nearly all do, is three numbers, 24 bytes instead of 190: where
 * a hundred thousand jobs start at once, half of the time went into keeping their records.
 */
class MemoryRecord implements JobRecord {
  /** Scheduled, started and ended of each decision. */
  #moments: number[] | undefined;
  /** The decisions that are more than three moments, by how many are kept from before them. */
  #detailed: Map<number, Decision> | undefined;

  get remembered(): undefined {
    return undefined;
  }

  jobState(): undefined {}
  rebase(): undefined {}
  defer(): void {}
  begin(): void {}
  release(): void {}
  pause(): void {}
  end(): void {}
  leave(): void {}
  reset(): void {}

  /** Forgets the oldest, a hundred at a time. */
  record(decision: Decision): void {
    const { scheduled, started = scheduled, ended = scheduled } = decision;
    if (!isPlain(decision)) {
      this.#detailed ??= new Map();
      this.#detailed.set((this.#moments?.length ?? 0) / 3, decision);
    }
    if (!this.#moments) this.#moments = [scheduled, started, ended];
    else if (this.#moments.push(scheduled, started, ended) >= 6 * mostKept) {
      this.#moments.splice(0, 3 * mostKept);
      this.#detailed = this.#detailed && withoutOldest(this.#detailed);
    }
  }

  history(limit = mostKept): readonly Decision[] {
    const moments = this.#moments ?? [];
    const count = moments.length / 3;
    const first = Math.max(0, count - Math.min(limit, mostKept));
    return Array.from(
      { length: count - first },
      (_, i) => this.#detailed?.get(first + i) ?? plainDecision(moments, first + i),
    ).sort((a, b) => a.scheduled - b.scheduled);
  }

  lastRun(): Decision | undefined {
    return this.history().findLast(({ started }) => started !== undefined);
  }
}

const withoutOldest = (detailed: ReadonlyMap<number, Decision>): Map<number, Decision> =>
  new Map(
    [...detailed].filter(([index]) => index >= mostKept).map(([index, other]) => [index - mostKept, other]),
  );

const plainDecision = (moments: readonly number[], index: number): Decision => {
  const [scheduled, started, ended] = moments.slice(3 * index, 3 * index + 3) as [Instant, Instant, Instant];
  return { scheduled, outcome: "succeeded", started, ended, attempts: 1 };
};

const isPlain = ({ outcome, attempts, count, byHand }: Decision): boolean =>
  outcome === "succeeded" && attempts === 1 && count === undefined && !byHand;
