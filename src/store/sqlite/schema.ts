import { randomBytes } from "node:crypto";
import { ScheduleError } from "../../errors.ts";
import { texts } from "../../text/text.ts";
import type { Database, Row, Value } from "../sqlite.ts";
import { Damage } from "./errors.ts";
import { checkSeal, columns, type Rows, sealed, type Table } from "./rows.ts";

/** "otd1": marks our files. */
export const applicationId = 0x6f746431;

/** Raised with every change of the tables below. */
export const currentVersion = 3;

const tables: Readonly<Record<string, string>> = {
  store: `CREATE TABLE store (
  id TEXT NOT NULL PRIMARY KEY,
  revision INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  registrations: `CREATE TABLE registrations (
  owner TEXT NOT NULL,
  job TEXT NOT NULL,
  PRIMARY KEY (owner, job)
) STRICT, WITHOUT ROWID`,
  jobs: `CREATE TABLE jobs (
  name TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  recurrence TEXT NOT NULL,
  zone TEXT NOT NULL,
  anchor INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  last_decided INTEGER,
  run_count INTEGER NOT NULL,
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
  incidents: `CREATE TABLE incidents (
  job TEXT NOT NULL,
  "from" INTEGER NOT NULL,
  kind TEXT NOT NULL,
  until INTEGER,
  why TEXT,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (job, "from", kind)
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
  failed_at TEXT,
  count INTEGER,
  reason TEXT,
  by_hand INTEGER NOT NULL,
  output TEXT,
  owner TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (job, epoch, planned, extra)
) STRICT, WITHOUT ROWID`,
};

/** Makes the tables of a new store, in one transaction and without a statement to be kept. */
export const createTables = (db: Database): void => {
  db.exec(`BEGIN IMMEDIATE; ${Object.values(tables).join("; ")}; ${firstRow()}; ${marks}; COMMIT`);
};

const marks = `PRAGMA application_id=${applicationId}; PRAGMA user_version=${currentVersion}`;

/** The row that identifies this store. */
const firstRow = (): string => {
  const row = sealed("store", { id: randomBytes(9).toString("base64url"), revision: 0 });
  return `INSERT INTO store VALUES (${row.map((value) => JSON.stringify(value).replaceAll('"', "'")).join(", ")})`;
};

/** Says whose file it is, again. A file that can be read and not written is found out by this. */
export const markTables = (db: Database): void => db.exec(marks);

/** The format of the file. @throws Damage · ScheduleError `store-version` for one of a newer onthedot */
export const versionOf = (db: Database, path: string): number => {
  const found = Number(read(db, "PRAGMA user_version"));
  if (found > currentVersion && found < currentVersion + 100) {
    throw new ScheduleError({
      code: "store-version",
      what: texts().store.about.newer(path, found),
      accepted: texts().store.expected.format(currentVersion),
    });
  }
  if (found < 1 || found > currentVersion) throw new Damage();
  return found;
};

/**
 * Looks at the structure of the file and at every row that decides what runs. A record of a run that has ended is looked at when it is read: there may be
 * hundreds of thousands.
 *
 * @throws Damage when the file is not whole
 */
export const checkTables = (db: Database): void => {
  for (const [name, sql] of Object.entries(tables)) {
    const written = db.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(name)?.sql;
    if (written !== sql) throw new Damage();
  }
  checkPages(db);
  for (const table of Object.keys(columns) as Table[]) {
    const which = table === "runs" ? `runs WHERE outcome IS NULL OR job IN (${strayNames})` : table;
    for (const row of db.prepare(`SELECT * FROM ${which}`).all()) checkSeal(table, row);
  }
};

/** The names under which there are runs and no job: nobody would read a record whose name was changed by a flipped bit. Goes from name to name, not from row to row. */
const strayNames = `WITH RECURSIVE names (job) AS (SELECT min(job) FROM runs UNION ALL
  SELECT (SELECT min(job) FROM runs WHERE job > names.job) FROM names WHERE job IS NOT NULL)
  SELECT job FROM names WHERE job IS NOT NULL AND job NOT IN (SELECT name FROM jobs)`;

/** `quick_check` takes as long and does not look at the order of keys. @throws Damage when SQLite finds a page that is not as it wrote it */
export const checkPages = (db: Database): void => {
  if (read(db, "PRAGMA integrity_check(1)") !== "ok") throw new Damage();
};

/**
 * Brings a file of an older format to this one, with all its rows, in one transaction. Columns that it did not have are empty.
 *
 * @throws Damage when the file is not whole
 */
export const upgradeTables = (db: Database): void => {
  db.exec("BEGIN IMMEDIATE");
  try {
    if (Number(read(db, "PRAGMA user_version")) < currentVersion) {
      checkPages(db);
      for (const [name, sql] of Object.entries(tables)) upgradeTable(db, name, sql);
      if (read(db, "SELECT count(*) FROM store") === 0) db.exec(firstRow());
      db.exec(marks);
    }
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
};

const upgradeTable = (db: Database, name: string, sql: string): void => {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(name) !== undefined;
  const rows = isThere ? db.prepare(`SELECT * FROM ${name}`).all() : [];
  if (isThere) db.exec(`DROP TABLE ${name}`);
  db.exec(sql);
  for (const row of rows)
    insert(db, name, name in columns ? upgradeRow(name as Table, row) : Object.values(row));
};

/** Columns of earlier formats, by what they are called now. */
const formerNames: Readonly<Record<string, string>> = {
  source: "said",
  last_decided: "cursor",
  run_count: "served",
};

const upgradeRow = (table: Table, row: Row): readonly Value[] => {
  checkSeal(table, row, Object.keys(row).slice(0, -1));
  const values = columns[table].map((column) => [
    column,
    row[column] ?? row[formerNames[column] ?? ""] ?? null,
  ]);
  return sealed(table, Object.fromEntries(values) as never as Rows[Table]);
};

const insert = (db: Database, table: string, values: readonly Value[]): void => {
  db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => "?").join(", ")})`).run(...values);
};

/** The one value of a query. */
export const read = (db: Database, sql: string): Value | undefined =>
  Object.values(db.prepare(sql).get() ?? {})[0];
