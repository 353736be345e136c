/**
 * Keeps jobs and their history in an SQLite file.
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
import { checkOptions } from "./checks.ts";
import type { SqliteOptions } from "./store/sqlite/file.ts";
import { checkPlace } from "./store/sqlite/open.ts";
import { SqliteStore } from "./store/sqlite/store.ts";
import { findSqlite } from "./store/sqlite.ts";
import type { Store } from "./store/store.ts";

export type { SqliteOptions } from "./store/sqlite/file.ts";
export type { Store } from "./store/store.ts";

/**
 * Keeps jobs, matched by name, and their history in a file. The file is created if it does not exist, readable by its owner only.
 *
 * @param path of the file, in an existing folder on a local disk
 * @throws ScheduleError `options` · `store-path` if no file can be at that path · `peer-missing` if no SQLite is installed
 * @example
 * ```ts
 * import { every, start } from "onthedot";
 * import { sqlite } from "onthedot/sqlite";
 *
 * every().day.at("02:30").do(function backup() {});
 * start({ store: sqlite("jobs.db", { historyLimit: 5_000 }) });
 * ```
 */
export const sqlite = (path: string, options: SqliteOptions = {}): Store => {
  checkOptions("sqlite(…)", options, ["strict", "historyLimit", "output"]);
  const checked = checkPlace(path);
  return new SqliteStore(checked, findSqlite(), options);
};
