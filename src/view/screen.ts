import type { Job } from "../job/job.ts";
import type { Told } from "../scheduler/events.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import { type Environment, type Look, lookOf } from "../terminal/style.ts";
import { counted, displayWidth, oneLine } from "../terminal/text.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Invocation } from "./invocation.ts";
import { byNextRun, jobLines } from "./jobs-table.ts";
import { type Keyboard, listenToKeys } from "./keyboard.ts";
import { type Choice, press, type Wish } from "./keys.ts";
import { headerLines, helpLines, screenLines, summaryText } from "./screen-lines.ts";
import { choiceLine, statusLine } from "./status.ts";
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
  readonly #scheduler: Scheduler;
  readonly #parts: ScreenParts;
  readonly #look: Look;
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
  #cancelTick: (() => void) | undefined;

  constructor(scheduler: Scheduler, parts: ScreenParts) {
    this.#scheduler = scheduler;
    this.#parts = parts;
    this.#look = lookOf(parts.streams[0], parts.env);
    this.#opened = scheduler.clock.now();
    this.#area = new StatusArea(parts.streams, () => this.#status(), parts.env);
  }

  open(): void {
    const { invocation } = this.#parts;
    this.#measureNames();
    this.#area.print([
      "",
      ...headerLines(this.#scheduler, this.#scheduler.jobs().length, invocation, this.#look),
      "",
      ...this.#jobLines(),
      "",
    ]);
    this.#takeKeys();
    process.on("exit", this.#leave);
    process.on("uncaughtExceptionMonitor", this.#leave);
    process.on("SIGCONT", this.#comeBack);
    this.#tick();
  }

  tell(told: Told, at: Instant): void {
    this.#tally.hear(told, at);
    if (told.name === "registered" || told.name === "removed") this.#measureNames();
    if (told.name === "stopping") this.#stopping = { since: at, grace: told.event.grace };
    if (this.#isTellingAll) return;
    this.#area.print(
      screenLines(told, at, {
        zone: this.#scheduler.zone,
        look: this.#look,
        tally: this.#tally,
        nameWidth: this.#nameWidth,
        jobs: () => this.#scheduler.jobs(),
        isVerbose: this.#parts.isVerbose,
        invocation: this.#parts.isCommandLine ? this.#parts.invocation : undefined,
      }),
    );
    this.#hasEnded = told.name === "stopped";
    if (told.name === "stopped") this.#sayEnd(told.event.abandoned, at);
  }

  close(): void {
    this.#leave();
    process.off("exit", this.#leave);
    process.off("uncaughtExceptionMonitor", this.#leave);
    process.off("SIGCONT", this.#comeBack);
  }

  #sayEnd(abandoned: readonly Job[], at: Instant): void {
    const { dot } = this.#look.glyphs;
    const names = abandoned.map((job) => oneLine(job.name)).join(", ");
    const why = this.#scheduler.isOver ? `no job is left, ended` : "stopped";
    const summary = summaryText(why, at - this.#opened, this.#tally, this.#look);
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
    const { wish, choice } = press(key, this.#choice, byNextRun(this.#scheduler.jobs()));
    this.#choice = choice;
    if (wish) this.#do(wish);
    this.#area.redraw();
  }

  #do(wish: Wish): void {
    switch (wish.kind) {
      case "help":
        this.#area.print(helpLines(this.#look));
        break;
      case "list":
        this.#area.print(["", ...this.#jobLines(), ""]);
        break;
      case "run":
        this.#area.print([`  ${oneLine(wish.job.name)} is run by hand, its schedule is not touched`]);
        // What it throws is told by its event.
        void wish.job.run().catch(() => {});
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
    const { dot } = this.#look.glyphs;
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
    if (this.#choice) return choiceLine(this.#choice, this.#look);
    const jobs = this.#scheduler.jobs();
    return statusLine(
      {
        now: this.#scheduler.clock.now(),
        tally: this.#tally,
        next: this.#scheduler.agenda.nextJob,
        jobs: jobs.length,
        paused: jobs.filter((job) => job.isPaused).length,
        stopping: this.#stopping,
        hasKeys: this.#releaseKeys !== undefined,
        isVerbose: this.#parts.isVerbose,
      },
      this.#look,
    );
  }

  #jobLines(): readonly string[] {
    const { clock, zone } = this.#scheduler;
    return jobLines(this.#scheduler.jobs(), clock.now(), zone, this.#look);
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
