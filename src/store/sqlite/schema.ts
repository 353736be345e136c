import { ScheduleError } from "../../errors.ts";
import type { Database, Value } from "../sqlite.ts";
import { checkSeal, columns, type Table } from "./rows.ts";
import { Damage } from "./trouble.ts";

/** "otd1": tells our files from those of other programs. */
const applicationId = 0x6f746431;

/** Raised with every change of the tables below. */
const version = 1;

const tables: Readonly<Record<string, string>> = {
  jobs: `CREATE TABLE jobs (
  name TEXT NOT NULL PRIMARY KEY,
  said TEXT NOT NULL,
  recurrence TEXT NOT NULL,
  zone TEXT NOT NULL,
  anchor INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  cursor INTEGER,
  served INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  ended INTEGER,
  end_reason TEXT,
  checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  owners: `CREATE TABLE owners (
  token TEXT NOT NULL PRIMARY KEY,
  pid INTEGER NOT NULL,
  boot TEXT NOT NULL,
  namespace TEXT NOT NULL,
  birth TEXT NOT NULL,
  script TEXT NOT NULL,
  since INTEGER NOT NULL,
  beat INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  runs: `CREATE TABLE runs (
  job TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  planned INTEGER NOT NULL,
  extra INTEGER NOT NULL,
  outcome TEXT,
  started INTEGER,
  ended INTEGER,
  attempts INTEGER NOT NULL,
  error TEXT,
  count INTEGER,
  by_hand INTEGER NOT NULL,
  owner TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (job, epoch, planned, extra)
) STRICT, WITHOUT ROWID`,
};

/** Whether nothing has been written into the file yet. */
export const isNew = (db: Database): boolean => read(db, "SELECT count(*) FROM sqlite_schema") === 0;

/** To be called inside a transaction. */
export const createTables = (db: Database): void => {
  for (const sql of Object.values(tables)) db.exec(sql);
  markTables(db);
};

/** Says whose file it is. A file that can be read and not written is found out by this. */
export const markTables = (db: Database): void => {
  db.exec(`PRAGMA application_id=${applicationId}`);
  db.exec(`PRAGMA user_version=${version}`);
};

/**
 * Makes sure that the file is whole, and ours.
 *
 * @throws Damage · ScheduleError `store-path` for a database of another program, `store-version` for one of a newer onthedot
 */
export const checkTables = (db: Database, path: string): void => {
  const names = db
    .prepare("SELECT name FROM sqlite_schema ORDER BY name")
    .all()
    .map(({ name }) => name);
  if (!names.some((name) => Object.hasOwn(tables, String(name)))) {
    throw new ScheduleError({
      code: "store-path",
      what: `${path} is a database of another program`,
      accepted: "a file of its own for the jobs",
    });
  }
  const found = Number(read(db, "PRAGMA user_version"));
  if (read(db, "PRAGMA application_id") !== applicationId) throw new Damage("its mark is gone");
  if (found > version && found < version + 100) {
    throw new ScheduleError({
      code: "store-version",
      what: `${path} was written by a newer onthedot (format ${found})`,
      accepted: `format ${version}: a newer onthedot here, or another file`,
    });
  }
  if (found !== version) throw new Damage(`its format is ${found}`);
  for (const [name, sql] of Object.entries(tables)) {
    const written = db.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(name)?.sql;
    if (written !== sql) throw new Damage(`its table ${name} is not as it was made`);
  }
  const verdict = read(db, "PRAGMA integrity_check(1)");
  if (verdict !== "ok") throw new Damage(String(verdict));
  for (const table of Object.keys(columns) as Table[])
    for (const row of db.prepare(`SELECT * FROM ${table}`).all()) checkSeal(table, row);
};

/** The one value of a query. */
export const read = (db: Database, sql: string): Value | undefined =>
  Object.values(db.prepare(sql).get() ?? {})[0];
