import { createRequire } from "node:module";
import type * as Reader from "./reader.ts";

let loaded: typeof Reader | undefined;

/**
 * The reader of phrases in the built package: a file of its own, loaded at the first phrase. Node would need 9 ms to compile it in every script.
 * It is CommonJS, because only that can be loaded in the middle of a statement. Bundlers are given reader.js instead, which they can follow.
 */
const reader = (): typeof Reader => {
  loaded ??= createRequire(import.meta.url)("./reader.cjs") as typeof Reader;
  return loaded;
};

export const parseWhen: typeof Reader.parseWhen = (...args) => reader().parseWhen(...args);
export const parseEvery: typeof Reader.parseEvery = (...args) => reader().parseEvery(...args);
export const parseOn: typeof Reader.parseOn = (...args) => reader().parseOn(...args);
export const parseOnce: typeof Reader.parseOnce = (...args) => reader().parseOnce(...args);
export const parseClock: typeof Reader.parseClock = (...args) => reader().parseClock(...args);
export const parseBoundary: typeof Reader.parseBoundary = (...args) => reader().parseBoundary(...args);
export const parseExclusions: typeof Reader.parseExclusions = (...args) => reader().parseExclusions(...args);
export const readRecurrence: typeof Reader.readRecurrence = (...args) => reader().readRecurrence(...args);
export const parseDays: typeof Reader.parseDays = (...args) => reader().parseDays(...args);
