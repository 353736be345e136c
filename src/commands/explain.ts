import type { Job } from "../job/job.ts";
import { entryOf } from "../scheduler/entry.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Look } from "../terminal/style.ts";
import { oneLine, safeJson, sayDateTime, sayWait, sayZone } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { policyRows } from "../view/policy-rows.ts";
import { readArguments } from "./arguments.ts";
import { command } from "./command.ts";
import { findJob } from "./find-job.ts";
import { howOften, type Row, recurrenceFacts, rowLines, sameAs, strangeNights } from "./recurrence-rows.ts";

const usage = "explain [job] [--json]";

/** Tells what was understood of a job: its words read back, its zone, its next runs, and what happens when something is late, slow or broken. */
export const explain = command(({ scheduler, args, look, print }) => {
  const { values, positionals } = readArguments(args, { json: { type: "boolean" } }, { usage, most: 1 });
  const jobs = positionals[0] === undefined ? scheduler.jobs() : [findJob(scheduler, positionals[0], usage)];
  if (values.json) {
    print([safeJson(jobs.map((job) => jobFacts(job, scheduler)))]);
    return 0;
  }
  if (jobs.length === 0) print(["  There are no jobs."]);
  for (const job of jobs) {
    const rows = explained(job, scheduler, look);
    print(["", `  ${look.paint(oneLine(job.name), "bold")}`, "", ...rowLines(rows, look)]);
  }
  print([""]);
  return 0;
});

const mostShown = 3;

/** What was understood, line by line. */
const explained = (job: Job, { clock, zone }: Scheduler, { glyphs }: Look): readonly Row[] => {
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

const jobFacts = (job: Job, { clock, zone }: Scheduler) => {
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
