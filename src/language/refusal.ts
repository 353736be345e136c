import { Mistake } from "./mistake.ts";

/** Ends the making of a recurrence: what was said can be read, but not meant. It is caught where another reading is tried. */
export class Refusal {
  readonly mistake: Mistake;
  readonly start: number;
  readonly end: number;

  constructor(mistake: Mistake, { start, end }: { readonly start: number; readonly end: number }) {
    this.mistake = mistake;
    this.start = start;
    this.end = end;
  }
}

/** The value, unless it is a mistake: then that is refused, pointing at a place. */
export const unless = <T>(
  value: T,
  place: { readonly start: number; readonly end: number },
): Exclude<T, Mistake> => {
  if (value instanceof Mistake) throw new Refusal(value, place);
  return value as Exclude<T, Mistake>;
};
