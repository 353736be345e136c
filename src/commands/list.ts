import { basename } from "node:path";
import type { Job, RunRecord } from "../job.ts";
import { runFacts } from "../report/event-text.ts";
import { entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { colored, cutSpans, painted, plain, type Span, type Style, tableLines } from "../terminal/style.ts";
import {
  joinTo,
  oneLine,
  safeJson,
  sayLength,
  sayMoment,
  sayShort,
  sayWait,
  sayZone,
} from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import {
  byNextRun,
  command,
  type KnownJob,
  knownJobs,
  limitOption,
  readArguments,
  readLimit,
  usageError,
} from "./command.ts";
import { outcomeSpans } from "./history.ts";

/** All jobs: when they run, their next run and their last one. Those that have ended, or that the script no longer has, come last. */
export const list = command("list", (context) => {
  const { scheduler, style, print } = context;
  const { values, positionals } = readArguments(context, { ...limitOption, json: { type: "boolean" } }, 1);
  const words = texts().commands;
  const { clock, zone } = scheduler;
  const all = knownJobs(scheduler);
  const { limit, rest } = readLimit(positionals, values.limit, all.length);
  if (rest.length > 0) throw usageError(context, words.unexpected(oneLine(rest[0]!), false));
  const count = scheduler.jobs().length;
  const isLimited = values.limit !== undefined || positionals.length > 0;
  const shown = all.slice(0, isLimited || values.json ? limit : count + mostOthers);
  const now = clock.now();
  if (values.json) {
    print([
      safeJson({
        now: formatIso(now, zone),
        zone: zone.name,
        running: scheduler.persistence
          .otherProcesses()
          .map((other) => ({ ...other, since: formatIso(other.since, zone) })),
        jobs: shown.map((job) => jobFacts(job, zone)),
      }),
    ]);
    return 0;
  }
  const rows = shown.map((job) => jobCells(job, now, zone, style));
  const table =
    rows.length === 0
      ? [`  ${words.noJobs}`]
      : style.width < twoLines
        ? inSeveralLines(rows, style)
        : inOneLine(rows, style);
  const more = all.length - shown.length;
  const facts = [
    words.list.count(count, all.filter(({ end }) => end).length),
    sayZone(zone, now),
    ...runningFacts(scheduler),
  ];
  const end = joinTo(facts, ` ${style.glyphs.dot} `, style.width - 2).map((line) => `  ${line}`);
  print([
    "",
    ...table,
    ...(more > 0 ? [style.paint(`  ${words.list.more(more, all.length)}`, "dim")] : []),
    "",
    ...end,
    "",
  ]);
  return 0;
});

/** So many jobs that have ended, or that the script no longer has, are shown without being asked for. */
const mostOthers = 20;

/** Since when another process runs the jobs, as far as a store knows: `"running since Sat 21 Nov 09:12 (pid 4242)"`; another script on the same store is named. */
const runningFacts = (scheduler: SchedulerCore): readonly string[] => {
  // With Redis, jobs run on any machine, and they cannot be distinguished here.
  if (!scheduler.isDurable || scheduler.hasEngine) return [];
  const words = texts().commands.list;
  const { clock, zone } = scheduler;
  const own = process.argv[1] === undefined ? "" : basename(process.argv[1]);
  const running = scheduler.persistence
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

/** Below this width the last run goes to a line of its own. */
const twoLines = 100;
/** Below this one the schedule does too: cut off, it would say nothing. */
const severalLines = 80;

type Cell = readonly Span[];

const heads = (): readonly Cell[] => texts().commands.list.heads.map((head) => [colored("dim", head)]);

const inOneLine = (rows: readonly (readonly Cell[])[], style: Style): readonly string[] =>
  tableLines([heads(), ...rows], style, { shrinks: [1, 5, 0], indent: 2 });

/** The last run below its job; where it is narrower still, the schedule as well. */
const inSeveralLines = (rows: readonly (readonly Cell[])[], style: Style): readonly string[] => {
  const isNarrow = style.width < severalLines;
  const columns = isNarrow ? [0, 2, 3] : [0, 1, 2, 3];
  const [head, ...lines] = tableLines(
    [heads(), ...rows].map((row) => columns.map((column) => row[column]!)),
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
        ...(hasRun
          ? [below([colored("dim", `${texts().commands.list.last} `), ...last!, plain("   "), ...result!])]
          : []),
      ];
    }),
  ];
};

const jobCells = (known: KnownJob, now: Instant, zone: Zone, style: Style): readonly Cell[] => {
  const { job, end } = known;
  const words = texts().commands.list;
  const isOver = end !== undefined || job === undefined;
  const next = isOver ? undefined : (job.nextRun?.getTime() as Instant | undefined);
  const last = known.lastRun();
  const dimmed = (spans: Cell): Cell =>
    isOver ? spans.map(({ text, color }) => colored(color === "red" ? "red" : "dim", text)) : spans;
  return [
    [isOver ? colored("dim", oneLine(known.name)) : colored("bold", oneLine(known.name))],
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
  const isNarrow = style.width < narrow;
  const rows = shown.map((job) => [
    [colored("cyan", oneLine(job.name))],
    ...(isNarrow ? [] : [whenSpans(job)]),
    ...nextSpans(job, now, zone, style),
  ]);
  const lines = tableLines(rows, style, { shrinks: isNarrow ? [0] : [1, 0], indent: 2 });
  return [
    ...(isNarrow ? lines.flatMap((line, i) => [line, whenLine(shown[i]!, style)]) : lines),
    ...(more > 0 ? [`  ${texts().commands.andMore(more)}`] : []),
  ];
};

/** Below this width moments are short, and schedules have lines of their own. */
const narrow = 80;

const whenSpans = (job: Job): readonly Span[] => [colored("dim", oneLine(job.describe(currentLanguage())))];

const whenLine = (job: Job, style: Style): string =>
  `    ${painted(cutSpans([colored("dim", oneLine(job.describe(currentLanguage())))], style.width - 4, style.glyphs.ellipsis), style)}`;

/** More would fill several screens; `list` has them all. */
const mostShown = 100;

/** The next run and how long it is away: `"today 17:45"`, `"in 4m 48s"`. */
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
