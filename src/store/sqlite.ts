import { statSync } from "node:fs";
import { ScheduleError } from "../errors.ts";
import { requirePackage as require } from "../require-package.ts";
import { texts } from "../text/text.ts";

/** What SQLite takes and gives in our tables. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint };
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

/** The part of `DatabaseSync` that is used, as Node and `@photostructure/sqlite` both have it. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export type OpenDatabase = (path: string, options?: { readonly readOnly?: boolean }) => Database;

type Driver = { readonly DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => Database };

const peer = "@photostructure/sqlite";

/**
 * Finds an SQLite: Node's own, else the optional peer.
 *
 * @throws ScheduleError `peer-missing` where there is neither
 */
export const findSqlite = (): OpenDatabase => {
  const { DatabaseSync } = nodeSqlite() ?? peerSqlite();
  return (path, options = {}) => held(new DatabaseSync(path, options), path);
};

const nodeSqlite = (): Driver | undefined =>
  withoutNotice(() => process.getBuiltinModule("node:sqlite") as Driver | undefined);

const peerSqlite = (): Driver => {
  try {
    return require(peer) as Driver;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
    throw new ScheduleError({
      code: "peer-missing",
      what: texts().store.about.noSqlite(process.versions.node, peer),
      accepted: texts().store.expected.peer(peer),
    });
  }
};

/** Node 22 prints a notice that its SQLite is experimental; a script's reader can do nothing about it. */
const withoutNotice = <T>(load: () => T): T => {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith("SQLite is an experimental feature"))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** A connection that nothing refers to is closed by the garbage collector, and its locks go with it: so all that are open are referred to. */
const held = (database: Database, path: string): Database => {
  const all = allOpen();
  all.set(database, inodeOf(path));
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    close() {
      all.delete(database);
      database.close();
    },
  };
};

/** A file as the disk knows it, whatever its names: device and inode. Undefined where there is none. */
export const inodeOf = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
};

/**
 * Whether this process has a file open in SQLite. Such a file must not be opened in any other way: closing it again takes away all locks that the process
 * holds on it (fcntl(2)).
 */
export const isOpenHere = (inode: string | undefined): boolean =>
  inode !== undefined && [...allOpen().values()].includes(inode);

const key = Symbol.for("onthedot.databases@2");

/** The connections that are open, and the file of each. */
const allOpen = (): Map<Database, string | undefined> => {
  const shared = globalThis as { [key]?: Map<Database, string | undefined> };
  shared[key] ??= new Map();
  return shared[key];
};
