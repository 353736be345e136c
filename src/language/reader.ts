/**
 * All that reads phrases: half of this package. A script that uses no phrase does not load it: the build replaces imports of this file by
 * `#when-needed` (.ci/build.mjs).
 */
export { readRecurrence } from "../recurrence/json.ts";
export {
  parseBoundary,
  parseClock,
  parseDays,
  parseEvery,
  parseExclusions,
  parseOn,
  parseOnce,
  parseWhen,
} from "./language.ts";
