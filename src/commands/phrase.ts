import type { ParseContext } from "../language/clauses.ts";
import { parseCron } from "../language/cron/parse.ts";
import { parseEvery, parseWhen } from "../language/reader.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";

/**
 * Parses what stands behind a command: a phrase in quotes, its words without quotes, a crontab expression, or what follows "every". A number behind it is
 * how many lines are wanted, and is given back.
 *
 * @throws ScheduleError that points at the mistake
 */
export const parsePhrase = (
  words: readonly string[],
  context: ParseContext,
): { readonly recurrence: Recurrence; readonly rest: readonly string[] } => {
  const parsed = (count: number) => ({
    recurrence: parseText(words.slice(0, count).join(" "), context),
    rest: words.slice(count),
  });
  const hasCount = words.length > 1 && /^\d+$/.test(words.at(-1)!);
  if (!hasCount) return parsed(words.length);
  // "monday at 10" without quotes is a phrase to its end; "every monday" 10 is one with a number behind it.
  const [first, second] = words[0]!.includes(" ")
    ? [words.length - 1, words.length]
    : [words.length, words.length - 1];
  return either(
    () => parsed(first),
    () => parsed(second),
  );
};

const parseText = (text: string, context: ParseContext): Recurrence =>
  looksLikeCron(text)
    ? parseCron(text)
    : either(
        () => parseWhen(text, context),
        () => parseEvery(text, context),
      );

/** Digits and signs where the minute and the hour stand, or a nickname. */
const looksLikeCron = (text: string): boolean =>
  /^\s*@[a-z]/i.test(text) || /^\s*[\d*,/?-]+\s+[\d*,/?-]+(?:\s+\S+){2,5}\s*$/.test(text);

/** The first that does not throw, or what the first one threw. */
const either = <T>(first: () => T, second: () => T): T => {
  try {
    return first();
  } catch (error) {
    try {
      return second();
    } catch {
      throw error;
    }
  }
};
