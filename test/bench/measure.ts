import { openSync, readFileSync, readSync } from "node:fs";

/** One of several packages that do the same work. */
export interface Contender {
  readonly name: string;
  /** Does the work once. */
  readonly work: () => unknown;
}

/** Fewer rounds and smaller sizes: to see whether a benchmark works, not to get figures. */
export const isQuick = process.argv.includes("--quick");

/**
 * The CPU time of the main thread so far, in milliseconds. The collector and the compiler also work in threads of their own, and those
 * delay no job: `process.cpuUsage()` would charge them too.
 */
export const mainThreadCpu = (): number => {
  // Linux brings the thread's counter up to date when a process asks for its usage; reading the file alone gives the last tick's.
  process.cpuUsage();
  schedstat ??= openSync("/proc/self/schedstat", "r");
  const length = readSync(schedstat, buffer, 0, buffer.length, 0);
  return Number.parseInt(buffer.toString("latin1", 0, length), 10) / 1e6;
};
let schedstat: number | undefined;
const buffer = Buffer.alloc(64);

/** How often the main thread has gone to sleep so far, and so how often it was woken. */
export const mainThreadSleeps = (): number =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))![1]);

/** What some work costs the main thread, in milliseconds of CPU. */
export const cost = (work: () => void): number => {
  const before = mainThreadCpu();
  work();
  return mainThreadCpu() - before;
};

/**
 * Measures several contenders in turn, each in every round, so that whatever disturbs the machine disturbs all of them.
 *
 * @returns by contender, the median cost of doing the work once, in microseconds; or the error's message
 */
export const compare = (contenders: readonly Contender[]): Record<string, number | string> => {
  const rounds = isQuick ? 3 : 7;
  const all = contenders.map(({ name, work }) => ({
    name,
    work,
    repeats: 0,
    costs: [] as number[],
    error: "",
  }));
  for (let round = 0; round < rounds; round++)
    for (const one of all) {
      // What takes a tenth of a second is measured well enough by three.
      if (one.error || (round >= 3 && one.costs[0]! > 100_000)) continue;
      try {
        one.repeats ||= repeatsFor(one.work, isQuick ? 2 : 20);
        one.costs.push((costOf(one.work, one.repeats) / one.repeats) * 1_000);
      } catch (error) {
        one.error = `threw: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
      }
    }
  return Object.fromEntries(all.map(({ name, costs, error }) => [name, error || median(costs)]));
};

/** How often the work must be done to take `ms`. Finding out warms it up. */
const repeatsFor = (work: () => unknown, ms: number): number => {
  for (let repeats = 1; ; repeats *= 2) if (costOf(work, repeats) >= ms) return repeats;
};

const costOf = (work: () => unknown, repeats: number): number =>
  cost(() => {
    for (let i = 0; i < repeats; i++) lastResult = work();
  });

/** Exported, so that the engine cannot leave out the work. */
export let lastResult: unknown;

/** Processors in use on this machine over a time in which this process sleeps. */
export const processorsInUse = async (ms: number): Promise<number> => {
  const before = busyTicks();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ((busyTicks() - before) * 10) / ms;
};

/** Hundredths of a second that all processors together have worked since the machine started. */
const busyTicks = (): number => {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync("/proc/stat", "utf8")
    .split("\n", 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user! + nice! + system! + irq! + softirq! + steal!;
};

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

export const quantile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))]!;

export const geometricMean = (numbers: readonly number[]): number =>
  Math.exp(numbers.reduce((sum, n) => sum + Math.log(n), 0) / numbers.length);
