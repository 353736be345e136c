import type { Decision } from "../../job.ts";
import { readRecurrence } from "../../recurrence/json.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { hour } from "../../time/plain-time.ts";
import type { Anchor, Registration } from "../store.ts";
import { type JobRow, type RunRow, storable, toDecision } from "./rows.ts";
import type { Session } from "./session.ts";

/** What happens to a job that is registered in the file, and the warnings about it. */
export interface Entered {
  readonly row: JobRow;
  readonly recurrence: Recurrence;
  readonly remarks: readonly string[];
  readonly decidedFrom?: Instant;
}

/** So far ahead of the clock nothing can have been decided, unless the clock went wrong. */
const farAhead = hour;

const nothing: readonly string[] = [];

/** What this process did with the name before: its new job starts from now. */
export type Before = "ended" | "left" | undefined;

/** Compares a job with what the file knows of it. */
export const enter = (
  job: Registration,
  known: JobRow | undefined,
  now: Instant,
  before?: Before,
): Entered => {
  if (!known) return anew(job, 0, nothing);
  const words = texts().store;
  const again = (why?: string) =>
    keepPause(anew(job, known.epoch + 1, why === undefined ? [] : [words.startsOver(job.name, why)]), known);
  if (before === "ended") return anew(job, known.epoch + 1, []);
  if (before === "left") return again();
  if (known.source !== storable(job.source)) return again(words.scheduleChanged(known.source));
  if (known.zone !== job.zoneName) return again(words.zoneChanged(known.zone));
  const recurrence = readAgain(known.recurrence);
  if (known.ended !== null && !endedTooEarly(known, now))
    return { row: known, recurrence: recurrence ?? job.recurrence, remarks: [] };
  if (known.anchor > now + farAhead) {
    const { row, ...entered } = again(words.registeredInFuture(moment(known.anchor)));
    // What ran while the clock was ahead does not run again.
    return {
      ...entered,
      decidedFrom: known.anchor,
      row: { ...row, last_decided: known.last_decided, run_count: known.run_count },
    };
  }
  if (!recurrence) return again(words.unreadableSchedule);
  if (known.last_decided === null || known.last_decided <= now + farAhead)
    return { row: known, recurrence, remarks: nothing };
  const remark = words.decidedInFuture(job.name, moment(known.last_decided));
  return { row: { ...known, epoch: known.epoch + 1 }, recurrence, remarks: [remark] };
};

/** Its moment seemed to have passed while the clock was ahead, and it never ran. */
const endedTooEarly = ({ ended, end_reason, last_decided }: JobRow, now: Instant): boolean =>
  ended! > now + farAhead && end_reason === "ended" && last_decided === null;

/** A job as if it had never been known. */
export const fresh = (job: Registration, epoch: number, base: Omit<Anchor, "runCount"> = job): JobRow => ({
  name: storable(job.name),
  source: storable(job.source),
  recurrence: JSON.stringify(base.recurrence),
  zone: job.zoneName,
  anchor: base.anchor,
  epoch,
  last_decided: null,
  run_count: 0,
  paused: 0,
  failures: 0,
  ended: null,
  end_reason: null,
});

const anew = (job: Registration, epoch: number, remarks: readonly string[]): Entered => ({
  row: fresh(job, epoch),
  recurrence: job.recurrence,
  remarks,
});

/** A pause outlives a change of the schedule, but not the end of the job. */
const keepPause = (entered: Entered, { paused, ended }: JobRow): Entered => ({
  ...entered,
  row: { ...entered.row, paused: ended === null ? paused : 0 },
});

/** A schedule that an older or newer version wrote, and this one cannot read, is no damage. */
const readAgain = (json: string): Recurrence | undefined => {
  try {
    return readRecurrence(JSON.parse(json));
  } catch {
    return undefined;
  }
};

/** `"2026-11-22 09:30:00 UTC"`. */
export const moment = (at: Instant): string =>
  `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** The owner of what was claimed, and given back before it began. */
export const released = "";

/** The runs of a job that their process did not bring to an end. */
export interface CutOff {
  /** Taken over by this process, to be run again. */
  readonly rerun: readonly RunRow[];
  /** Taken over by this process: they had not begun. */
  readonly unstarted: readonly RunRow[];
  readonly interrupted: readonly Decision[];
  readonly remarks: readonly string[];
}

/**
 * Finds the runs of a job that their process did not bring to an end and decides on each, once: whoever comes first takes them over or
 * writes them off.
 *
 * @param owner the token of this process
 * @param isLiving whether the process with a token lives
 */
export const settleCutOff = (
  file: Session,
  { name, ifInterrupted }: Registration,
  { paused, ended }: JobRow,
  owner: string,
  isLiving: (token: string) => boolean,
): CutOff => {
  const rerun: RunRow[] = [];
  const unstarted: RunRow[] = [];
  const interrupted: Decision[] = [];
  for (const row of file.openRuns(name)) {
    if (row.owner === owner || isLiving(row.owner)) continue;
    const hasBegun = row.started !== null;
    if (row.extra === 0 && ended === null && (ifInterrupted === "rerun" || !hasBegun)) {
      if (paused !== 0) continue;
      if (ifInterrupted === "rerun") rerun.push({ ...row, owner, attempts: row.attempts + Number(hasBegun) });
      else unstarted.push({ ...row, owner });
    } else {
      const ended: RunRow = { ...row, outcome: "interrupted", attempts: row.attempts + 1 };
      file.putRun(ended);
      interrupted.push(toDecision(ended));
    }
  }
  for (const row of [...rerun, ...unstarted]) file.putRun(row);
  return { rerun, unstarted, interrupted, remarks: remarksOn(name, rerun, interrupted) };
};

const remarksOn = (
  name: string,
  rerun: readonly RunRow[],
  interrupted: readonly Decision[],
): readonly string[] => {
  const words = texts().store;
  const [again, over] = [rerun.map(({ planned }) => planned), interrupted.map(({ scheduled }) => scheduled)];
  return [
    ...(again.length > 0 ? [words.runsAgain(name, again.length, moment(again[0]!))] : []),
    ...(over.length > 0 ? [words.interrupted(name, over.length, moment(over[0]!))] : []),
  ];
};
