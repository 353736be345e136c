import { readRecurrence } from "../../recurrence/codec.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import type { Instant } from "../../time/instant.ts";
import { hour } from "../../time/plain-time.ts";
import type { Enrolment } from "../store.ts";
import { type JobRow, storable } from "./rows.ts";

/** What becomes of a job that comes to the file, and what is to be said about it. */
export interface Entered {
  readonly row: JobRow;
  readonly recurrence: Recurrence;
  readonly remarks: readonly string[];
}

/** So far ahead of the clock nothing can have been decided, unless the clock went wrong. */
const farAhead = hour;

/** Compares a job with what the file knows of it. */
export const enter = (job: Enrolment, known: JobRow | undefined, now: Instant): Entered => {
  if (!known) return anew(job, 0, []);
  const again = (why: string) => ({
    ...anew(job, known.epoch + 1, [`${job.name}: ${why}, so it is counted from now`]),
  });
  if (known.said !== storable(job.said))
    return keepPause(again(`its schedule was changed, it was ${known.said}`), known);
  if (known.zone !== job.zoneName) return keepPause(again(`its zone was changed from ${known.zone}`), known);
  if (known.anchor > now + farAhead)
    return keepPause(again(`it was first known on ${moment(known.anchor)}, which is still to come`), known);
  const recurrence = readAgain(known.recurrence);
  if (!recurrence) return keepPause(again("its schedule cannot be read any more"), known);
  if (known.cursor === null || known.cursor <= now + farAhead) return { row: known, recurrence, remarks: [] };
  const remark = `${job.name}: it had been decided on up to ${moment(known.cursor)}, which is still to come; it goes on from now`;
  return { row: { ...known, epoch: known.epoch + 1 }, recurrence, remarks: [remark] };
};

/** A job as if it had never been known. */
export const fresh = (job: Enrolment, epoch: number): JobRow => ({
  name: storable(job.name),
  said: storable(job.said),
  recurrence: JSON.stringify(job.recurrence),
  zone: job.zoneName,
  anchor: job.anchor,
  epoch,
  cursor: null,
  served: 0,
  paused: 0,
  failures: 0,
});

const anew = (job: Enrolment, epoch: number, remarks: readonly string[]): Entered => ({
  row: fresh(job, epoch),
  recurrence: job.recurrence,
  remarks,
});

const keepPause = (entered: Entered, { paused }: JobRow): Entered => ({
  ...entered,
  row: { ...entered.row, paused },
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
