import type { Job } from "../job/job.ts";
import { nearest } from "../nearest.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { oneLine } from "../terminal/text.ts";
import { UsageError } from "./command.ts";

/** More names than these are not listed. */
const mostListed = 30;

/** The job with a name. @throws UsageError when there is none, with the nearest; and when there are several */
export const findJob = (
  scheduler: Scheduler,
  name: string | undefined,
  usage: string,
  jobs: readonly Job[] = scheduler.jobs(),
): Job => {
  if (name === undefined) throw new UsageError("Which job?", `usage: ${usage}`, jobsLine(jobs));
  const found = jobs.filter((job) => job.name === name);
  if (found.length === 1) return found[0]!;
  const shown = JSON.stringify(oneLine(name));
  if (found.length > 1)
    throw new UsageError(
      `${found.length} jobs are named ${shown}. Give each a name of its own: .named("…")`,
      ...found.map((job) => `  ${oneLine(job.name)}   ${oneLine(job.describe())}`),
    );
  const near = nearest(name, new Set(jobs.map((job) => job.name)));
  throw new UsageError(
    `No job ${shown}.${near === undefined ? "" : ` Did you mean ${oneLine(near)}?`}   ${jobsLine(jobs)}`,
  );
};

/** A name that cannot be taken for several. */
const apart = (name: string): string => (name.includes(" ") ? JSON.stringify(name) : name);

const jobsLine = (jobs: readonly Job[]): string => {
  if (jobs.length === 0) return "There are no jobs.";
  const names = [...new Set(jobs.map((job) => oneLine(job.name)))].sort();
  const more = names.length - mostListed;
  return `Jobs: ${names.slice(0, mostListed).map(apart).join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
};
