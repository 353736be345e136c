import type { Next } from "./peers.ts";

/** Why answers are not those of a reference, or nothing when they are. */
export const differs = (next: Next, reference: Next, from: number, count: number): string | undefined => {
  let at = from;
  for (let i = 0; i < count; i++) {
    const wanted = reference(at);
    const got = answer(next, at);
    if (got !== wanted) return `other moments: ${got} and not ${new Date(wanted).toISOString()}`;
    at = wanted;
  }
  return undefined;
};

const answer = (next: Next, at: number): number | string => {
  try {
    return next(at);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
