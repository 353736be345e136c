import { stripVTControlCharacters } from "node:util";
import type { Outcome, RunRecord } from "../job.ts";
import { outcomeText, runFacts } from "../report/event-text.ts";
import { whyRun } from "../report/why.ts";
import { colored, plain, type Span, type Style, tableLines } from "../terminal/style.ts";
import { manyLines, oneLine, safeJson, sayDateTime, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import {
  command,
  findJob,
  jobsNamed,
  type KnownJob,
  knownJobs,
  limitOption,
  readArguments,
  readLimit,
} from "./command.ts";
import { factsOf, readPeriod } from "./why.ts";

/** Past runs, oldest first: of one job or of all, also of those that have ended. */
export const history = command("history", (context) => {
  const { scheduler, style, print } = context;
  const { values, positionals } = readArguments(
    context,
    {
      ...limitOption,
      job: { type: "string" },
      failed: { type: "boolean" },
      since: { type: "string" },
      json: { type: "boolean" },
    },
    2,
  );
  const all = knownJobs(scheduler);
  const { limit, rest } = readLimit(positionals, values.limit, 20, (word) => jobsNamed(all, word).length > 0);
  const name = values.job ?? rest[0];
  const jobs = name === undefined ? all : [findJob(context, name, all)];
  const { clock, zone } = scheduler;
  const now = clock.now();
  const since = values.since === undefined ? -Infinity : readPeriod(values.since, now, zone).from;
  const isWanted = (run: RunRecord) =>
    (!values.failed || failures.has(run.outcome)) && momentOf(run) >= since;
  const isFiltered = values.failed || values.since !== undefined;
  const runs = lastRuns(jobs, limit, isFiltered ? mostSearched : limit, isWanted);
  if (values.json) {
    const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
    print([
      safeJson({
        zone: zone.name,
        runs: runs.map(({ job, run }) => ({
          job: job.name,
          ...runFacts(run, say),
          ...(run.output !== undefined && { output: run.output }),
        })),
      }),
    ]);
    return 0;
  }
  if (runs.length === 0) {
    const words = texts().commands.history;
    const why = isFiltered ? [words.noneFound] : scheduler.isDurable ? [words.none] : words.noStore;
    print(why.map((line) => `  ${line}`));
    return 0;
  }
  const rows = runs.map(({ job, run }) => [
    [plain(sayDateTime(momentOf(run), now, zone))],
    [colored(job.end ? "dim" : "bold", oneLine(job.name))],
    outcomeSpans(run, style),
  ]);
  const lines = tableLines(rows, style, {
    shrinks: [
      [2, 10],
      [1, 10],
    ],
    indent: 2,
  });
  const facts = name === undefined ? undefined : factsOf(jobs[0]!, scheduler);
  const indent = " ".repeat(6);
  print(
    lines.flatMap((line, i) => {
      const { run } = runs[i]!;
      if (!facts) return [line];
      const reason = isPlain(run) ? [] : wrapText(whyRun(facts, run), style.width - indent.length);
      return [line, ...reason.map((text) => style.paint(indent + text, "dim")), ...outputLines(run, style)];
    }),
  );
  return 0;
});

/** Whether it started on time: then its outcome explains itself. */
const isPlain = ({ started, scheduled }: RunRecord): boolean =>
  started !== undefined && started.getTime() - scheduled.getTime() < minute;

const failures: ReadonlySet<Outcome> = new Set(["failed", "timedOut", "interrupted"]);

/** What a run printed, below it. */
const outputLines = ({ output = "" }: RunRecord, { paint, width }: Style): readonly string[] =>
  manyLines(stripVTControlCharacters(output).trimEnd())
    .filter((line, _, all) => line !== "" || all.length > 1)
    .flatMap((line) => wrapText(line, width - 6))
    .map((line) => (line === "" ? "" : `      ${paint(line, "dim")}`));

/** Where only some decisions are wanted, so many are read of each job. */
const mostSearched = 10_000;

const lastRuns = (
  jobs: readonly KnownJob[],
  limit: number,
  searched: number,
  isWanted: (run: RunRecord) => boolean,
): readonly { readonly job: KnownJob; readonly run: RunRecord }[] =>
  jobs
    .flatMap((job) =>
      job
        .history(searched)
        .filter(isWanted)
        .map((run) => ({ job, run })),
    )
    .sort((a, b) => momentOf(a.run) - momentOf(b.run))
    .slice(-limit);

const momentOf = ({ started, scheduled }: RunRecord): Instant => (started ?? scheduled).getTime() as Instant;

/** The outcome of a run in a few words: `"✔ 1.6s"`, `"✖ timed out after 30s"`. */
export const outcomeSpans = (run: RunRecord, { glyphs }: Style): readonly Span[] => [
  run.outcome === "succeeded"
    ? colored("green", glyphs.ok)
    : failures.has(run.outcome)
      ? colored("red", glyphs.fail)
      : colored("yellow", glyphs.skip),
  plain(` ${outcomeText(run)}`),
];
