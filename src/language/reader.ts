/**
 * All that reads phrases: half of this package. The build replaces imports of this file by `#reader`, and so a script that uses no phrase does
 * not load it (reader-when-needed.ts).
 */
export { readRecurrence } from "../recurrence/json.ts";
export { parseEvery, parseOn, parseOnce, parseWhen } from "./phrase.ts";
export { parseBoundary, parseClock, parseDays, parseExclusions } from "./words.ts";
