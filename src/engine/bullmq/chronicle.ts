import type { Decision, Outcome } from "../../job/run.ts";
import type { Instant } from "../../time/instant.ts";

/** So many decisions on a job are held here. */
const mostHeld = 100;

const longestError = 2_000;

/** What became of the occurrences of jobs, as far as it is known here: by the keys of jobs, and as it is written in Redis, so that none is there twice. */
export class Chronicle {
  readonly #jobs = new Map<string, Map<string, Decision>>();
  readonly #most: number;

  constructor(most = mostHeld) {
    this.#most = most;
  }

  add(key: string, text: string): void {
    const decision = readDecision(text);
    if (!decision) return;
    const held = this.#jobs.get(key) ?? new Map<string, Decision>();
    this.#jobs.set(key, held);
    held.set(text, decision);
    if (held.size <= this.#most) return;
    for (const oldest of held.keys()) {
      held.delete(oldest);
      return;
    }
  }

  of(key: string): readonly Decision[] {
    return [...(this.#jobs.get(key)?.values() ?? [])].sort((a, b) => a.scheduled - b.scheduled);
  }
}

export const writeDecision = ({ error, ...decision }: Decision): string =>
  JSON.stringify({ ...decision, ...(error !== undefined && { error: error.slice(0, longestError) }) });

/** Reads a decision; what is none is passed over, for Redis is open to others, too. */
export const readDecision = (text: string): Decision | undefined => {
  try {
    const { scheduled, outcome, started, ended, attempts, error, count, byHand } = JSON.parse(text);
    if (!Number.isSafeInteger(scheduled) || !outcomes.includes(outcome)) return undefined;
    return {
      scheduled,
      outcome,
      attempts: Number.isSafeInteger(attempts) ? attempts : 0,
      ...(isInstant(started) && { started }),
      ...(isInstant(ended) && { ended }),
      ...(typeof error === "string" && { error }),
      ...(Number.isSafeInteger(count) && { count }),
      ...(byHand === true && { byHand }),
    };
  } catch {
    return undefined;
  }
};

const isInstant = (value: unknown): value is Instant => Number.isSafeInteger(value);

const outcomes: readonly Outcome[] = [
  "succeeded",
  "failed",
  "timed-out",
  "cancelled",
  "skipped",
  "coalesced",
  "expired",
  "interrupted",
  "dropped",
];
