import { nearest, ScheduleError } from "./errors.ts";

/**
 * Checks the names of options: one that is misspelt would do nothing, and nobody would know.
 *
 * @param what the word they belong to, as `"run(…)"`
 * @throws ScheduleError `options` for an option that is not known, and for what holds no options
 */
export const checkOptions = (what: string, given: object | undefined, names: readonly string[]): void => {
  if (given === undefined) return;
  if (typeof given !== "object" || given === null)
    throw new ScheduleError({ code: "options", what: `Options of ${what}`, given, accepted: listed(names) });
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ScheduleError({
    code: "options",
    what: `Option of ${what}`,
    given: unknown,
    accepted: names.join(", "),
    nearest: nearest(unknown, names),
  });
};

const listed = (names: readonly string[]): string => `{ ${names.join(", ")} }`;
