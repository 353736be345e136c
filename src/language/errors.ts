/** What is wrong with a part of a phrase that was understood as far as that. */
export class Mistake {
  readonly code: string;
  /** What would be right, in words; two readings where there are two. */
  readonly accepted: string;
  /** The right form that lies nearest. */
  readonly nearest: string | undefined;

  constructor(code: string, accepted: string, nearest?: string) {
    this.code = code;
    this.accepted = accepted;
    this.nearest = nearest;
  }
}

/** Two people would read it in two ways, so both are offered and neither is taken. */
export const ambiguous = (...readings: readonly [string, string, ...string[]]): Mistake =>
  new Mistake("ambiguous", readings.map((reading) => JSON.stringify(reading)).join(" or "));

/** Goes on with what was read, unless it is a mistake or nothing. */
export const given = <A, B>(
  read: A,
  restore: (right: Exclude<A, Mistake | undefined>) => B,
): B | Extract<A, Mistake | undefined> =>
  read instanceof Mistake || read === undefined
    ? (read as Extract<A, Mistake | undefined>)
    : restore(read as Exclude<A, Mistake | undefined>);

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
