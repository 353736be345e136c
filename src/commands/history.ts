import type { Job, RunRecord } from "../job.ts";
import { runFacts } from "../report/json.ts";
import { lastDecisions } from "../scheduler/job.ts";
import { colored, plain, type Span, type Style, tableLines } from "../terminal/style.ts";
import { oneLine, safeJson, sayDateTime, sayLength } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { command, findJob, readArguments, readCount } from "./command.ts";

const usage = "history [job] [-n 20] [--json]";

/** Tells what became of the last occurrences, oldest first. */
export const history = command(({ scheduler, args, style, print }) => {
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
    [colored("bold", oneLine(job.name))],
    outcomeSpans(run, style),
  ]);
  print(tableLines(rows, style, { shrinks: [2, 1], indent: 2 }));
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

/** What became of an occurrence, in a few words: `"✔ 1.6s"`, `"✖ timed out after 30s"`. */
export const outcomeSpans = (run: RunRecord, { glyphs }: Style): readonly Span[] => {
  const took = run.started && run.ended ? sayLength(run.ended.getTime() - run.started.getTime()) : "";
  const times = (run.count ?? 1) > 1 ? `${run.count} ` : "";
  switch (run.outcome) {
    case "succeeded":
      return [colored("green", glyphs.ok), plain(` ${took}`)];
    case "failed":
      return [colored("red", glyphs.fail), plain(` ${oneLine(run.error?.split("\n")[0] ?? "failed")}`)];
    case "timedOut":
      return [colored("red", glyphs.fail), plain(` timed out after ${took}`)];
    case "cancelled":
      return [colored("yellow", glyphs.skip), plain(` cancelled after ${took}`)];
    case "interrupted":
      return [colored("red", glyphs.fail), plain(" cut off when its process died")];
    case "skipped":
      return [colored("yellow", glyphs.skip), plain(` ${times}skipped, the last run still ran`)];
    case "dropped":
      return [colored("yellow", glyphs.skip), plain(` ${times}dropped, too many were waiting`)];
    case "coalesced":
      return [colored("yellow", glyphs.skip), plain(` ${times}missed, made one with a later run`)];
    case "expired":
      return [colored("yellow", glyphs.skip), plain(` ${times}missed, too old to be made up for`)];
  }
};
