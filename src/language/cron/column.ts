import { type Run, runsOf, wholeStep } from "../value-runs.ts";
import type { Field } from "./field.ts";

/** What one field of a cron expression is to say. */
export interface Column {
  readonly field: Field;
  /** Sorted, each once; undefined is every one. */
  readonly values: readonly number[] | undefined;
  /** Entries that are no numbers, ready to be written. */
  readonly more: readonly string[];
}

/** A column of values, and of entries such as `L`; with none of either it says nothing. */
export const column = (
  field: Field,
  values: readonly number[] | undefined,
  more: readonly string[] = [],
): Column => ({ field, values: values?.length === 0 && more.length === 0 ? undefined : values, more });

export const isOpen = ({ values }: Column): boolean => values === undefined;

/** Numbers and ranges. Begins with `*` only where nothing is said. */
export const plain = ({ values, more }: Column): string =>
  values ? [...runsOf(values).map(writeRun), ...more].join(",") : "*";

/** `*` or `*\/n` and nothing beside it; undefined where the values are others. */
export const starred = ({ field, values, more }: Column): string | undefined => {
  if (!values) return "*";
  const step = wholeStep(values, field.first, field.last);
  return step === undefined || more.length > 0 ? undefined : step === 1 ? "*" : `*/${step}`;
};

/** The shorter of the two; numbers where they are as short. */
export const short = (of: Column): string => {
  const [numbers, star] = [plain(of), starred(of)];
  return star && star.length < numbers.length ? star : numbers;
};

/** Begins with `*`, whatever follows: `*\/15,20`. Undefined where no step from the first value stays within the values. */
export const begunWithStar = (of: Column): string | undefined => starred(of) ?? starredAndMore(of);

const starredAndMore = ({ field, values = [], more }: Column): string | undefined => {
  const { first, last } = field;
  for (let step = 1; step <= last - first; step++) {
    const each = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
    if (!each.every((value) => values.includes(value))) continue;
    const rest = values.filter((value) => !each.includes(value));
    return [step === 1 ? "*" : `*/${step}`, ...runsOf(rest).map(writeRun), ...more].join(",");
  }
  return undefined;
};

const writeRun = ({ from, to, step }: Run): string =>
  from === to ? `${from}` : step === 1 ? `${from}-${to}` : `${from}-${to}/${step}`;
