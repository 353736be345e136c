import type { Decision } from "../../job/run.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import type { Instant } from "../../time/instant.ts";
import type { Beat, Claim, Claimed, Enrolment, Page, Remembered, Standing } from "../store.ts";
import { type CutOff, released, settleCutOff } from "./cut-off.ts";
import { enter, fresh } from "./enrol.ts";
import { type JobRow, openRow, type RunRow, toDecision, toRow } from "./rows.ts";
import type { Session } from "./session.ts";

/** What a page needs of its store. */
export interface File {
  /** The token of this process. */
  readonly owner: string;
  /** How many decisions of a job are kept. */
  readonly keep: number;
  /** Only to look, beside a process that runs the jobs. */
  readonly isVisit: boolean;
  now(): Instant;
  /** Does something in one transaction; undefined when the file cannot be written, which has been told. */
  write<T>(act: (session: Session) => T): T | undefined;
  read<T>(look: (session: Session) => T): T | undefined;
  /** Whether nothing may start that is not in the file. */
  mustClaim(): boolean;
  /** The page holds what the file does not: see {@link SqlitePage.save}. */
  saveLater(page: SqlitePage): void;
  /** So many more runs are going on. */
  count(runs: number): void;
}

/** How many decisions are made before the oldest are looked for. */
const pruneEvery = 100;

/**
 * The page of one job in a file. When the file cannot be written, the page goes on from memory and holds what is to be written later.
 */
export class SqlitePage implements Page {
  remembered: Remembered | undefined;
  readonly #file: File;
  readonly #job: Enrolment;
  /** As it stands, whether the file has it or not. */
  #row: JobRow;
  /** The file knows of this page. */
  #isEntered = false;
  /** What this process has begun and not ended. */
  readonly #open = new Map<Instant, RunRow>();
  /** What the file does not have: the row, and these runs. */
  #isUnsaved = false;
  #isPauseUnsaved = false;
  #unsaved: RunRow[] = [];
  #decided = 0;

  constructor(job: Enrolment, file: File) {
    this.#job = job;
    this.#file = file;
    this.#row = fresh(job, 0);
    this.#enter();
  }

  #enter(): void {
    const now = this.#file.now();
    const entered = this.#file.write((file) => {
      const known = file.job(this.#row.name);
      const { row, recurrence, remarks } = enter(this.#job, known, now);
      if (this.#file.isVisit) return { row, recurrence, remarks, cut: nothingCutOff };
      if (row !== known) file.putJob(row);
      const cut = settleCutOff(file, this.#job, row.paused === 1, this.#file.owner, now);
      return { row, recurrence, remarks, cut };
    });
    if (!entered) {
      this.#hold();
      return;
    }
    const { row, recurrence, remarks, cut } = entered;
    this.#row = row;
    this.#isEntered = true;
    for (const run of [...cut.rerun, ...cut.unstarted]) this.#begun(run);
    this.remembered = {
      ...standingOf(row, recurrence),
      isPaused: row.paused === 1,
      failures: row.failures,
      rerun: cut.rerun.map(({ planned }) => planned),
      unstarted: cut.unstarted.map(({ planned }) => planned),
      interrupted: cut.interrupted,
      remarks: [...remarks, ...cut.remarks],
    };
  }

  claim({ from, to, now, starts, deferred, passed }: Claim): Claimed {
    const opened = (epoch: number) =>
      starts.map((planned) =>
        openRow({ ...this.#key(epoch, planned), extra: 0 }, deferred.includes(planned) ? null : now),
      );
    const decided = (epoch: number) =>
      passed.map((decision) => toRow(decision, { ...this.#key(epoch, decision.scheduled), extra: 0 }));
    const outcome = this.#write((file, row) => {
      const stored = file.job(row.name);
      if (!stored) file.putJob({ ...row, cursor: to });
      else if (stored.epoch !== row.epoch || !file.moveCursor({ ...stored, cursor: to }, from))
        return this.#isMine(file, stored, to, starts) ? "won" : "lost";
      for (const run of [...opened(row.epoch), ...decided(row.epoch)]) file.addRun(run);
      return "won";
    });
    if (outcome === "lost") return "lost";
    if (outcome === undefined && this.#file.mustClaim()) return "held";
    this.#row = { ...this.#row, cursor: to };
    const runs = opened(this.#row.epoch);
    for (const run of runs) this.#begun(run);
    if (outcome === undefined) this.#hold(...runs, ...decided(this.#row.epoch));
    return "won";
  }

  /** Whether a claim that seemed to have failed was kept after all: the power of a commit is not always told. */
  #isMine(file: Session, { epoch, cursor }: JobRow, to: Instant, starts: readonly Instant[]): boolean {
    if (cursor !== to || starts.length === 0) return false;
    return starts.every((planned) => {
      const run = file.run({ ...this.#key(epoch, planned), extra: 0 });
      return run?.owner === this.#file.owner && run.outcome === null && !this.#open.has(planned);
    });
  }

  standing(): Standing | undefined {
    const row = this.#file.read((file) => file.job(this.#row.name));
    if (row) this.#row = row;
    return standingOf(this.#row);
  }

  rebase({ recurrence, anchor, served }: Beat): Standing | undefined {
    const beat = { recurrence: JSON.stringify(recurrence), anchor, served, epoch: this.#row.epoch + 1 };
    const written = this.#write((file, row) => {
      const stored = file.job(row.name) ?? row;
      if (stored.epoch !== row.epoch) return { row: stored, isOthers: true };
      const rebased = { ...stored, ...beat };
      file.putJob(rebased);
      return { row: rebased, isOthers: false };
    });
    this.#row = written?.row ?? { ...this.#row, ...beat };
    if (!written) this.#hold();
    return written?.isOthers ? standingOf(written.row) : undefined;
  }

  defer(scheduled: Instant): void {
    const open = this.#open.get(scheduled);
    if (open && open.started !== null) this.#change({ ...open, started: null });
  }

  /** Writes anew what has begun and not ended. */
  #change(run: RunRow): void {
    this.#open.set(run.planned, run);
    const isSaved = this.#write((file, row) => {
      file.putRun(this.#isEntered ? run : { ...run, epoch: row.epoch });
      return true;
    });
    if (!isSaved) this.#hold(run);
  }

  begin(scheduled: Instant, now: Instant, byHand: boolean): void {
    const open = this.#open.get(scheduled);
    if (open) {
      if (open.started === null) this.#change({ ...open, started: now });
      return;
    }
    if (this.#file.isVisit) return;
    const run = this.#write((file, { epoch }) => {
      const key = this.#key(epoch, scheduled);
      const begun = openRow({ ...key, extra: file.nextExtra(key) }, now, byHand);
      file.addRun(begun);
      return begun;
    });
    if (run) this.#begun(run);
  }

  record(decision: Decision): void {
    const open = this.#open.get(decision.scheduled);
    if (open) this.#ended(open);
    const attempts = decision.attempts + (open?.attempts ?? 0);
    const key = open ?? { ...this.#key(this.#row.epoch, decision.scheduled), extra: 0 };
    const run = toRow({ ...decision, attempts }, key);
    const failures = failuresAfter(decision, this.#row.failures);
    const isCounted = failures !== this.#row.failures;
    const isPruned = ++this.#decided % pruneEvery === 0;
    this.#row = { ...this.#row, failures };
    const isSaved = this.#write((file, row) => {
      const epoch = open && this.#isEntered ? run.epoch : row.epoch;
      this.#put(file, { ...run, epoch, extra: open ? run.extra : file.nextExtra({ ...run, epoch }) });
      if (isCounted) file.putJob({ ...(file.job(row.name) ?? row), failures });
      if (isPruned) file.prune(row.name, this.#file.keep);
      return true;
    });
    if (!isSaved) this.#hold(run);
  }

  /**
   * Writes a run where it belongs, also a second time: a commit that seemed to fail may have been kept. Beside it when another process has
   * taken its place, for then it ran twice.
   */
  #put(file: Session, run: RunRow): void {
    const there = file.run(run);
    const isTaken = there !== undefined && there.owner !== run.owner;
    file.putRun(isTaken ? { ...run, extra: file.nextExtra(run) } : run);
  }

  release(scheduled: Instant): void {
    const open = this.#open.get(scheduled);
    if (!open) return;
    this.#change({ ...open, started: null, owner: released });
    this.#ended(open);
  }

  pause(isPaused: boolean): void {
    const change = isPaused ? { paused: 1 } : { paused: 0, failures: 0 };
    this.#row = { ...this.#row, ...change };
    const isSaved = this.#write((file, row) => {
      file.putJob({ ...(file.job(row.name) ?? row), ...change });
      return true;
    });
    if (isSaved) return;
    this.#isPauseUnsaved = true;
    this.#hold();
  }

  history(): readonly Decision[] {
    const { keep } = this.#file;
    const kept = this.#file.read((file) => file.history(this.#row.name, keep)) ?? [];
    const unsaved = this.#unsaved.filter(({ outcome }) => outcome !== null);
    return [...kept, ...unsaved].slice(-keep).map(toDecision);
  }

  /** Writes what the file does not have. */
  save(): void {
    this.#write(() => true);
  }

  get isSaved(): boolean {
    return !this.#isUnsaved;
  }

  /** Writes what is still to be written, then something more: both or neither. */
  #write<T>(act: (file: Session, row: JobRow) => T): T | undefined {
    const written = this.#file.write((file) => {
      const row = this.#isUnsaved ? this.#catchUp(file) : this.#row;
      return { row, value: act(file, row) };
    });
    if (!written) return undefined;
    if (this.#isUnsaved) this.#saved(written.row);
    return written.value;
  }

  /** Brings the file to where the page stands; where another process was further, that holds. */
  #catchUp(file: Session): JobRow {
    const row = this.#merged(file.job(this.#row.name));
    file.putJob(row);
    for (const run of this.#unsaved) this.#put(file, this.#isEntered ? run : { ...run, epoch: row.epoch });
    file.prune(row.name, this.#file.keep);
    return row;
  }

  #merged(stored: JobRow | undefined): JobRow {
    const row = this.#row;
    if (!stored) return row;
    const isSame = stored.said === row.said && stored.zone === row.zone;
    const cursor = isSame ? latest(row.cursor, stored.cursor) : row.cursor;
    if (!this.#isEntered) return { ...row, epoch: stored.epoch + 1, cursor };
    if (stored.epoch > row.epoch) return { ...stored, cursor };
    return { ...row, cursor, paused: this.#isPauseUnsaved ? row.paused : stored.paused };
  }

  #saved(row: JobRow): void {
    if (!this.#isEntered)
      for (const [planned, run] of this.#open) this.#open.set(planned, { ...run, epoch: row.epoch });
    this.#row = row;
    this.#isEntered = true;
    this.#isUnsaved = false;
    this.#isPauseUnsaved = false;
    this.#unsaved = [];
  }

  /** Keeps in memory what could not be written, the oldest decisions let go when they are too many. */
  #hold(...runs: readonly RunRow[]): void {
    for (const run of runs) {
      const at = this.#unsaved.findIndex((one) => one.planned === run.planned && one.outcome === null);
      if (at >= 0) this.#unsaved.splice(at, 1, run);
      else this.#unsaved.push(run);
    }
    if (this.#unsaved.length > this.#file.keep)
      this.#unsaved.splice(0, this.#unsaved.length - this.#file.keep);
    this.#isUnsaved = true;
    this.#file.saveLater(this);
  }

  #begun(run: RunRow): void {
    this.#open.set(run.planned, run);
    this.#file.count(1);
  }

  #ended(run: RunRow): void {
    this.#open.delete(run.planned);
    this.#file.count(-1);
  }

  #key(epoch: number, planned: Instant): Pick<RunRow, "job" | "epoch" | "planned" | "owner"> {
    return { job: this.#row.name, epoch, planned, owner: this.#file.owner };
  }
}

const nothingCutOff: CutOff = { rerun: [], unstarted: [], interrupted: [], remarks: [] };

const standingOf = (row: JobRow, recurrence = JSON.parse(row.recurrence) as Recurrence): Standing => ({
  recurrence,
  anchor: row.anchor,
  served: row.served,
  cursor: row.cursor,
});

/** Failed runs in a row, after one more decision. */
const failuresAfter = ({ outcome, byHand }: Decision, failures: number): number => {
  if (byHand) return failures;
  if (outcome === "succeeded") return 0;
  return outcome === "failed" || outcome === "timed-out" ? failures + 1 : failures;
};

const latest = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null || a > b ? a : b;
