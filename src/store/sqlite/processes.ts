import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import { pid as ownPid } from "node:process";
import { ScheduleError } from "../../errors.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { formatIso } from "../../time/iso.ts";
import { minute } from "../../time/plain-time.ts";
import { systemZone } from "../../time/zone.ts";
import { type Database, inodeOf, type OpenDatabase } from "../sqlite.ts";
import { quietly, resultOf } from "./errors.ts";
import type { OwnerRow } from "./tables.ts";

const bootFile = "/proc/sys/kernel/random/boot_id";

/** This process, distinguishable from a later one with the same pid. */
export const thisProcess = (token: string, now: Instant): OwnerRow => ({
  token,
  pid: ownPid,
  boot: firstLine(bootFile),
  namespace: pidNamespace(),
  birth: birthOf(ownPid),
  script: basename(process.argv[1] ?? "node"),
  since: now,
  beat: now,
});

export const newToken = (): string => randomBytes(9).toString("base64url");

/** An owner without a heartbeat for this long, whose process cannot be checked, counts as dead. */
const silence = minute;

/**
 * Whether a process that had the file open is still alive.
 *
 * @param holdsLock whether it holds its lock; undefined where it has none, and must be judged by its number and its heartbeat
 * @param mayBeIdle whether its heartbeat can be old because nothing is due. Where the system does not say when a process began, another one may have its number by now
 */
export const isAlive = (
  owner: OwnerRow,
  now: Instant,
  holdsLock: boolean | undefined,
  mayBeIdle = false,
): boolean => {
  if (holdsLock !== undefined) return holdsLock;
  const hasHeartbeat = Math.abs(now - owner.beat) < silence;
  const boot = firstLine(bootFile);
  const isHere = boot === owner.boot && pidNamespace() === owner.namespace;
  const birth = isHere && isThere(owner.pid) ? birthOf(owner.pid) : undefined;
  if (mayBeIdle && birth === "") return true;
  if (boot !== owner.boot) return boot === "" && hasHeartbeat;
  if (!isHere) return hasHeartbeat;
  if (birth === "" || owner.birth === "") return birth !== undefined && hasHeartbeat;
  return birth === owner.birth;
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
};

/** When a process began, in ticks since the machine was started; empty where the system does not say (proc(5), field 22 of stat). */
const birthOf = (pid: number): string => {
  const stat = firstLine(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};

const firstLine = (path: string): string => quietly(() => readFileSync(path, "utf8").split("\n")[0]!) ?? "";

const pidNamespace = (): string => quietly(() => readlinkSync("/proc/self/ns/pid")) ?? "";

/**
 * Says with locks that a process has the store open. The kernel takes a lock back when its process ends, however it ends, and keeps it while the process
 * is blocked or stopped; it is the same lock in all containers that see the file. Node has no flock(2), so the locks are those of SQLite on empty databases:
 *
 * - `jobs.db-lock`: everyone holds a shared lock on it. Whoever gets an exclusive one is alone.
 * - `jobs.db-lock-<token>`: one for each process, held exclusively. Whoever gets it finds that process dead.
 */
export class Presence {
  /** Whether nobody had the store open before this process, ever. */
  readonly isFirst: boolean;
  readonly #path: string;
  readonly #inode: string | undefined;
  readonly #shared: Database;
  readonly #own: Database;
  readonly #token: string;

  /** @param path of the store @param token of this process */
  constructor(path: string, token: string, open: OpenDatabase) {
    this.#path = path;
    this.#token = token;
    this.isFirst = !existsSync(`${path}-lock`);
    createPrivately(`${path}-lock`);
    this.#shared = open(`${path}-lock`);
    this.#inode = inodeOf(`${path}-lock`);
    try {
      createPrivately(ownLock(path, token));
      this.#own = open(ownLock(path, token));
      takeAll(this.#own);
    } catch (error) {
      this.#shared.close();
      throw error;
    }
  }

  /** Whether others find these locks at the path of a store. */
  isAt(path: string): boolean {
    return this.#path === path && inodeOf(`${path}-lock`) === this.#inode;
  }

  /** Whether no other process has the store open. Then none can come until {@link share}. */
  takeAlone(): boolean {
    endTransaction(this.#shared);
    const isAlone = takeAll(this.#shared);
    if (!isAlone) this.share();
    return isAlone;
  }

  /** Lets others come, and stays. */
  share(): void {
    endTransaction(this.#shared);
    // Without a statement to be kept: one that is not collected yet keeps a closed connection open.
    this.#shared.exec("PRAGMA busy_timeout=5000; BEGIN; SELECT count(*) FROM sqlite_schema");
  }

  leave(): void {
    removeLock(this.#path, this.#token);
    for (const db of [this.#own, this.#shared]) {
      // A connection that is closed inside a transaction may keep its lock until it is collected.
      endTransaction(db);
      db.close();
    }
  }
}

/** Ends a transaction, if there is one. */
const endTransaction = (db: Database): void => void quietly(() => db.exec("ROLLBACK"));

/** Whether the process with a token lives; undefined where it has no lock, because it left, or an older version started it, or someone deleted the file. */
export const holdsLock = (path: string, token: string, open: OpenDatabase): boolean | undefined => {
  const own = ownLock(path, token);
  if (!existsSync(own)) return undefined;
  const db = open(own);
  try {
    if (!takeAll(db)) return true;
    db.exec("ROLLBACK");
    return false;
  } finally {
    db.close();
  }
};

/** Takes away the lock of a process that left or is dead. */
export const removeLock = (path: string, token: string): void =>
  void quietly(() => unlinkSync(ownLock(path, token)));

const ownLock = (path: string, token: string): string => `${path}-lock-${token}`;

const takeAll = (db: Database): boolean => {
  try {
    db.exec("PRAGMA busy_timeout=0; BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (resultOf(error) !== 5) throw error;
    return false;
  }
};

/** Makes an empty file that its owner alone can read. One that is there is not opened: closing it again would take SQLite's locks away. */
export const createPrivately = (path: string): void => {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  }
};

/** A process that runs a job of the same name, and may be about to end, gets so many times so many milliseconds. */
const departure = { times: 20, wait: 50 };

/** Tries again for a moment what another process refuses. */
export const outwait = <T>(act: () => T): T => {
  for (let i = 1; ; i++) {
    try {
      return act();
    } catch (error) {
      if (!isTaken(error) || i >= departure.times) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, departure.wait);
    }
  }
};

export const isTaken = (error: unknown): error is ScheduleError =>
  error instanceof ScheduleError && error.code === "already-running";

/** One script started twice, or two scripts that have a job of the same name. */
export const alreadyRunning = (
  { script, pid, since }: OwnerRow,
  store: string,
  job: string,
): ScheduleError => {
  const isSame = script === thisProcess("", since).script;
  const { about, expected } = texts().store;
  // As the clock on the wall shows it: whoever reads it sits before this machine.
  const began = formatIso(since, systemZone()).slice(0, 16).replace("T", " ");
  return new ScheduleError({
    code: "already-running",
    what: about.running(script, pid, began, store, isSame ? undefined : job),
    accepted: expected.stoppedOrMultiple,
  });
};
