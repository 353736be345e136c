import type { Job } from "../job/job.ts";
import { cutSpans, type Look, painted, plain, type Span, tableLines, tinted } from "../terminal/style.ts";
import { oneLine, sayMoment, sayShort, sayWait } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";

/** Jobs by their next run, those that have none last. */
export const byNextRun = (jobs: readonly Job[]): readonly Job[] =>
  [...jobs].sort((a, b) => (a.nextRun?.getTime() ?? Infinity) - (b.nextRun?.getTime() ?? Infinity));

/** What all jobs are called, when they run, when next, and how long that is away. */
export const jobLines = (jobs: readonly Job[], now: Instant, zone: Zone, look: Look): readonly string[] => {
  const shown = byNextRun(jobs).slice(0, mostShown);
  const more = jobs.length - shown.length;
  const isNarrow = look.width < narrow;
  const rows = shown.map((job) => [
    [tinted("bold", oneLine(job.name))],
    ...(isNarrow ? [] : [whenSpans(job)]),
    ...nextSpans(job, now, zone, look),
  ]);
  const lines = tableLines(rows, look, { shrinks: isNarrow ? [0] : [1, 0], indent: 2 });
  return [
    ...(isNarrow ? lines.flatMap((line, i) => [line, whenLine(shown[i]!, look)]) : lines),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
};

/** Below this width moments are said as short as they stay clear, and what was said of a job stands on a line of its own. */
const narrow = 80;

const whenSpans = (job: Job): readonly Span[] => [plain(oneLine(job.describe()))];

const whenLine = (job: Job, look: Look): string =>
  `    ${painted(cutSpans([tinted("dim", oneLine(job.describe()))], look.width - 4, look.glyphs.ellipsis), look)}`;

/** A screen full of jobs says nothing; `list` has them all. */
const mostShown = 100;

/** The next run and how long it is away: `"today 17:45"`, `"in 4m 48s"`. */
const nextSpans = (job: Job, now: Instant, zone: Zone, { width }: Look): readonly (readonly Span[])[] => {
  const next = job.nextRun?.getTime() as Instant | undefined;
  if (next === undefined) return [[tinted("dim", job.isPaused ? "paused" : "never")], []];
  return [
    [plain((width < narrow ? sayShort : sayMoment)(next, now, zone))],
    [plain(next > now ? `in ${sayWait(next - now)}` : "now")],
  ];
};
