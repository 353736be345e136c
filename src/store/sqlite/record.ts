import type { Decision } from "../../job.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import type { Instant } from "../../time/instant.ts";
import type {
  Anchor,
  Claim,
  Claimed,
  JobChange,
  JobEnd,
  JobRecord,
  JobState,
  Registration,
  Remembered,
} from "../store.ts";
import { type Before, type CutOff, type Entered, enter, fresh, released, settleCutOff } from "./register.ts";
import { type JobRow, openRow, type RunRow, storable, toDecision, toRow } from "./rows.ts";
import type { Session } from "./session.ts";

/** What a record needs of its store. */
export interface File {
  /** The token of this process. */
  readonly owner: string;
  /** How many decisions of a job are kept. */
  readonly keep: number;
  /** Only to look, beside a process that runs the jobs. */
  readonly isReadOnly: boolean;
  now(): Instant;
  read<T>(ask: (session: Session) => T): T | undefined;
  /** Writes at once; undefined when the file cannot be written, which has been reported. */
  write<T>(act: (session: Session) => T): T | undefined;
  /** Writes what all records hold; see {@link SqliteRecord.save}. */
  commit(): void;
  /** The same, then something more; undefined unless both were written. */
  commitWith<T>(act: (session: Session) => T): T | undefined;
  /** Whether the process with a token lives. */
  isLiving(token: string): boolean;
  /** This process runs a job of that name. @throws ScheduleError `already-running` when another does and was not expected */
  claimName(session: Session, name: string): void;
  /** Whether nothing may start that is not in the file. */
  mustClaim(): boolean;
  /** Whether other processes run jobs on the file. */
  isShared(): boolean;
  /** The record holds what the file does not. */
  saveLater(jobRecord: SqliteRecord): void;
  /** This process has ended or dropped the job: its name registered again is a new one. */
  gone(name: string, how: Before): void;
  /** Records of a job are damaged, and left out. */
  reportUnreadable(name: string): void;
  /** Counts runs that have begun, or ended if negative. */
  count(runs: number): void;
}

/** How many decisions are made before the oldest are looked for. */
const pruneEvery = 100;

/** A number that is still to be found, for a run beside the schedule. */
const beside = -1;

/**
 * The record of one job in a file. Changes are held in memory until {@link save} writes them, in one transaction with those of other records; when the file cannot be
 * written, it is held until it can.
 */
export class SqliteRecord implements JobRecord {
  remembered: Remembered | undefined;
  readonly #file: File;
  readonly #job: Registration;
  /** As it stands, whether the file has it or not. */
  #row: JobRow;
  /** As the file had it when the record was made. */
  #known: JobRow | undefined;
  /** The epoch that the file has, as far as is known here. */
  #epochThere: number;
  /** The file was read when the record was made, or has been written since. */
  #isEntered = false;
  /** Another process counts the job anew, or was the first to make it known. */
  #isMoved = false;
  /** The job was ended or dropped here. */
  #isOver = false;
  /** What this process has begun and not ended. */
  readonly #open = new Map<Instant, RunRow>();
  /** What the file does not have: all of the row, or some of it, and these runs. */
  #isNew = false;
  /** Another file has taken the place of the one in which the row was written. */
  #isElsewhere = false;
  /** The file does not say that this process runs the job, or says so still. */
  #isUnregistered = false;
  #changes: Partial<JobRow> | undefined;
  #runs: RunRow[] = [];
  /** How many decisions since the oldest were last looked for. */
  #decided = 0;

  /** @param before what this process did with the name before */
  constructor(job: Registration, file: File, before: Before) {
    this.#job = job;
    this.#file = file;
    const found = file.read((session) => session.found(storable(job.name)));
    const entered = enter(job, found?.known, file.now(), before);
    const { row } = entered;
    this.#row = row;
    this.#known = found?.known;
    this.#epochThere = found?.known?.epoch ?? row.epoch;
    this.#isEntered = found !== undefined;
    this.#isNew = row !== this.#known && !(found && file.isReadOnly);
    this.#isUnregistered = !file.isReadOnly;
    if (!this.isSaved) file.saveLater(this);
    if (found?.known) this.#remember(entered, this.#settle(found.isOpen));
  }

  get keeps(): number {
    return this.#file.keep;
  }

  get name(): string {
    return this.#row.name;
  }

  /** What it knows, for a job that is registered again while the file cannot be written. */
  remember(): void {
    this.#remember({ row: this.#row, recurrence: jobStateOf(this.#row).recurrence, remarks: [] });
  }

  #remember({ row, recurrence, remarks, decidedFrom }: Entered, cut = nothingCutOff): void {
    this.remembered = {
      ...jobStateOf(row, recurrence),
      decidedFrom,
      isPaused: row.paused !== 0,
      pausedUntil: pauseEnd(row),
      failures: row.failures,
      rerun: plannedOf(cut.rerun),
      unstarted: plannedOf(cut.unstarted),
      interrupted: cut.interrupted,
      remarks: cut.remarks.length === 0 ? remarks : [...remarks, ...cut.remarks],
    };
  }

  /** Decides on the runs that their process did not bring to an end. */
  #settle(isOpen: boolean): CutOff | undefined {
    if (!isOpen || this.#file.isReadOnly) return undefined;
    const cut = this.#file.write((file) =>
      settleCutOff(file, this.#job, this.#row, this.#file.owner, (token) => this.#file.isLiving(token)),
    );
    for (const run of [...(cut?.rerun ?? []), ...(cut?.unstarted ?? [])]) this.#begun(run);
    return cut;
  }

  /** Keeps a claim, inside a transaction. */
  claim(file: Session, claim: Claim): "won" | "lost" {
    const { from, to, starts } = claim;
    const row = this.#row;
    const stored = file.job(row.name);
    const isMoved = this.#isMoved || (stored && (stored.epoch !== row.epoch || stored.ended !== null));
    const runCount = (this.#changes?.run_count ?? stored?.run_count ?? row.run_count) + starts.length;
    const decided = { last_decided: to, run_count: runCount };
    if (!stored) file.putJob({ ...row, ...decided });
    else if (isMoved || !file.moveOn({ ...stored, ...decided }, from))
      return this.#isMine(file, stored, to, starts) ? "won" : "lost";
    for (const run of [...this.#opened(claim), ...this.#passed(claim)]) file.addRun(run);
    return "won";
  }

  /** Continues after a claim. @param outcome undefined when it could not be written */
  claimed(claim: Claim, outcome: "won" | "lost" | undefined): Claimed {
    if (outcome === "lost") return "lost";
    if (outcome === undefined && this.#file.mustClaim()) return "held";
    const opened = this.#opened(claim);
    for (const run of opened) this.#begun(run);
    const change = { last_decided: claim.to, run_count: this.#row.run_count + claim.starts.length };
    if (outcome === undefined) {
      this.#change(change);
      this.#keep(...opened, ...this.#passed(claim));
    } else {
      this.#row = { ...this.#row, ...change };
      if (this.#changes?.run_count !== undefined)
        this.#changes = { ...this.#changes, run_count: change.run_count };
    }
    return "won";
  }

  #opened({ starts, deferred, now }: Claim): readonly RunRow[] {
    return starts.map((planned) =>
      openRow({ ...this.#key(planned), extra: 0 }, deferred.includes(planned) ? null : now),
    );
  }

  #passed({ passed }: Claim): readonly RunRow[] {
    return passed.map((decision) => toRow(decision, { ...this.#key(decision.scheduled), extra: 0 }));
  }

  /** Whether a claim that seemed to have failed was written after all: a commit can fail after it took effect. */
  #isMine(
    file: Session,
    { epoch, last_decided: decided }: JobRow,
    to: Instant,
    starts: readonly Instant[],
  ): boolean {
    if (decided !== to || starts.length === 0) return false;
    return starts.every((planned) => {
      const run = file.run({ ...this.#key(planned), epoch, extra: 0 });
      return run?.owner === this.#file.owner && run.outcome === null && !this.#open.has(planned);
    });
  }

  jobState(): JobState | undefined {
    const row = this.#file.read((file) => file.job(this.#row.name));
    if (row) this.#adopt(row);
    return jobStateOf(this.#row);
  }

  /** What another process has made of it, by what the file has of it now. */
  pollChanges(stored: Pick<JobRow, "paused" | "epoch" | "ended"> | undefined): JobChange {
    const { paused, epoch, ended } = stored ?? this.#row;
    return {
      isPaused: paused !== 0,
      pausedUntil: pauseEnd({ paused }),
      isMoved: this.#isMoved || epoch !== this.#row.epoch || ended !== null,
    };
  }

  #adopt(row: JobRow): void {
    this.#row = row;
    this.#epochThere = row.epoch;
    this.#isMoved = false;
  }

  rebase({ recurrence, anchor, runCount }: Anchor): JobState | undefined {
    const change = {
      recurrence: JSON.stringify(recurrence),
      anchor,
      run_count: runCount,
      epoch: this.#row.epoch + 1,
    };
    const written = this.#file.isShared()
      ? this.#file.commitWith((file) => {
          const stored = file.job(this.#row.name) ?? this.#row;
          if (stored.epoch !== this.#row.epoch || stored.ended !== null)
            return { row: stored, isOthers: true };
          const row = { ...stored, ...change };
          file.putJob(row);
          return { row, isOthers: false };
        })
      : undefined;
    if (!written) {
      this.#change(change);
      return undefined;
    }
    this.#adopt(written.row);
    return written.isOthers ? jobStateOf(written.row) : undefined;
  }

  defer(scheduled: Instant): void {
    const open = this.#open.get(scheduled);
    if (open && open.started !== null) this.#reopen({ ...open, started: null });
  }

  begin(scheduled: Instant, now: Instant, byHand: boolean): void {
    if (this.open(scheduled, now, byHand)) this.#file.commit();
  }

  /** A run begins, or is about to. @returns whether that is still to be kept */
  open(scheduled: Instant, now: Instant, byHand = false): boolean {
    const open = this.#open.get(scheduled);
    if (open ? open.started !== null : this.#file.isReadOnly) return false;
    if (open) this.#reopen({ ...open, started: now });
    else {
      const run = openRow({ ...this.#key(scheduled), extra: beside }, now, byHand);
      this.#begun(run);
      this.#keep(run);
    }
    return true;
  }

  #reopen(run: RunRow): void {
    this.#open.set(run.planned, run);
    this.#keep(run);
  }

  record(decision: Decision): void {
    const open = this.#open.get(decision.scheduled);
    const attempts = decision.attempts + (open?.attempts ?? 0);
    const key = open ?? { ...this.#key(decision.scheduled), extra: beside };
    this.#decided++;
    this.#keep(toRow({ ...decision, attempts }, key));
    const failures = failuresAfter(decision, this.#row.failures);
    if (failures !== this.#row.failures && !this.#isOver) this.#change({ failures });
    // What was claimed and did not start does not count.
    if (open && decision.started === undefined && !this.#isOver)
      this.#change({ run_count: this.#row.run_count - 1 });
    if (open) this.#ended(open);
  }

  release(scheduled: Instant): void {
    const open = this.#open.get(scheduled);
    if (!open) return;
    this.#keep({ ...open, started: null, owner: released });
    this.#ended(open);
  }

  pause(isPaused: boolean, until?: Instant): void {
    this.#change(isPaused ? { paused: until ?? 1 } : { paused: 0, failures: 0 });
    this.#file.commit();
  }

  end({ at, why }: JobEnd): void {
    this.#drop("ended");
    // The process that runs the jobs finds out itself that nothing is left of one.
    if (why === "cancelled" || !this.#file.isReadOnly) this.#change({ ended: at, end_reason: why });
  }

  leave(): void {
    this.#drop("left");
  }

  #drop(how: Before): void {
    this.#isOver = true;
    this.#isUnregistered = !this.#file.isReadOnly;
    this.#file.gone(this.#row.name, how);
    if (this.#isUnregistered) this.#file.saveLater(this);
  }

  reset(anchor: Anchor): void {
    const anew = fresh(this.#job, this.#row.epoch + 1, anchor);
    const written = this.#file.commitWith((file) => {
      const row = { ...anew, epoch: (file.job(anew.name)?.epoch ?? this.#row.epoch) + 1 };
      file.putJob(row);
      return row;
    });
    if (written) this.#adopt(written);
    else this.#change(anew);
  }

  history(limit = this.#file.keep): readonly Decision[] {
    const kept = this.#stored(limit);
    const unsaved = this.#runs.filter(({ outcome }) => outcome !== null);
    return (unsaved.length === 0 ? kept : [...kept, ...unsaved].slice(-limit)).map(toDecision);
  }

  #stored(limit: number, isRun = false): readonly RunRow[] {
    const found = this.#file.read((file) => file.history(this.#row.name, limit, isRun));
    if (found && found.unreadable > 0) this.#file.reportUnreadable(this.#row.name);
    return found?.rows ?? [];
  }

  lastRun(): Decision | undefined {
    const isRun = ({ outcome, started }: RunRow) => outcome !== null && started !== null;
    const last = this.#runs.findLast(isRun) ?? this.#stored(1, true)[0];
    return last && toDecision(last);
  }

  /** Another file has taken the place of the one that had all this: nothing of it is taken for written. */
  keepAll(): void {
    this.#isElsewhere = true;
    this.#isUnregistered = !this.#isOver;
    this.#keep(...this.#open.values());
  }

  get isSaved(): boolean {
    return !this.#isRowChanged && !this.#isUnregistered && this.#runs.length === 0;
  }

  get #isRowChanged(): boolean {
    return this.#isNew || this.#isElsewhere || this.#changes !== undefined;
  }

  /** The name belongs to another record from now on. */
  supersede(): void {
    this.#isNew = false;
    this.#isElsewhere = false;
    this.#isUnregistered = false;
    this.#changes = undefined;
  }

  /** Writes what the file does not have, inside a transaction. @returns to be called when that was kept */
  save(file: Session): () => void {
    if (this.#isUnregistered && this.#isOver) file.unregister(this.#file.owner, this.#row.name);
    else if (this.#isUnregistered) this.#file.claimName(file, this.#row.name);
    const isAdded = this.#isNew && this.#isEntered && !this.#known && file.addJob(this.#row);
    const isRowChanged = !isAdded && this.#isRowChanged;
    const stored = isRowChanged ? file.job(this.#row.name) : undefined;
    const { row, isMoved } = isRowChanged ? this.#merged(stored) : { row: this.#row, isMoved: this.#isMoved };
    if (isRowChanged && row !== stored) file.putJob(row);
    const isAnew = !this.#isEntered && row.epoch !== this.#row.epoch;
    const runs = this.#runs.map((run) => this.#put(file, isAnew ? { ...run, epoch: row.epoch } : run));
    const isPruned = this.#decided >= pruneEvery;
    if (isPruned) file.prune(row.name, this.#file.keep);
    return () => {
      for (const [planned, run] of this.#open)
        if (isAnew) this.#open.set(planned, { ...run, epoch: row.epoch });
      for (const run of runs)
        if (this.#open.get(run.planned)?.extra === beside) this.#open.set(run.planned, run);
      if (isRowChanged) this.#adopt(row);
      this.#isMoved = isMoved;
      this.#isEntered = true;
      this.#known = undefined;
      this.#isNew = false;
      this.#isElsewhere = false;
      this.#isUnregistered = false;
      this.#changes = undefined;
      this.#runs = [];
      if (isPruned) this.#decided = 0;
    };
  }

  /** The row as it will be in the file. Where another process is further along, its state wins, and the queue has to read it. */
  #merged(stored: JobRow | undefined): { readonly row: JobRow; readonly isMoved: boolean } {
    const row = this.#row;
    if (!stored) return { row, isMoved: this.#isMoved };
    if (!this.#isEntered) {
      const isSame = stored.source === row.source && stored.zone === row.zone;
      const decided = isSame ? latest(row.last_decided, stored.last_decided) : row.last_decided;
      return { row: { ...row, epoch: stored.epoch + 1, last_decided: decided }, isMoved: false };
    }
    const changes = this.#changes ?? {};
    if (this.#isElsewhere) {
      const isSame = stored.source === row.source && stored.zone === row.zone;
      const isFurther = stored.epoch > row.epoch;
      const decided = isSame ? latest(row.last_decided, stored.last_decided) : row.last_decided;
      return { row: { ...(isFurther ? stored : row), last_decided: decided }, isMoved: isFurther };
    }
    if (this.#isNew) {
      if (JSON.stringify(stored) === JSON.stringify(this.#known)) return { row, isMoved: false };
      const theirs = enter(this.#job, stored, this.#file.now()).row;
      return { row: this.#changes ? { ...theirs, ...lastingChanges(changes) } : theirs, isMoved: true };
    }
    const isMoved = stored.epoch !== this.#epochThere;
    const decided =
      changes.last_decided === undefined
        ? stored.last_decided
        : latest(row.last_decided, stored.last_decided);
    const kept = isMoved ? lastingChanges(changes) : changes;
    return { row: { ...stored, ...kept, last_decided: decided }, isMoved };
  }

  /** Writes a run where it belongs, also a second time: a commit that seemed to fail may have been kept. Beside it when another process has taken its place, for then it ran twice. */
  #put(file: Session, run: RunRow): RunRow {
    if (run.extra !== beside && file.putRunOf(this.#file.owner, run)) return run;
    const moved = { ...run, extra: file.nextExtra(run) };
    file.addRun(moved);
    return moved;
  }

  #change(changes: Partial<JobRow>): void {
    this.#row = { ...this.#row, ...changes };
    this.#changes = { ...this.#changes, ...changes };
    this.#file.saveLater(this);
  }

  /** Holds runs until they are written, the oldest decisions let go when they are too many. */
  #keep(...runs: readonly RunRow[]): void {
    for (const run of runs) {
      const at = this.#runs.findIndex((one) => one.planned === run.planned && one.outcome === null);
      if (at >= 0) this.#runs.splice(at, 1, run);
      else this.#runs.push(run);
    }
    const { keep } = this.#file;
    if (this.#runs.length > keep) this.#runs.splice(0, this.#runs.length - keep);
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

  #key(planned: Instant): Pick<RunRow, "job" | "epoch" | "planned" | "owner"> {
    return { job: this.#row.name, epoch: this.#row.epoch, planned, owner: this.#file.owner };
  }
}

/** What of some changes holds whatever the job is counted from. */
const pauseEnd = ({ paused }: Pick<JobRow, "paused">): Instant | undefined =>
  paused > 1 ? (paused as Instant) : undefined;

const lastingChanges = ({ paused, failures, ended, end_reason }: Partial<JobRow>): Partial<JobRow> => ({
  ...(paused !== undefined && { paused }),
  ...(failures !== undefined && { failures }),
  ...(ended !== undefined && { ended, end_reason: end_reason! }),
});

const nothingCutOff: CutOff = { rerun: [], unstarted: [], interrupted: [], remarks: [] };

const plannedOf = (runs: readonly RunRow[]): readonly Instant[] =>
  runs.length === 0 ? nothing : runs.map(({ planned }) => planned);
const nothing: readonly Instant[] = [];

const jobStateOf = (row: JobRow, recurrence = JSON.parse(row.recurrence) as Recurrence): JobState => ({
  recurrence,
  anchor: row.anchor,
  runCount: row.run_count,
  lastDecided: row.last_decided,
  end: endOf(row),
});

/** When and why a job ended, as its row has it. */
export const endOf = ({ ended, end_reason }: JobRow): JobEnd | undefined =>
  ended === null ? undefined : { at: ended, why: end_reason ?? "ended" };

/** Failed runs in a row, after one more decision. */
const failuresAfter = ({ outcome, byHand }: Decision, failures: number): number => {
  if (byHand) return failures;
  if (outcome === "succeeded") return 0;
  return outcome === "failed" || outcome === "timedOut" ? failures + 1 : failures;
};

const latest = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null || a > b ? a : b;
