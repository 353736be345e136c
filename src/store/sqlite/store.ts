import { basename } from "node:path";
import { oneOf } from "../../checks.ts";
import { ScheduleError } from "../../errors.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import { inodeOf, type OpenDatabase } from "../sqlite.ts";
import type {
  Begun,
  Claim,
  Claimed,
  Incident,
  JobChange,
  JobRecord,
  JobStore,
  Opening,
  OrphanedJob,
  OutputKept,
  ProcessInfo,
  Registration,
} from "../store.ts";
import { Changed, type Trouble, troubleOf } from "./errors.ts";
import type { LastKnown } from "./identity.ts";
import { Presence } from "./lock.ts";
import {
  type Address,
  type Connection,
  connect,
  refuseForeign,
  type Terms,
  visit,
  withoutLinks,
} from "./open.ts";
import { newToken, thisProcess } from "./owner.ts";
import { alreadyRunning, isTaken, Others } from "./processes.ts";
import { endOf, type File, SqliteRecord } from "./record.ts";
import type { Before } from "./register.ts";
import { storable, toDecision } from "./rows.ts";
import type { Session } from "./session.ts";

/** How a file is kept. */
export interface SqliteOptions {
  /** Starts nothing that cannot be written into the file first; otherwise jobs continue from memory, with a warning. @default false */
  readonly strict?: boolean;
  /** How many decisions on each job are kept. @default 1000 */
  readonly historyLimit?: number;
  /** Of which runs the last 4 kB of what they print are kept; it can hold secrets. `history <job>` and `job.history()` show it. @default "failed" */
  readonly output?: OutputKept;
}

/** How often a process writes a heartbeat while it runs something. */
const heartbeat = 10 * second;

/** The wait before another try when the file could not be written. */
const retryDelay = 5 * second;

/** When it could not be opened, the wait doubles up to this. */
const longestRetryDelay = minute;

/** The shortest time between two warnings about the same trouble. */
const warningInterval = minute;

/** Jobs in an SQLite file. */
export class SqliteStore implements JobStore, File {
  readonly isDurable = true;
  readonly owner = newToken();
  readonly keep: number;
  readonly output: OutputKept;
  readonly #given: Pick<Address, "given" | "name" | "open">;
  readonly #isRequired: boolean;
  /** The record of each registered job, by its name. */
  readonly #jobRecords = new Map<string, SqliteRecord>();
  /** The names that this process has ended or dropped, and how. */
  readonly #gone = new Map<string, Before>();
  readonly #unsaved = new Set<SqliteRecord>();
  /** The jobs whose damaged records were reported. */
  readonly #unreadable = new Set<string>();
  #opening: Opening | undefined;
  #connection: Connection | undefined;
  /** Of the file as it was last looked at for what others have written. */
  #version: number | undefined;
  /** Kept also while the file cannot be opened, so that nobody takes this process for gone. */
  #presence: Presence | undefined;
  /** The store that was in use, when it has been lost; it is found again, or another one takes its place. */
  #last: LastKnown | undefined;
  #terms: Terms = {};
  readonly #otherProcesses: Others;
  #isYoung = false;
  #isOpening = false;
  /** Other processes may run jobs of the same names. */
  #isTolerant = false;
  #isClosing = false;
  /** How many runs are running. */
  #runs = 0;
  #trouble: Trouble | undefined;
  /** How often in a row the file could not be opened. */
  #failed = 0;
  #triedAt = -Infinity;
  #warnedAt = -Infinity;
  #cancelBeat: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  /** The pending commit at the end of this turn. */
  #soon: NodeJS.Immediate | undefined;

  /** @param path the whole path of the file */
  constructor(
    path: string,
    open: OpenDatabase,
    { strict = false, historyLimit = 1_000, output = "failed" }: SqliteOptions = {},
  ) {
    this.#given = { given: path, name: basename(path), open };
    this.#otherProcesses = new Others(this.owner, open);
    this.#isRequired = strict;
    this.keep = historyLimit;
    this.output = oneOf(output, ["failed", "all", "none"], "options", "output");
  }

  open(opening: Opening): void {
    this.#opening = opening;
    this.#isClosing = false;
    if (!this.#connection) {
      this.#jobRecords.clear();
      this.#unreadable.clear();
      this.#last = undefined;
      this.#terms = {};
      this.#isOpening = true;
      try {
        if (this.#connect() && !this.isReadOnly) this.#noteStart();
      } catch (error) {
        this.#disconnect();
        throw error;
      } finally {
        this.#isOpening = false;
      }
    }
    if (!this.#connection && this.#isRequired) {
      const words = texts().store;
      throw new ScheduleError({
        code: "store-unusable",
        what: words.about.unusable(this.#given.name, words.trouble[this.#trouble ?? "unreachable"]),
        accepted: words.expected.writable,
      });
    }
  }

  register(job: Registration): JobRecord {
    const name = storable(job.name);
    const before = this.#gone.get(name);
    const previous = this.#jobRecords.get(name);
    if (previous && !previous.isSaved) {
      this.commit();
      if (!previous.isSaved && before === undefined) {
        previous.remember();
        return previous;
      }
    }
    previous?.supersede();
    if (this.#unsaved.size === 0) {
      this.#otherProcesses.forget();
      this.#connection?.session.forget();
    }
    this.#otherProcesses.outwait(() => this.#attempt((connection) => this.#refuseTaken(connection, name)));
    const jobRecord = new SqliteRecord(job, this, before);
    this.#jobRecords.set(name, jobRecord);
    this.#gone.delete(name);
    return jobRecord;
  }

  claimAll(claims: readonly Claim[], begun: readonly Begun[], now: Instant): readonly Claimed[] {
    for (const { jobRecord, scheduled } of begun) (jobRecord as SqliteRecord).open(scheduled, now);
    if (claims.length === 0) {
      this.commit();
      return [];
    }
    const kept = this.commitWith((session) =>
      claims.map((claim) => (claim.jobRecord as SqliteRecord).claim(session, claim)),
    );
    return claims.map((claim, i) => (claim.jobRecord as SqliteRecord).claimed(claim, kept?.[i]));
  }

  keepEnrolled(): void {
    this.#otherProcesses.outwait(() => this.#commit());
  }

  note(incident: Incident): void {
    if (incident.kind === "paused" || !this.isReadOnly) this.write((session) => session.note(incident));
  }

  incidents(job: string): readonly Incident[] {
    return this.read((session) => session.incidents(storable(job))) ?? [];
  }

  /** Notes since when no script ran on this store. Where none noted that it stopped, the last one died. */
  #noteStart(): void {
    const now = this.now();
    const last = this.read((session) => {
      const stopped = session.incidents("").findLast(({ kind }) => kind === "notRunning");
      if (stopped?.until === null) return stopped;
      const from = session.lastDecided();
      return from === null ? undefined : ({ kind: "notRunning", from, job: "", why: "died" } as const);
    });
    if (last && now - last.from > minute && this.otherProcesses().length === 0)
      this.note({ ...last, until: now });
  }

  commit(): void {
    try {
      this.#commit();
    } catch (error) {
      if (!isTaken(error)) throw error;
      // It registered the name at the same instant. Nothing runs twice: each run is started by one of them.
      this.#isTolerant = true;
      this.#opening!.warn(error.message);
      this.#commit();
    }
  }

  #commit(): void {
    this.#cancelCommit();
    if (this.#unsaved.size === 0) return;
    const jobRecords = [...this.#unsaved];
    const kept = this.write((session) => jobRecords.map((jobRecord) => jobRecord.save(session)));
    for (const settle of kept ?? []) settle();
    if (this.#countUnsaved() > 0) this.#retryLater();
  }

  commitWith<T>(act: (session: Session) => T): T | undefined {
    this.commit();
    return this.#unsaved.size === 0 ? this.write(act) : undefined;
  }

  orphanedJobs(): readonly OrphanedJob[] {
    const jobs = this.read((session) => session.jobs()) ?? [];
    return jobs
      .filter(({ name }) => !this.#jobRecords.has(name))
      .map((row) => ({
        name: row.name,
        source: row.source,
        lastDecided: row.last_decided,
        isPaused: row.paused !== 0,
        end: endOf(row),
        history: (limit) =>
          (this.read((session) => session.history(row.name, limit))?.rows ?? []).map(toDecision),
      }));
  }

  otherProcesses(): readonly ProcessInfo[] {
    return this.#attempt((connection) => this.#otherProcesses.list(connection, this.now())) ?? [];
  }

  pollChanges(): ((jobRecord: JobRecord) => JobChange) | undefined {
    // What could not be written is not there to be compared with.
    if (!this.#connection || this.#countUnsaved() > 0) return undefined;
    return this.read((session) => {
      const version = session.version();
      if (version === this.#version) return undefined;
      this.#version = version;
      const states = session.states();
      return (jobRecord) =>
        (jobRecord as SqliteRecord).pollChanges(states.get((jobRecord as SqliteRecord).name));
    });
  }

  close(): boolean {
    this.commit();
    // Once to find out what has become of the file, and once to write all into the one that is there now.
    for (let i = 0; i < 2 && this.#connection?.identity.isInPlace() === false; i++) this.write(() => true);
    this.commit();
    const isKept = this.#countUnsaved() === 0;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#isClosing = true;
    if (this.#runs === 0) this.#disconnect();
    return isKept;
  }

  get isReadOnly(): boolean {
    return this.#isClosing || (this.#opening?.isReadOnly ?? false);
  }

  now(): Instant {
    return this.#opening!.clock.now();
  }

  write<T>(act: (session: Session) => T): T | undefined {
    const written = this.#attempt(({ session, identity }) => {
      this.#otherProcesses.forget();
      const { result, row } = session.write((file) => {
        const row = identity.check();
        return { result: act(file), row };
      });
      if (this.#isYoung) session.checkpoint();
      this.#isYoung = false;
      identity.acknowledge(row);
      return { result };
    });
    if (written) this.#tellRecovered();
    return written?.result;
  }

  read<T>(ask: (session: Session) => T): T | undefined {
    return this.#attempt(({ session }) => ask(session));
  }

  mustClaim(): boolean {
    return this.#isRequired || this.isShared();
  }

  isShared(): boolean {
    return (
      (this.#opening?.allowMultiple ?? false) || this.#otherProcesses.share(this.#connection, this.now())
    );
  }

  isLiving(token: string): boolean {
    return this.#otherProcesses.isLiving(this.#connection!, token, this.now());
  }

  claimName(session: Session, name: string): void {
    this.#refuseTaken(this.#connection!, name);
    session.register(this.owner, name);
  }

  /** @throws ScheduleError `already-running` */
  #refuseTaken(connection: Connection, name: string): void {
    if (this.#isTolerant || this.#opening?.allowMultiple === true || this.isReadOnly) return;
    const other = this.#otherProcesses.runnerOf(connection, name, this.now());
    if (other) throw alreadyRunning(other, this.#given.name, name);
  }

  saveLater(jobRecord: SqliteRecord): void {
    this.#unsaved.add(jobRecord);
    // Nobody else will ask for it any more.
    if (this.#isClosing) return void this.commit();
    // A task that was waited for has ended, or a job was registered: what else happens in this turn goes with it.
    this.#soon ??= setImmediate(() => this.commit());
  }

  gone(name: string, how: Before): void {
    this.#gone.set(name, how);
  }

  reportUnreadable(name: string): void {
    if (this.#unreadable.has(name)) return;
    this.#unreadable.add(name);
    this.#opening!.warn(texts().store.unreadableRecords(this.#given.name, name));
  }

  count(runs: number): void {
    this.#runs += runs;
    if (this.#runs > 0) this.#beatLater();
    else {
      this.#cancelBeat?.();
      this.#cancelBeat = undefined;
      if (this.#isClosing) this.#disconnect();
    }
  }

  #attempt<T>(act: (connection: Connection) => T): T | undefined {
    try {
      const connection = this.#connection ?? this.#reconnect();
      return connection && act(connection);
    } catch (error) {
      this.#meet(error);
      return undefined;
    } finally {
      if (this.#isClosing && this.#runs === 0) this.#disconnect();
    }
  }

  #reconnect(): Connection | undefined {
    if (!this.#opening) return undefined;
    const since = this.now() - this.#triedAt;
    const wait = Math.min(longestRetryDelay, retryDelay * 2 ** (this.#failed - 1));
    if (since >= 0 && since < wait && !this.#isClosing) return undefined;
    return this.#connect();
  }

  #connect(): Connection | undefined {
    const { warn } = this.#opening!;
    this.#otherProcesses.forget();
    this.#triedAt = this.now();
    try {
      const address: Address = { ...this.#given, path: withoutLinks(this.#given.given) };
      const terms = this.#last ? this.#termsFor(this.#last, address.path) : {};
      this.#connection = this.isReadOnly
        ? visit(address, this.now())
        : connect(address, thisProcess(this.owner, this.now()), this.#presenceAt(address), terms);
      this.#failed = 0;
      this.#version = undefined;
      this.#isYoung = this.#connection.isYoung;
      for (const remark of this.#connection.remarks) warn(remark);
      this.#compareWithLast();
    } catch (error) {
      this.#failed++;
      // While a script runs, a file of another program is one more reason to continue without it.
      const isForeign = error instanceof ScheduleError && !this.#isOpening;
      this.#meet(isForeign ? new Changed("replaced") : error);
    }
    return this.#connection;
  }

  #presenceAt(address: Address): Presence {
    refuseForeign(address);
    if (this.#presence?.isAt(address.path)) return this.#presence;
    this.#presence?.leave();
    this.#presence = undefined;
    this.#presence = new Presence(address.path, this.owner, address.open);
    return this.#presence;
  }

  /** How the file may be opened that was lost while in use: where nothing may start twice, it must be the same one. */
  #termsFor(last: LastKnown, path: string): Terms {
    const isTied = this.mustClaim();
    const inode = inodeOf(path);
    if (isTied && inode !== last.inode) throw new Changed(inode === undefined ? "gone" : "replaced");
    return { ...this.#terms, mayReplace: !isTied };
  }

  #compareWithLast(): void {
    const last = this.#last;
    if (!last) return;
    if (!this.#connection!.identity.continues(last)) {
      if (this.mustClaim()) throw new Changed("outdated");
      for (const jobRecord of this.#jobRecords.values()) jobRecord.keepAll();
    }
    this.#last = undefined;
    this.#terms = {};
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection?.identity.isInPlace()) {
      connection.identity.release();
      try {
        const isLast = this.#presence && this.#otherProcesses.list(connection, this.now()).length === 0;
        const stop: Incident = { kind: "notRunning", from: this.now(), until: null, job: "", why: null };
        if (this.#presence)
          connection.session.write((file) => {
            file.dropOwner(this.owner);
            if (isLast) file.note(stop);
          });
      } catch (error) {
        if (!troubleOf(error)) throw error;
      }
      connection.session.finish();
    } else if (connection?.identity.retire()) connection.session.close();
    this.#presence?.leave();
    this.#presence = undefined;
  }

  /** Reports what is wrong, and continues without the file where it must. */
  #meet(error: unknown): void {
    let trouble = troubleOf(error);
    if (!trouble) throw error;
    const isBroken = trouble === "damaged" || trouble === "unreachable";
    if (isBroken && this.#connection?.identity.isTruncated()) trouble = "truncated";
    const now = this.now();
    const isNews = trouble !== this.#trouble || Math.abs(now - this.#warnedAt) >= warningInterval;
    this.#trouble = trouble;
    if (isNews) {
      this.#warnedAt = now;
      const { warning, trouble: words } = texts().store;
      this.#opening!.warn(warning(this.#given.name, words[trouble], this.#consequence()));
    }
    if (isBroken || error instanceof Changed) this.#drop(trouble);
  }

  #consequence(): string {
    const { waitsForFile, waitsForWrite, usesMemory } = texts().store;
    const isLost = ["gone", "replaced", "truncated", "log-gone", "outdated"].includes(this.#trouble!);
    if (!this.mustClaim()) return usesMemory;
    return isLost ? waitsForFile : waitsForWrite;
  }

  /** Lets go of a file that cannot be trusted any more. */
  #drop(trouble: Trouble): void {
    if (!this.#connection) return;
    this.#otherProcesses.share(this.#connection, this.now());
    const { session, identity } = this.#connection;
    this.#connection = undefined;
    this.#last ??= identity.known;
    this.#terms = { isTruncated: trouble === "truncated", mustBeAlone: trouble === "log-gone" };
    if (identity.retire()) session.close();
  }

  #tellRecovered(): void {
    if (!this.#trouble) return;
    this.#trouble = undefined;
    this.#opening!.warn(texts().store.recovered(this.#given.name));
  }

  #cancelCommit(): void {
    if (this.#soon) clearImmediate(this.#soon);
    this.#soon = undefined;
  }

  #countUnsaved(): number {
    for (const jobRecord of this.#unsaved) if (jobRecord.isSaved) this.#unsaved.delete(jobRecord);
    return this.#unsaved.size;
  }

  /** Tries again in a while to write what could not be written. */
  #retryLater(): void {
    if (this.#cancelRetry || !this.#opening || this.#isClosing) return;
    this.#cancelRetry = this.#after(retryDelay, () => {
      this.#cancelRetry = undefined;
      this.commit();
    });
  }

  #beatLater(): void {
    this.#cancelBeat ??= this.#after(heartbeat, () => {
      this.#cancelBeat = undefined;
      this.write((file) =>
        file.putOwner({
          ...(file.owner(this.owner) ?? thisProcess(this.owner, this.now())),
          beat: this.now(),
        }),
      );
      if (this.#runs > 0) this.#beatLater();
    });
  }

  #after(wait: number, act: () => void): () => void {
    const { clock } = this.#opening!;
    return clock.wakeAt((clock.now() + wait) as Instant, act, false);
  }
}
