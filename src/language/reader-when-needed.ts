import { createRequire } from "node:module";
import { ScheduleError } from "../errors.ts";
import type * as Reader from "./reader.ts";

const require = (name: string): unknown => createRequire(import.meta.url)(name);
let loaded: typeof Reader | undefined;

/**
 * The reader of phrases, in the built package: a file of its own, loaded at the first phrase. Node would need 9 ms to go over its text in every script.
 * It is CommonJS, as only that can be loaded in the middle of a sentence, and holds what it needs of the lower floors once more.
 */
const reader = (): typeof Reader => {
  loaded ??= load();
  return loaded;
};

/** A bundler does not see that the file is needed, and leaves it behind. */
const load = (): typeof Reader => {
  try {
    return require("../reader.cjs") as typeof Reader;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new ScheduleError({
      code: "reader-missing",
      what: "Phrases cannot be read here, as reader.cjs does not lie beside the package",
      accepted: "onthedot to be left out of what is bundled: esbuild --external:onthedot",
    });
  }
};

export const parseWhen: typeof Reader.parseWhen = (...said) => reader().parseWhen(...said);
export const parseEvery: typeof Reader.parseEvery = (...said) => reader().parseEvery(...said);
export const parseOn: typeof Reader.parseOn = (...said) => reader().parseOn(...said);
export const parseOnce: typeof Reader.parseOnce = (...said) => reader().parseOnce(...said);
export const parseClock: typeof Reader.parseClock = (...said) => reader().parseClock(...said);
export const parseBoundary: typeof Reader.parseBoundary = (...said) => reader().parseBoundary(...said);
export const parseExclusions: typeof Reader.parseExclusions = (...said) => reader().parseExclusions(...said);
export const parseDays: typeof Reader.parseDays = (...said) => reader().parseDays(...said);
