import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { byNextRun } from "../commands/command.ts";
import { jobLines } from "../commands/list.ts";
import type { Job } from "../job.ts";
import { countedLines, isCounted, type Scene, screenLines } from "../report/event-text.ts";
import { type Invocation, invocation, version } from "../report/stack.ts";
import { hasSucceeded, Tally } from "../report/tally.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { shareListener } from "../scheduler/shutdown.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import {
  colored,
  cutSpans,
  type Environment,
  isLive,
  painted,
  plain,
  type Span,
  type Style,
  styleOf,
} from "../terminal/style.ts";
import { displayWidth, joinTo, oneLine, sayLength, sayWait, sayZone } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { minute, second } from "../time/plain-time.ts";
import { type DisplayOptions, JsonView, LogView, type View } from "./log.ts";

/** Where a run is shown, and how the script was started: the process. */
export interface Surroundings {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly stdin: Keyboard;
  readonly env: Environment;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
}

/** A screen on a terminal; else lines of text; JSON lines where they are asked for. */
export const viewFor = (
  scheduler: SchedulerCore,
  options: DisplayOptions,
  around: Surroundings = process,
): View => {
  const { stdout, env } = around;
  if (options.isJson) return new JsonView(scheduler, stdout);
  return isLive(stdout, env)
    ? new Screen(scheduler, options, around)
    : new LogView(scheduler, stdout, env, options.isVerbose);
};

/** A run shorter than this is one line, unless it writes something. */
const shortRun = 100 as Milliseconds;

/** What happens scrolls by, and the last line says what is running and what comes next. */
class Screen implements View {
  readonly #scheduler: SchedulerCore;
  readonly #options: DisplayOptions;
  readonly #keyboard: Keyboard | undefined;
  readonly #invocation: Invocation | undefined;
  readonly #style: Style;
  readonly #tally: Tally;
  readonly #area: StatusArea;
  #nameWidth = 0;
  #choice: Choice | undefined;
  #stopping: { readonly since: Instant; readonly grace: Milliseconds } | undefined;
  #hasEnded = false;
  /** The jobs that a key has paused: the next press resumes no others. */
  #pausedHere: readonly Job[] = [];
  /** One line for all jobs, not one for each. */
  #isPausingAll = false;
  #releaseKeys: (() => void) | undefined;
  #offs: readonly (() => void)[] = [];
  #cancelTick: (() => void) | undefined;
  /** Starts that are shown when the run turns out not to be short. */
  readonly #starting = new Map<Job, { readonly lines: readonly string[]; cancel(): void }>();
  /** The jobs whose further successes are only counted, which has been announced. */
  readonly #counted = new Set<Job>();

  constructor(scheduler: SchedulerCore, options: DisplayOptions, around: Surroundings) {
    const { stdout, stderr, stdin, env } = around;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#keyboard = options.hasKeys ? stdin : undefined;
    this.#invocation = invocation(around.argv, around.execArgv);
    this.#style = styleOf(stdout, env);
    this.#tally = new Tally(scheduler.clock.now());
    this.#area = new StatusArea(
      stderr.isTTY ? [stdout, stderr] : [stdout],
      () => this.#status(),
      env,
      this.#onOutput,
    );
  }

  open(): void {
    this.#measureNames();
    const jobs = this.#scheduler.jobs().length;
    this.#area.print([
      "",
      ...this.#headerLines(jobs),
      "",
      ...(jobs > 0 ? [...this.#jobLines(), ""] : this.#scheduler.hasJobs ? [] : noJobsLines(this.#style)),
    ]);
    this.#takeKeys();
    this.#offs = [
      shareListener(process, "exit", this.#leave),
      shareListener(process, "uncaughtExceptionMonitor", this.#leave),
      shareListener(process, "SIGCONT", this.#comeBack),
    ];
    this.#tick();
  }

  show(event: SchedulerEvent, at: Instant): void {
    this.#tally.add(event, at);
    const { name, data } = event;
    if (name === "registered" || name === "removed") this.#measureNames();
    if (name === "stopping") this.#stopping = { since: at, grace: data.grace };
    if (this.#isPausingAll) return;
    const scene = this.#scene();
    const lines = screenLines(event, at, scene);
    if (name === "started" && data.late < minute) {
      this.#delayStart(data.job, lines, at);
      return;
    }
    if (name === "stopping") for (const job of this.#starting.keys()) this.#showStart(job);
    if ("job" in data) this.#forgetStart(data.job);
    this.#area.print(lines);
    if (name === "succeeded" && isCounted(data.job, at, scene) && !this.#counted.has(data.job)) {
      this.#counted.add(data.job);
      this.#area.print(countedLines(data.job, at, scene));
    }
    this.#hasEnded = name === "stopped";
    if (name === "stopped") this.#printSummary(data.abandoned, at);
  }

  close(): void {
    this.#leave();
    for (const off of this.#offs) off();
  }

  #scene(): Scene {
    return {
      zone: this.#scheduler.zone,
      style: this.#style,
      tally: this.#tally,
      nameWidth: this.#nameWidth,
      jobs: () => this.#scheduler.jobs(),
      isVerbose: this.#options.isVerbose,
      invocation: this.#options.isCommandLine ? this.#invocation : undefined,
    };
  }

  #delayStart(job: Job, lines: readonly string[], at: Instant): void {
    if (lines.length === 0) return;
    this.#showStart(job);
    const cancel = this.#scheduler.clock.wakeAt(later(at, shortRun), () => this.#showStart(job), false);
    this.#starting.set(job, { lines, cancel });
  }

  #showStart(job: Job): void {
    const { lines = [] } = this.#starting.get(job) ?? {};
    this.#forgetStart(job);
    this.#area.print(lines);
  }

  #forgetStart(job: Job): void {
    this.#starting.get(job)?.cancel();
    this.#starting.delete(job);
  }

  /** A job's output stands below its start; that of a job whose runs are only counted carries its name. */
  readonly #onOutput = (text: string, isMidLine: boolean): string => {
    const job = this.#scheduler.callers()[0]?.job;
    for (const one of job ? [job] : [...this.#starting.keys()]) this.#showStart(one);
    const now = this.#scheduler.clock.now();
    if (!job || !this.#counted.has(job) || !hasSucceeded(this.#tally.of(job), 2, now)) return text;
    const own = `${this.#style.paint(oneLine(job.name), "cyan")} | `;
    return text.replaceAll(/^(?=.)/gm, (_, at: number) =>
      (at === 0 && isMidLine) || text.startsWith(`${job.name} | `, at) ? "" : own,
    );
  };

  /** `"onthedot 0.1.0 · myjobs.ts · 6 jobs · Europe/Berlin (UTC+1)"`. */
  #headerLines(jobs: number): readonly string[] {
    const { clock, zone } = this.#scheduler;
    const { glyphs, paint, width } = this.#style;
    const parts = [
      `onthedot ${version()}`,
      ...(this.#invocation ? [this.#invocation.script] : []),
      texts().screen.jobs(jobs),
      sayZone(zone, clock.now()),
    ];
    const lines = joinTo(parts, ` ${glyphs.dot} `, width - 2);
    const { page } = this.#options;
    return [
      ...lines.map((line) => `  ${line.replace(/^onthedot/, (name) => paint(name, "bold"))}`),
      // Not cut: a part of an address opens nothing.
      ...(page === undefined ? [] : [`  ${paint(texts().page.header, "dim")} ${page}`]),
    ];
  }

  /** `"stopped after 8h 51m · 20 runs · 1 failed · 0 missed"`. */
  #printSummary(abandoned: readonly Job[], at: Instant): void {
    const words = texts().screen;
    const length = sayLength(this.#tally.length(at));
    const names = abandoned.map((job) => oneLine(job.name)).join(", ");
    const parts = [
      this.#scheduler.isOver ? words.finished(length) : words.stopped(length),
      words.runs(this.#tally.runs),
      words.failedRuns(this.#tally.failed),
      words.missedCount(this.#tally.missed),
      ...(names ? [words.abandoned(names)] : []),
    ];
    this.#area.print([`  ${parts.join(` ${this.#style.glyphs.dot} `)}`]);
  }

  readonly #leave = (): void => {
    for (const job of this.#starting.keys()) this.#forgetStart(job);
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
    this.#releaseKeys ??= this.#keyboard && listenToKeys(this.#keyboard, (key) => this.#press(key));
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
        this.#area.print([
          "",
          ...texts().screen.keys.map(([key, does]) => `  ${this.#style.paint(key, "bold")}  ${does}`),
          "",
        ]);
        break;
      case "list":
        this.#area.print(["", ...this.#jobLines(), ""]);
        break;
      case "run":
        this.#area.print([`  ${texts().screen.manualRun(oneLine(action.job.name))}`]);
        // What it throws is shown with its event.
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
    const active = this.#scheduler.jobs().filter((job) => !job.isPaused);
    const isPausing = active.length > 0 && this.#pausedHere.length === 0;
    const jobs = isPausing ? active : this.#pausedHere.length > 0 ? this.#pausedHere : paused;
    this.#isPausingAll = true;
    for (const job of jobs) isPausing ? job.pause() : job.resume();
    this.#isPausingAll = false;
    this.#pausedHere = isPausing ? active : [];
    const words = texts().screen;
    const text = isPausing
      ? `${words.pausedAll(jobs.length)} ${this.#style.glyphs.dot} ${words.pressToResume}`
      : words.resumedAll(jobs.length);
    this.#area.print([`  ${text}`]);
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
        isVerbose: this.#options.isVerbose,
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

/** What the status line is about. */
export interface StatusInput {
  readonly now: Instant;
  readonly tally: Tally;
  /** The job that starts next. */
  readonly next: Job | undefined;
  readonly jobs: number;
  readonly paused: number;
  /** Since when nothing starts any more, and for how long the rest is waited for. */
  readonly stopping?: { readonly since: Instant; readonly grace: Milliseconds } | undefined;
  readonly hasKeys: boolean;
  readonly isVerbose: boolean;
}

/** The status line: what fails, what is running, what runs often, what comes next. Cut to the width of the terminal, its last column left free. */
export const statusLine = (input: StatusInput, style: Style): string => {
  const parts = input.stopping ? stoppingParts(input) : usualParts(input, style);
  const dot = plain(` ${style.glyphs.dot} `);
  const spans = parts.flatMap((part, i) => (i === 0 ? [plain("  "), part] : [dot, part]));
  return painted(cutSpans(spans, style.width - 1, style.glyphs.ellipsis), style);
};

const usualParts = (
  { now, tally, next, jobs, paused, hasKeys, isVerbose }: StatusInput,
  { glyphs }: Style,
): readonly Span[] => {
  const words = texts().screen.status;
  const more = tally.running.size - mostRunning;
  return [
    ...(tally.failing.size > 0
      ? [colored("red", `${glyphs.fail} ${words.failing(tally.failing.size)}`)]
      : []),
    ...runningParts(tally, now).map((text) => plain(`${glyphs.run} ${text}`)),
    ...(more > 0 ? [plain(words.moreRunning(more))] : []),
    ...(paused > 0 ? [colored("yellow", `${glyphs.paused} ${words.paused(paused, jobs)}`)] : []),
    ...nextPart(next, now),
    ...(isVerbose ? [] : tally.frequent(now)).map((job) =>
      colored("dim", `${oneLine(job.name)} ${glyphs.times}${tally.of(job).successes}`),
    ),
    ...(hasKeys ? [colored("dim", words.help)] : []),
  ];
};

const mostRunning = 3;

const runningParts = (tally: Tally, now: Instant): readonly string[] =>
  [...tally.running]
    .slice(0, mostRunning)
    .map((job) => `${oneLine(job.name)} ${sayWait(now - (tally.of(job).running[0] ?? now))}`);

const nextPart = (next: Job | undefined, now: Instant): readonly Span[] => {
  const at = next?.nextRun?.getTime();
  if (!next || at === undefined) return [];
  return [plain(texts().screen.status.next(oneLine(next.name), at > now ? sayWait(at - now) : undefined))];
};

const stoppingParts = ({ now, tally, stopping }: StatusInput): readonly Span[] => {
  const words = texts().screen;
  return [
    colored("yellow", words.stopping),
    ...runningParts(tally, now).map(plain),
    plain(words.upTo(sayWait(later(stopping!.since, stopping!.grace) - now))),
    plain(words.abandonKeyShort),
  ];
};

/** The status line while a job is being chosen. */
export const choiceLine = ({ jobs, index }: Choice, style: Style): string => {
  const words = texts().screen.status;
  const { dot, ellipsis } = style.glyphs;
  const spans = [
    plain(`  ${words.choose} `),
    colored("bold", oneLine(jobs[index]?.name ?? "")),
    plain(` ${words.chosen(index + 1, jobs.length)} ${dot} `),
    colored("dim", words.chooseKeys.join(` ${dot} `)),
  ];
  return painted(cutSpans(spans, style.width - 1, ellipsis), style);
};

const noJobsLines = ({ paint }: Style): readonly string[] => [
  ...texts().screen.noJobs.map((line, i) => `  ${i === 0 ? line : `  ${paint(line, "cyan")}`}`),
  "",
];

/** The part of `process.stdin` that gives single keys. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  /** Lets the process end while it listens. */
  unref?(): unknown;
  on(event: "error", listener: () => void): unknown;
  on(event: "data", listener: (sent: { toString(): string }) => void): unknown;
  off(event: "error", listener: () => void): unknown;
  off(event: "data", listener: (sent: { toString(): string }) => void): unknown;
  listenerCount(event: string): number;
}

/**
 * Calls back with each key that is pressed. Undefined where there is no keyboard, where the script itself reads from it, or where the process is in the
 * background of its terminal: the system stops a background process that reads from the keyboard.
 *
 * @returns releases the keyboard
 */
export const listenToKeys = (keyboard: Keyboard, onKey: (key: string) => void): (() => void) | undefined => {
  const isTaken = keyboard.listenerCount("data") + keyboard.listenerCount("readable") > 0;
  if (!keyboard.isTTY || !keyboard.setRawMode || isTaken || isInBackground()) return undefined;
  const onData = (sent: { toString(): string }) => {
    for (const key of keysIn(sent.toString())) onKey(key);
  };
  // Read from a terminal that is gone.
  const onError = () => {};
  keyboard.setRawMode(true);
  keyboard.resume();
  // It must not keep a script alive that has no job.
  keyboard.unref?.();
  keyboard.on("error", onError);
  keyboard.on("data", onData);
  return () => {
    keyboard.off("data", onData);
    keyboard.off("error", onError);
    try {
      keyboard.setRawMode?.(false);
    } catch {
      // The terminal is gone.
    }
    keyboard.pause();
  };
};

/** Whether another group of processes has the terminal: read from proc(5), or from ps(1) where there is no such file. */
export const isInBackground = (): boolean => {
  try {
    // The name of the command, in parentheses, may hold anything; after it: state, parent, group, session, terminal, its foreground group.
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[2] !== fields[5];
  } catch {
    return process.platform !== "win32" && isInBackgroundByPs();
  }
};

/** @param ps what gives the process group and the terminal's foreground group, as two numbers */
export const isInBackgroundByPs = (
  ps = (): string =>
    spawnSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], { encoding: "utf8" }).stdout,
): boolean => {
  const [group, foreground] = /^\s*(\d+)\s+(\d+)\s*$/.exec(ps() ?? "")?.slice(1) ?? [];
  return group !== undefined && group !== foreground;
};

/** What a key asks for. */
export type KeyAction =
  | { readonly kind: "help" | "list" | "pause" | "quit" | "suspend" }
  | { readonly kind: "run"; readonly job: Job };

/** A job is being chosen, to be run by hand. */
export interface Choice {
  readonly jobs: readonly Job[];
  readonly index: number;
}

export interface Pressed {
  readonly action?: KeyAction | undefined;
  readonly choice?: Choice | undefined;
}

/** What a key means: an action, a step in a choice, or nothing. */
export const press = (key: string, choice: Choice | undefined, jobs: readonly Job[]): Pressed => {
  if (key === "\x03") return { action: { kind: "quit" } };
  if (key === "\x1a") return { action: { kind: "suspend" }, choice };
  if (choice) return choose(key, choice);
  if (key === "r") return jobs.length === 0 ? {} : { choice: { jobs, index: 0 } };
  const kind = actions[key];
  return kind ? { action: { kind } } : {};
};

const actions: Readonly<Record<string, "help" | "list" | "pause" | "quit">> = {
  h: "help",
  "?": "help",
  l: "list",
  p: "pause",
  q: "quit",
};

const choose = (key: string, { jobs, index }: Choice): Pressed => {
  const job = jobs[index];
  if (forth.has(key)) return { choice: { jobs, index: (index + 1) % jobs.length } };
  if (back.has(key)) return { choice: { jobs, index: (index + jobs.length - 1) % jobs.length } };
  if (key === "\r" || key === "\n") return job ? { action: { kind: "run", job } } : {};
  if (key === "\x1b" || key === "q") return {};
  const named = jobs.findIndex(({ name }) => name.toLowerCase().startsWith(key.toLowerCase()));
  return { choice: { jobs, index: named < 0 ? index : named } };
};

const forth: ReadonlySet<string> = new Set(["\x1b[B", "\x1b[C", "\t", "r"]);
const back: ReadonlySet<string> = new Set(["\x1b[A", "\x1b[D"]);

/** The keys in what a terminal sends: sequences of arrows and the like stay whole. */
export const keysIn = (sent: string): readonly string[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send these
  sent.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|./gsu) ?? [];
