/** All that reads phrases: half of this package. It is imported as `#reader`, by which the built package loads it at the first phrase. */
export { parseEvery, parseOn, parseOnce, parseWhen } from "./phrase.ts";
export { parseBoundary, parseClock, parseDays, parseExclusions } from "./words.ts";
