import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { byNextRun } from "../commands/command.ts";
import { jobLines } from "../commands/list.ts";
import type { Job } from "../job.ts";
import { countedLines, screenLines } from "../report/event-text.ts";
import { type Invocation, invocation, version } from "../report/stack.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { shareListener } from "../scheduler/signals.ts";
import type { Terminal } from "../terminal/status-line.ts";
import {
  colored,
  cutSpans,
  type Environment,
  isLive,
  painted,
  plain,
  type Span,
  type Style,
} from "../terminal/style.ts";
import { displayWidth, joinTo, oneLine, sayLength, sayWait, sayZone, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { minute, second } from "../time/plain-time.ts";
import { type DisplayOptions, JsonView, LogView, TextView, type View } from "./log.ts";

/** Where a run is shown, and how the script was started: the process. */
interface Surroundings {
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
class Screen extends TextView {
  readonly #options: DisplayOptions;
  readonly #keyboard: Keyboard | undefined;
  readonly #invocation: Invocation | undefined;
  #choice: Choice | undefined;
  #stopping: Stopping | undefined;
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

  constructor(scheduler: SchedulerCore, options: DisplayOptions, around: Surroundings) {
    const { stdout, stderr, stdin, env } = around;
    const started = invocation(around.argv, around.execArgv);
    super(scheduler, stderr.isTTY ? [stdout, stderr] : [stdout], env, {
      isVerbose: options.isVerbose,
      invocation: options.isCommandLine ? started : undefined,
    });
    this.#options = options;
    this.#keyboard = options.hasKeys ? stdin : undefined;
    this.#invocation = started;
  }

  open(): void {
    this.#measureNames();
    const jobs = this.scheduler.jobs().length;
    this.area.print([
      "",
      ...this.#headerLines(jobs),
      "",
      ...(jobs > 0 ? [...this.#jobLines(), ""] : this.scheduler.hasJobs ? [] : noJobsLines(this.style)),
    ]);
    this.#takeKeys();
    this.#offs = [
      shareListener(process, "exit", this.#leave),
      shareListener(process, "uncaughtExceptionMonitor", this.#leave),
      // After Ctrl-Z and `fg` the keys are taken again; after `bg` they are left to the shell.
      shareListener(process, "SIGCONT", () => {
        this.#takeKeys();
        this.area.redraw();
      }),
    ];
    this.#tick();
  }

  show(event: SchedulerEvent, at: Instant): void {
    this.scene.tally.add(event, at);
    const { name, data } = event;
    if (name === "registered" || name === "removed") this.#measureNames();
    if (name === "stopping") this.#stopping = { since: at, grace: data.grace };
    if (this.#isPausingAll) return;
    const lines = screenLines(event, at, this.scene);
    if (name === "started" && data.late < minute) {
      this.#delayStart(data.job, lines, at);
      return;
    }
    if (name === "stopping") for (const job of this.#starting.keys()) this.#showStart(job);
    if ("job" in data) this.#forgetStart(data.job);
    this.area.print(lines);
    const counted = this.firstCounted(event, at);
    if (counted) this.area.print(countedLines(counted, at, this.scene));
    this.#hasEnded = name === "stopped";
    if (name === "stopped") this.#printSummary(data.abandoned, at);
  }

  close(): void {
    this.#leave();
    for (const off of this.#offs) off();
  }

  #delayStart(job: Job, lines: readonly string[], at: Instant): void {
    if (lines.length === 0) return;
    this.#showStart(job);
    const cancel = this.scheduler.clock.wakeAt(later(at, shortRun), () => this.#showStart(job), false);
    this.#starting.set(job, { lines, cancel });
  }

  #showStart(job: Job): void {
    const { lines = [] } = this.#starting.get(job) ?? {};
    this.#forgetStart(job);
    this.area.print(lines);
  }

  #forgetStart(job: Job): void {
    this.#starting.get(job)?.cancel();
    this.#starting.delete(job);
  }

  /** A job's output stands below its start. */
  protected override onOutput(job: Job | undefined): void {
    for (const one of job ? [job] : [...this.#starting.keys()]) this.#showStart(one);
  }

  /** Facts of a line, separated by dots, on as many lines as they need. */
  #joined(parts: readonly string[]): readonly string[] {
    const { glyphs, width } = this.style;
    return joinTo(parts, ` ${glyphs.dot} `, width - 2).map((line) => `  ${line}`);
  }

  /** `"onthedot 0.1.0 · myjobs.ts · 6 jobs · Europe/Berlin (UTC+1)"`. */
  #headerLines(jobs: number): readonly string[] {
    const { clock, zone } = this.scheduler;
    const { paint } = this.style;
    const { page } = this.#options;
    const script = this.#invocation ? [this.#invocation.script] : [];
    const count = texts().timeline.jobs(jobs);
    const parts = [`onthedot ${version()}`, ...script, count, sayZone(zone, clock.now())];
    return [
      ...this.#joined(parts).map((line) => line.replace("onthedot", (name) => paint(name, "bold"))),
      // Not cut: a part of an address opens nothing.
      ...(page === undefined ? [] : [`  ${paint(texts().page.header, "dim")} ${page}`]),
    ];
  }

  /** `"stopped after 8h 51m · 20 runs · 1 failed · 0 missed"`. */
  #printSummary(abandoned: readonly Job[], at: Instant): void {
    const words = texts().screen;
    const { tally } = this.scene;
    const length = sayLength(tally.length(at));
    const names = abandoned.map((job) => oneLine(job.name)).join(", ");
    const parts = [
      this.scheduler.isOver ? words.finished(length) : words.stopped(length),
      words.runs(tally.runs),
      words.failedRuns(tally.failed),
      texts().timeline.missed(tally.missed),
      ...(names ? [words.abandoned(names)] : []),
    ];
    this.area.print(this.#joined(parts));
  }

  readonly #leave = (): void => {
    for (const job of this.#starting.keys()) this.#forgetStart(job);
    this.#cancelTick?.();
    this.#releaseKeys?.();
    this.#releaseKeys = undefined;
    this.area.close();
  };

  #takeKeys(): void {
    this.#releaseKeys ??= this.#keyboard && listenToKeys(this.#keyboard, (key) => this.#press(key));
  }

  #press(key: string): void {
    const { action, job, choice } = press(key, this.#choice, byNextRun(this.scheduler.jobs()));
    this.#choice = choice;
    const { keys } = texts().screen;
    switch (action) {
      case "help":
        this.area.print([
          "",
          ...keys.map(([key, does]) => `  ${this.style.paint(key, "bold")}  ${does}`),
          "",
        ]);
        break;
      case "list":
        this.area.print(["", ...this.#jobLines(), ""]);
        break;
      case "run":
        this.area.print([`  ${oneLine(job!.name)}   ${texts().commands.run.manual}`]);
        // What it throws is shown with its event.
        void job!.run().catch(() => {});
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
    this.area.redraw();
  }

  #pauseOrResume(): void {
    const jobs = this.scheduler.jobs();
    const active = jobs.filter((job) => !job.isPaused);
    const isPausing = active.length > 0 && this.#pausedHere.length === 0;
    const chosen = isPausing ? active : this.#pausedHere.length > 0 ? this.#pausedHere : jobs;
    this.#isPausingAll = true;
    for (const job of chosen) isPausing ? job.pause() : job.resume();
    this.#isPausingAll = false;
    this.#pausedHere = isPausing ? active : [];
    const words = texts().screen;
    const done = isPausing ? [words.paused(undefined), words.pressToResume] : [words.resumed];
    this.area.print(this.#joined([texts().timeline.jobs(chosen.length), ...done]));
  }

  /** What Ctrl-Z does where no program takes the keys: it stops the whole group, `npx` and `tsx` too. */
  #suspend(): void {
    if (process.platform === "win32") return;
    this.#releaseKeys?.();
    this.#releaseKeys = undefined;
    this.area.hide();
    process.kill(0, "SIGTSTP");
  }

  /** Once a second, on the second. */
  #tick(): void {
    const { clock } = this.scheduler;
    const now = clock.now();
    this.area.redraw();
    const next = later(now, (second - (now % second)) as Milliseconds);
    this.#cancelTick = clock.wakeAt(next, () => this.#tick(), false);
  }

  /** What fails, what is running, what runs often, what comes next: cut to the width of the terminal, its last column left free. */
  protected override status(): string | undefined {
    if (this.#hasEnded) return undefined;
    const now = this.scheduler.clock.now();
    const { dot, ellipsis } = this.style.glyphs;
    const parts = this.#choice
      ? this.#choiceParts(this.#choice)
      : this.#stopping
        ? this.#stoppingParts(this.#stopping, now)
        : this.#usualParts(now);
    const spans = parts.flatMap((part, i) => [plain(i === 0 ? "  " : ` ${dot} `), part]);
    return painted(cutSpans(spans, this.style.width - 1, ellipsis), this.style);
  }

  #usualParts(now: Instant): readonly Span[] {
    const words = texts().screen.status;
    const { glyphs } = this.style;
    const { tally, isVerbose } = this.scene;
    const jobs = this.scheduler.jobs();
    const paused = jobs.filter((job) => job.isPaused).length;
    const more = tally.running.size - mostRunning;
    const next = this.scheduler.jobQueue.nextJob;
    const at = next?.nextRun?.getTime();
    return [
      ...(tally.failing.size > 0
        ? [colored("red", `${glyphs.fail} ${words.failing(tally.failing.size)}`)]
        : []),
      ...this.#runningParts(now, `${glyphs.run} `),
      ...(more > 0 ? [plain(words.moreRunning(more))] : []),
      ...(paused > 0 ? [colored("yellow", `${glyphs.paused} ${words.paused(paused, jobs.length)}`)] : []),
      ...(next && at !== undefined
        ? [plain(words.next(oneLine(next.name), at > now ? sayWait(at - now) : undefined))]
        : []),
      ...(isVerbose ? [] : tally.frequent(now)).map((job) =>
        colored("dim", `${oneLine(job.name)} ${glyphs.times}${tally.of(job).successes}`),
      ),
      ...(this.#releaseKeys ? [colored("dim", words.help)] : []),
    ];
  }

  #runningParts(now: Instant, sign: string): readonly Span[] {
    const { tally } = this.scene;
    return [...tally.running]
      .slice(0, mostRunning)
      .map((job) => plain(`${sign}${oneLine(job.name)} ${sayWait(now - (tally.of(job).running[0] ?? now))}`));
  }

  #stoppingParts({ since, grace }: Stopping, now: Instant): readonly Span[] {
    const words = texts().screen;
    return [
      colored("yellow", words.stopping),
      ...this.#runningParts(now, ""),
      plain(words.upTo(sayWait(later(since, grace) - now))),
      plain(words.abandonKey(this.scene.tally.running.size)),
    ];
  }

  /** While a job is being chosen. */
  #choiceParts({ jobs, index }: Choice): readonly Span[] {
    const { choose, chosen, chooseKeys } = texts().screen.status;
    return [
      plain(`${choose} ${oneLine(jobs[index]!.name)} ${chosen(index + 1, jobs.length)}`),
      ...chooseKeys.map((text) => colored("dim", text)),
    ];
  }

  #jobLines(): readonly string[] {
    const { clock, zone } = this.scheduler;
    return jobLines(this.scheduler.jobs(), clock.now(), zone, this.style);
  }

  #measureNames(): void {
    const names = this.scheduler.jobs().slice(0, mostMeasured);
    this.scene.nameWidth = Math.min(
      widestName,
      Math.max(0, this.style.width - besideName),
      Math.max(0, ...names.map(({ name }) => displayWidth(oneLine(name)))),
    );
  }
}

const mostMeasured = 100;
const widestName = 24;
/** What a usual row needs beside the name. */
const besideName = 41;
const mostRunning = 3;

/** Since when nothing starts any more, and for how long the rest is waited for. */
interface Stopping {
  readonly since: Instant;
  readonly grace: Milliseconds;
}

const noJobsLines = ({ paint, width }: Style): readonly string[] => {
  const [first, ...more] = texts().screen.noJobs;
  return [...wrapText(`  ${first}`, width, "  "), ...more.map((line) => `    ${paint(line, "cyan")}`), ""];
};

/** The part of `process.stdin` that gives single keys. */
interface Keyboard {
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
const listenToKeys = (keyboard: Keyboard, onKey: (key: string) => void): (() => void) | undefined => {
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
const isInBackground = (): boolean => {
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

/** A job is being chosen, to be run by hand. */
export interface Choice {
  readonly jobs: readonly Job[];
  readonly index: number;
}

interface Pressed {
  readonly action?: "help" | "list" | "pause" | "quit" | "suspend" | "run" | undefined;
  /** The one to run. */
  readonly job?: Job | undefined;
  readonly choice?: Choice | undefined;
}

/** What a key means: an action, a step in a choice, or nothing. */
export const press = (key: string, choice: Choice | undefined, jobs: readonly Job[]): Pressed => {
  if (key === "\x03") return { action: "quit" };
  if (key === "\x1a") return { action: "suspend", choice };
  if (choice) return choose(key, choice);
  if (key === "r" && jobs.length > 0) return { choice: { jobs, index: 0 } };
  return actions[key] ? { action: actions[key] } : {};
};

const actions: Readonly<Record<string, Pressed["action"]>> = {
  h: "help",
  "?": "help",
  l: "list",
  p: "pause",
  q: "quit",
};

const choose = (key: string, { jobs, index }: Choice): Pressed => {
  const { length } = jobs;
  if (key === "\r" || key === "\n") return { action: "run", job: jobs[index] };
  if (key === "\x1b" || key === "q") return {};
  const step = steps[key];
  if (step !== undefined) return { choice: { jobs, index: (index + step + length) % length } };
  const named = jobs.findIndex(({ name }) => name.toLowerCase().startsWith(key.toLowerCase()));
  return { choice: { jobs, index: named < 0 ? index : named } };
};

/** Arrows down and right, Tab and `r` go forth; up and left go back. */
const steps: Readonly<Record<string, number>> = {
  "\x1b[B": 1,
  "\x1b[C": 1,
  "\t": 1,
  r: 1,
  "\x1b[A": -1,
  "\x1b[D": -1,
};

/** The keys in what a terminal sends: sequences of arrows and the like stay whole. */
export const keysIn = (sent: string): readonly string[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send these
  sent.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|./gsu) ?? [];
