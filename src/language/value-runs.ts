/** Some of a field's values that can be written as one: one value, neighbours, or each step-th of a stretch. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The runs of a sorted list: four or more with one step between them are one, else as {@link neighbours}. */
export const runsOf = (values: readonly number[]): readonly Run[] => {
  const step = stepOf(values);
  return step !== undefined && step > 1 && values.length > 3
    ? [{ from: values[0]!, to: values.at(-1)!, step }]
    : neighbours(values);
};

/** The runs of a sorted list, three or more neighbours together. */
export const neighbours = (values: readonly number[]): readonly Run[] => {
  const runs: Run[] = [];
  for (let i = 0; i < values.length; i++) {
    const from = i;
    while (values[i + 1] === values[i]! + 1) i++;
    if (i - from >= 2) runs.push({ from: values[from]!, to: values[i]!, step: 1 });
    else for (const value of values.slice(from, i + 1)) runs.push({ from: value, to: value, step: 1 });
  }
  return runs;
};

/** The step of a list that holds exactly every step-th value of a whole field, the field's first among them. */
export const wholeStep = (values: readonly number[], first: number, last: number): number | undefined => {
  const step = stepOf(values);
  return step !== undefined && values[0] === first && values.at(-1)! + step > last ? step : undefined;
};

/** The distance of each value from the one before, where it is always the same. */
const stepOf = ([first, second, ...rest]: readonly number[]): number | undefined => {
  if (first === undefined || second === undefined) return undefined;
  const step = second - first;
  return rest.every((value, i) => value === second + (i + 1) * step) ? step : undefined;
};
