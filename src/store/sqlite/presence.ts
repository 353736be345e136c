import { closeSync, openSync } from "node:fs";
import type { Database, OpenDatabase } from "../sqlite.ts";

/**
 * Says on a small file of its own that a process has the store open: everyone holds a shared lock on it. The kernel takes a lock back when
 * its process ends, however it ends.
 */
export class Presence {
  /** Whether no other process had the store open when this one came. */
  readonly isAlone: boolean;
  readonly #db: Database;

  /** @param wait how long others may take to leave, in milliseconds */
  constructor(path: string, open: OpenDatabase, wait: number) {
    createPrivately(path);
    this.#db = open(path);
    try {
      this.isAlone = this.#takeAll(wait);
      if (!this.isAlone) this.share();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Lets others come. Until then one that was alone stays alone. */
  share(): void {
    if (this.isAlone) this.#db.exec("COMMIT");
    this.#db.exec("PRAGMA busy_timeout=5000; BEGIN");
    // Without a statement to be kept: one that is not collected yet keeps a closed connection open.
    this.#db.exec("SELECT count(*) FROM sqlite_schema");
  }

  leave(): void {
    // A connection that is closed inside a transaction may keep its lock until it is collected.
    this.#db.exec("COMMIT");
    this.#db.close();
  }

  #takeAll(wait: number): boolean {
    this.#db.exec(`PRAGMA busy_timeout=${wait}`);
    try {
      this.#db.exec("BEGIN EXCLUSIVE");
      return true;
    } catch (error) {
      if (((error as { errcode?: number }).errcode ?? 0) % 256 !== 5) throw error;
      return false;
    }
  }
}

/** Makes an empty file that its owner alone can read. One that is there is not opened: closing it again would take SQLite's locks away. */
export const createPrivately = (path: string): void => {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  }
};
