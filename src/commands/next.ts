import type { Job } from "../job.ts";
import { colored, plain, tableLines } from "../terminal/style.ts";
import { oneLine, safeJson, sayDateTime } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { second } from "../time/plain-time.ts";
import { command, findJob, readArguments, readCount } from "./command.ts";

const usage = "next [count] [--job name] [--json]";

/** Tells the next moments at which anything runs. */
export const next = command(({ scheduler, args, style, print }) => {
  const { values, positionals } = readArguments(
    args,
    { job: { type: "string" }, json: { type: "boolean" }, count: { type: "string", short: "n" } },
    { usage, most: 1 },
  );
  const count = readCount(positionals[0] ?? values.count, 5, "The count");
  const jobs = values.job === undefined ? scheduler.jobs() : [findJob(scheduler, values.job, usage)];
  // What is shown as one moment is one for people, wherever in its second each job has its beat.
  const moments = nextMoments(jobs, count, values.json ? 1 : second);
  const { clock, zone } = scheduler;
  if (values.json) {
    const list = moments.map(({ at, names }) => ({ at: formatIso(at, zone), jobs: names }));
    print([safeJson({ zone: zone.name, next: list })]);
  } else if (moments.length === 0) print(["  Nothing is planned."]);
  else {
    const rows = moments.map(({ at, names }) => [
      [plain(sayDateTime(at, clock.now(), zone))],
      [colored("bold", names.map(oneLine).join(", "))],
    ]);
    print(tableLines(rows, style, { shrinks: [1], indent: 2 }));
  }
  return 0;
});

/** The next moments of all jobs together, each with the names of the jobs that run then. @param grain what lies in one of these lengths is one moment */
export const nextMoments = (
  jobs: readonly Job[],
  count: number,
  grain = 1,
): readonly { readonly at: Instant; readonly names: readonly string[] }[] => {
  const byMoment = new Map<Instant, string[]>();
  for (const job of jobs) {
    if (job.isPaused) continue;
    for (const date of job.next(count)) {
      const at = (Math.floor(date.getTime() / grain) * grain) as Instant;
      const names = byMoment.get(at) ?? [];
      if (!names.includes(job.name)) byMoment.set(at, [...names, job.name]);
    }
  }
  return [...byMoment]
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([at, names]) => ({ at, names }));
};
