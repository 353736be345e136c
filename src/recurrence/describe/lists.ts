/** Numbers in a row, from the first to the last. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Sorted numbers as runs: three and more in a row are one run, others stand alone. */
export const runsOf = (numbers: readonly number[]): readonly Run[] => {
  const runs: Run[] = [];
  for (let i = 0; i < numbers.length; ) {
    const from = numbers[i]!;
    let length = 1;
    while (numbers[i + length] === from + length) length++;
    const taken = length >= 3 ? length : 1;
    runs.push({ from, to: from + taken - 1 });
    i += taken;
  }
  return runs;
};

/** Sorted numbers in words: each, or the two ends of a run. */
export const sayRuns = (
  numbers: readonly number[],
  name: (n: number) => string,
  to: string,
): readonly string[] =>
  runsOf(numbers).map((run) => (run.from === run.to ? name(run.from) : name(run.from) + to + name(run.to)));

/** `"a, b and c"` with the separators of a language. */
export const join = (parts: readonly string[], comma: string, and: string): string =>
  parts.length < 2 ? (parts[0] ?? "") : parts.slice(0, -1).join(comma) + and + parts[parts.length - 1];
