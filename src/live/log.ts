import type { Job } from "../job.ts";
import { type RotationOptions, rotatedFile } from "../notify/log-file.ts";
import {
  eventObject,
  isCounted,
  type LogLine,
  loggedName,
  loggedTime,
  logLine,
  type Scene,
} from "../report/event-text.ts";
import { furtherPlaces } from "../report/failure.ts";
import { type JsonLines, jsonLines } from "../report/output.ts";
import { Tally } from "../report/tally.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import { type Environment, type Style, styleOf } from "../terminal/style.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";

/** What shows a run: a screen, lines of text, JSON lines. It only listens. */
export interface View {
  /** Shows what there is when it opens. */
  open(): void;
  show(event: SchedulerEvent, at: Instant): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** How a run is shown. */
export interface DisplayOptions {
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  /** Whether the script can be started with a command, as in `myjobs.ts run backup`. */
  readonly isCommandLine: boolean;
  readonly hasKeys: boolean;
  /** The address of the page with its secret, for a terminal alone. */
  readonly page?: string | undefined;
}

/** A log file, and how large it may become. */
export interface LogOptions extends RotationOptions {
  /** Its path. */
  readonly file: string;
}

/** Lines of text for a log: the time with its offset, a keyword, the facts. Under the journal of systemd, which stamps lines itself, without the time. */
export class LogView implements View {
  readonly #scheduler: SchedulerCore;
  readonly #area: StatusArea;
  readonly #style: Style;
  readonly #isStamped: boolean;
  readonly #scene: Scene;
  /** Successes that were left out, since when. */
  readonly #counted = new Map<Job, { readonly since: Instant; readonly count: number }>();

  constructor(scheduler: SchedulerCore, stream: Terminal, env: Environment, isVerbose: boolean) {
    this.#scheduler = scheduler;
    // Without a status line, it begins a new line where a job has left one unended.
    this.#area = new StatusArea([stream], () => undefined, env);
    this.#style = styleOf(stream, env);
    this.#isStamped = !env.JOURNAL_STREAM;
    this.#scene = {
      zone: scheduler.zone,
      style: this.#style,
      tally: new Tally(scheduler.clock.now()),
      nameWidth: 0,
      jobs: () => scheduler.jobs(),
      isVerbose,
    };
  }

  open(): void {
    const { clock, zone, jobQueue } = this.#scheduler;
    const next = jobQueue.nextJob;
    const first = next?.nextRun
      ? ` next=${loggedName(next)}@${loggedTime(next.nextRun.getTime() as Instant, zone)}`
      : "";
    this.#print(["start", `jobs=${this.#scheduler.jobs().length} zone=${zone.name}${first}`], clock.now());
  }

  show(event: SchedulerEvent, at: Instant): void {
    const { tally } = this.#scene;
    tally.add(event, at);
    const line = logLine(event, at, this.#scene);
    if (line) this.#print(line, at);
    else if (event.name === "succeeded" && isCounted(event.data.job, at, this.#scene))
      this.#rollUp(event.data.job, at);
    if (event.name === "failed" && tally.of(event.data.job).sameFailures === 1)
      this.#area.print(furtherPlaces(event.data.error));
  }

  close(): void {
    this.#area.close();
  }

  #print([keyword, facts]: LogLine, at: Instant): void {
    const { paint } = this.#style;
    const stamp = this.#isStamped ? `${paint(loggedTime(at, this.#scene.zone), "dim")} ` : "";
    const isBad = keyword === "fail" || keyword === "warn";
    this.#area.print([`${stamp}${isBad ? paint(keyword.padEnd(5), "red") : keyword.padEnd(5)} ${facts}`]);
  }

  /** Once a minute at most, how often a frequent job has succeeded since. */
  #rollUp(job: Job, at: Instant): void {
    const { since, count } = this.#counted.get(job) ?? { since: at, count: 0 };
    this.#counted.set(job, { since, count: count + 1 });
    if (at - since < minute) return;
    this.#print(["ok", `${loggedName(job)} x${count + 1} since=${loggedTime(since, this.#scene.zone)}`], at);
    this.#counted.delete(job);
  }
}

/** The same lines in a file that rotates. A file that cannot be written is a warning. */
export const logFileView = (
  scheduler: SchedulerCore,
  { file, ...rotation }: LogOptions,
  isVerbose: boolean,
): View => {
  const onError = ({ message }: Error) =>
    scheduler.events.emit("warning", { message: texts().reports.logNotWritten(message) });
  return new LogView(scheduler, rotatedFile(file, rotation, onError), {}, isVerbose);
};

/** One object a line, for programs. */
export class JsonView implements View {
  readonly #scheduler: SchedulerCore;
  readonly #lines: JsonLines;

  constructor(scheduler: SchedulerCore, stream: Terminal) {
    this.#scheduler = scheduler;
    this.#lines = jsonLines(stream, scheduler);
  }

  open(): void {
    const { clock, zone } = this.#scheduler;
    const jobs = this.#scheduler.jobs().map((job) => ({
      job: job.name,
      when: job.describe(),
      next: job.nextRun ? loggedTime(job.nextRun.getTime() as Instant, zone) : null,
    }));
    this.#lines.print({ time: loggedTime(clock.now(), zone), event: "opened", zone: zone.name, jobs });
  }

  show(event: SchedulerEvent, at: Instant): void {
    this.#lines.print(eventObject(event, at, this.#scheduler.zone));
  }

  close(): void {
    this.#lines.close();
  }
}
