import { basename } from "node:path";
import type { Job, RunRecord } from "../job.ts";
import { runFacts } from "../report/json.ts";
import { lastDecisions, lastRunOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { colored, cutSpans, painted, plain, type Span, type Style, tableLines } from "../terminal/style.ts";
import {
  counted,
  joinTo,
  oneLine,
  safeJson,
  sayLength,
  sayMoment,
  sayShort,
  sayWait,
  sayZone,
} from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { command, readArguments } from "./command.ts";
import { outcomeSpans } from "./history.ts";

/** Tells all jobs: when they run, when next, and what became of the last run. */
export const list = command(({ scheduler, args, style, print }) => {
  const { values } = readArguments(args, { json: { type: "boolean" } }, { usage: "list [--json]", most: 0 });
  const { clock, zone } = scheduler;
  const jobs = byNextRun(scheduler.jobs());
  const now = clock.now();
  if (values.json) {
    print([
      safeJson({
        now: formatIso(now, zone),
        zone: zone.name,
        running: scheduler
          .otherProcesses()
          .map((other) => ({ ...other, since: formatIso(other.since, zone) })),
        jobs: jobs.map((job) => jobFacts(job, zone)),
      }),
    ]);
    return 0;
  }
  const rows = jobs.map((job) => jobCells(job, now, zone, style));
  const table =
    jobs.length === 0
      ? ["  There are no jobs."]
      : style.width < twoLines
        ? inSeveralLines(rows, style)
        : inOneLine(rows, style);
  const facts = [counted(jobs.length, "job"), sayZone(zone, now), ...runningFacts(scheduler)];
  const end = joinTo(facts, ` ${style.glyphs.dot} `, style.width - 2).map((line) => `  ${line}`);
  print(["", ...table, "", ...end, ""]);
  return 0;
});

/** Since when the jobs are run by another process, as far as a store tells: `"running since Sat 21 Nov 09:12 (pid 4242)"`; another script that shares the store by its name. */
const runningFacts = (scheduler: SchedulerCore): readonly string[] => {
  // What runs beside a Redis runs on any machine, and none of them is told apart here.
  if (!scheduler.isDurable || scheduler.hasEngine) return [];
  const { clock, zone } = scheduler;
  const own = process.argv[1] === undefined ? "" : basename(process.argv[1]);
  const said = scheduler.otherProcesses().map(({ since, pid, script }) => {
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
  colored("dim", head),
]);

const inOneLine = (rows: readonly (readonly Cell[])[], style: Style): readonly string[] =>
  tableLines([heads, ...rows], style, { shrinks: [1, 5, 0], indent: 2 });

/** The last run below; where it is narrower still, the words of the schedule as well. */
const inSeveralLines = (rows: readonly (readonly Cell[])[], style: Style): readonly string[] => {
  const isNarrow = style.width < severalLines;
  const columns = isNarrow ? [0, 2, 3] : [0, 1, 2, 3];
  const [head, ...lines] = tableLines(
    [heads, ...rows].map((row) => columns.map((column) => row[column]!)),
    style,
    { shrinks: isNarrow ? [0] : [1, 0], indent: 2 },
  );
  const below = (cells: Cell): string =>
    `      ${painted(cutSpans(cells, style.width - 6, style.glyphs.ellipsis), style).trimEnd()}`;
  return [
    head!,
    ...lines.flatMap((line, i) => {
      const [, when, , , last, result] = rows[i]!;
      const hasRun = result!.length > 0;
      return [
        line,
        ...(isNarrow ? [below(when!)] : []),
        ...(hasRun ? [below([colored("dim", "last "), ...last!, plain("   "), ...result!])] : []),
      ];
    }),
  ];
};

const jobCells = (job: Job, now: Instant, zone: Zone, style: Style): readonly Cell[] => {
  const next = job.nextRun?.getTime() as Instant | undefined;
  const last = lastRunOf(job);
  return [
    [colored("bold", oneLine(job.name))],
    [plain(oneLine(job.describe()))],
    [
      next === undefined
        ? colored("yellow", job.isPaused ? "paused" : "never")
        : plain(sayMoment(next, now, zone)),
    ],
    [next === undefined ? plain("") : left(next - now)],
    [plain(last ? sayMoment(toMinute(last.started!.getTime()), now, zone) : "never")],
    last ? [...outcomeSpans(last, style), ...lateness(last)] : [],
  ];
};

/** A start that nobody makes, because nothing runs the jobs, is late. */
const left = (wait: number): Span =>
  wait > 0
    ? plain(sayWait(wait))
    : wait > -minute
      ? plain("now")
      : colored("yellow", `${sayLength(-wait)} late`);

/** When a run started is told to the minute: it never starts at a full second. */
const toMinute = (at: number): Instant => (Math.floor(at / minute) * minute) as Instant;

const lateness = ({ scheduled, started, byHand }: RunRecord): readonly Span[] => {
  const late = started ? started.getTime() - scheduled.getTime() : 0;
  if (byHand) return [colored("dim", "   by hand")];
  return late < minute ? [] : [colored("yellow", `   ${sayLength(late)} late`)];
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

/** Jobs by their next run, those that have none last. */
export const byNextRun = (jobs: readonly Job[]): readonly Job[] =>
  [...jobs].sort((a, b) => (a.nextRun?.getTime() ?? Infinity) - (b.nextRun?.getTime() ?? Infinity));

/** What all jobs are called, when they run, when next, and how long that is away. */
export const jobLines = (jobs: readonly Job[], now: Instant, zone: Zone, style: Style): readonly string[] => {
  const shown = byNextRun(jobs).slice(0, mostShown);
  const more = jobs.length - shown.length;
  const isNarrow = style.width < narrow;
  const rows = shown.map((job) => [
    [colored("bold", oneLine(job.name))],
    ...(isNarrow ? [] : [whenSpans(job)]),
    ...nextSpans(job, now, zone, style),
  ]);
  const lines = tableLines(rows, style, { shrinks: isNarrow ? [0] : [1, 0], indent: 2 });
  return [
    ...(isNarrow ? lines.flatMap((line, i) => [line, whenLine(shown[i]!, style)]) : lines),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
};

/** Below this width moments are said as short as they stay clear, and what was said of a job stands on a line of its own. */
const narrow = 80;

const whenSpans = (job: Job): readonly Span[] => [plain(oneLine(job.describe()))];

const whenLine = (job: Job, style: Style): string =>
  `    ${painted(cutSpans([colored("dim", oneLine(job.describe()))], style.width - 4, style.glyphs.ellipsis), style)}`;

/** A screen full of jobs says nothing; `list` has them all. */
const mostShown = 100;

/** The next run and how long it is away: `"today 17:45"`, `"in 4m 48s"`. */
const nextSpans = (job: Job, now: Instant, zone: Zone, { width }: Style): readonly (readonly Span[])[] => {
  const next = job.nextRun?.getTime() as Instant | undefined;
  if (next === undefined) return [[colored("dim", job.isPaused ? "paused" : "never")], []];
  return [
    [plain((width < narrow ? sayShort : sayMoment)(next, now, zone))],
    [plain(next > now ? `in ${sayWait(next - now)}` : "now")],
  ];
};
