import { keepResult } from "./results.ts";

/** Whether the long versions of the experiments were asked for: `npm run faults`. `FAULTS=short` keeps the figures of the short ones. */
export const isLong = process.env.FAULTS === "long";

/** Random numbers that a seed repeats (mulberry32). */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 32))) {
    this.seed = seed;
    this.#state = seed;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }
}

/**
 * One line for one part of an experiment, past vitest's own output; the figures of the long versions are kept, and stand in the README.
 *
 * @param part its number, and which part it is: `"F4 rerun"`, `"F4 control, no claim"`, or `"F8"` for the only one
 */
export const keepFigures = (part: string, figures: Readonly<Record<string, unknown>>): void => {
  const name = usesStore(part) && hasSqlite ? `${part}, node:sqlite` : part;
  if (process.env.FAULTS) keepResult(name, figures);
  const text = Object.entries(figures).map(([what, value]) => `${what} ${String(value)}`);
  process.stdout.write(`${name}: ${text.join(" · ")}\n`);
};

/** Node's own SQLite is there from version 22 on; before, it is that of the package. */
const hasSqlite = process.getBuiltinModule?.("node:sqlite" as never) !== undefined;

const usesStore = (part: string): boolean => /^F(?:4|5|8|9|10|19|22)\b/.test(part);

/** Zero failures in so many tries say, at 95 %, that the rate is at most this ("rule of three"). */
export const atMost = (tries: number): string => `≤ ${Math.min(100, (3 / tries) * 100).toFixed(2)} % at 95 %`;
