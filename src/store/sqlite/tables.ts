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

/** A column as SQL declares it, and what JavaScript takes from it. */
type Column<T> = string & { readonly value?: T };
type RowOf<C> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never };

const key: Column<string> = "TEXT NOT NULL PRIMARY KEY";
const text: Column<string> = "TEXT NOT NULL";
const integer: Column<number> = "INTEGER NOT NULL";
const instant = integer as Column<Instant>;
const noText: Column<string | null> = "TEXT";
const noInstant = "INTEGER" as Column<Instant | null>;

const types = {
  /** One row: which store it is, and how often it was written to. */
  store: { id: key, revision: integer },
  jobs: {
    name: key,
    source: text,
    /** As JSON. */
    recurrence: text,
    zone: text,
    anchor: instant,
    /** How often counting has begun anew: an occurrence is named by job, epoch and planned moment, so that none is confused with one from before a clock was set. */
    epoch: integer,
    last_decided: noInstant,
    run_count: integer,
    /** 0, 1, or the moment at which the pause ends. */
    paused: integer,
    failures: integer,
    ended: noInstant,
    end_reason: "TEXT" as Column<JobEnd["why"] | null>,
  },
  /** The processes that have the file open. */
  owners: {
    token: key,
    pid: integer,
    boot: text,
    namespace: text,
    birth: text,
    script: text,
    since: instant,
    /** Its last heartbeat. */
    beat: instant,
  },
  incidents: {
    job: text,
    from: instant,
    kind: text as Column<Incident["kind"]>,
    until: noInstant,
    why: noText,
  },
  /** Decisions; without an outcome while a run is running. */
  runs: {
    job: text,
    epoch: integer,
    planned: instant,
    /** 0 for what the schedule planned, else a running number: by hand, at the start. */
    extra: integer,
    outcome: "TEXT" as Column<Outcome | null>,
    /** Nothing while it has not begun: then it may begin after a crash and is not started twice. */
    started: noInstant,
    ended: noInstant,
    attempts: integer,
    error: noText,
    failed_at: noText,
    count: "INTEGER" as Column<number | null>,
    /** Why it did not start. */
    reason: "TEXT" as Column<SkipReason | null>,
    by_hand: integer,
    output: noText,
    /** The token of the process that claimed it. */
    owner: text,
  },
};

export type Rows = { readonly [T in keyof typeof types]: RowOf<(typeof types)[T]> };
export type Table = keyof Rows;
export type StoreRow = Rows["store"];
export type JobRow = Rows["jobs"];
export type OwnerRow = Rows["owners"];
export type RunRow = Rows["runs"];

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
  const { checksum: found, ...values } = row;
  if (found !== checksum(columns[table].map((column) => row[column] as Value))) throw new Damage();
  return values as unknown as Rows[T];
};

const checksum = (values: readonly Value[]): number => crc32(JSON.stringify(values));

const longestError = 2_000;

/** A text as SQLite gives it back: without NUL, at which it would end, and without halves of characters. */
export const storable = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : Buffer.from(text).toString().replaceAll("\0", "\ufffd");

const storableOrNull = (text: string | undefined) => (text === undefined ? null : storable(text));

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
    for (const row of db.prepare(`SELECT * FROM ${which}`).all()) unsealed(table, row);
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
      for (const [name, sql] of definitions) {
        const isThere = read(db, `SELECT 1 FROM sqlite_schema WHERE name = '${name}'`) === 1;
        const rows = isThere ? db.prepare(`SELECT * FROM ${name}`).all() : [];
        db.exec(`DROP TABLE IF EXISTS ${name}; ${sql}`);
        for (const row of rows) {
          const values = name in columns ? upgradeRow(name as Table, row) : Object.values(row);
          db.prepare(`INSERT INTO ${name} VALUES (${values.map(() => "?").join(", ")})`).run(...values);
        }
      }
      if (read(db, "SELECT count(*) FROM store") === 0) db.exec(firstRow());
      db.exec(marks);
    }
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
};

/** Columns of earlier formats, by what they are called now. */
const formerNames: Readonly<Record<string, string>> = {
  source: "said",
  last_decided: "cursor",
  run_count: "served",
};

const upgradeRow = (table: Table, row: Row): readonly Value[] => {
  const former = Object.values(row);
  if (former.pop() !== checksum(former)) throw new Damage();
  const values = columns[table].map((column) => row[column] ?? row[formerNames[column] ?? ""] ?? null);
  return [...values, checksum(values)];
};

/** The one value of a query. */
export const read = (db: Database, sql: string): Value | undefined =>
  Object.values(db.prepare(sql).get() ?? {})[0];
