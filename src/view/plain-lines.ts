import type { Job } from "../job/job.ts";
import type { Events, RunEvent, Told } from "../scheduler/events.ts";
import { oneLine, ordinal, sayLength, sayWait } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute, second } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { ownFrames, shortPath } from "./frames.ts";
import { sayOverdue } from "./overdue.ts";
import { succeeds, type Tally } from "./tally.ts";
import { troubleInLine } from "./trouble.ts";

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
export const plainLine = (told: Told, at: Instant, scene: PlainScene): PlainLine | undefined => {
  const { tally, isVerbose, zone } = scene;
  switch (told.name) {
    case "started": {
      const { job, late } = told.event;
      if (!isVerbose && succeeds(tally.of(job), 2, at)) return undefined;
      return ["run", `${named(job)}${late < minute ? "" : ` late=${short(late)}`}`];
    }
    case "succeeded":
      return !isVerbose && !tally.isStopping && succeeds(tally.of(told.event.job), 3, at)
        ? undefined
        : ["ok", ended(told.event, zone)];
    case "failed":
    case "timed-out": {
      const { job, error } = told.event;
      const { alike } = tally.of(job);
      const again = alike > 1 ? ` (same error, ${ordinal(alike)} time)` : "";
      return ["fail", `${ended(told.event, zone)} ${troubleInLine(error)}${again}`];
    }
    case "cancelled":
      return ["stop", `${ended(told.event, zone)} cancelled`];
    case "retrying": {
      const { job, attempt, error, wait } = told.event;
      return [
        "retry",
        `${named(job)} attempt=${attempt} again=${sayWait(wait).replace(" ", "")} ${troubleInLine(error)}`,
      ];
    }
    case "skipped":
    case "dropped":
      return tally.of(told.event.job).skipped > 1 && !isVerbose
        ? undefined
        : ["skip", `${named(told.event.job)} still running`];
    case "missed": {
      const { job, run } = told.event;
      return [
        "miss",
        `${named(job)} ${run.count ?? 1} ${run.outcome} last=${iso(run.scheduled.getTime() as Instant, zone)}`,
      ];
    }
    case "interrupted":
      return ["cut", `${named(told.event.job)} its process died`];
    case "paused":
      return ["pause", `${named(told.event.job)}${told.event.why ? ` ${oneLine(told.event.why)}` : ""}`];
    case "resumed":
      return ["on", `${named(told.event.job)}${nextOf(told.event.job, zone)}`];
    case "removed":
      return told.event.why === "cancelled" ? ["gone", named(told.event.job)] : undefined;
    case "warning":
      return ["warn", oneLine(told.event.message)];
    case "sleeping": {
      const { entries, top, wait, isCapped } = told.event;
      const first = top ? ` top=${named(top.job)}@${formatIso(top.due.getTime() as Instant, zone)}` : "";
      return ["trace", `heap=${entries}${first} sleep=${wait}ms${isCapped ? " capped" : ""}`];
    }
    case "woke":
      return ["woke", wokeFacts(told.event, at, scene)];
    case "stopping": {
      const { running, grace } = told.event;
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

const wokeFacts = ({ cause, by }: Events["woke"], at: Instant, { zone, jobs }: PlainScene): string => {
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
