import { basename } from "node:path";
import type { Job } from "../job/job.ts";
import type { RunRecord } from "../job/run.ts";
import { lastDecisions, lastRunOf } from "../scheduler/entry.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { cutSpans, type Look, painted, plain, type Span, tableLines, tinted } from "../terminal/style.ts";
import {
  counted,
  joinTo,
  oneLine,
  safeJson,
  sayLength,
  sayMoment,
  sayWait,
  sayZone,
} from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { byNextRun } from "../view/jobs-table.ts";
import { runFacts } from "../view/json-lines.ts";
import { outcomeSpans } from "../view/outcome.ts";
import { readArguments } from "./arguments.ts";
import { command } from "./command.ts";

/** Tells all jobs: when they run, when next, and what became of the last run. */
export const list = command(({ scheduler, args, look, print }) => {
  const { values } = readArguments(args, { json: { type: "boolean" } }, { usage: "list [--json]", most: 0 });
  const { clock, zone } = scheduler;
  const jobs = byNextRun(scheduler.jobs());
  const now = clock.now();
  if (values.json) {
    print([
      safeJson({
        now: formatIso(now, zone),
        zone: zone.name,
        running: scheduler.others().map((other) => ({ ...other, since: formatIso(other.since, zone) })),
        jobs: jobs.map((job) => jobFacts(job, zone)),
      }),
    ]);
    return 0;
  }
  const rows = jobs.map((job) => jobCells(job, now, zone, look));
  const table =
    jobs.length === 0
      ? ["  There are no jobs."]
      : look.width < twoLines
        ? inSeveralLines(rows, look)
        : inOneLine(rows, look);
  const facts = [counted(jobs.length, "job"), sayZone(zone, now), ...runningFacts(scheduler)];
  const end = joinTo(facts, ` ${look.glyphs.dot} `, look.width - 2).map((line) => `  ${line}`);
  print(["", ...table, "", ...end, ""]);
  return 0;
});

/** Since when the jobs are run by another process, as far as a store tells: `"running since Sat 21 Nov 09:12 (pid 4242)"`; another script that shares the store by its name. */
const runningFacts = (scheduler: Scheduler): readonly string[] => {
  // What runs beside a Redis runs on any machine, and none of them is told apart here.
  if (!scheduler.isDurable || scheduler.hasEngine) return [];
  const { clock, zone } = scheduler;
  const own = process.argv[1] === undefined ? "" : basename(process.argv[1]);
  const said = scheduler.others().map(({ since, pid, script }) => {
    const who = script === own ? `pid ${pid}` : `pid ${pid}, ${oneLine(script)}`;
    return `running since ${sayMoment(toMinute(since), clock.now(), zone)} (${who})`;
  });
  return said.length === 0 ? ["not running now"] : said;
};

/** Below this width the last run goes to a line of its own. */
const twoLines = 100;
/** Below this one what was said of each job does, too: cut, it would say nothing. */
const severalLines = 80;

type Cell = readonly Span[];

const heads: readonly Cell[] = ["JOB", "WHEN", "NEXT", "LEFT", "LAST", "RESULT"].map((head) => [
  tinted("dim", head),
]);

const inOneLine = (rows: readonly (readonly Cell[])[], look: Look): readonly string[] =>
  tableLines([heads, ...rows], look, { shrinks: [1, 5, 0], indent: 2 });

/** The last run below; where it is narrower still, the words of the schedule as well. */
const inSeveralLines = (rows: readonly (readonly Cell[])[], look: Look): readonly string[] => {
  const isNarrow = look.width < severalLines;
  const columns = isNarrow ? [0, 2, 3] : [0, 1, 2, 3];
  const [head, ...lines] = tableLines(
    [heads, ...rows].map((row) => columns.map((column) => row[column]!)),
    look,
    { shrinks: isNarrow ? [0] : [1, 0], indent: 2 },
  );
  const below = (cells: Cell): string =>
    `      ${painted(cutSpans(cells, look.width - 6, look.glyphs.ellipsis), look).trimEnd()}`;
  return [
    head!,
    ...lines.flatMap((line, i) => {
      const [, when, , , last, result] = rows[i]!;
      const hasRun = result!.length > 0;
      return [
        line,
        ...(isNarrow ? [below(when!)] : []),
        ...(hasRun ? [below([tinted("dim", "last "), ...last!, plain("   "), ...result!])] : []),
      ];
    }),
  ];
};

const jobCells = (job: Job, now: Instant, zone: Zone, look: Look): readonly Cell[] => {
  const next = job.nextRun?.getTime() as Instant | undefined;
  const last = lastRunOf(job);
  return [
    [tinted("bold", oneLine(job.name))],
    [plain(oneLine(job.describe()))],
    [
      next === undefined
        ? tinted("yellow", job.isPaused ? "paused" : "never")
        : plain(sayMoment(next, now, zone)),
    ],
    [next === undefined ? plain("") : left(next - now)],
    [plain(last ? sayMoment(toMinute(last.started!.getTime()), now, zone) : "never")],
    last ? [...outcomeSpans(last, look), ...lateness(last)] : [],
  ];
};

/** A start that nobody makes, because nothing runs the jobs, is late. */
const left = (wait: number): Span =>
  wait > 0
    ? plain(sayWait(wait))
    : wait > -minute
      ? plain("now")
      : tinted("yellow", `${sayLength(-wait)} late`);

/** When a run started is told to the minute: it never starts at a full second. */
const toMinute = (at: number): Instant => (Math.floor(at / minute) * minute) as Instant;

const lateness = ({ scheduled, started, byHand }: RunRecord): readonly Span[] => {
  const late = started ? started.getTime() - scheduled.getTime() : 0;
  if (byHand) return [tinted("dim", "   by hand")];
  return late < minute ? [] : [tinted("yellow", `   ${sayLength(late)} late`)];
};

const jobFacts = (job: Job, zone: Zone) => {
  const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
  const [last] = lastDecisions(job, 1);
  return {
    job: job.name,
    when: job.describe(),
    tags: [...job.tags],
    next: job.nextRun ? say(job.nextRun) : null,
    isPaused: job.isPaused,
    last: last ? runFacts(last, say) : null,
  };
};
