import { inWords, isError, type Job, type RunRecord, textOf } from "../job.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import type { Zone } from "../time/zone.ts";
import { placeOfTaskError } from "./failure.ts";

/** An event as an object with plain values; names and meaning of its members stay as they are. */
export const eventObject = (
  event: SchedulerEvent,
  at: Instant,
  zone: Zone,
): Readonly<Record<string, unknown>> => {
  const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
  const head = { time: formatIso(at, zone), event: event.name };
  switch (event.name) {
    case "registered":
    case "resumed":
      return { ...head, ...jobFacts(event.data.job, say) };
    case "removed":
      return { ...head, job: event.data.job.name, why: event.data.why };
    case "paused":
      return {
        ...head,
        job: event.data.job.name,
        ...(event.data.why !== undefined && { why: event.data.why }),
      };
    case "started": {
      const { job, scheduled, attempt, late } = event.data;
      return { ...head, job: job.name, scheduled: say(scheduled), attempt, lateMs: late };
    }
    case "retrying": {
      const { job, scheduled, attempt, error, wait } = event.data;
      return {
        ...head,
        job: job.name,
        scheduled: say(scheduled),
        attempt,
        waitMs: wait,
        error: errorFacts(error),
      };
    }
    case "clockJumped": {
      const { cause, from, to, by } = event.data;
      return { ...head, cause, from: say(from), to: say(to), byMs: by };
    }
    case "sleeping": {
      const { entries, top, wait, isCapped } = event.data;
      const facts = top ? { job: top.job.name, due: say(top.due) } : null;
      return { ...head, entries, top: facts, waitMs: wait, isCapped };
    }
    case "warning":
      return { ...head, message: event.data.message };
    case "stopping":
      return { ...head, running: event.data.running.map((job) => job.name), graceMs: event.data.grace };
    case "stopped":
      return { ...head, abandoned: event.data.abandoned.map((job) => job.name) };
    default: {
      const { job, run, error } = event.data;
      return {
        ...head,
        ...jobFacts(job, say),
        ...runFacts(run, say),
        ...(error !== undefined && { error: errorFacts(error) }),
      };
    }
  }
};

/** A decision on an occurrence as an object with plain values. */
export const runFacts = (run: RunRecord, say: (date: Date) => string): Readonly<Record<string, unknown>> => ({
  scheduled: say(run.scheduled),
  outcome: run.outcome,
  ...(run.started && { started: say(run.started) }),
  ...(run.ended && { ended: say(run.ended) }),
  ...(run.started && run.ended && { tookMs: run.ended.getTime() - run.started.getTime() }),
  attempts: run.attempts,
  ...(run.error !== undefined && { error: run.error }),
  ...(run.count !== undefined && { count: run.count }),
  ...(run.byHand && { byHand: true }),
});

const jobFacts = ({ name, nextRun }: Job, say: (date: Date) => string) => ({
  job: name,
  next: nextRun ? say(nextRun) : null,
});

const errorFacts = (error: unknown) => {
  const at = placeOfTaskError(error);
  return isError(error)
    ? { name: textOf(error, "name"), message: textOf(error, "message"), ...(at !== undefined && { at }) }
    : { message: inWords(error) };
};
