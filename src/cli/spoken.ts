import { parseCron } from "../language/cron.ts";
import type { Hearing } from "../language/hearing.ts";
import { parseEvery, parseWhen } from "../language/reader.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";

/**
 * Reads what stands in quotes behind a word of the command line: a crontab expression, a whole phrase, or one that goes on after "every".
 *
 * @throws ScheduleError that points at the mistake
 */
export const readSaid = (text: string, hearing: Hearing): Recurrence => {
  if (looksLikeCron(text)) return parseCron(text);
  try {
    return parseWhen(text, hearing);
  } catch (mistake) {
    return orElse(() => parseEvery(text, hearing), mistake);
  }
};

/** Digits and signs where the minute and the hour stand, or a nickname. */
const looksLikeCron = (text: string): boolean =>
  /^\s*@[a-z]/i.test(text) || /^\s*[\d*,/?-]+\s+[\d*,/?-]+(?:\s+\S+){2,5}\s*$/.test(text);

const orElse = (read: () => Recurrence, mistake: unknown): Recurrence => {
  try {
    return read();
  } catch {
    throw mistake;
  }
};

/** Whether an argument names a script and not a phrase. */
export const isScriptName = (text: string): boolean => /\.[cm]?[jt]sx?$/i.test(text);

export const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/i.test(file);
