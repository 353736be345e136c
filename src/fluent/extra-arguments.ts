import { ScheduleError, show } from "../errors.ts";

/** How many arguments each word of a schedule takes; those that take any number are left out. */
const mostOf: Readonly<Record<string, number>> = {
  between: 2,
  starting: 1,
  until: 1,
  for: 1,
  times: 1,
  aligned: 0,
  fixedDelay: 0,
  in: 1,
  or: 1,
  named: 1,
  immediately: 0,
  overlap: 1,
  catchUp: 2,
  retry: 2,
  timeout: 1,
  jitter: 1,
  ifInterrupted: 1,
  pauseAfterFailures: 1,
  ping: 2,
  notify: 2,
  exec: 3,
  describe: 1,
  next: 2,
  previous: 2,
  matches: 1,
  fromJSON: 1,
  to: 1,
  every: 1,
  when: 1,
  once: 1,
  cron: 1,
};

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Lets each word refuse arguments that it would not read: `cron("0 12 * * *", { timezone: "Asia/Tokyo" })` is in another zone than it says. */
export const refuseExtra = (words: object): void => {
  for (const [word, most] of Object.entries(mostOf)) {
    const method: unknown = Object.getOwnPropertyDescriptor(words, word)?.value;
    if (typeof method !== "function") continue;
    const checked: Method = function (...args) {
      const extra = args.slice(most).find((arg) => arg !== undefined);
      if (extra !== undefined) throw tooMany(word, most, args[0], extra);
      return (method as Method).apply(this, args);
    };
    Object.defineProperty(words, word, { value: checked, configurable: true, writable: true });
  }
};

const tooMany = (word: string, most: number, first: unknown, given: unknown): ScheduleError =>
  new ScheduleError({
    code: "arguments",
    what: `${word}(…) with more than ${most === 1 ? "1 argument" : `${most} arguments`}`,
    given,
    accepted: most === 0 ? "no argument" : `at most ${most}; what else is to be said has a word of its own`,
    nearest: insteadOf(word, first, given),
  });

/** What to write for the arguments that other libraries take. */
const insteadOf = (word: string, first: unknown, given: unknown): string | undefined => {
  if (typeof given === "function") return `${word}(${show(first)}).do(…)`;
  if (word === "every" && typeof given === "string" && /^[a-z]+$/.test(given))
    return `every(${show(first)}).${given}`;
  if (typeof given !== "object" || given === null) return undefined;
  const { timezone, timeZone, tz, zone } = given as Readonly<Record<string, unknown>>;
  const named = [timezone, timeZone, tz, zone].find((one) => typeof one === "string");
  return named === undefined ? undefined : `.in(${show(named)})`;
};
