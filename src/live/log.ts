import { appendFileSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Job } from "../job.ts";
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
import { hasSucceeded, Tally } from "../report/tally.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import { type Environment, type Style, styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
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
export interface LogOptions {
  /** Its path. */
  readonly file: string;
  /** A file that would grow beyond this many bytes is put aside. @default 5,000,000 */
  readonly size?: number;
  /** How many files that were put aside are kept: `jobs.log.1` is the youngest. @default 5 */
  readonly keep?: number;
}

/** What a screen and a log have in common: a stream that jobs write to as well, and the counts. */
export abstract class TextView implements View {
  protected readonly scheduler: SchedulerCore;
  protected readonly style: Style;
  protected readonly area: StatusArea;
  protected readonly scene: Scene & { nameWidth: number };
  /** The jobs whose further successes are only counted, which has been announced. */
  readonly #counted = new Set<Job>();

  constructor(
    scheduler: SchedulerCore,
    streams: readonly [Terminal, ...Terminal[]],
    env: Environment,
    scene: Pick<Scene, "isVerbose" | "invocation">,
  ) {
    this.scheduler = scheduler;
    this.style = styleOf(streams[0], env);
    this.scene = {
      zone: scheduler.zone,
      style: this.style,
      tally: new Tally(scheduler.clock.now()),
      nameWidth: 0,
      jobs: () => scheduler.jobs(),
      ...scene,
    };
    this.area = new StatusArea(
      streams,
      () => this.status(),
      env,
      (text, isMidLine) => this.#named(text, isMidLine),
    );
  }

  abstract open(): void;
  abstract show(event: SchedulerEvent, at: Instant): void;
  abstract close(): void;
  /** The status line; without one, what is printed begins a new line where a job has left one unended. */
  protected status(): string | undefined {
    return undefined;
  }
  /** Before a job's output, or that of somebody else. */
  protected onOutput(_job: Job | undefined): void {}

  /** The job whose success is the first that is only counted, where it is one. */
  protected firstCounted({ name, data }: SchedulerEvent, at: Instant): Job | undefined {
    if (name !== "succeeded" || this.#counted.has(data.job) || !isCounted(data.job, at, this.scene))
      return undefined;
    this.#counted.add(data.job);
    return data.job;
  }

  /** The output of a job whose runs are only counted carries its name. */
  #named(text: string, isMidLine: boolean): string {
    const job = this.scheduler.callers()[0]?.job;
    this.onOutput(job);
    const { clock } = this.scheduler;
    if (!job || !this.#counted.has(job) || !hasSucceeded(this.scene.tally.of(job), 2, clock.now()))
      return text;
    const own = `${this.style.paint(oneLine(job.name), "cyan")} | `;
    return text.replaceAll(/^(?=.)/gm, (_, at: number) =>
      (at === 0 && isMidLine) || text.startsWith(`${job.name} | `, at) ? "" : own,
    );
  }
}

/** Lines of text for a log: the time with its offset, a keyword, the facts. Under the journal of systemd, which stamps lines itself, without the time. */
export class LogView extends TextView {
  readonly #isStamped: boolean;
  /** Successes that were left out, since when. */
  readonly #leftOut = new Map<Job, { readonly since: Instant; readonly count: number }>();

  constructor(scheduler: SchedulerCore, stream: Terminal, env: Environment, isVerbose: boolean) {
    super(scheduler, [stream], env, { isVerbose });
    this.#isStamped = !env.JOURNAL_STREAM;
  }

  open(): void {
    const { clock, zone, jobQueue } = this.scheduler;
    const next = jobQueue.nextJob;
    const first = next?.nextRun
      ? ` next=${loggedName(next)}@${loggedTime(next.nextRun.getTime() as Instant, zone)}`
      : "";
    this.#print(["start", `jobs=${this.scheduler.jobs().length} zone=${zone.name}${first}`], clock.now());
  }

  show(event: SchedulerEvent, at: Instant): void {
    const { tally } = this.scene;
    tally.add(event, at);
    const line = logLine(event, at, this.scene);
    const counted = this.firstCounted(event, at);
    if (line) this.#print(line, at);
    if (counted) this.#print(["count", `${loggedName(counted)} ${texts().screen.onlyCounted}`], at);
    if (!line && event.name === "succeeded") this.#rollUp(event.data.job, at);
    if (event.name === "failed" && tally.of(event.data.job).sameFailures === 1)
      this.area.print(furtherPlaces(event.data.error));
  }

  close(): void {
    this.area.close();
  }

  #print([keyword, facts]: LogLine, at: Instant): void {
    const { paint } = this.style;
    const stamp = this.#isStamped ? `${paint(loggedTime(at, this.scene.zone), "dim")} ` : "";
    const isBad = keyword === "fail" || keyword === "warn";
    this.area.print([`${stamp}${isBad ? paint(keyword.padEnd(5), "red") : keyword.padEnd(5)} ${facts}`]);
  }

  /** Once a minute at most, how often a frequent job has succeeded since. */
  #rollUp(job: Job, at: Instant): void {
    const { since, count } = this.#leftOut.get(job) ?? { since: at, count: 0 };
    this.#leftOut.set(job, { since, count: count + 1 });
    if (at - since < minute) return;
    this.#print(["ok", `${loggedName(job)} x${count + 1} since=${loggedTime(since, this.scene.zone)}`], at);
    this.#leftOut.delete(job);
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

/**
 * A file to which is added, and which is put aside when it has grown:
 *
 *     jobs.log -> jobs.log.1 -> jobs.log.2 -> … -> gone
 *
 * Each write opens the file anew, so that a program that moves it away in the meantime (logrotate) disturbs nothing.
 *
 * @param onTrouble called once when nothing can be written, and once more each time after it could
 */
export const rotatedFile = (
  path: string,
  { size = 5_000_000, keep = 5 }: Omit<LogOptions, "file"> = {},
  onTrouble: (error: Error) => void = () => {},
) => {
  let isBroken = false;
  return {
    /** Adds text, all of it to one file. @returns true, as a stream does that takes more */
    write(text: string | Uint8Array): boolean {
      try {
        const bytes = Buffer.byteLength(text);
        const held = sizeOf(path);
        if (held === 0 && !existsSync(path)) mkdirSync(dirname(path), { recursive: true });
        if (held > 0 && held + bytes > size) putAside(realpathSync(path), keep);
        appendFileSync(path, text);
        isBroken = false;
      } catch (error) {
        const isNew = !isBroken;
        // Before the report, which may be written here too.
        isBroken = true;
        if (isNew) onTrouble(error as Error);
      }
      return true;
    },
  };
};

/** A folder, a device or a pipe is never put aside. */
const sizeOf = (path: string): number => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
};

const putAside = (path: string, keep: number) => {
  if (keep === 0) return rmSync(path, { force: true });
  for (let number = keep; number > 1; number--) {
    const younger = `${path}.${number - 1}`;
    if (statSync(younger, { throwIfNoEntry: false })) renameSync(younger, `${path}.${number}`);
  }
  renameSync(path, `${path}.1`);
};
