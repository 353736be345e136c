import type { Job } from "../job.ts";
import type { CatchUp } from "../policy/catch-up.ts";
import type { Overlap } from "../policy/overlap.ts";
import type { Policies } from "../policy/policies.ts";
import { entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { Style } from "../terminal/style.ts";
import { counted, oneLine, safeJson, sayDateTime, sayWait, sayZone } from "../terminal/text.ts";
import { formatDuration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { command, findJob, readArguments } from "./command.ts";
import { howOften, type Row, recurrenceFacts, rowLines, sameAs, strangeNights } from "./recurrence-rows.ts";

const usage = "explain [job] [--json]";

/** Tells what was understood of a job: its words read back, its zone, its next runs, and what happens when something is late, slow or broken. */
export const explain = command(({ scheduler, args, style, print }) => {
  const { values, positionals } = readArguments(args, { json: { type: "boolean" } }, { usage, most: 1 });
  const jobs = positionals[0] === undefined ? scheduler.jobs() : [findJob(scheduler, positionals[0], usage)];
  if (values.json) {
    print([safeJson(jobs.map((job) => jobFacts(job, scheduler)))]);
    return 0;
  }
  if (jobs.length === 0) print(["  There are no jobs."]);
  for (const job of jobs) {
    const rows = explained(job, scheduler, style);
    print(["", `  ${style.paint(oneLine(job.name), "bold")}`, "", ...rowLines(rows, style)]);
  }
  print([""]);
  return 0;
});

const mostShown = 3;

/** What was understood, line by line. */
const explained = (job: Job, { clock, zone }: SchedulerCore, { glyphs }: Style): readonly Row[] => {
  const now = clock.now();
  const next = job.next(mostShown).map((date) => date.getTime() as Instant);
  const entry = entryOf(job);
  return [
    ["reads as", oneLine(job.describe())],
    ...(entry?.said ? [["said as", oneLine(entry.said)] as const] : []),
    ...sameAs(job.recurrence, glyphs),
    ["zone", sayZone(zone, now)],
    ...next.map(
      (at, i) =>
        [
          i === 0 ? "next" : "",
          `${sayDateTime(at, now, zone)}${i === 0 ? `   in ${sayWait(at - now)}` : ""}`,
        ] as const,
    ),
    ...(next.length === 0 ? [["next", job.isPaused ? "paused" : "never"] as const] : []),
    ...howOften(job.recurrence, zone, now),
    ...strangeNights(job.recurrence, zone, now),
    ...(entry ? policyRows(entry.definition.policies) : []),
  ];
};

const jobFacts = (job: Job, { clock, zone }: SchedulerCore) => {
  const entry = entryOf(job);
  const { recurrence } = job;
  const now = clock.now();
  return {
    job: job.name,
    when: job.describe(),
    recurrence,
    ...recurrenceFacts(recurrence, zone, now),
    next: job.next(mostShown).map((date) => formatIso(date.getTime() as Instant, zone)),
    ...(entry && { said: entry.said, policies: entry.definition.policies }),
  };
};

/** What happens when a run is slow, late or fails, in words: a head and a sentence each. */
export const policyRows = (policies: Policies): readonly (readonly [string, string])[] => {
  const { overlap, catchUp, retry, timeout, jitter, pauseAfterFailures, ifInterrupted } = policies;
  const within =
    catchUp.maxLateness === undefined ? "" : `, up to ${formatDuration(catchUp.maxLateness)} late`;
  return [
    ["overlap", `${overlap}: ${overlaps[overlap]}`],
    ["catch up", `${catchUp.missed}: ${catchUps[catchUp.missed]}${within}`],
    ...(retry ? [["retry", `${counted(retry.times, "more attempt")} after a failure`] as const] : []),
    ...(timeout === undefined ? [] : [["timeout", `${formatDuration(timeout)} for an attempt`] as const]),
    ...(jitter === undefined ? [] : [["jitter", `starts up to ${formatDuration(jitter)} later`] as const]),
    ...(pauseAfterFailures === undefined
      ? []
      : [["pause", `after ${counted(pauseAfterFailures, "failed run")} in a row`] as const]),
    ...(ifInterrupted === "report" ? [] : [["cut off", "a run that was cut off runs again"] as const]),
  ];
};

const overlaps: Readonly<Record<Overlap, string>> = {
  skip: "what comes while a run goes on does not run",
  queue: "one that comes while a run goes on waits for it",
  queueAll: "those that come while a run goes on wait, up to 1,000",
  cancel: "the next one ends a run that still goes on",
  allow: "runs may go on side by side",
};

const catchUps: Readonly<Record<CatchUp, string>> = {
  once: "after sleep or a stop, the latest missed one runs",
  skip: "after sleep or a stop, nothing missed runs",
  all: "after sleep or a stop, all missed ones run, up to 100",
};
