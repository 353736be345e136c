import type { Decision } from "../../job.ts";
import { readRecurrence } from "../../recurrence/json.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { hour } from "../../time/plain-time.ts";
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
import type { Before, StoreFile, Unsaved } from "./file.ts";
import type { Session } from "./session.ts";
import { columns, type JobRow, type RunRow, storable, toDecision, toRow } from "./tables.ts";

/** How many decisions are made before the oldest are looked for. */
const pruneEvery = 100;

/** A number that is still to be found, for a run beside the schedule. */
const beside = -1;

/** The owner of what was claimed, and given back before it began. */
const released = "";

/** The record of one job in a file. Changes are held in memory until they can be written, in one transaction with those of other records. */
export class SqliteRecord implements JobRecord, Unsaved {
  remembered: Remembered | undefined;
  readonly #file: StoreFile;
  readonly #job: Registration;
  /** As it stands, whether the file has it or not. */
  #row: JobRow;
  /** As the file has it, as far as is known. */
  #stored: JobRow | undefined;
  /** It stands as this process alone knows: the file could not be read, or another one has taken its place. */
  #isDetached: boolean;
  /** Another process counts the job anew, or was the first to make it known. */
  #isMoved = false;
  /** The job was ended or dropped here. */
  #isOver = false;
  /** The file does not say that this process runs the job, or says so still. */
  #isUnregistered: boolean;
  /** The job starts over, whatever the file has of it by the time that this is written. */
  #startsOver = false;
  /** What this process has begun and not ended. */
  readonly #open = new Map<Instant, RunRow>();
  /** Those that the file does not have. */
  #runs: RunRow[] = [];
  /** How many decisions since the oldest were last looked for. */
  #decided = 0;
  /** That records are damaged, and left out. */
  #isReported = false;

  /** @param before what this process did with the name before */
  constructor(job: Registration, file: StoreFile, before: Before) {
    const { isReadOnly } = file;
    const name = storable(job.name);
    const found = file.read((session) => {
      const known = session.found(name);
      const sql = "SELECT 1 FROM runs WHERE job = ? AND outcome IS NULL LIMIT 1";
      return { known, isOpen: known && !isReadOnly && session.value(sql, name) === 1 };
    });
    const entered = enter(job, found?.known, file.now(), before);
    this.#job = job;
    this.#file = file;
    // Who only reads leaves the job as it is.
    this.#row = (isReadOnly && found?.known) || entered.row;
    this.#stored = isReadOnly && found ? this.#row : found?.known;
    this.#isDetached = !found;
    this.#isUnregistered = !isReadOnly;
    this.#startsOver = found?.known !== undefined && this.#row !== found.known;
    if (!this.isSaved) file.saveLater(this);
    if (found?.known) this.#remember(entered, found.isOpen ? this.#settle() : undefined);
  }

  get keeps(): number {
    return this.#file.keep;
  }

  get name(): string {
    return this.#row.name;
  }

  /** For a job that is registered again while the file cannot be written. */
  again(): this {
    this.#remember({ row: this.#row, recurrence: jobStateOf(this.#row).recurrence });
    return this;
  }

  #remember({ row, recurrence, remark, decidedFrom }: Entered, cut: CutOff = nothingCutOff): void {
    this.remembered = {
      ...jobStateOf(row, recurrence),
      decidedFrom,
      isPaused: row.paused !== 0,
      pausedUntil: pauseEnd(row),
      failures: row.failures,
      ...cut,
      remarks: remark === undefined ? cut.remarks : [remark, ...cut.remarks],
    };
  }

  /** Decides on each run that its process did not bring to an end, once: whoever comes first takes it over or writes it off. */
  #settle(): CutOff | undefined {
    const { name, paused, ended } = this.#row;
    const { owner } = this.#file;
    const isRerun = this.#job.ifInterrupted === "rerun";
    const taken: RunRow[] = [];
    const interrupted: Decision[] = [];
    const isWritten = this.#file.write((session) => {
      for (const row of session.all("runs", "WHERE job = ? AND outcome IS NULL", name)) {
        if (row.owner === owner || this.#file.isLiving(row.owner)) continue;
        const hasBegun = row.started !== null;
        const mayRun = row.extra === 0 && ended === null && (isRerun || !hasBegun);
        if (mayRun && paused !== 0) continue;
        const attempts = row.attempts + Number(hasBegun || !mayRun);
        const settled: RunRow = { ...row, attempts, ...(mayRun ? { owner } : { outcome: "interrupted" }) };
        session.put("runs", settled);
        if (mayRun) taken.push(settled);
        else interrupted.push(toDecision(settled));
      }
      return true;
    });
    if (!isWritten) return undefined;
    for (const run of taken) this.#begun(run);
    const moments = taken.map(({ planned }) => planned);
    const [rerun, unstarted] = isRerun ? [moments, []] : [[], moments];
    const words = texts().store;
    const remarks: string[] = [];
    if (rerun.length > 0) remarks.push(words.runsAgain(name, rerun.length, moment(rerun[0]!)));
    if (interrupted.length > 0)
      remarks.push(words.interrupted(name, interrupted.length, moment(interrupted[0]!.scheduled)));
    return { rerun, unstarted, interrupted, remarks };
  }

  /** Keeps a claim, inside a transaction. @returns how the job is then in the file; undefined when another process was first */
  claim(session: Session, claim: Claim): JobRow | undefined {
    const { from, to, starts } = claim;
    let row = this.#row;
    const moved = () => ({ ...row, last_decided: to, run_count: row.run_count + starts.length });
    // Nearly always nobody else has changed it.
    let next = moved();
    if (this.#isMoved || row.last_decided !== from || !session.moveOn(row, next)) {
      const stored = session.job(row.name);
      const isOthers =
        this.#isMoved || stored?.epoch !== row.epoch || stored.ended !== null || stored.last_decided !== from;
      if (stored && isOthers) return this.#isMine(session, stored, claim) ? stored : undefined;
      row = stored ?? row;
      next = moved();
      session.put("jobs", next);
    }
    for (const run of this.#rowsOf(claim)) session.putRunOf(this.#file.owner, run);
    return next;
  }

  /** Continues after a claim. @param kept what {@link claim} returned; undefined when it could not be written */
  claimed(claim: Claim, kept: { readonly row: JobRow | undefined } | undefined): Claimed {
    if (kept && !kept.row) return "lost";
    if (!kept && this.#file.mustClaim()) return "held";
    const runs = this.#rowsOf(claim);
    for (const run of runs) if (run.outcome === null) this.#begun(run);
    if (kept?.row) this.#adopt(kept.row);
    else {
      this.#change({ last_decided: claim.to, run_count: this.#row.run_count + claim.starts.length });
      this.#keep(...runs);
    }
    return "won";
  }

  #rowsOf({ starts, deferred, now, passed }: Claim): readonly RunRow[] {
    const rows = starts.map((planned) =>
      this.#openRun(planned, deferred.includes(planned) ? undefined : now, 0),
    );
    return passed.length === 0 ? rows : [...rows, ...passed.map((decision) => toRow(decision, this.#key(0)))];
  }

  /** Whether a claim that seemed to have failed was written after all: a commit can fail after it took effect. */
  #isMine(session: Session, { epoch, last_decided }: JobRow, { to, starts }: Claim): boolean {
    if (last_decided !== to || starts.length === 0) return false;
    const which =
      "WHERE job = ? AND epoch = ? AND planned = ? AND extra = 0 AND owner = ? AND outcome IS NULL";
    return starts.every(
      (planned) =>
        !this.#open.has(planned) &&
        session.all("runs", which, this.name, epoch, planned, this.#file.owner).length === 1,
    );
  }

  jobState(): JobState | undefined {
    const row = this.#isRowChanged ? undefined : this.#file.read((session) => session.job(this.name));
    if (row) this.#adopt(row);
    return jobStateOf(this.#row);
  }

  /** What another process has made of it, by what the file has of it now. */
  changesIn(stored: Pick<JobRow, "paused" | "epoch" | "ended"> = this.#row): JobChange {
    return {
      isPaused: stored.paused !== 0,
      pausedUntil: pauseEnd(stored),
      isMoved: this.#isMoved || stored.epoch !== this.#row.epoch || stored.ended !== null,
    };
  }

  #adopt(row: JobRow): void {
    this.#row = row;
    this.#stored = row;
    this.#isMoved = false;
  }

  rebase({ recurrence, anchor, runCount }: Anchor): JobState | undefined {
    const epoch = this.#row.epoch + 1;
    this.#change({ recurrence: JSON.stringify(recurrence), anchor, run_count: runCount, epoch });
    if (this.#file.isShared()) this.#file.commit();
    return this.#isMoved ? this.jobState() : undefined;
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
      const run = this.#openRun(scheduled, now, beside, byHand);
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
    this.#decided++;
    this.#keep(toRow({ ...decision, attempts }, open ?? this.#key(beside)));
    if (!this.#isOver) {
      const failures = failuresAfter(decision, this.#row.failures);
      if (failures !== this.#row.failures) this.#change({ failures });
      // What was claimed and did not start does not count.
      if (open && decision.started === undefined) this.#change({ run_count: this.#row.run_count - 1 });
    }
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
    this.#file.gone.set(this.name, how);
    if (this.#isUnregistered) this.#file.saveLater(this);
  }

  reset(anchor: Anchor): void {
    this.jobState();
    this.#startsOver = true;
    this.#change(fresh(this.#job, this.#row.epoch + 1, anchor));
    this.#file.commit();
  }

  history(limit = this.#file.keep): readonly Decision[] {
    const kept = this.#kept(limit);
    const unsaved = this.#runs.filter(({ outcome }) => outcome !== null);
    return (unsaved.length === 0 ? kept : [...kept, ...unsaved].slice(-limit)).map(toDecision);
  }

  #kept(limit: number, isRun = false): readonly RunRow[] {
    const found = this.#file.read((session) => session.history(this.name, limit, isRun));
    if (found && found.unreadable > 0 && !this.#isReported) {
      this.#isReported = true;
      this.#file.warn(texts().store.unreadableRecords(this.#file.name, this.name));
    }
    return found?.rows ?? [];
  }

  lastRun(): Decision | undefined {
    const isRun = ({ outcome, started }: RunRow) => outcome !== null && started !== null;
    const last = this.#runs.findLast(isRun) ?? this.#kept(1, true)[0];
    return last && toDecision(last);
  }

  /** Another file has taken the place of the one that had all this: nothing of it counts as written. */
  keepAll(): void {
    this.#isDetached = true;
    this.#isUnregistered = !this.#isOver;
    this.#keep(...this.#open.values());
  }

  get isSaved(): boolean {
    return !this.#isRowChanged && !this.#isUnregistered && this.#runs.length === 0;
  }

  get #isRowChanged(): boolean {
    return this.#isDetached || this.#row !== this.#stored;
  }

  /** The name belongs to another record from now on. */
  supersede(): void {
    this.#stored = this.#row;
    this.#isDetached = false;
    this.#isUnregistered = false;
  }

  save(session: Session): void {
    if (this.#isUnregistered && this.#isOver)
      session.run("DELETE FROM registrations WHERE owner = ? AND job = ?", this.#file.owner, this.name);
    else if (this.#isUnregistered) this.#file.claimName(session, this.name);
    const isAdded = !this.#stored && !this.#isDetached && session.addJob(this.#row);
    if (this.#isRowChanged && !isAdded) {
      const stored = session.job(this.name);
      if (stored) this.#row = this.#merged(stored);
      // Also when this transaction is not kept: what another process changed is none of the changes made here.
      this.#stored = stored;
      if (this.#row !== stored) session.put("jobs", this.#row);
    }
    this.#runs = this.#runs.map((run) => this.#put(session, run));
    if (this.#decided >= pruneEvery) session.prune(this.name, this.#file.keep);
  }

  saved(): void {
    this.#stored = this.#row;
    this.#isDetached = false;
    this.#isUnregistered = false;
    this.#startsOver = false;
    this.#runs = [];
    if (this.#decided >= pruneEvery) this.#decided = 0;
  }

  /** The row as it will be in the file. Where another process counts anew, or made the job known first, the queue has to read how. */
  #merged(theirs: JobRow): JobRow {
    const [row, stored] = [this.#row, this.#stored];
    const latestDecided = latest(row.last_decided, theirs.last_decided);
    const isSame = theirs.source === row.source && theirs.zone === row.zone;
    const isSameAnchor = isSame && theirs.anchor === row.anchor;
    // A commit that seemed to fail may have been kept, and others have continued from there.
    const isMoved = theirs.epoch !== stored?.epoch;
    const isOwn = isSameAnchor && theirs.epoch === row.epoch && theirs.recurrence === row.recurrence;
    if (this.#isDetached || (this.#startsOver && !isOwn) || (!stored && !isSame)) {
      // Who runs the job beside this process finds out by the epoch that it counts from another moment.
      const epoch = Math.max(row.epoch, theirs.epoch + (isSameAnchor ? 0 : 1));
      const isContinued = isSame && (isMoved || !this.#startsOver);
      return { ...row, epoch, last_decided: isContinued ? latestDecided : row.last_decided };
    }
    this.#isMoved ||= isMoved && !isOwn;
    const changed = (this.#isMoved ? lasting : columns.jobs).filter(
      (column) => row[column] !== (stored ? stored[column] : (unchanged[column] ?? null)),
    );
    if (changed.length === 0) return theirs;
    const merged = { ...theirs, ...Object.fromEntries(changed.map((column) => [column, row[column]])) };
    const isFurther = changed.includes("last_decided") && theirs.epoch === row.epoch;
    return isFurther ? { ...merged, last_decided: latestDecided } : merged;
  }

  /** Writes a run where it belongs, also a second time: a commit that seemed to fail may have been kept. Beside it when another process has taken its place, for then it ran twice. */
  #put(session: Session, run: RunRow): RunRow {
    let put = this.#isDetached ? { ...run, epoch: this.#row.epoch } : run;
    if (put.extra === beside || !session.putRunOf(this.#file.owner, put)) {
      const sql = "SELECT max(extra) FROM runs WHERE job = ? AND epoch = ? AND planned = ?";
      put = { ...put, extra: Number(session.value(sql, put.job, put.epoch, put.planned) ?? 0) + 1 };
      session.put("runs", put);
    }
    if (this.#open.get(run.planned) === run) this.#open.set(run.planned, put);
    return put;
  }

  #change(changes: Partial<JobRow>): void {
    this.#row = { ...this.#row, ...changes };
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

  /** The row of an occurrence that has not ended. @param started nothing while it has not begun */
  #openRun(scheduled: Instant, started: Instant | undefined, extra: number, byHand = false): RunRow {
    return toRow({ scheduled, outcome: null, started, attempts: 0, byHand }, this.#key(extra));
  }

  #key(extra: number): Pick<RunRow, "job" | "epoch" | "extra" | "owner"> {
    return { job: this.name, epoch: this.#row.epoch, extra, owner: this.#file.owner };
  }
}

/** What holds whatever the job counts from. */
const lasting: readonly (keyof JobRow)[] = ["paused", "failures", "ended", "end_reason"];

/** What a job has that is new. */
const unchanged: Partial<Record<keyof JobRow, number>> = { paused: 0, failures: 0 };

const pauseEnd = ({ paused }: Pick<JobRow, "paused">): Instant | undefined =>
  paused > 1 ? (paused as Instant) : undefined;

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

/** What became known of runs that their process did not bring to an end. */
type CutOff = Pick<Remembered, "rerun" | "unstarted" | "interrupted" | "remarks">;
const nothingCutOff: CutOff = { rerun: [], unstarted: [], interrupted: [], remarks: [] };

/** What happens to a job that is registered in the file, and the warning about it. */
interface Entered {
  readonly row: JobRow;
  readonly recurrence: Recurrence;
  readonly remark?: string | undefined;
  readonly decidedFrom?: Instant;
}

/** So far ahead of the clock nothing can have been decided, unless the clock went wrong. */
const farAhead = hour;

/** Compares a job with what the file knows of it. */
const enter = (job: Registration, known: JobRow | undefined, now: Instant, before: Before): Entered => {
  if (!known) return { row: fresh(job, 0), recurrence: job.recurrence };
  const words = texts().store;
  const anew = (remark?: string, more?: Partial<JobRow>): Entered => ({
    row: { ...fresh(job, known.epoch + 1), ...more },
    recurrence: job.recurrence,
    remark,
  });
  if (before === "ended") return anew();
  // A pause outlives a change of the schedule, but not the end of the job.
  const paused = known.ended === null ? known.paused : 0;
  const again = (why: string, more?: Partial<JobRow>) =>
    anew(words.startsOver(job.name, why), { paused, ...more });
  if (before === "left") return anew(undefined, { paused });
  if (known.source !== storable(job.source)) return again(words.scheduleChanged(known.source));
  if (known.zone !== job.zoneName) return again(words.zoneChanged(known.zone));
  const { last_decided, run_count } = known;
  const recurrence = readAgain(known.recurrence);
  // The moment of one that never ran only seemed to have passed while the clock was ahead.
  const endedTooEarly =
    known.ended! > now + farAhead && known.end_reason === "ended" && last_decided === null;
  if (known.ended !== null && !endedTooEarly) return { row: known, recurrence: recurrence ?? job.recurrence };
  if (known.anchor > now + farAhead) {
    // What ran while the clock was ahead does not run again.
    const remark = words.registeredInFuture(moment(known.anchor));
    return { ...again(remark, { last_decided, run_count }), decidedFrom: known.anchor };
  }
  if (!recurrence) return again(words.unreadableSchedule);
  if (last_decided === null || last_decided <= now + farAhead) return { row: known, recurrence };
  const remark = words.decidedInFuture(job.name, moment(last_decided));
  return { row: { ...known, epoch: known.epoch + 1 }, recurrence, remark };
};

/** A job as if it had never been known. */
const fresh = (job: Registration, epoch: number, base: Omit<Anchor, "runCount"> = job): JobRow => ({
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

/** A schedule that an older or newer version wrote, and this one cannot read, is no damage. */
const readAgain = (json: string): Recurrence | undefined => {
  try {
    return readRecurrence(JSON.parse(json));
  } catch {
    return undefined;
  }
};

/** `"2026-11-22 09:30:00 UTC"`. */
const moment = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
