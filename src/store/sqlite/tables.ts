import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { ScheduleError } from "../../errors.ts";
import type { Decision, Outcome, SkipReason } from "../../job.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import type { Database, Row, Value } from "../sqlite.ts";
import type { Incident, JobEnd } from "../store.ts";
import { Damage } from "./errors.ts";

/** "otd1": marks our files. */
export const applicationId = 0x6f746431;

/** Raised with every change of the tables below. */
export const currentVersion = 3;

/** A job as the table `jobs` has it. */
export interface JobRow {
  readonly name: string;
  readonly source: string;
  /** As JSON. */
  readonly recurrence: string;
  readonly zone: string;
  readonly anchor: Instant;
  /** How often counting has begun anew: an occurrence is named by job, epoch and planned moment, so that none is confused with one from before a clock was set. */
  readonly epoch: number;
  readonly last_decided: Instant | null;
  readonly run_count: number;
  /** 0, 1, or the moment at which the pause ends. */
  readonly paused: number;
  readonly failures: number;
  /** When it ended, and why; null until then. */
  readonly ended: Instant | null;
  readonly end_reason: JobEnd["why"] | null;
}

/** A decision as the table `runs` has it; without an outcome while it runs. */
export interface RunRow {
  readonly job: string;
  readonly epoch: number;
  readonly planned: Instant;
  /** 0 for what the schedule planned, else a running number: by hand, at the start. */
  readonly extra: number;
  readonly outcome: Outcome | null;
  /** Nothing while it has not begun: then it may begin after a crash and is not started twice. */
  readonly started: Instant | null;
  readonly ended: Instant | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly failed_at: string | null;
  readonly count: number | null;
  /** Why it did not start. */
  readonly reason: SkipReason | null;
  readonly by_hand: number;
  readonly output: string | null;
  /** The token of the process that claimed it. */
  readonly owner: string;
}

/** A process that has the file open, as the table `owners` has it. */
export interface OwnerRow {
  readonly token: string;
  readonly pid: number;
  readonly boot: string;
  readonly namespace: string;
  readonly birth: string;
  readonly script: string;
  readonly since: Instant;
  /** Its last heartbeat. */
  readonly beat: Instant;
}

/** The one row of the table `store`: which store it is, and how often it was written to. */
export interface StoreRow {
  readonly id: string;
  readonly revision: number;
}

export interface Rows {
  readonly store: StoreRow;
  readonly jobs: JobRow;
  readonly owners: OwnerRow;
  readonly incidents: Incident;
  readonly runs: RunRow;
}

export type Table = keyof Rows;

const key = "TEXT NOT NULL PRIMARY KEY";
const text = "TEXT NOT NULL";
const integer = "INTEGER NOT NULL";

const types: { readonly [T in Table]: Readonly<Record<keyof Rows[T], string>> } = {
  store: { id: key, revision: integer },
  jobs: {
    name: key,
    source: text,
    recurrence: text,
    zone: text,
    anchor: integer,
    epoch: integer,
    last_decided: "INTEGER",
    run_count: integer,
    paused: integer,
    failures: integer,
    ended: "INTEGER",
    end_reason: "TEXT",
  },
  owners: {
    token: key,
    pid: integer,
    boot: text,
    namespace: text,
    birth: text,
    script: text,
    since: integer,
    beat: integer,
  },
  incidents: { job: text, from: integer, kind: text, until: "INTEGER", why: "TEXT" },
  runs: {
    job: text,
    epoch: integer,
    planned: integer,
    extra: integer,
    outcome: "TEXT",
    started: "INTEGER",
    ended: "INTEGER",
    attempts: integer,
    error: "TEXT",
    failed_at: "TEXT",
    count: "INTEGER",
    reason: "TEXT",
    by_hand: integer,
    output: "TEXT",
    owner: text,
  },
};

const keys: Readonly<Record<string, string>> = {
  incidents: 'job, "from", kind',
  runs: "job, epoch, planned, extra",
};

export const tableNames = Object.keys(types) as readonly Table[];

/** The columns that a checksum covers, in the order of the table. */
export const columns = Object.fromEntries(
  tableNames.map((table) => [table, Object.keys(types[table])]),
) as unknown as { readonly [T in Table]: readonly (keyof Rows[T] & string)[] };

const creating = (table: Table): string => {
  const lines = Object.entries({ ...types[table], checksum: integer }).map(
    ([column, type]) => `${column === "from" ? '"from"' : column} ${type}`,
  );
  if (keys[table]) lines.push(`PRIMARY KEY (${keys[table]})`);
  return `CREATE TABLE ${table} (\n  ${lines.join(",\n  ")}\n) STRICT, WITHOUT ROWID`;
};

/** How each table is made, and found in a file. */
const definitions: readonly (readonly [name: string, sql: string])[] = [
  ...tableNames.map((table) => [table, creating(table)] as const),
  [
    "registrations",
    `CREATE TABLE registrations (
  owner TEXT NOT NULL,
  job TEXT NOT NULL,
  PRIMARY KEY (owner, job)
) STRICT, WITHOUT ROWID`,
  ],
];

/** The values of a row in the order of its columns, and their checksum: SQLite itself does not notice a flipped bit in a value. */
export const sealed = <T extends Table>(table: T, row: Rows[T]): Value[] => {
  const values = columns[table].map((column) => row[column] as Value);
  values.push(checksum(values));
  return values;
};

/** @throws Damage when the checksum is not that of the values */
export const unsealed = <T extends Table>(table: T, row: Row): Rows[T] => {
  checkSeal(table, row);
  const { checksum: _, ...values } = row;
  return values as unknown as Rows[T];
};

/** @throws Damage when the checksum is not that of the values */
export const checkSeal = (
  table: Table,
  row: Row,
  sealedColumns: readonly string[] = columns[table],
): void => {
  const values = sealedColumns.map((column) => row[column] as Value);
  if (row.checksum !== checksum(values)) throw new Damage();
};

const checksum = (values: readonly Value[]): number => crc32(JSON.stringify(values));

const longestError = 2_000;

/** A text as SQLite gives it back: without NUL, at which it would end, and without halves of characters. */
export const storable = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : Buffer.from(text).toString().replaceAll("\0", "\ufffd");

const storableOrNull = (text: string | undefined): string | null =>
  text === undefined ? null : storable(text);

/** A decision as a row; that of a run which has not ended has no outcome, and no start while it has not begun. */
export const toRow = (
  decision: Omit<Decision, "outcome"> & { readonly outcome: Outcome | null },
  key: Pick<RunRow, "job" | "epoch" | "extra" | "owner">,
): RunRow => ({
  job: key.job,
  epoch: key.epoch,
  planned: decision.scheduled,
  extra: key.extra,
  outcome: decision.outcome,
  started: decision.started ?? null,
  ended: decision.ended ?? null,
  attempts: decision.attempts,
  error: storableOrNull(decision.error?.slice(0, longestError)),
  failed_at: storableOrNull(decision.failedAt),
  count: decision.count ?? null,
  reason: decision.reason ?? null,
  by_hand: decision.byHand ? 1 : 0,
  output: storableOrNull(decision.output),
  owner: key.owner,
});

/** A row of a run that has ended, as a decision. */
export const toDecision = (row: RunRow): Decision => ({
  scheduled: row.planned,
  outcome: row.outcome ?? "interrupted",
  reason: row.reason ?? undefined,
  started: row.started ?? undefined,
  ended: row.ended ?? undefined,
  attempts: row.attempts,
  error: row.error ?? undefined,
  failedAt: row.failed_at ?? undefined,
  count: row.count ?? undefined,
  byHand: row.by_hand === 1 ? true : undefined,
  output: row.output ?? undefined,
});

/** Makes the tables of a new store, in one transaction and without a statement to be kept. */
export const createTables = (db: Database): void => {
  db.exec(
    `BEGIN IMMEDIATE; ${definitions.map(([, sql]) => sql).join("; ")}; ${firstRow()}; ${marks}; COMMIT`,
  );
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
  for (const [name, sql] of definitions) {
    const written = db.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(name)?.sql;
    if (written !== sql) throw new Damage();
  }
  checkPages(db);
  for (const table of tableNames) {
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
      for (const [name, sql] of definitions) upgradeTable(db, name, sql);
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
