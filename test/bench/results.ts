import { readFileSync, writeFileSync } from "node:fs";

export type Unit = "µs" | "ms" | "ms late" | "bytes" | "MiB" | "ms CPU" | "wake-ups";

/** What one benchmark measured for one piece of work, by contender. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  /** The median of the runs. A text says why there is none: the contender cannot do it, gives other moments, or takes too long. */
  readonly values: Readonly<Record<string, number | string>>;
  /** What `onthedot` is to stay below. */
  readonly goal?: number | undefined;
}

export interface Benchmark {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly how: string;
  readonly rows: readonly Row[];
}

export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly machine: string;
  readonly isQuick: boolean;
}

/** One benchmark with the circumstances it was run in: each can be run alone. */
export type Results = Readonly<Record<string, Benchmark & Machine>>;

/** The contender that is measured; the others are there to compare. */
export const subject = "onthedot";

/** What the platform itself needs for the same work. */
export const isBare = (name: string): boolean => name.startsWith("bare");

const unreadable: Results = {};

export const loadResults = (file: string): Results => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return unreadable;
    throw error;
  }
};

export const saveResults = (file: string, results: Results): void =>
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
