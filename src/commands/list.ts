import { basename } from "node:path";
import type { Job, RunRecord } from "../job.ts";
import { runFacts } from "../report/event-text.ts";
import { entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import {
  type Color,
  colored,
  cutSpans,
  hasRoom,
  painted,
  plain,
  type Span,
  type Style,
  type TableShape,
  tableLines,
} from "../terminal/style.ts";
import { joinTo, oneLine, sayLength, sayMoment, sayShort, sayWait, sayZone } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import {
  byNextRun,
  command,
  flag,
  type KnownJob,
  knownJobs,
  limitOption,
  printJson,
  readLimit,
  unexpected,
} from "./command.ts";
import { outcomeSpans } from "./history.ts";

/** All jobs: when they run, their next run and their last one. Those that have ended, or that the script no longer has, come last. */
export const list = command("list", 1, { ...limitOption, json: flag }, (context, values, args) => {
  const { scheduler, style, print } = context;
  const words = texts().commands;
  const { clock, zone } = scheduler;
  const all = knownJobs(scheduler);
  const { limit, rest } = readLimit(args, values.limit, all.length);
  if (rest.length > 0) throw unexpected(context, rest[0]!);
  const count = scheduler.jobs().length;
  const isLimited = values.limit !== undefined || args.length > 0;
  const shown = all.slice(0, isLimited || values.json ? limit : count + mostOthers);
  const now = clock.now();
  if (values.json)
    return printJson(context, {
      now: formatIso(now, zone),
      zone: zone.name,
      running: scheduler.store
        .otherProcesses()
        .map((other) => ({ ...other, since: formatIso(other.since, zone) })),
      jobs: shown.map((job) => jobFacts(job, zone)),
    });
  const rows = shown.map((job) => jobCells(job, now, zone, style));
  const more = all.length - shown.length;
  const facts = [
    words.list.count(count, all.filter(({ end }) => end).length),
    sayZone(zone, now),
    ...runningFacts(scheduler),
  ];
  print([
    "",
    ...(rows.length === 0 ? [`  ${words.noJobs}`] : tableOf(rows, style)),
    ...(more > 0 ? [style.paint(`  ${words.list.more(more, all.length)}`, "dim")] : []),
    "",
    ...joinTo(facts, ` ${style.glyphs.dot} `, style.width - 2).map((line) => `  ${line}`),
    "",
  ]);
});

/** So many jobs that have ended, or that the script no longer has, are shown without being asked for. */
const mostOthers = 20;

/** Since when another process runs the jobs, as far as a store knows: `"running since Sat 21 Nov 09:12 (pid 4242)"`; another script on the same store is named. */
const runningFacts = (scheduler: SchedulerCore): readonly string[] => {
  // With Redis, jobs run on any machine, and they cannot be distinguished here.
  if (!scheduler.isDurable || scheduler.engine) return [];
  const words = texts().commands.list;
  const { clock, zone } = scheduler;
  const own = process.argv[1] === undefined ? "" : basename(process.argv[1]);
  const running = scheduler.store
    .otherProcesses()
    .map(({ since, pid, script }) =>
      words.running(
        sayMoment(toMinute(since), clock.now(), zone),
        pid,
        script === own ? undefined : oneLine(script),
      ),
    );
  return running.length === 0 ? [words.notRunning] : running;
};

type Cell = readonly Span[];

/** What of a row stands beside its name, and which of these may be cut. */
interface Layout {
  readonly columns: readonly number[];
  readonly shrinks: TableShape["shrinks"];
}

/** Rows in the first layout that has room for all, each with what it says is below it there. */
const stacked = (
  rows: readonly (readonly Cell[])[],
  layouts: readonly Layout[],
  below: (row: readonly Cell[], columns: readonly number[]) => readonly Cell[],
  indent: number,
  style: Style,
): readonly string[] => {
  const tables = layouts.map(({ columns, shrinks }) => ({
    columns,
    cells: rows.map((row) => columns.map((column) => row[column]!)),
    shape: { shrinks, indent: 2 },
  }));
  const { columns, cells, shape } =
    tables.find(({ cells, shape }) => hasRoom(cells, style, shape)) ?? tables.at(-1)!;
  const room = style.width - indent;
  return tableLines(cells, style, shape).flatMap((line, i) => [
    line,
    ...below(rows[i]!, columns)
      .map((cell) => painted(cutSpans(cell, room, style.glyphs.ellipsis), style).trimEnd())
      .map((text) => " ".repeat(indent) + text),
  ]);
};

/** On one line, then with the last run below its job, then with the schedule there too, which says nothing when it is cut off. */
const layouts: readonly Layout[] = [
  {
    columns: [0, 1, 2, 3, 4, 5],
    shrinks: [
      [1, 24],
      [5, 24],
    ],
  },
  { columns: [0, 1, 2, 3], shrinks: [[1, 24]] },
  { columns: [0, 2, 3], shrinks: [[0, 10]] },
];

const tableOf = (rows: readonly (readonly Cell[])[], style: Style): readonly string[] => {
  const { heads, last: lastHead } = texts().commands.list;
  const head = heads.map((text) => [colored("dim", text)]);
  const below = (row: readonly Cell[], columns: readonly number[]): readonly Cell[] => {
    const [, when, , , last, result] = row;
    if (row === head) return [];
    return [
      ...(columns.includes(1) ? [] : [when!]),
      ...(columns.includes(4) || result!.length === 0
        ? []
        : [[colored("dim", `${lastHead} `), ...last!, plain("   "), ...result!]]),
    ];
  };
  return stacked([head, ...rows], layouts, below, 6, style);
};

const widestName = 24;

const nameSpans = (name: string, color: Color, { glyphs }: Style): Cell =>
  cutSpans([colored(color, oneLine(name))], widestName, glyphs.ellipsis);

const jobCells = (known: KnownJob, now: Instant, zone: Zone, style: Style): readonly Cell[] => {
  const { job, end } = known;
  const words = texts().commands.list;
  const isOver = end !== undefined || job === undefined;
  const next = isOver ? undefined : (job.nextRun?.getTime() as Instant | undefined);
  const last = known.lastRun();
  const dimmed = (spans: Cell): Cell =>
    isOver ? spans.map(({ text, color }) => colored(color === "red" ? "red" : "dim", text)) : spans;
  return [
    nameSpans(known.name, isOver ? "dim" : "bold", style),
    dimmed([plain(oneLine(known.when))]),
    dimmed([
      next !== undefined
        ? plain(sayMoment(next, now, zone))
        : end
          ? plain(words.ends[end.why])
          : job
            ? colored("yellow", job.isPaused ? pauseOf(job, now, zone) : words.never)
            : plain(words.notInScript),
    ]),
    dimmed([
      next !== undefined ? left(next - now) : plain(end ? sayMoment(toMinute(end.at), now, zone) : ""),
    ]),
    dimmed([plain(last ? sayMoment(toMinute(last.started!.getTime()), now, zone) : words.never)]),
    last ? dimmed([...outcomeSpans(last, style), ...lateness(last)]) : [],
  ];
};

/** `"paused"`, `"paused until today 18:45"`. */
const pauseOf = (job: Job, now: Instant, zone: Zone): string => {
  const until = entryOf(job)?.pausedUntil;
  return texts().commands.list.pausedUntil(until && sayMoment(toMinute(until), now, zone));
};

/** A run that is due and that nothing starts is late. */
const left = (wait: number): Span =>
  wait > 0
    ? plain(sayWait(wait))
    : wait > -minute
      ? plain(texts().commands.now)
      : colored("yellow", texts().commands.late(sayLength(-wait)));

/** To the minute: a run never starts at a full second. */
const toMinute = (at: number): Instant => (Math.floor(at / minute) * minute) as Instant;

const lateness = ({ scheduled, started, byHand }: RunRecord): readonly Span[] => {
  const late = started ? started.getTime() - scheduled.getTime() : 0;
  const { manual } = texts().commands.list;
  if (byHand) return [colored("dim", `   ${manual}`)];
  return late < minute ? [] : [colored("yellow", `   ${texts().commands.late(sayLength(late))}`)];
};

const jobFacts = (known: KnownJob, zone: Zone) => {
  const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
  const { name, when, job, end } = known;
  const [last] = known.history(1);
  return {
    job: name,
    when: job?.describe() ?? when,
    tags: [...(job?.tags ?? [])],
    next: !end && job?.nextRun ? say(job.nextRun) : null,
    isPaused: job?.isPaused ?? false,
    ...(end && { ended: { at: formatIso(end.at, zone), why: end.why } }),
    ...(!job && { isInScript: false }),
    last: last ? runFacts(last, say) : null,
  };
};

/** The jobs of a running script: name, schedule, next run, and the time until then. */
export const jobLines = (jobs: readonly Job[], now: Instant, zone: Zone, style: Style): readonly string[] => {
  const shown = byNextRun(jobs).slice(0, mostShown);
  const more = jobs.length - shown.length;
  const rows = shown.map((job) => [
    nameSpans(job.name, "cyan", style),
    [colored("dim", oneLine(job.describe(currentLanguage())))],
    ...nextSpans(job, now, zone, style),
  ]);
  const below = (row: readonly Cell[], columns: readonly number[]) => (columns.includes(1) ? [] : [row[1]!]);
  const lines = stacked(rows, layouts.slice(1), below, 4, style);
  return [...lines, ...(more > 0 ? [`  ${texts().commands.andMore(more)}`] : [])];
};

/** Below this width moments are short. */
const narrow = 80;

/** More would fill several screens; `list` has them all. */
const mostShown = 100;

const nextSpans = (job: Job, now: Instant, zone: Zone, { width }: Style): readonly (readonly Span[])[] => {
  const next = job.nextRun?.getTime() as Instant | undefined;
  if (next === undefined) {
    const { never } = texts().commands.list;
    return [[colored("dim", job.isPaused ? pauseOf(job, now, zone) : never)], []];
  }
  return [
    [plain((width < narrow ? sayShort : sayMoment)(next, now, zone))],
    [plain(next > now ? texts().commands.in(sayWait(next - now)) : texts().commands.now)],
  ];
};
