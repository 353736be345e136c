/** One of several that do the same work. */
export interface Contender {
  readonly name: string;
  /** Does the work once. */
  readonly work: () => unknown;
}

/** Whether little time is to be spent: fewer runs, smaller sizes. */
export const isQuick = process.argv.includes("--quick");

/** How often each contender's work is measured; the median counts. */
const rounds = isQuick ? 3 : 5;
/** How long one measurement takes at least, in milliseconds. */
const longEnough = isQuick ? 2 : 8;

/**
 * Measures several in turn, each in every round, so that what disturbs the machine disturbs all of them.
 *
 * @returns the median of what one piece of work took, in microseconds, by contender; what it threw where it gave up
 */
export const compare = (contenders: readonly Contender[]): Record<string, number | string> => {
  const all = contenders.map(({ name, work }) => ({
    name,
    work,
    times: 0,
    taken: [] as number[],
    gaveUp: "",
  }));
  for (let round = 0; round < rounds; round++)
    for (const one of all) {
      if (one.gaveUp) continue;
      try {
        one.times ||= repeats(one.work);
        one.taken.push((took(one.work, one.times) / one.times) * 1_000);
      } catch (error) {
        one.gaveUp = `gave up: ${error instanceof Error ? error.message : error}`;
      }
    }
  return Object.fromEntries(all.map(({ name, taken, gaveUp }) => [name, gaveUp || median(taken)]));
};

/** How often a work must be done to take long enough; doing so warms it up. */
const repeats = (work: () => unknown): number => {
  for (let times = 1; ; times *= 2) {
    const ms = took(work, times);
    if (ms >= longEnough) return times;
    if (ms > longEnough / 4) times = Math.max(times, Math.floor((times * longEnough) / ms / 2));
  }
};

/** Keeps what was computed, so that computing it cannot be left out. */
export let kept: unknown;

/** Milliseconds for a work done several times. */
const took = (work: () => unknown, times: number): number =>
  stopwatch(() => {
    for (let i = 0; i < times; i++) kept = work();
  });

/** The smaller of wall time and CPU time, in milliseconds: others on the machine lengthen the one, threads of Node the other. */
export const stopwatch = (work: () => void): number => {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  work();
  const passed = performance.now() - wall;
  const { user, system } = process.cpuUsage(cpu);
  return Math.min(passed, (user + system) / 1_000);
};

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

export const quantile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))]!;

export const geometricMean = (numbers: readonly number[]): number =>
  Math.exp(numbers.reduce((sum, n) => sum + Math.log(n), 0) / numbers.length);
