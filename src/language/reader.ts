/**
 * All that reads phrases: half of this package. A script that uses no phrase does not load it: the build replaces imports of this file by
 * `#when-needed` (.ci/build.mjs).
 */
export { readRecurrence } from "../recurrence/json.ts";
export { parseEvery, parseOn, parseOnce, parseWhen } from "./phrase.ts";
export { parseBoundary, parseClock, parseDays, parseExclusions } from "./words.ts";
