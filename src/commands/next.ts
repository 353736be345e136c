import type { Job } from "../job.ts";
import { compile } from "../recurrence/next/compile.ts";
import { colored, plain, tableLines } from "../terminal/style.ts";
import { oneLine, sayDateTimes, sayWait } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { second } from "../time/plain-time.ts";
import { formatOffset, offsetAt } from "../time/zone.ts";
import {
  type CommandContext,
  command,
  flag,
  limitOption,
  printJson,
  readLimit,
  text,
  unexpected,
} from "./command.ts";
import { mostWords, readSubject, type Subject } from "./phrase.ts";

/** The next runs of a script's jobs, or of a phrase or cron expression. */
export const next = command(
  "next",
  mostWords,
  { ...limitOption, job: text, zone: text, json: flag },
  (context, values, args) => {
    const subject = readSubject(context, args, values);
    const { limit, rest } = readLimit(subject.rest, values.limit, "jobs" in subject ? 5 : 3);
    if (rest.length > 0) throw unexpected(context, rest[0]!);
    if ("jobs" in subject) nextOfJobs(context, subject.jobs, limit, values.json);
    else nextOfPhrase(context, subject, limit, values.json);
  },
);

const nextOfJobs = (
  context: CommandContext,
  jobs: readonly Job[],
  limit: number,
  isJson: boolean | undefined,
) => {
  const { scheduler, style, print } = context;
  const words = texts().commands.next;
  const { clock, zone } = scheduler;
  // What is shown as one moment is one for people, wherever in its second each job runs.
  const { moments, leftOut } = nextRuns(jobs, limit, isJson ? 1 : second);
  if (isJson) {
    const next = moments.map(({ at, names }) => ({ at: formatIso(at, zone), jobs: names }));
    return printJson(context, { zone: zone.name, next });
  }
  if (moments.length === 0) return print([`  ${words.none}`]);
  const shown = sayDateTimes(
    moments.map(({ at }) => at),
    clock.now(),
    zone,
  );
  const rows = moments.map(({ names }, i) => [
    [plain(shown[i]!)],
    [colored("bold", names.map(oneLine).join(", "))],
  ]);
  print([
    ...tableLines(rows, style, { shrinks: [[1, 10]], indent: 2 }),
    ...leftOut.map((job) =>
      style.paint(`  ${words.runsMore(oneLine(job.name), oneLine(job.describe(currentLanguage())))}`, "dim"),
    ),
  ]);
};

/**
 * The next runs of several jobs, by moment. Each job's next run comes before any job's second one, so that a job that runs every few seconds does not
 * hide the others; `leftOut` are the jobs that also run between the moments.
 *
 * @param grain runs within one of these lengths are one moment
 */
const nextRuns = (jobs: readonly Job[], limit: number, grain: number) => {
  const planned = jobs
    .filter((job) => !job.isPaused)
    .map((job) => ({ job, at: job.next(limit).map((date) => Math.floor(date.getTime() / grain) * grain) }));
  const rounds = Array.from({ length: limit }, (_, round) =>
    planned.flatMap(({ at }) => at[round] ?? []).sort((a, b) => a - b),
  );
  const chosen = new Set([...new Set(rounds.flat())].slice(0, limit).sort((a, b) => a - b));
  const moments = [...chosen].map((at) => ({
    at: at as Instant,
    names: [...new Set(planned.filter((one) => one.at.includes(at)).map(({ job }) => job.name))],
  }));
  const last = moments.at(-1)?.at ?? -Infinity;
  const leftOut = planned
    .filter(({ at }) => at.some((moment) => moment < last && !chosen.has(moment)))
    .map(({ job }) => job);
  return { moments, leftOut };
};

const nextOfPhrase = (
  context: CommandContext,
  { recurrence, zone, now }: Exclude<Subject, { readonly jobs: unknown }>,
  limit: number,
  isJson: boolean | undefined,
) => {
  const trigger = compile(recurrence, { zone, anchor: now });
  const moments: Instant[] = [];
  for (let at = trigger.next(now); at !== null && moments.length < limit; at = trigger.next(at))
    moments.push(at);
  if (isJson) return printJson(context, { zone: zone.name, next: moments.map((at) => formatIso(at, zone)) });
  if (moments.length === 0) return context.print([`  ${texts().commands.next.never}`]);
  // Counted from another year than any moment, so that years are shown.
  const shown = sayDateTimes(moments, 0 as Instant, zone);
  const rows = moments.map((at, i) => [
    [plain(`${shown[i]}  ${formatOffset(offsetAt(zone, at))}`)],
    i === 0 ? [colored("dim", texts().commands.in(sayWait(at - now)))] : [],
  ]);
  context.print(tableLines(rows, context.style, { shrinks: [], indent: 2 }));
};
