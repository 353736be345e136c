import type { Job } from "../job.ts";
import { taskErrorInLine } from "../report/failure.ts";
import { eventObject } from "../report/json.ts";
import { ownFrames, shortPath } from "../report/stack.ts";
import type { Events, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import { type Environment, type Paint, painter, wantsColour } from "../terminal/style.ts";
import { oneLine, ordinal, safeJson, sayLength, sayWait } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute, second } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { sayOverdue } from "./event-text.ts";
import { succeeds, Tally } from "./tally.ts";
import type { Viewer } from "./viewer.ts";

/** Lines of text for a log: the time with its offset, a word, the facts. Under the journal of systemd, which stamps lines itself, without the time. */
export class PlainViewer implements Viewer {
  readonly #scheduler: SchedulerCore;
  readonly #area: StatusArea;
  readonly #paint: Paint;
  readonly #isStamped: boolean;
  readonly #scene: PlainScene;
  /** Successes that were left out, since when. */
  readonly #untold = new Map<Job, { readonly since: Instant; readonly count: number }>();

  constructor(scheduler: SchedulerCore, stream: Terminal, env: Environment, isVerbose: boolean) {
    this.#scheduler = scheduler;
    this.#area = withoutStatus(stream, env);
    this.#paint = painter(wantsColour(stream, env));
    this.#isStamped = !env.JOURNAL_STREAM;
    this.#scene = {
      zone: scheduler.zone,
      tally: new Tally(),
      opened: scheduler.clock.now(),
      jobs: () => scheduler.jobs(),
      isVerbose,
    };
  }

  open(): void {
    const { clock, zone, jobQueue } = this.#scheduler;
    const next = jobQueue.nextJob;
    const soon = next?.nextRun ? ` next=${named(next)}@${iso(next.nextRun.getTime() as Instant, zone)}` : "";
    this.#print(["start", `jobs=${this.#scheduler.jobs().length} zone=${zone.name}${soon}`], clock.now());
  }

  tell(event: SchedulerEvent, at: Instant): void {
    this.#scene.tally.hear(event, at);
    const line = plainLine(event, at, this.#scene);
    if (line) this.#print(line, at);
    else if (event.name === "succeeded") this.#rollUp(event.data.job, at);
    if (event.name === "failed" && this.#scene.tally.of(event.data.job).alike === 1)
      this.#area.print(furtherPlaces(event.data.error));
  }

  close(): void {
    this.#area.close();
  }

  #print([word, facts]: PlainLine, at: Instant): void {
    const stamp = this.#isStamped ? `${this.#paint(iso(at, this.#scene.zone), "dim")} ` : "";
    const sign = word === "fail" || word === "warn" ? this.#paint(word.padEnd(5), "red") : word.padEnd(5);
    this.#area.print([`${stamp}${sign} ${facts}`]);
  }

  /** Once a minute at most, what a job that runs often has done since. */
  #rollUp(job: Job, at: Instant): void {
    const { since, count } = this.#untold.get(job) ?? { since: at, count: 0 };
    this.#untold.set(job, { since, count: count + 1 });
    if (at - since < minute) return;
    this.#print(["ok", `${named(job)} x${count + 1} since=${iso(since, this.#scene.zone)}`], at);
    this.#untold.delete(job);
  }
}

/** One object a line, for programs. */
export class JsonViewer implements Viewer {
  readonly #scheduler: SchedulerCore;
  readonly #area: StatusArea;

  constructor(scheduler: SchedulerCore, stream: Terminal, env: Environment) {
    this.#scheduler = scheduler;
    this.#area = withoutStatus(stream, env);
  }

  open(): void {
    const { clock, zone } = this.#scheduler;
    const jobs = this.#scheduler.jobs().map((job) => ({
      job: job.name,
      when: job.describe(),
      next: job.nextRun ? iso(job.nextRun.getTime() as Instant, zone) : null,
    }));
    this.#print({ time: iso(clock.now(), zone), event: "opened", zone: zone.name, jobs });
  }

  tell(event: SchedulerEvent, at: Instant): void {
    this.#print(eventObject(event, at, this.#scheduler.zone));
  }

  close(): void {
    this.#area.close();
  }

  #print(object: unknown): void {
    this.#area.print([safeJson(object)]);
  }
}

/** Never draws anything, but begins a new line where a job has left one half written. */
const withoutStatus = (stream: Terminal, env: Environment): StatusArea =>
  new StatusArea([stream], () => undefined, env);

/** What stands in the middle of a line: a word that can be searched for, and the facts. */
export type PlainLine = readonly [word: string, facts: string];

export interface PlainScene {
  readonly zone: Zone;
  /** What has been told so far, the present event included. */
  readonly tally: Tally;
  readonly opened: Instant;
  /** All jobs. */
  jobs(): readonly Job[];
  /** Every line of jobs that run often. */
  readonly isVerbose: boolean;
}

/** An event as a line of a log. Success of jobs that run often is left out. */
export const plainLine = (event: SchedulerEvent, at: Instant, scene: PlainScene): PlainLine | undefined => {
  const { tally, isVerbose, zone } = scene;
  switch (event.name) {
    case "started": {
      const { job, late } = event.data;
      if (!isVerbose && succeeds(tally.of(job), 2, at)) return undefined;
      return ["run", `${named(job)}${late < minute ? "" : ` late=${short(late)}`}`];
    }
    case "succeeded":
      return !isVerbose && !tally.isStopping && succeeds(tally.of(event.data.job), 3, at)
        ? undefined
        : ["ok", ended(event.data, zone)];
    case "failed":
    case "timedOut": {
      const { job, error } = event.data;
      const { alike } = tally.of(job);
      const again = alike > 1 ? ` (same error, ${ordinal(alike)} time)` : "";
      return ["fail", `${ended(event.data, zone)} ${taskErrorInLine(error)}${again}`];
    }
    case "cancelled":
      return ["stop", `${ended(event.data, zone)} cancelled`];
    case "retrying": {
      const { job, attempt, error, wait } = event.data;
      return [
        "retry",
        `${named(job)} attempt=${attempt} again=${sayWait(wait).replace(" ", "")} ${taskErrorInLine(error)}`,
      ];
    }
    case "skipped":
    case "dropped":
      return tally.of(event.data.job).skipped > 1 && !isVerbose
        ? undefined
        : ["skip", `${named(event.data.job)} still running`];
    case "missed": {
      const { job, run } = event.data;
      return [
        "miss",
        `${named(job)} ${run.count ?? 1} ${run.outcome} last=${iso(run.scheduled.getTime() as Instant, zone)}`,
      ];
    }
    case "interrupted":
      return ["cut", `${named(event.data.job)} its process died`];
    case "paused":
      return ["pause", `${named(event.data.job)}${event.data.why ? ` ${oneLine(event.data.why)}` : ""}`];
    case "resumed":
      return ["on", `${named(event.data.job)}${nextOf(event.data.job, zone)}`];
    case "removed":
      return event.data.why === "cancelled" ? ["gone", named(event.data.job)] : undefined;
    case "warning":
      return ["warn", oneLine(event.data.message)];
    case "sleeping": {
      const { entries, top, wait, isCapped } = event.data;
      const first = top ? ` top=${named(top.job)}@${formatIso(top.due.getTime() as Instant, zone)}` : "";
      return ["trace", `heap=${entries}${first} sleep=${wait}ms${isCapped ? " capped" : ""}`];
    }
    case "clockJumped":
      return ["clockJumped", wokeFacts(event.data, at, scene)];
    case "stopping": {
      const { running, grace } = event.data;
      if (running.length === 0) return undefined;
      return ["stop", `waiting=${running.map(named).join(",")} grace=${short(grace)}`];
    }
    case "stopped":
      return ["end", endFacts(at, scene)];
    case "registered":
      return undefined;
  }
};

/** The places of a failure in the user's own files below the first, which stands in the line itself. */
export const furtherPlaces = (error: unknown): readonly string[] =>
  error instanceof Error
    ? ownFrames(error)
        .slice(1, 5)
        .map(({ call, file, line, column }) => {
          const place = `${oneLine(shortPath(file))}:${line}:${column}`;
          return `    at ${call === undefined ? place : `${oneLine(call)} (${place})`}`;
        })
    : [];

/** A name that cannot be taken for two words. */
export const named = ({ name }: Job): string =>
  /[\s"]/.test(name) ? JSON.stringify(oneLine(name)) : oneLine(name);

/** A moment to the second, with its offset: `"2026-11-22T17:45:00+01:00"`. */
export const iso = (at: Instant, zone: Zone): string =>
  formatIso((Math.floor(at / second) * second) as Instant, zone);

const wokeFacts = ({ cause, by }: Events["clockJumped"], at: Instant, { zone, jobs }: PlainScene): string => {
  const length = sayLength(Math.abs(by));
  if (cause === "set-back") return `the clock was set back ${length}, nothing runs twice`;
  if (cause === "set-forward")
    return [`the clock was set forward ${length}`, ...sayOverdue(jobs(), at, zone)].join(", ");
  return [`${cause === "asleep" ? "asleep" : "stood still"} ${length}`, ...sayOverdue(jobs(), at, zone)].join(
    ", ",
  );
};

const endFacts = (at: Instant, { tally, opened }: PlainScene): string =>
  `after=${short(at - opened)} runs=${tally.runs} failed=${tally.failed} missed=${tally.missed}`;

/** A length without a blank in it. */
const short = (length: number): string => sayLength(length).replaceAll(" ", "");

const ended = ({ job, run }: RunEvent, zone: Zone): string => {
  const took = run.started && run.ended ? ` ${short(run.ended.getTime() - run.started.getTime())}` : "";
  return `${named(job)}${took}${nextOf(job, zone)}`;
};

const nextOf = ({ nextRun }: Job, zone: Zone): string =>
  nextRun ? ` next=${iso(nextRun.getTime() as Instant, zone)}` : "";
