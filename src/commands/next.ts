import type { Job } from "../job.ts";
import { compile } from "../recurrence/next/compile.ts";
import { colored, plain, tableLines } from "../terminal/style.ts";
import { oneLine, safeJson, sayDateTime, sayWait } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso, formatOffset } from "../time/iso.ts";
import { second } from "../time/plain-time.ts";
import { offsetAt } from "../time/zone.ts";
import {
  type CommandContext,
  command,
  findScriptJob,
  jobsNamed,
  limitOption,
  readArguments,
  readLimit,
  usageError,
  zoneOfPhrase,
} from "./command.ts";
import { parsePhrase } from "./phrase.ts";

/** The next runs of a script's jobs, or of a phrase or cron expression. */
export const next = command("next", (context) => {
  const { values, positionals } = readArguments(
    context,
    { ...limitOption, job: { type: "string" }, zone: { type: "string" }, json: { type: "boolean" } },
    maxWords,
  );
  const words = positionals.filter((word, i) => i < positionals.length - 1 || !/^\d+$/.test(word)).join(" ");
  const named = context.scheduler.jobs().map(({ name }) => ({ name, when: "" }));
  const isJob = context.hasScript && (/^[\d ]*$/.test(words) || jobsNamed(named, words).length > 0);
  zoneOfPhrase(context, values.zone, !isJob);
  return isJob
    ? nextOfJobs(context, positionals, words === "" ? values : { ...values, job: words })
    : nextOfPhrase(context, positionals, values);
});

const maxWords = 40;

interface Values {
  readonly limit?: string;
  readonly job?: string;
  readonly zone?: string;
  readonly json?: boolean;
}

const nextOfJobs = (context: CommandContext, positionals: readonly string[], values: Values): number => {
  const { scheduler, style, print } = context;
  const words = texts().commands;
  const { limit } = readLimit(positionals.slice(-1), values.limit, 5);
  const jobs = values.job === undefined ? scheduler.jobs() : [findScriptJob(context, values.job)];
  const { clock, zone } = scheduler;
  // What is shown as one moment is one for people, wherever in its second each job runs.
  const { moments, leftOut } = nextRuns(jobs, limit, values.json ? 1 : second);
  if (values.json) {
    const list = moments.map(({ at, names }) => ({ at: formatIso(at, zone), jobs: names }));
    print([safeJson({ zone: zone.name, next: list })]);
  } else if (moments.length === 0) print([`  ${words.next.none}`]);
  else {
    const rows = moments.map(({ at, names }) => [
      [plain(sayDateTime(at, clock.now(), zone))],
      [colored("bold", names.map(oneLine).join(", "))],
    ]);
    print(tableLines(rows, style, { shrinks: [[1, 10]], indent: 2 }));
    for (const job of leftOut)
      print([
        style.paint(
          `  ${words.next.runsMore(oneLine(job.name), oneLine(job.describe(currentLanguage())))}`,
          "dim",
        ),
      ]);
  }
  return 0;
};

/**
 * The next runs of several jobs, by moment. Each job's next run comes before any job's second one, so that a job that runs every few seconds does not
 * hide the others; `leftOut` are the jobs that also run between the moments.
 *
 * @param grain runs within one of these lengths are one moment
 */
export const nextRuns = (jobs: readonly Job[], limit: number, grain = 1) => {
  const planned = jobs
    .filter((job) => !job.isPaused)
    .map((job) => ({ job, at: job.next(limit).map((date) => Math.floor(date.getTime() / grain) * grain) }));
  const chosen = new Set<number>();
  for (let round = 0; round < limit && chosen.size < limit; round++)
    for (const at of planned.flatMap(({ at }) => at[round] ?? []).sort((a, b) => a - b))
      if (chosen.size < limit) chosen.add(at);
  const moments = [...chosen]
    .sort((a, b) => a - b)
    .map((at) => ({
      at: at as Instant,
      names: [...new Set(planned.filter((one) => one.at.includes(at)).map(({ job }) => job.name))],
    }));
  const last = moments.at(-1)?.at ?? -Infinity;
  const leftOut = planned
    .filter(({ at }) => at.some((moment) => moment < last && !chosen.has(moment)))
    .map(({ job }) => job);
  return { moments, leftOut };
};

const nextOfPhrase = (context: CommandContext, positionals: readonly string[], values: Values): number => {
  const { scheduler, style, print } = context;
  const { clock } = scheduler;
  if (positionals.length === 0) throw usageError(context, texts().commands.missingWhen);
  const zone = zoneOfPhrase(context, values.zone);
  const now = clock.now();
  const { recurrence, rest } = parsePhrase(positionals, { now, zone });
  const { limit } = readLimit(rest, values.limit, 3);
  const trigger = compile(recurrence, { zone, anchor: now });
  const moments: Instant[] = [];
  for (let at = trigger.next(now); at !== null && moments.length < limit; at = trigger.next(at))
    moments.push(at);
  if (values.json) print([safeJson({ zone: zone.name, next: moments.map((at) => formatIso(at, zone)) })]);
  else if (moments.length === 0) print([`  ${texts().commands.next.never}`]);
  else {
    const rows = moments.map((at, i) => [
      [plain(`${sayDateTime(at, otherYear, zone)}  ${formatOffset(offsetAt(zone, at))}`)],
      i === 0 ? [colored("dim", texts().commands.in(sayWait(at - now)))] : [],
    ]);
    print(tableLines(rows, style, { shrinks: [], indent: 2 }));
  }
  return 0;
};

/** In another year than any moment, so that years are shown. */
const otherYear = 0 as Instant;
