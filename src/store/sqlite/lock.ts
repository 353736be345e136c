import { closeSync, existsSync, openSync, unlinkSync } from "node:fs";
import { type Database, inodeOf, type OpenDatabase } from "../sqlite.ts";
import { resultOf } from "./errors.ts";

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
    this.#shared = openLock(`${path}-lock`, open);
    this.#inode = inodeOf(`${path}-lock`);
    try {
      this.#own = openLock(ownLock(path, token), open);
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
    unlinkQuietly(ownLock(this.#path, this.#token));
    for (const db of [this.#own, this.#shared]) {
      // A connection that is closed inside a transaction may keep its lock until it is collected.
      endTransaction(db);
      db.close();
    }
  }
}

const endTransaction = (db: Database): void => {
  try {
    db.exec("ROLLBACK");
  } catch {
    // There was none.
  }
};

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

/** Takes away the lock of a process that is dead, together with all else that is known of it. */
export const removeLock = (path: string, token: string): void => unlinkQuietly(ownLock(path, token));

const ownLock = (path: string, token: string): string => `${path}-lock-${token}`;

const openLock = (path: string, open: OpenDatabase): Database => {
  createPrivately(path);
  return open(path);
};

const takeAll = (db: Database): boolean => {
  try {
    db.exec("PRAGMA busy_timeout=0; BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (resultOf(error) !== 5) throw error;
    return false;
  }
};

const unlinkQuietly = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // Someone else was first.
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
