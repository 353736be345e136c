import type { Job } from "../job.ts";
import { describe } from "../language/describe.ts";
import type { Policies } from "../policy/policies.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { entryOf } from "../scheduler/job.ts";
import { sayExact } from "../simulate/picture.ts";
import { oneLine, safeJson, sayDateTime, sayLength, sayWait, sayZone } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import type { Zone } from "../time/zone.ts";
import {
  type CommandContext,
  command,
  findScriptJob,
  jobsNamed,
  readArguments,
  UsageError,
  usageError,
  zoneOfPhrase,
} from "./command.ts";
import { parsePhrase } from "./phrase.ts";
import { howOften, type Row, recurrenceFacts, rowLines, sameAs, strangeNights } from "./recurrence-rows.ts";

/** How a script's jobs, or a phrase or cron expression, are understood: meaning, zone, next runs, clock changes and policies. */
export const explain = command("explain", (context) => {
  const { scheduler, hasScript, style, print } = context;
  const { values, positionals } = readArguments(
    context,
    { zone: { type: "string" }, json: { type: "boolean" } },
    maxWords,
  );
  const words = positionals.join(" ");
  const named = scheduler.jobs().map((job) => ({ name: job.name, when: "", job }));
  const isOfJobs =
    hasScript &&
    (positionals.length === 0 || jobsNamed(named, words).length > 0 || !mayBePhrase(words, context));
  const inZone = zoneOfPhrase(context, values.zone, !isOfJobs);
  if (!isOfJobs) return explainPhrase(context, positionals, inZone, values.json ?? false);
  const jobs = positionals.length === 0 ? scheduler.jobs() : [findScriptJob(context, words)];
  if (values.json) {
    print([safeJson(jobs.map((job) => jobFacts(job, context)))]);
    return 0;
  }
  if (jobs.length === 0) print([`  ${texts().commands.noJobs}`]);
  for (const job of jobs)
    print(["", `  ${style.paint(oneLine(job.name), "bold")}`, "", ...rowLines(jobRows(job, context), style)]);
  print([""]);
  return 0;
});

/** One word is a phrase only where it can be parsed; else it is more likely a misspelt job. */
const mayBePhrase = (text: string, { scheduler }: CommandContext): boolean => {
  if (text.includes(" ")) return true;
  try {
    parsePhrase([text], scheduler.parseContext());
    return true;
  } catch {
    return false;
  }
};

const maxWords = 40;
const maxNext = 3;

const jobRows = (job: Job, { scheduler, style }: CommandContext): readonly Row[] => {
  const words = texts().commands.explain;
  const { clock, zone } = scheduler;
  const now = clock.now();
  const next = job.next(maxNext).map((date) => date.getTime() as Instant);
  const entry = entryOf(job);
  return [
    [words.meaning, oneLine(job.describe(currentLanguage()))],
    ...(entry?.source ? [[words.source, oneLine(entry.source)] as const] : []),
    ...sameAs(job.recurrence, style.glyphs),
    [words.zone, sayZone(zone, now)],
    ...next.map(
      (at, i) =>
        [
          i === 0 ? words.next : "",
          i === 0
            ? `${sayDateTime(at, now, zone)}   ${texts().commands.in(sayWait(at - now))}`
            : sayDateTime(at, now, zone),
        ] as const,
    ),
    ...(next.length === 0 ? [[words.next, job.isPaused ? words.paused : words.never] as const] : []),
    ...howOften(job.recurrence, zone, now),
    ...strangeNights(job.recurrence, zone, now),
    ...(entry ? policyRows(entry.definition.policies) : []),
  ];
};

const jobFacts = (job: Job, { scheduler }: CommandContext) => {
  const { clock, zone } = scheduler;
  const entry = entryOf(job);
  return {
    job: job.name,
    when: job.describe(),
    recurrence: job.recurrence,
    ...recurrenceFacts(job.recurrence, zone, clock.now()),
    next: job.next(maxNext).map((date) => formatIso(date.getTime() as Instant, zone)),
    ...(entry && { source: entry.source, policies: entry.definition.policies }),
  };
};

/** What happens when a run is slow, late or fails: a head and a sentence each. */
export const policyRows = (policies: Policies): readonly Row[] => {
  const { overlap, catchUp, retry, timeout, jitter, pauseAfterFailures, ifInterrupted } = policies;
  const words = texts().commands.explain.policies;
  const late = catchUp.maxLateness === undefined ? undefined : sayLength(catchUp.maxLateness);
  return [
    [words.overlap, `${overlap}: ${words.overlaps[overlap]}`],
    [words.catchUp, `${catchUp.missed}: ${words.catchUps[catchUp.missed]}${words.maxLateness(late)}`],
    ...(retry ? [[words.retry, words.attempts(retry.times)] as const] : []),
    ...(timeout === undefined ? [] : [[words.timeout, words.perAttempt(sayLength(timeout))] as const]),
    ...(jitter === undefined ? [] : [[words.jitter, words.later(sayLength(jitter))] as const]),
    ...(pauseAfterFailures === undefined
      ? []
      : [[words.pause, words.pausesAfter(pauseAfterFailures)] as const]),
    ...(ifInterrupted === "report" ? [] : [[words.interrupted, words.reruns] as const]),
  ];
};

const explainPhrase = (
  context: CommandContext,
  positionals: readonly string[],
  zone: Zone,
  isJson: boolean,
): number => {
  const { scheduler, style, print } = context;
  const words = texts().commands.explain;
  if (positionals.length === 0) throw usageError(context, texts().commands.missingWhen);
  const now = scheduler.clock.now();
  const { recurrence, rest } = parsePhrase(positionals, { now, zone });
  if (rest.length > 0) throw new UsageError(texts().commands.unexpected(oneLine(rest[0]!), false));
  const next = compile(recurrence, { zone, anchor: now }).next(now);
  if (isJson) {
    print([safeJson(phraseFacts(recurrence, zone, now, next))]);
    return 0;
  }
  const rows: readonly Row[] = [
    [words.meaning, describe(recurrence, { zone, language: currentLanguage() })],
    ...sameAs(recurrence, style.glyphs),
    [words.zone, words.zoneNow(sayZone(zone, now))],
    [
      words.next,
      next === null ? words.never : `${sayExact(next, zone)}   ${texts().commands.in(sayWait(next - now))}`,
    ],
    ...howOften(recurrence, zone, now),
    ...strangeNights(recurrence, zone, now),
  ];
  print(["", ...rowLines(rows, style), ""]);
  return 0;
};

const phraseFacts = (recurrence: Recurrence, zone: Zone, now: Instant, next: Instant | null) => ({
  when: describe(recurrence, { zone }),
  recurrence,
  ...recurrenceFacts(recurrence, zone, now),
  next: next === null ? null : formatIso(next, zone),
});
