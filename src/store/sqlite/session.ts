import type { Database, Row, Statement, Value } from "../sqlite.ts";
import { type Incident, incidentLimit } from "../store.ts";
import { Damage, quietly } from "./errors.ts";
import { columns, type JobRow, type Rows, type RunRow, sealed, type Table, unsealed } from "./tables.ts";

/** Decisions on a job, and how many of them were left out because they are damaged. */
export interface Decided {
  readonly rows: readonly RunRow[];
  readonly unreadable: number;
}

/** An open and checked database, whose statements are prepared once. What reads and writes more than one row belongs in {@link write}. */
export class Session {
  protected readonly db: Database;
  readonly #statements = new Map<string, Statement>();
  /** Whether there was no job at the last look; undefined to look again. */
  isEmpty: boolean | undefined;

  constructor(db: Database) {
    this.db = db;
  }

  /**
   * All of it or nothing, and no other process in between: a transaction that begins by reading and writes later can fail as busy however long
   * it would wait.
   */
  write<T>(act: (session: Session) => T): T {
    this.isEmpty = undefined;
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const result = act(this);
      this.db.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite may have done so already, after a full disk for instance.
      quietly(() => this.db.exec("ROLLBACK"));
      throw error;
    }
  }

  /** Takes what it can of the log into the file, so that a copy of the file alone has it. */
  checkpoint(): void {
    quietly(() => this.db.exec("PRAGMA wal_checkpoint(PASSIVE)"));
  }

  /** Takes the log into the file and closes it: a driver may let go of the log much later than it closes. */
  finish(): void {
    quietly(() => this.db.exec("PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)"));
    this.close();
  }

  /** Closes the file as it is. */
  close(): void {
    this.#statements.clear();
    this.db.close();
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Rows as they are, without a look at their checksums. */
  rows(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql).all(...values);
  }

  /** The one value of a query. */
  value(sql: string, ...values: Value[]): Value | undefined {
    return Object.values(this.#prepared(sql).get(...values) ?? {})[0];
  }

  /** Another number as soon as another connection has written; it costs a look at shared memory, none at the disk. */
  version(): number {
    return Number(this.value("PRAGMA data_version"));
  }

  /** @returns how many rows were changed */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** @throws Damage when a checksum is not that of its row */
  all<T extends Table>(table: T, which = "", ...values: Value[]): readonly Rows[T][] {
    return this.rows(`SELECT * FROM ${table} ${which}`, ...values).map((row) => unsealed(table, row));
  }

  put<T extends Table>(table: T, row: Rows[T]): void {
    this.run(statements[table].replace, ...sealed(table, row));
  }

  job(name: string): JobRow | undefined {
    return this.all("jobs", "WHERE name = ?", name)[0];
  }

  /** A job that may be new: a hundred thousand new ones are not looked for one by one. */
  found(name: string): JobRow | undefined {
    this.isEmpty ??= this.value("SELECT 1 FROM jobs LIMIT 1") === undefined;
    return this.isEmpty ? undefined : this.job(name);
  }

  /** Writes a job that is not known yet. @returns whether none was there */
  addJob(row: JobRow): boolean {
    return this.run(`${statements.jobs.insert} ON CONFLICT DO NOTHING`, ...sealed("jobs", row)) === 1;
  }

  /** Moves a job on that is in the file as this process knows it. @returns whether it is */
  moveOn(known: JobRow, next: JobRow): boolean {
    const sql = `UPDATE jobs SET last_decided = ?, run_count = ?, checksum = ?
      WHERE name = ? AND epoch = ? AND anchor = ? AND last_decided IS ? AND run_count = ? AND paused = ?
        AND failures = ? AND ended IS NULL`;
    const { name, epoch, anchor, last_decided, run_count, paused, failures } = known;
    const checksum = sealed("jobs", next).at(-1)!;
    return (
      this.run(
        sql,
        next.last_decided,
        next.run_count,
        checksum,
        name,
        epoch,
        anchor,
        last_decided,
        run_count,
        paused,
        failures,
      ) === 1
    );
  }

  /** Writes a run, unless one with its key is there that belongs to another process. @param owner the token of this one @returns whether it was written */
  putRunOf(owner: string, row: RunRow): boolean {
    return this.run(puttingOwn, ...sealed("runs", row), owner) === 1;
  }

  /** The last decisions on a job, oldest first. @param isRun only those that started */
  history(job: string, limit: number, isRun = false): Decided {
    const all = (which: string) =>
      this.rows(
        `SELECT * FROM runs WHERE job = ? AND outcome IS NOT NULL ${isRun ? "AND started IS NOT NULL" : ""} ${which}
        ORDER BY epoch DESC, planned DESC, extra DESC LIMIT ?`,
        job,
        limit,
      );
    const [found, tooLarge] = withoutTooLarge(all);
    const rows = found.reverse().flatMap(readable);
    return { rows, unreadable: found.length - rows.length + tooLarge };
  }

  /** Forgets the oldest decisions on a job. */
  prune(job: string, keep: number): void {
    const sql = `DELETE FROM runs WHERE job = ?1 AND outcome IS NOT NULL AND (epoch, planned, extra) <
      (SELECT epoch, planned, extra FROM runs WHERE job = ?1 AND outcome IS NOT NULL
        ORDER BY epoch DESC, planned DESC, extra DESC LIMIT 1 OFFSET ?2)`;
    this.run(sql, job, keep - 1);
  }

  dropOwner(token: string): void {
    this.run("DELETE FROM registrations WHERE owner = ?", token);
    this.run("DELETE FROM owners WHERE token = ?", token);
  }

  /** Notes an incident, in place of one of its kind and job that lasts. */
  note(incident: Incident): void {
    const { job, kind } = incident;
    this.run("DELETE FROM incidents WHERE job = ? AND kind = ? AND until IS NULL", job, kind);
    this.put("incidents", incident);
    const sql = `DELETE FROM incidents WHERE "from" < (SELECT "from" FROM incidents ORDER BY "from" DESC LIMIT 1 OFFSET ?)`;
    this.run(sql, incidentLimit - 1);
  }

  incidents(job: string): readonly Incident[] {
    return this.all("incidents", `WHERE job IN ('', ?) ORDER BY "from"`, job);
  }
}

const readable = (row: Row): readonly RunRow[] => {
  try {
    return [unsealed("runs", row)];
  } catch (error) {
    if (error instanceof Damage) return [];
    throw error;
  }
};

/** A flipped bit can make a number that JavaScript does not hold, and the driver refuses to read any row then. */
const withoutTooLarge = (all: (which: string) => Row[]): readonly [rows: Row[], left: number] => {
  try {
    return [all(""), 0];
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") throw error;
    const isSafe = [...columns.runs, "checksum"].map(
      (column) =>
        `(typeof(${column}) <> 'integer' OR ${column} BETWEEN -9007199254740991 AND 9007199254740991)`,
    );
    return [all(`AND ${isSafe.join(" AND ")}`), 1];
  }
};

/** The statements that write a row, by its table: with one question mark for each column, and one for the checksum. */
const statements = Object.fromEntries(
  Object.entries(columns).map(([table, names]) => {
    const values = `INTO ${table} VALUES (${"?, ".repeat(names.length)}?)`;
    return [table, { insert: `INSERT ${values}`, replace: `REPLACE ${values}` }];
  }),
) as Readonly<Record<Table, { readonly insert: string; readonly replace: string }>>;

const runColumns = [...columns.runs, "checksum"];
const puttingOwn = `${statements.runs.insert} ON CONFLICT DO UPDATE
  SET (${runColumns.join(", ")}) = (${runColumns.map((column) => `excluded.${column}`).join(", ")}) WHERE owner = ?`;
