/** The seed of every random test; a failing one prints it. `SEED=7 npx vitest run test/recurrence` tries another. */
export const seed = Number(process.env.SEED ?? 20_261_122);

/** How many cases a property is tried on: `CASES=5000` for a thorough run. */
const cases = Number(process.env.CASES ?? 50);

/** 1 in a thorough run. */
export const thorough = cases / 5_000;

/** The number of cases of a property, of which so many at most are worth their time. */
export const runs = (most: number): number => Math.max(1, Math.min(most, cases));
