import type { Job } from "../job/job.ts";
import type { RunRecord } from "../job/run.ts";
import { lastDecisions } from "../scheduler/entry.ts";
import { plain, tableLines, tinted } from "../terminal/style.ts";
import { oneLine, safeJson, sayDateTime } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { runFacts } from "../view/json-lines.ts";
import { outcomeSpans } from "../view/outcome.ts";
import { readArguments, readCount } from "./arguments.ts";
import { command } from "./command.ts";
import { findJob } from "./find-job.ts";

const usage = "history [job] [-n 20] [--json]";

/** Tells what became of the last occurrences, oldest first. */
export const history = command(({ scheduler, args, look, print }) => {
  const { values, positionals } = readArguments(
    args,
    { count: { type: "string", short: "n" }, json: { type: "boolean" } },
    { usage, most: 1 },
  );
  const count = readCount(values.count, 20, "The count");
  const jobs = positionals[0] === undefined ? scheduler.jobs() : [findJob(scheduler, positionals[0], usage)];
  const { clock, zone } = scheduler;
  const decisions = decisionsOn(jobs, count);
  if (values.json) {
    const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
    print([
      safeJson({
        zone: zone.name,
        runs: decisions.map(({ job, run }) => ({ job: job.name, ...runFacts(run, say) })),
      }),
    ]);
    return 0;
  }
  if (decisions.length === 0) {
    print(
      scheduler.isDurable
        ? ["  Nothing has run yet."]
        : [
            "  Nothing is remembered. What becomes of runs outlives the script in a store:",
            '  run({ store: sqlite("jobs.db") })',
          ],
    );
    return 0;
  }
  const now = clock.now();
  const rows = decisions.map(({ job, run }) => [
    [plain(sayDateTime(momentOf(run), now, zone))],
    [tinted("bold", oneLine(job.name))],
    outcomeSpans(run, look),
  ]);
  print(tableLines(rows, look, { shrinks: [2, 1], indent: 2 }));
  return 0;
});

const decisionsOn = (
  jobs: readonly Job[],
  count: number,
): readonly { readonly job: Job; readonly run: RunRecord }[] =>
  jobs
    .flatMap((job) => lastDecisions(job, count).map((run) => ({ job, run })))
    .sort((a, b) => momentOf(a.run) - momentOf(b.run))
    .slice(-count);

const momentOf = ({ started, scheduled }: RunRecord): Instant => (started ?? scheduled).getTime() as Instant;
