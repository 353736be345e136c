import type { Job } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { parseCron } from "../language/cron/parse.ts";
import { parseEvery, parseWhen } from "../language/reader.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { texts } from "../text/text.ts";
import { zoneNamed } from "../time/zone.ts";
import { type CommandContext, findScriptJob, jobsNamed, usageError } from "./command.ts";

export const mostWords = 40;

/** Jobs of the script, or what a phrase or cron expression means; `rest` is the number behind them, or nothing. */
export type Subject =
  | { readonly jobs: readonly Job[]; readonly rest: readonly string[] }
  | (ParseContext & { readonly recurrence: Recurrence; readonly rest: readonly string[] });

/**
 * What `next` and `explain` are about: no words mean all jobs, and one word is a phrase only where it can be parsed; else it is more likely a misspelt job.
 *
 * @param zone that of `--zone`, which a phrase takes: a job has its own
 * @throws UsageError, ScheduleError that points at the mistake
 */
export const readSubject = (
  context: CommandContext,
  args: readonly string[],
  { zone: given, job }: { readonly zone?: string | undefined; readonly job?: string | undefined },
): Subject => {
  const { scheduler, hasScript } = context;
  const [zone, now] = [given === undefined ? scheduler.zone : zoneNamed(given), scheduler.clock.now()];
  const isName = args.length > 1 && scheduler.jobs().some((one) => one.name === args.join(" "));
  const words = args.slice(0, args.length - Number(!isName && /^\d+$/.test(args.at(-1) ?? "")));
  const name = job ?? words.join(" ");
  const isOfAll = job === undefined && words.length === 0;
  const mayBePhrase = () =>
    name.includes(" ") ||
    either(
      () => parseText(name, { now, zone }),
      () => null,
    );
  if (
    hasScript &&
    (isOfAll || job !== undefined || jobsNamed(scheduler.jobs(), name).length > 0 || !mayBePhrase())
  ) {
    if (given !== undefined) throw usageError(context, texts().commands.zoneOfJobs);
    return {
      jobs: isOfAll ? scheduler.jobs() : [findScriptJob(context, name)],
      rest: args.slice(job !== undefined ? 0 : words.length),
    };
  }
  const { missing, when } = texts().commands;
  if (args.length === 0) throw usageError(context, missing(when));
  const parsed = (count: number) => ({
    recurrence: parseText(args.slice(0, count).join(" "), { now, zone }),
    rest: args.slice(count),
  });
  const all = args.length;
  if (all === 1 || words.length === all) return { zone, now, ...parsed(all) };
  // "monday at 10" without quotes is a phrase to its end; "every monday" 10 is one with a number behind it.
  const [first, second] = args[0]!.includes(" ") ? [all - 1, all] : [all, all - 1];
  return {
    zone,
    now,
    ...either(
      () => parsed(first),
      () => parsed(second),
    ),
  };
};

/** A crontab expression, a phrase, or what follows "every". */
const parseText = (text: string, context: ParseContext): Recurrence =>
  looksLikeCron(text)
    ? parseCron(text)
    : either(
        () => parseWhen(text, context),
        () => parseEvery(text, context),
      );

/** Digits and signs where the minute and the hour stand, or a nickname; what only other crons read is left to the error. */
const looksLikeCron = (text: string): boolean =>
  /^\s*(?:@[a-z]|(?:CRON_)?TZ=)/i.test(text) || /^\s*[\dH*,/?-]+\s+[\dH*,/?-]+(?:\s+\S+){2,5}\s*$/.test(text);

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
