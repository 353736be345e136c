import type { Job } from "../job/job.ts";
import { cutSpans, type Look, painted, plain, type Span, tinted } from "../terminal/style.ts";
import { oneLine, sayWait } from "../terminal/text.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import type { Choice } from "./keys.ts";
import type { Tally } from "./tally.ts";

/** What the last line of the screen is about. */
export interface Situation {
  readonly now: Instant;
  readonly tally: Tally;
  /** The job that starts next. */
  readonly next: Job | undefined;
  /** How many jobs there are, and how many of them are paused. */
  readonly jobs: number;
  readonly paused: number;
  /** Since when nothing starts any more, and how long the rest is waited for. */
  readonly stopping?: { readonly since: Instant; readonly grace: Milliseconds } | undefined;
  readonly hasKeys: boolean;
  readonly isVerbose: boolean;
}

/** The status line: what fails, what runs, what runs often, what comes next. Cut to the width of the terminal, its last column left free. */
export const statusLine = (situation: Situation, look: Look): string => {
  const parts = situation.stopping ? stoppingParts(situation) : usualParts(situation, look);
  const dot = plain(` ${look.glyphs.dot} `);
  const spans = parts.flatMap((part, i) => (i === 0 ? [plain("  "), part] : [dot, part]));
  return painted(cutSpans(spans, look.width - 1, look.glyphs.ellipsis), look);
};

const usualParts = (
  { now, tally, next, jobs, paused, hasKeys, isVerbose }: Situation,
  { glyphs }: Look,
): readonly Span[] => [
  ...some(tally.failing.size, (count) => tinted("red", `${glyphs.fail} ${count} failing`)),
  ...[...tally.running]
    .slice(0, mostRunning)
    .map((job) => plain(`${glyphs.run} ${sayRunning(job, tally, now)}`)),
  ...some(tally.running.size - mostRunning, (count) => plain(`${count} more running`)),
  ...some(paused, (count) => tinted("yellow", `${glyphs.paused} ${count === jobs ? "all" : count} paused`)),
  ...nextPart(next, now),
  ...(isVerbose ? [] : tally.frequent(now)).map((job) =>
    tinted("dim", `${oneLine(job.name)} ${glyphs.times}${tally.of(job).successes}`),
  ),
  ...(hasKeys ? [tinted("dim", "h help")] : []),
];

const mostRunning = 3;

const some = (count: number, say: (count: number) => Span): readonly Span[] =>
  count > 0 ? [say(count)] : [];

const sayRunning = (job: Job, tally: Tally, now: Instant): string => {
  const since = tally.of(job).running[0] ?? now;
  return `${oneLine(job.name)} ${sayWait(now - since)}`;
};

const nextPart = (next: Job | undefined, now: Instant): readonly Span[] => {
  const at = next?.nextRun?.getTime();
  if (!next || at === undefined) return [];
  return [plain(`next ${oneLine(next.name)} ${at > now ? `in ${sayWait(at - now)}` : "now"}`)];
};

const stoppingParts = ({ now, tally, stopping }: Situation): readonly Span[] => {
  const left = later(stopping!.since, stopping!.grace) - now;
  return [
    tinted("yellow", "stopping"),
    ...[...tally.running].slice(0, mostRunning).map((job) => plain(sayRunning(job, tally, now))),
    plain(`up to ${sayWait(left)} more`),
    plain("Ctrl-C abandons"),
  ];
};

/** The status line while a job is being chosen. */
export const choiceLine = ({ jobs, index }: Choice, look: Look): string => {
  const { dot } = look.glyphs;
  const spans = [
    plain("  run now: "),
    tinted("bold", oneLine(jobs[index]?.name ?? "")),
    plain(` (${index + 1} of ${jobs.length}) ${dot} `),
    tinted("dim", `arrows or a letter choose ${dot} Enter runs it ${dot} Esc leaves`),
  ];
  return painted(cutSpans(spans, look.width - 1, look.glyphs.ellipsis), look);
};
