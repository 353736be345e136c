/** The seed of every random test; a failing one prints it. `SEED=7 npx vitest run test/recurrence` tries another. */
export const seed = Number(process.env.SEED ?? 20_261_122);

/** How many times as many cases as usual: `CASES=20` for a long look, `CASES=0.1` for a short one. */
export const thorough = Number(process.env.CASES ?? 1);

/** A number of cases, as thorough as it was asked for. */
export const runs = (usual: number): number => Math.max(1, Math.round(usual * thorough));
