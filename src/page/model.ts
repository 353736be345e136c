import type { KnownJob } from "../commands/command.ts";
import type { RunRecord } from "../job.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import { manyLines, oneLine } from "../terminal/text.ts";
import type { Texts } from "../text/text.ts";

/*
 * What the page knows, as plain data: the server sends all of it once, and then what has changed.
 *
 *   scheduler ──jobModel──► PageState ──JSON──► the page
 *   event ──the job again──► PagePatch ──JSON──► the page
 *
 * Moments are milliseconds; the page says them in the script's zone, and how far away they are. All else is text in the person's language.
 */

/** A run that has ended, in a few words. */
export const runModel = (run: RunRecord) => {
  const { scheduled, started, ended, outcome, byHand, attempts, count, error } = run;
  const late = started && !byHand ? started.getTime() - scheduled.getTime() : 0;
  return {
    /** When it started; the planned moment, where nothing was started. */
    at: (started ?? scheduled).getTime(),
    scheduled: scheduled.getTime(),
    outcome,
    took: started && ended && ended.getTime() - started.getTime(),
    late: late >= 60_000 ? late : undefined,
    byHand,
    attempts: attempts > 1 ? attempts : undefined,
    count,
    error: error === undefined ? undefined : manyLines(error).join("\n"),
  };
};

export type PageRun = ReturnType<typeof runModel>;

export const jobModel = (known: KnownJob) => {
  const { name, job, end } = known;
  const entry = job && entryOf(job);
  const last = known.lastRun();
  return {
    id: idOf(known),
    name: oneLine(name),
    /** When it runs, in words. */
    when: whenOf(known),
    next: end ? null : (job?.nextRun?.getTime() ?? null),
    state: end ? end.why : !job ? "unknown" : job.isPaused ? "paused" : "planned",
    /** Until when it is paused, where that has an end. */
    until: end ? undefined : entry?.pausedUntil,
    /** When its running runs were started. */
    running: entry?.running.map(({ started }): number => started) ?? [],
    last: last && runModel(last),
  } as const;
};

export type PageJob = ReturnType<typeof jobModel>;

/** A job is the same one as long as the process lives; after a restart, as long as the script is. */
export const idOf = ({ name, job }: Pick<KnownJob, "name" | "job">): string => {
  const entry = job && entryOf(job);
  return entry ? `${entry.order}` : `- ${name}`;
};

/** A schedule is put into words once, however often its job runs. */
const whens = new WeakMap<object, string>();

const whenOf = (known: KnownJob): string => {
  const schedule = known.job?.recurrence ?? known;
  const when = whens.get(schedule) ?? oneLine(known.when);
  whens.set(schedule, when);
  return when;
};

/** A job with all that is known about it. */
export interface PageJobDetails {
  /** Its schedule as written, its equals, its policies. */
  readonly facts: readonly (readonly [head: string, text: string])[];
  readonly next: readonly number[];
  /** The latest first: each with a sentence on why it ran then and ended so, what the task threw and the last of what it printed. */
  readonly runs: readonly (PageRun & {
    readonly why: string;
    readonly failure?: readonly string[] | undefined;
    readonly output?: string | undefined;
  })[];
}

export interface PageEvent {
  /** Its number, from 0. */
  readonly id: number;
  readonly at: number;
  readonly name: SchedulerEvent["name"];
  readonly lines: readonly string[];
}

/** Sent again and again. */
export interface PagePatch {
  readonly now: number;
  /** New jobs, and jobs that have changed. */
  readonly jobs: readonly PageJob[];
  readonly gone: readonly string[];
  readonly log: readonly PageEvent[];
  /** Nothing starts any more. */
  readonly isStopping: boolean;
  /** The script has ended: `"stopped after 8h 51m · 20 runs"`. */
  readonly end?: string | undefined;
}

/** Sent when a page connects. */
export interface PageState extends PagePatch {
  readonly language: string;
  readonly words: Texts["page"]["words"];
  readonly script: string;
  /** `offset` for a zone that has no name. */
  readonly zone: { readonly name: string; readonly label: string; readonly offset: number | undefined };
  readonly since: number;
}

/** What a person can ask for. */
export interface PageAction {
  readonly job: string;
  readonly do: "run" | "resume" | "cancel" | "pause";
  /** Of a pause. */
  readonly until?: "hour" | "tomorrow" | undefined;
}

/** Reads what a page sends. Anything else than an action is undefined. */
export const readAction = (text: string): PageAction | undefined => {
  try {
    const { job, do: what, until } = Object(JSON.parse(text));
    const isAction = typeof job === "string" && ["run", "resume", "cancel", "pause"].includes(what);
    const isKnown = until === undefined || (what === "pause" && ["hour", "tomorrow"].includes(until));
    return isAction && isKnown ? { job, do: what, until } : undefined;
  } catch {
    return undefined;
  }
};
