import { stripVTControlCharacters } from "node:util";
import type { Outcome, RunRecord } from "../job.ts";
import { outcomeText, runFacts } from "../report/event-text.ts";
import { type WhyFacts, whyRun } from "../report/why.ts";
import { colored, plain, type Span, type Style, tableLines } from "../terminal/style.ts";
import { manyLines, oneLine, sayDateTime, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import {
  command,
  findJob,
  flag,
  jobsNamed,
  knownJobs,
  limitOption,
  printJson,
  readLimit,
  text,
  unexpected,
} from "./command.ts";
import { factsOf, readPeriod } from "./why.ts";

/** Past runs, oldest first: of one job or of all, also of those that have ended. */
export const history = command(
  "history",
  2,
  { ...limitOption, job: text, failed: flag, since: text, json: flag },
  (context, values, args) => {
    const { scheduler, style, print } = context;
    const all = knownJobs(scheduler);
    const { limit, rest } = readLimit(args, values.limit, 20, (word) => jobsNamed(all, word).length > 0);
    const [name, extra] = values.job === undefined ? rest : [values.job, ...rest];
    if (extra !== undefined) throw unexpected(context, extra, true);
    const jobs = name === undefined ? all : [findJob(context, name, all)];
    const { clock, zone } = scheduler;
    const now = clock.now();
    const since = values.since === undefined ? -Infinity : readPeriod(values.since, now, zone).from;
    const isFiltered = values.failed || values.since !== undefined;
    const runs = jobs
      .flatMap((job) => job.history(isFiltered ? mostSearched : limit).map((run) => ({ job, run })))
      .filter(({ run }) => (!values.failed || failures.has(run.outcome)) && momentOf(run) >= since)
      .sort((a, b) => momentOf(a.run) - momentOf(b.run))
      .slice(-limit);
    if (values.json) {
      const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
      return printJson(context, {
        zone: zone.name,
        runs: runs.map(({ job, run }) => ({
          job: job.name,
          ...runFacts(run, say),
          ...(run.output !== undefined && { output: run.output }),
        })),
      });
    }
    if (runs.length === 0) {
      const words = texts().commands.history;
      const why = isFiltered ? [words.noneFound] : scheduler.isDurable ? [words.none] : words.noStore;
      return print(why.map((line) => `  ${line}`));
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
    if (name === undefined) return print(lines);
    const facts = factsOf(jobs[0]!, scheduler);
    print(lines.flatMap((line, i) => [line, ...detailLines(runs[i]!.run, facts, style)]));
  },
);

/** Below a run: why it was late or did not start, where its outcome does not explain itself, and what it printed. */
const detailLines = (run: RunRecord, facts: WhyFacts, { paint, width }: Style): readonly string[] => {
  const { started, scheduled, output = "" } = run;
  const isOnTime = started !== undefined && started.getTime() - scheduled.getTime() < minute;
  const reason = isOnTime ? [] : wrapText(whyRun(facts, run), width - 6);
  const printed = manyLines(stripVTControlCharacters(output).trimEnd())
    .filter((line, _, all) => line !== "" || all.length > 1)
    .flatMap((line) => wrapText(line, width - 6));
  return [...reason, ...printed].map((line) => (line === "" ? "" : `      ${paint(line, "dim")}`));
};

const failures: ReadonlySet<Outcome> = new Set(["failed", "timedOut", "interrupted"]);

/** Where only some decisions are wanted, so many are read of each job. */
const mostSearched = 10_000;

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
