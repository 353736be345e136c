import { byNextRun } from "../commands/command.ts";
import { jobLines } from "../commands/list.ts";
import type { Job } from "../job.ts";
import type { Invocation } from "../report/stack.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { shareListener } from "../scheduler/shutdown.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import {
  colored,
  cutSpans,
  type Environment,
  painted,
  plain,
  type Span,
  type Style,
  styleOf,
} from "../terminal/style.ts";
import { counted, displayWidth, oneLine, sayWait } from "../terminal/text.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import { headerLines, helpLines, screenLines, summaryText } from "./event-text.ts";
import { type Choice, type KeyAction, type Keyboard, listenToKeys, press } from "./keyboard.ts";
import { Tally } from "./tally.ts";
import type { Viewer } from "./viewer.ts";

export interface ScreenParts {
  /** All streams that lead to the terminal, the one that is drawn on first. */
  readonly streams: readonly [Terminal, ...Terminal[]];
  readonly keyboard: Keyboard | undefined;
  readonly env: Environment;
  readonly isVerbose: boolean;
  readonly invocation: Invocation | undefined;
  /** Whether the script can be started with a command, as in `myjobs.ts run backup`. */
  readonly isCommandLine: boolean;
}

/** A terminal at work: what happens scrolls by, and its last line says what runs and what comes next. */
export class Screen implements Viewer {
  readonly #scheduler: SchedulerCore;
  readonly #parts: ScreenParts;
  readonly #style: Style;
  readonly #tally = new Tally();
  readonly #area: StatusArea;
  readonly #opened: Instant;
  #nameWidth = 0;
  #choice: Choice | undefined;
  #stopping: { readonly since: Instant; readonly grace: Milliseconds } | undefined;
  #hasEnded = false;
  /** Those that a key has paused, so that it lets no others go on. */
  #pausedHere: readonly Job[] = [];
  /** One line is said for all jobs, not one for each. */
  #isTellingAll = false;
  #releaseKeys: (() => void) | undefined;
  #offs: readonly (() => void)[] = [];
  #cancelTick: (() => void) | undefined;

  constructor(scheduler: SchedulerCore, parts: ScreenParts) {
    this.#scheduler = scheduler;
    this.#parts = parts;
    this.#style = styleOf(parts.streams[0], parts.env);
    this.#opened = scheduler.clock.now();
    this.#area = new StatusArea(parts.streams, () => this.#status(), parts.env);
  }

  open(): void {
    const { invocation } = this.#parts;
    this.#measureNames();
    this.#area.print([
      "",
      ...headerLines(this.#scheduler, this.#scheduler.jobs().length, invocation, this.#style),
      "",
      ...this.#jobLines(),
      "",
    ]);
    this.#takeKeys();
    this.#offs = [
      shareListener(process, "exit", this.#leave),
      shareListener(process, "uncaughtExceptionMonitor", this.#leave),
      shareListener(process, "SIGCONT", this.#comeBack),
    ];
    this.#tick();
  }

  tell(event: SchedulerEvent, at: Instant): void {
    this.#tally.hear(event, at);
    if (event.name === "registered" || event.name === "removed") this.#measureNames();
    if (event.name === "stopping") this.#stopping = { since: at, grace: event.data.grace };
    if (this.#isTellingAll) return;
    this.#area.print(
      screenLines(event, at, {
        zone: this.#scheduler.zone,
        style: this.#style,
        tally: this.#tally,
        nameWidth: this.#nameWidth,
        jobs: () => this.#scheduler.jobs(),
        isVerbose: this.#parts.isVerbose,
        invocation: this.#parts.isCommandLine ? this.#parts.invocation : undefined,
      }),
    );
    this.#hasEnded = event.name === "stopped";
    if (event.name === "stopped") this.#sayEnd(event.data.abandoned, at);
  }

  close(): void {
    this.#leave();
    for (const off of this.#offs) off();
  }

  #sayEnd(abandoned: readonly Job[], at: Instant): void {
    const { dot } = this.#style.glyphs;
    const names = abandoned.map((job) => oneLine(job.name)).join(", ");
    const why = this.#scheduler.isOver ? `no job is left, ended` : "stopped";
    const summary = summaryText(why, at - this.#opened, this.#tally, this.#style);
    this.#area.print([`  ${summary}${names ? ` ${dot} abandoned ${names}` : ""}`]);
  }

  readonly #leave = (): void => {
    this.#cancelTick?.();
    this.#releaseKeys?.();
    this.#releaseKeys = undefined;
    this.#area.close();
  };

  /** After Ctrl-Z and `fg` the keys are taken again; after `bg` they are left to the shell. */
  readonly #comeBack = (): void => {
    this.#takeKeys();
    this.#area.redraw();
  };

  #takeKeys(): void {
    const { keyboard } = this.#parts;
    this.#releaseKeys ??= keyboard && listenToKeys(keyboard, (key) => this.#press(key));
  }

  #press(key: string): void {
    const { action, choice } = press(key, this.#choice, byNextRun(this.#scheduler.jobs()));
    this.#choice = choice;
    if (action) this.#do(action);
    this.#area.redraw();
  }

  #do(action: KeyAction): void {
    switch (action.kind) {
      case "help":
        this.#area.print(helpLines(this.#style));
        break;
      case "list":
        this.#area.print(["", ...this.#jobLines(), ""]);
        break;
      case "run":
        this.#area.print([`  ${oneLine(action.job.name)} is run by hand, its schedule is not touched`]);
        // What it throws is told by its event.
        void action.job.run().catch(() => {});
        break;
      case "pause":
        this.#pauseOrResume();
        break;
      case "suspend":
        this.#suspend();
        break;
      case "quit":
        process.emit("SIGINT");
    }
  }

  #pauseOrResume(): void {
    const paused = this.#scheduler.jobs().filter((job) => job.isPaused);
    const awake = this.#scheduler.jobs().filter((job) => !job.isPaused);
    const isPausing = awake.length > 0 && this.#pausedHere.length === 0;
    const jobs = isPausing ? awake : this.#pausedHere.length > 0 ? this.#pausedHere : paused;
    this.#isTellingAll = true;
    for (const job of jobs) isPausing ? job.pause() : job.resume();
    this.#isTellingAll = false;
    this.#pausedHere = isPausing ? awake : [];
    const { dot } = this.#style.glyphs;
    const how = isPausing
      ? `paused ${dot} p lets ${jobs.length === 1 ? "it" : "them"} go on`
      : "back at work";
    this.#area.print([`  ${counted(jobs.length, "job")} ${how}`]);
  }

  /** What Ctrl-Z does where no program takes the keys: it stops the whole group, `npx` and `tsx` too. */
  #suspend(): void {
    if (process.platform === "win32") return;
    this.#releaseKeys?.();
    this.#releaseKeys = undefined;
    this.#area.hide();
    process.kill(0, "SIGTSTP");
  }

  /** Once a second, on the second. */
  #tick(): void {
    const { clock } = this.#scheduler;
    const now = clock.now();
    this.#area.redraw();
    const next = later(now, (second - (now % second)) as Milliseconds);
    this.#cancelTick = clock.wakeAt(next, () => this.#tick(), false);
  }

  #status(): string | undefined {
    if (this.#hasEnded) return undefined;
    if (this.#choice) return choiceLine(this.#choice, this.#style);
    const jobs = this.#scheduler.jobs();
    return statusLine(
      {
        now: this.#scheduler.clock.now(),
        tally: this.#tally,
        next: this.#scheduler.jobQueue.nextJob,
        jobs: jobs.length,
        paused: jobs.filter((job) => job.isPaused).length,
        stopping: this.#stopping,
        hasKeys: this.#releaseKeys !== undefined,
        isVerbose: this.#parts.isVerbose,
      },
      this.#style,
    );
  }

  #jobLines(): readonly string[] {
    const { clock, zone } = this.#scheduler;
    return jobLines(this.#scheduler.jobs(), clock.now(), zone, this.#style);
  }

  #measureNames(): void {
    const names = this.#scheduler.jobs().slice(0, mostMeasured);
    this.#nameWidth = Math.min(
      widestName,
      Math.max(0, ...names.map(({ name }) => displayWidth(oneLine(name)))),
    );
  }
}

const mostMeasured = 100;
const widestName = 24;

/** What the last line of the screen is about. */
export interface StatusInput {
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
export const statusLine = (statusInput: StatusInput, style: Style): string => {
  const parts = statusInput.stopping ? stoppingParts(statusInput) : usualParts(statusInput, style);
  const dot = plain(` ${style.glyphs.dot} `);
  const spans = parts.flatMap((part, i) => (i === 0 ? [plain("  "), part] : [dot, part]));
  return painted(cutSpans(spans, style.width - 1, style.glyphs.ellipsis), style);
};

const usualParts = (
  { now, tally, next, jobs, paused, hasKeys, isVerbose }: StatusInput,
  { glyphs }: Style,
): readonly Span[] => [
  ...some(tally.failing.size, (count) => colored("red", `${glyphs.fail} ${count} failing`)),
  ...[...tally.running]
    .slice(0, mostRunning)
    .map((job) => plain(`${glyphs.run} ${sayRunning(job, tally, now)}`)),
  ...some(tally.running.size - mostRunning, (count) => plain(`${count} more running`)),
  ...some(paused, (count) => colored("yellow", `${glyphs.paused} ${count === jobs ? "all" : count} paused`)),
  ...nextPart(next, now),
  ...(isVerbose ? [] : tally.frequent(now)).map((job) =>
    colored("dim", `${oneLine(job.name)} ${glyphs.times}${tally.of(job).successes}`),
  ),
  ...(hasKeys ? [colored("dim", "h help")] : []),
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

const stoppingParts = ({ now, tally, stopping }: StatusInput): readonly Span[] => {
  const left = later(stopping!.since, stopping!.grace) - now;
  return [
    colored("yellow", "stopping"),
    ...[...tally.running].slice(0, mostRunning).map((job) => plain(sayRunning(job, tally, now))),
    plain(`up to ${sayWait(left)} more`),
    plain("Ctrl-C abandons"),
  ];
};

/** The status line while a job is being chosen. */
export const choiceLine = ({ jobs, index }: Choice, style: Style): string => {
  const { dot } = style.glyphs;
  const spans = [
    plain("  run now: "),
    colored("bold", oneLine(jobs[index]?.name ?? "")),
    plain(` (${index + 1} of ${jobs.length}) ${dot} `),
    colored("dim", `arrows or a letter choose ${dot} Enter runs it ${dot} Esc leaves`),
  ];
  return painted(cutSpans(spans, style.width - 1, style.glyphs.ellipsis), style);
};
