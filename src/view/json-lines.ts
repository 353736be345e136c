import type { Job } from "../job/job.ts";
import type { RunRecord } from "../job/run.ts";
import { inWords, isError, textOf } from "../job/thrown.ts";
import type { Told } from "../scheduler/events.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import type { Zone } from "../time/zone.ts";
import { placeOfTrouble } from "./trouble.ts";

/** An event as an object with plain values; names and meaning of its members stay as they are. */
export const eventObject = (told: Told, at: Instant, zone: Zone): Readonly<Record<string, unknown>> => {
  const say = (date: Date) => formatIso(date.getTime() as Instant, zone);
  const head = { time: formatIso(at, zone), event: told.name };
  switch (told.name) {
    case "registered":
    case "resumed":
      return { ...head, ...jobFacts(told.event.job, say) };
    case "removed":
      return { ...head, job: told.event.job.name, why: told.event.why };
    case "paused":
      return {
        ...head,
        job: told.event.job.name,
        ...(told.event.why !== undefined && { why: told.event.why }),
      };
    case "started": {
      const { job, scheduled, attempt, late } = told.event;
      return { ...head, job: job.name, scheduled: say(scheduled), attempt, lateMs: late };
    }
    case "retrying": {
      const { job, scheduled, attempt, error, wait } = told.event;
      return {
        ...head,
        job: job.name,
        scheduled: say(scheduled),
        attempt,
        waitMs: wait,
        error: errorFacts(error),
      };
    }
    case "woke": {
      const { cause, from, to, by } = told.event;
      return { ...head, cause, from: say(from), to: say(to), byMs: by };
    }
    case "sleeping": {
      const { entries, top, wait, isCapped } = told.event;
      const facts = top ? { job: top.job.name, due: say(top.due) } : null;
      return { ...head, entries, top: facts, waitMs: wait, isCapped };
    }
    case "warning":
      return { ...head, message: told.event.message };
    case "stopping":
      return { ...head, running: told.event.running.map((job) => job.name), graceMs: told.event.grace };
    case "stopped":
      return { ...head, abandoned: told.event.abandoned.map((job) => job.name) };
    default: {
      const { job, run, error } = told.event;
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
  const at = placeOfTrouble(error);
  return isError(error)
    ? { name: textOf(error, "name"), message: textOf(error, "message"), ...(at !== undefined && { at }) }
    : { message: inWords(error) };
};
