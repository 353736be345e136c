import { second } from "../time/plain-time.ts";

/** A waking that is later than this, or a wall clock that has gone further astray, is told. */
export const tolerance = 2 * second;
