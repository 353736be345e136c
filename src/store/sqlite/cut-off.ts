import type { Decision } from "../../job/run.ts";
import type { Instant } from "../../time/instant.ts";
import type { Enrolment } from "../store.ts";
import { moment } from "./enrol.ts";
import { type JobRow, type RunRow, toDecision } from "./rows.ts";
import type { Session } from "./session.ts";

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
  { name, ifInterrupted }: Enrolment,
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
      if (paused === 1) continue;
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
): readonly string[] => [
  ...(rerun.length > 0
    ? [`${name}: ${runsOf(rerun.map(({ planned }) => planned))} cut off, and will be run again`]
    : []),
  ...(interrupted.length > 0
    ? [`${name}: ${runsOf(interrupted.map(({ scheduled }) => scheduled))} cut off when the script ended`]
    : []),
];

const runsOf = (planned: readonly Instant[]): string =>
  planned.length === 1 ? `its run of ${moment(planned[0]!)} was` : `${planned.length} of its runs were`;
