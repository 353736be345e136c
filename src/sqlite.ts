/**
 * Jobs that are remembered in an SQLite file.
 *
 * ```ts
 * import { every, run } from "onthedot";
 * import { sqlite } from "onthedot/sqlite";
 *
 * every().day.at("02:30").do(function backup() {});
 * run({ store: sqlite("jobs.db") });
 * ```
 *
 * @module onthedot/sqlite
 */
import { checkPlace } from "./store/sqlite/open.ts";
import { type SqliteOptions, SqliteStore } from "./store/sqlite/store.ts";
import { findSqlite } from "./store/sqlite.ts";
import type { Store } from "./store/store.ts";

export type { SqliteOptions } from "./store/sqlite/store.ts";
export type { Store } from "./store/store.ts";

/**
 * Remembers jobs by their names in a file: where each stands, and what became of its runs. Made when it is not there, readable by its owner alone.
 *
 * @param path of the file, in a folder that is there, on a disk of this machine
 * @throws ScheduleError `store-path` for a path where no file can be · `peer-missing` where no SQLite is found
 */
export const sqlite = (path: string, options: SqliteOptions = {}): Store => {
  const checked = checkPlace(path);
  return new SqliteStore(checked, findSqlite(), options);
};
