import { basename } from "node:path";
import { oneOf } from "../../checks.ts";
import { ScheduleError } from "../../errors.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import { inodeOf, type OpenDatabase } from "../sqlite.ts";
import type { Incident, Opening, OutputKept, ProcessInfo } from "../store.ts";
import type { Address, Connection, LastKnown } from "./connection.ts";
import { Changed, type Trouble, troubleOf } from "./errors.ts";
import { connect, refuseForeign, withoutLinks } from "./open.ts";
import {
  alreadyRunning,
  holdsLock,
  isAlive,
  isTaken,
  newToken,
  outwait,
  Presence,
  thisProcess,
} from "./processes.ts";
import type { Session } from "./session.ts";
import type { OwnerRow } from "./tables.ts";

/** How a file is kept. */
export interface SqliteOptions {
  /** Starts nothing that cannot be written into the file first; otherwise jobs continue from memory, with a warning. @default false */
  readonly strict?: boolean;
  /** How many decisions on each job are kept. @default 1000 */
  readonly historyLimit?: number;
  /** Of which runs the last 4 kB of what they print are kept; it can hold secrets. `history <job>` and `job.history()` show it. @default "failed" */
  readonly output?: OutputKept;
}

/** Holds changes until they can be written. */
export interface Unsaved {
  readonly isSaved: boolean;
  /** Writes what the file does not have, inside a transaction; may be called again when that was not kept. */
  save(session: Session): void;
  /** What {@link save} wrote was kept. */
  saved(): void;
}

/** What this process did with a name: its new job starts from now. */
export type Before = "ended" | "left" | undefined;

/** How often a process writes a heartbeat while it runs something. */
const heartbeat = 10 * second;

/** The wait before another try when the file could not be written. */
const retryDelay = 5 * second;

/** When it could not be opened, the wait doubles up to this. */
const longestRetryDelay = minute;

/** The shortest time between two warnings about the same trouble. */
const warningInterval = minute;

/**
 * The file of a store: opened, written, lost and found again. What cannot be written is reported, held in memory and tried again; what
 * cannot be trusted any more is let go of.
 */
export class StoreFile {
  readonly isDurable = true;
  /** The token of this process. */
  readonly owner = newToken();
  /** How many decisions of a job are kept. */
  readonly keep: number;
  readonly output: OutputKept;
  /** The names that this process has ended or dropped, and how. */
  readonly gone = new Map<string, Before>();
  readonly #unsaved = new Set<Unsaved>();
  #opening: Opening | undefined;
  /** For messages. */
  readonly name: string;
  /** The whole path of the file, as it was given. */
  readonly #given: string;
  readonly #driver: OpenDatabase;
  readonly #isStrict: boolean;
  #connection: Connection | undefined;
  /** Kept also while the file cannot be opened, so that nobody takes this process for gone. */
  #presence: Presence | undefined;
  /** The store that was in use, when it has been lost, and how; it is found again, or another one takes its place. */
  #lost: { readonly last: LastKnown; readonly by: Trouble } | undefined;
  /** The other processes that have the file open, as they were read in this transaction. */
  #others: readonly (OwnerRow & { readonly isOlder: boolean })[] | undefined;
  #hadSharers = false;
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
  /** The commit to come: at the end of this turn, or in a while when the last one failed. */
  #cancelCommit: (() => void) | undefined;

  constructor(
    given: string,
    driver: OpenDatabase,
    { strict = false, historyLimit = 1_000, output = "failed" }: SqliteOptions = {},
  ) {
    this.name = basename(given);
    this.#given = given;
    this.#driver = driver;
    this.#isStrict = strict;
    this.keep = historyLimit;
    this.output = oneOf(output, ["failed", "all", "none"], "options", "output");
  }

  open(opening: Opening): void {
    this.#opening = opening;
    this.#isClosing = false;
    if (!this.#connection) {
      this.#lost = undefined;
      try {
        if (this.#connect(true) && !this.isReadOnly) this.#noteStart();
      } catch (error) {
        this.#disconnect();
        throw error;
      }
    }
    if (this.#connection || !this.#isStrict) return;
    const { about, expected, trouble } = texts().store;
    throw new ScheduleError({
      code: "store-unusable",
      what: about.unusable(this.name, trouble[this.#trouble ?? "unreachable"]),
      accepted: expected.writable,
    });
  }

  close(): boolean {
    this.commit();
    // Once to find out what has become of the file, and once to write all into the one that is there now.
    for (let i = 0; i < 2 && this.#connection?.isInPlace() === false; i++) this.write(() => true);
    this.commit();
    const isKept = this.#countUnsaved() === 0;
    this.#cancelCommit?.();
    this.#cancelCommit = undefined;
    this.#isClosing = true;
    if (this.#runs === 0) this.#disconnect();
    return isKept;
  }

  /** Notes since when no script ran on this store. Where none noted that it stopped, the last one died. */
  #noteStart(): void {
    const now = this.now();
    const last = this.read((session) => {
      const stopped = session.incidents("").findLast(({ kind }) => kind === "notRunning");
      if (stopped?.until === null) return stopped;
      const from = session.value("SELECT max(last_decided) FROM jobs") as Instant | null;
      return from === null ? undefined : ({ kind: "notRunning", from, job: "", why: "died" } as const);
    });
    if (last && now - last.from > minute && this.otherProcesses().length === 0)
      this.note({ ...last, until: now });
  }

  note(incident: Incident): void {
    if (incident.kind === "paused" || !this.isReadOnly) this.write((session) => session.note(incident));
  }

  get isReadOnly(): boolean {
    return this.#isClosing || (this.#opening?.isReadOnly ?? false);
  }

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  now(): Instant {
    return this.#opening!.clock.now();
  }

  /** Writes at once; undefined when the file cannot be written, which has been reported. */
  write<T>(act: (session: Session) => T): T | undefined {
    const written = this.#attempt((connection) => {
      this.#others = undefined;
      return { result: connection.write(act) };
    });
    if (written && this.#trouble) {
      this.#trouble = undefined;
      this.warn(texts().store.recovered(this.name));
    }
    return written?.result;
  }

  read<T>(ask: (session: Session) => T): T | undefined {
    return this.#attempt(ask);
  }

  /** Asks only when another process has written since the last time. */
  readChanges<T>(ask: (session: Session) => T): T | undefined {
    // What could not be written is not there to be compared with.
    if (this.#countUnsaved() > 0) return undefined;
    return this.#attempt((connection) => {
      const version = connection.version();
      if (version === connection.seen) return undefined;
      connection.seen = version;
      return ask(connection);
    });
  }

  /** Writes what all records hold, in one transaction. @param isStart whether another process that runs one of the jobs is an error */
  commit(isStart = false): void {
    this.commitWith(undefined, isStart);
  }

  /** The same, and something more in the same transaction; undefined unless all of it was written. */
  commitWith<T>(act: ((session: Session) => T) | undefined, isStart = false): T | undefined {
    try {
      return isStart ? outwait(() => this.#commit(act)) : this.#commit(act);
    } catch (error) {
      if (isStart || !isTaken(error)) throw error;
      // It registered the name at the same instant. Nothing runs twice: each run is started by one of them.
      this.#isTolerant = true;
      this.warn(error.message);
      return this.#commit(act);
    }
  }

  #commit<T>(act: ((session: Session) => T) | undefined): T | undefined {
    this.#cancelCommit?.();
    this.#cancelCommit = undefined;
    const records = [...this.#unsaved];
    if (records.length === 0 && !act) return undefined;
    const written = this.write((session) => {
      for (const record of records) record.save(session);
      return { result: act?.(session) };
    });
    if (written) for (const record of records) record.saved();
    if (this.#countUnsaved() > 0 && !this.#isClosing)
      this.#cancelCommit = this.#after(retryDelay, () => this.commit());
    return written?.result;
  }

  saveLater(record: Unsaved): void {
    this.#unsaved.add(record);
    // Nobody else will ask for it any more.
    if (this.#isClosing) return void this.commit();
    if (this.#cancelCommit) return;
    // A task that was waited for has ended, or a job was registered: what else happens in this turn goes with it.
    const soon = setImmediate(() => this.commit());
    this.#cancelCommit = () => clearImmediate(soon);
  }

  #countUnsaved(): number {
    for (const record of this.#unsaved) if (record.isSaved) this.#unsaved.delete(record);
    return this.#unsaved.size;
  }

  /** Counts runs that have begun, or ended if negative. */
  count(runs: number): void {
    this.#runs += runs;
    if (this.#runs > 0) this.#beatLater();
    else {
      this.#cancelBeat?.();
      this.#cancelBeat = undefined;
      if (this.#isClosing) this.#disconnect();
    }
  }

  #beatLater(): void {
    this.#cancelBeat ??= this.#after(heartbeat, () => {
      this.#cancelBeat = undefined;
      this.write((session) => {
        const [mine = thisProcess(this.owner, this.now())] = session.all(
          "owners",
          "WHERE token = ?",
          this.owner,
        );
        session.put("owners", { ...mine, beat: this.now() });
      });
      if (this.#runs > 0) this.#beatLater();
    });
  }

  #after(wait: number, act: () => void): () => void {
    const { clock } = this.#opening!;
    return clock.wakeAt((clock.now() + wait) as Instant, act, false);
  }

  warn(message: string): void {
    this.#opening!.warn(message);
  }

  /** Whether nothing may start that is not in the file. */
  mustClaim(): boolean {
    return this.#isStrict || this.isShared();
  }

  /** Whether other processes run jobs on the file that this one runs, or did when it was lost. */
  isShared(): boolean {
    if (this.#opening?.allowMultiple) return true;
    const connection = this.#connection;
    if (!connection) return this.#hadSharers;
    const sql = `SELECT 1 FROM registrations AS mine JOIN registrations AS theirs
      ON theirs.owner = ?2 AND theirs.job = mine.job WHERE mine.owner = ?1 LIMIT 1`;
    this.#others = undefined;
    try {
      this.#hadSharers = this.#othersOn(connection).some(
        ({ token, isOlder }) => isOlder || connection.value(sql, this.owner, token) !== undefined,
      );
    } catch {
      // The file cannot be read any more.
    }
    return this.#hadSharers;
  }

  /** Whether the process with a token lives. */
  isLiving(token: string): boolean {
    return token === this.owner || this.#othersOn(this.#connection!).some((other) => other.token === token);
  }

  otherProcesses(): readonly ProcessInfo[] {
    return this.#attempt((connection) => this.#seemingOn(connection)) ?? [];
  }

  /** Those that seem to be alive, even with an old heartbeat, the oldest first. */
  #seemingOn(connection: Connection): readonly ProcessInfo[] {
    return connection
      .all("owners", "WHERE token <> ? ORDER BY since", this.owner)
      .filter((owner) => isAlive(owner, this.now(), this.#holdsLock(connection, owner), true))
      .map(({ pid, script, since }) => ({ pid, script, since }));
  }

  #othersOn(connection: Connection): readonly (OwnerRow & { readonly isOlder: boolean })[] {
    this.#others ??= connection.all("owners", "WHERE token <> ?", this.owner).flatMap((owner) => {
      const holds = this.#holdsLock(connection, owner);
      // One of an older version has no lock, and does not say which jobs it runs.
      return isAlive(owner, this.now(), holds) ? [{ ...owner, isOlder: holds === undefined }] : [];
    });
    return this.#others;
  }

  #holdsLock({ address: { path, open } }: Connection, { token }: OwnerRow): boolean | undefined {
    return holdsLock(path, token, open);
  }

  /** @throws ScheduleError `already-running` when another process runs a job of that name and was not expected */
  protected checkName(name: string): void {
    if (this.#unsaved.size === 0) {
      this.#others = undefined;
      if (this.#connection) this.#connection.isEmpty = undefined;
    }
    outwait(() => this.#attempt((connection) => this.#refuseTaken(connection, name)));
  }

  /** This process runs a job of that name. @throws ScheduleError `already-running` */
  claimName(session: Session, name: string): void {
    this.#refuseTaken(this.#connection!, name);
    session.run("INSERT OR IGNORE INTO registrations VALUES (?, ?)", this.owner, name);
  }

  #refuseTaken(connection: Connection, name: string): void {
    if (this.#isTolerant || this.#opening?.allowMultiple === true || this.isReadOnly) return;
    const sql = "SELECT 1 FROM registrations WHERE owner = ? AND job = ?";
    const other = this.#othersOn(connection).find(
      ({ token, isOlder }) => isOlder || connection.value(sql, token, name) !== undefined,
    );
    if (!other) return;
    this.#others = undefined;
    throw alreadyRunning(other, this.name, name);
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

  #connect(isStart = false): Connection | undefined {
    this.#others = undefined;
    const now = this.now();
    this.#triedAt = now;
    try {
      const path = withoutLinks(this.#given);
      const address: Address = { path, given: this.#given, name: this.name, open: this.#driver };
      const lost = this.#lost;
      // Where nothing may start twice, it must be the same file.
      const isTied = lost !== undefined && this.mustClaim();
      const inode = inodeOf(path);
      if (isTied && inode !== lost.last.inode) throw new Changed(inode === undefined ? "gone" : "replaced");
      refuseForeign(address);
      const terms = {
        mayReplace: !isTied,
        isTruncated: lost?.by === "truncated",
        mustBeAlone: lost?.by === "log-gone",
      };
      const row = thisProcess(this.owner, now);
      const me = this.isReadOnly ? undefined : { row, presence: this.#presenceAt(path) };
      this.#connection = connect(address, now, terms, me);
      this.#failed = 0;
      // All jobs are still to be read.
      if (isStart) this.#connection.seen = this.#connection.version();
      for (const remark of this.#connection.remarks) this.warn(remark);
      if (lost && !this.#connection.continues(lost.last)) {
        if (this.mustClaim()) throw new Changed("outdated");
        this.keepAll();
      }
      this.#lost = undefined;
    } catch (error) {
      this.#failed++;
      // While a script runs, a file of another program is one more reason to continue without it.
      this.#meet(error instanceof ScheduleError && !isStart ? new Changed("replaced") : error);
    }
    return this.#connection;
  }

  /** Another file has taken the place of the one that was lost: nothing counts as written. */
  protected keepAll(): void {}

  #presenceAt(path: string): Presence {
    if (this.#presence?.isAt(path)) return this.#presence;
    this.#presence?.leave();
    this.#presence = undefined;
    this.#presence = new Presence(path, this.owner, this.#driver);
    return this.#presence;
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection?.isInPlace()) {
      try {
        if (this.#presence)
          connection.write((session) => {
            session.dropOwner(this.owner);
            if (this.#seemingOn(connection).length === 0)
              session.note({ kind: "notRunning", from: this.now(), until: null, job: "", why: null });
          });
      } catch (error) {
        if (!troubleOf(error)) throw error;
      }
      connection.finish();
    } else connection?.retire();
    this.#presence?.leave();
    this.#presence = undefined;
  }

  /** Reports what is wrong, and continues without the file where it must. */
  #meet(error: unknown): void {
    let trouble = troubleOf(error);
    if (!trouble) throw error;
    const isBroken = trouble === "damaged" || trouble === "unreachable";
    if (isBroken && this.#connection?.isTruncated()) trouble = "truncated";
    const now = this.now();
    if (trouble !== this.#trouble || Math.abs(now - this.#warnedAt) >= warningInterval) {
      this.#warnedAt = now;
      const { warning, trouble: words, waitsForFile, waitsForWrite, usesMemory } = texts().store;
      const isLost = ["gone", "replaced", "truncated", "log-gone", "outdated"].includes(trouble);
      this.#trouble = trouble;
      const consequence = !this.mustClaim() ? usesMemory : isLost ? waitsForFile : waitsForWrite;
      this.warn(warning(this.name, words[trouble], consequence));
    }
    if (isBroken || error instanceof Changed) this.#drop(trouble);
  }

  /** Lets go of a file that cannot be trusted any more. */
  #drop(by: Trouble): void {
    if (!this.#connection) return;
    this.isShared();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#lost = { last: this.#lost?.last ?? connection.known, by };
    connection.retire();
  }
}
