import type { KnownJob } from "../commands/command.ts";
import type { Job, Outcome, RunRecord } from "../job.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import { type Style, unicode } from "../terminal/style.ts";
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
export interface PageRun {
  /** When it started; the planned moment, where nothing was started. */
  readonly at: number;
  readonly scheduled: number;
  readonly outcome: Outcome;
  /** How long it took. */
  readonly took?: number;
  readonly late?: number;
  readonly byHand?: true;
  readonly attempts?: number;
  readonly count?: number;
  readonly error?: string;
}

export interface PageJob {
  readonly id: string;
  readonly name: string;
  /** When it runs, in words. */
  readonly when: string;
  readonly next: number | null;
  readonly state: "planned" | "paused" | "ended" | "cancelled" | "unknown";
  /** When its running runs were started. */
  readonly running: readonly number[];
  /** Until when it is paused, where that has an end. */
  readonly until?: number;
  readonly last?: PageRun;
}

/** A run with all that is known about it. */
export interface PageRunDetails extends PageRun {
  /** Why it ran then and ended so, in a sentence. */
  readonly why: string;
  /** What the task threw, with the line of the script. */
  readonly failure?: readonly string[];
  /** The last of what it printed. */
  readonly output?: string;
}

export interface PageJobDetails {
  readonly id: string;
  /** Its schedule as written, its equals, its policies. */
  readonly facts: readonly (readonly [head: string, text: string])[];
  readonly next: readonly number[];
  /** The latest first. */
  readonly runs: readonly PageRunDetails[];
}

export interface PageEvent {
  /** Its number, from 0. */
  readonly id: number;
  readonly at: number;
  readonly name: SchedulerEvent["name"];
  /** The job it is about. */
  readonly job?: string;
  readonly lines: readonly string[];
}

/** Sent when a page connects. */
export interface PageState {
  readonly now: number;
  readonly language: string;
  readonly words: Texts["page"]["words"];
  readonly betweenUnits: string;
  readonly script: string;
  readonly version: string;
  /** `offset` for a zone that has no name. */
  readonly zone: { readonly name: string; readonly label: string; readonly offset?: number };
  readonly since: number;
  readonly jobs: readonly PageJob[];
  readonly log: readonly PageEvent[];
}

/** Sent afterwards. */
export interface PagePatch {
  readonly now: number;
  /** New jobs, and jobs that have changed. */
  readonly jobs: readonly PageJob[];
  readonly gone: readonly string[];
  readonly log: readonly PageEvent[];
  /** Nothing starts any more. */
  readonly isStopping?: boolean;
  /** The script has ended: `"stopped after 8h 51m · 20 runs"`. */
  readonly end?: string;
}

/** What a person can ask for. */
export type PageAction =
  | { readonly job: string; readonly do: "run" | "resume" | "cancel" }
  | { readonly job: string; readonly do: "pause"; readonly until?: "hour" | "tomorrow" };

/** Text for a page, which wraps lines itself. */
export const pageStyle: Style = { paint: (text) => text, glyphs: unicode, width: Infinity };

/** A job is the same one as long as the process lives; after a restart, as long as the script is. */
export const idOf = ({ name, job }: Pick<KnownJob, "name" | "job">): string => {
  const entry = job && entryOf(job);
  return entry ? `${entry.order}` : `- ${name}`;
};

export const jobModel = (known: KnownJob): PageJob => {
  const { name, job, end } = known;
  const last = known.lastRun();
  const isOver = end !== undefined || job === undefined;
  return {
    id: idOf(known),
    name: oneLine(name),
    when: whenOf(known),
    next: isOver ? null : (job.nextRun?.getTime() ?? null),
    state: end ? end.why : !job ? "unknown" : job.isPaused ? "paused" : "planned",
    ...(job && !isOver && untilOf(job)),
    running: (job && entryOf(job)?.running.map(({ started }) => started)) ?? [],
    ...(last && { last: runModel(last) }),
  };
};

/** A schedule is put into words once, however often its job runs. */
const whens = new WeakMap<object, string>();

const whenOf = (known: KnownJob): string => {
  const schedule = known.job?.recurrence ?? known;
  const when = whens.get(schedule) ?? oneLine(known.when);
  whens.set(schedule, when);
  return when;
};

const untilOf = (job: Job): Pick<PageJob, "until"> => {
  const { pausedUntil } = entryOf(job) ?? {};
  return pausedUntil === undefined ? {} : { until: pausedUntil };
};

export const runModel = (run: RunRecord): PageRun => {
  const { scheduled, started, ended, outcome, byHand, attempts, count, error } = run;
  const late = started && !byHand ? started.getTime() - scheduled.getTime() : 0;
  return {
    at: (started ?? scheduled).getTime(),
    scheduled: scheduled.getTime(),
    outcome,
    ...(started && ended && { took: ended.getTime() - started.getTime() }),
    ...(late >= 60_000 && { late }),
    ...(byHand && { byHand }),
    ...(attempts > 1 && { attempts }),
    ...(count !== undefined && { count }),
    ...(error !== undefined && { error: manyLines(error).join("\n") }),
  };
};

/** Reads what a page sends. Anything else than an action is undefined. */
export const readAction = (text: string): PageAction | undefined => {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof given !== "object" || given === null) return undefined;
  const { job, do: what, until } = given as Readonly<Record<string, unknown>>;
  if (typeof job !== "string") return undefined;
  if (what === "run" || what === "resume" || what === "cancel") return { job, do: what };
  if (what !== "pause" || (until !== undefined && until !== "hour" && until !== "tomorrow")) return undefined;
  return { job, do: "pause", ...(until !== undefined && { until }) };
};
