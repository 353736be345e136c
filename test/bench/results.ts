import { readFileSync, writeFileSync } from "node:fs";

/** CPU is that of the main thread. */
export type Unit = "µs" | "ms" | "ms late" | "bytes" | "MiB" | "ms CPU" | "wake-ups" | "of the commits";

/** What one benchmark measured of one piece of work, by contender. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  /** The median, or the reason why there is none: the contender cannot do it, gives other results, or takes too long. */
  readonly values: Readonly<Record<string, number | string>>;
  /** What `onthedot` should not exceed. */
  readonly goal?: number | undefined;
}

export interface Benchmark {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly how: string;
  readonly rows: readonly Row[];
}

/** The circumstances of one benchmark: each can be run alone. */
export interface Circumstances {
  readonly date: string;
  readonly node: string;
  readonly machine: string;
  /** Processors in use by others just before and just after. */
  readonly load: readonly [before: number, after: number];
}

export type Results = Readonly<Record<string, Benchmark & Circumstances>>;

/** The contender that is measured; the others are there to compare. */
export const subject = "onthedot";

/** What the platform itself needs for the same work. */
export const isBare = (name: string): boolean => name.startsWith("bare");

export const loadResults = (file: string): Results => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
};

export const saveResults = (file: string, results: Results): void =>
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);

/** Where and when results were measured, in one line. */
export const circumstancesLine = (results: Results): string => {
  const all = Object.values(results);
  const dates = all.map(({ date }) => date).sort();
  const load = Math.max(...all.flatMap(({ load = [Number.NaN, Number.NaN] }) => load));
  const { node, machine } = all[0]!;
  const days = [...new Set([dates[0]!, dates.at(-1)!])].join(" to ");
  return `${days}, Node ${node}, ${machine}; others used at most ${formatNumber(load)} processors.`;
};

/** Three significant digits, more before the point. */
export const formatNumber = (value: number): string =>
  value !== 0 && Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : String(Number(value.toPrecision(3)));
