import type { Instant } from "../../time/instant.ts";
import type { Database, Row, Statement, Value } from "../sqlite.ts";
import { type Incident, incidentLimit } from "../store.ts";
import { Damage } from "./errors.ts";
import {
  columns,
  type JobRow,
  type OwnerRow,
  type Rows,
  type RunRow,
  sealed,
  type Table,
  unsealed,
} from "./rows.ts";

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
    const numbers = [
      "epoch",
      "planned",
      "extra",
      "started",
      "ended",
      "attempts",
      "count",
      "by_hand",
      "checksum",
    ];
    const isSafe = numbers.map(
      (column) => `coalesce(${column}, 0) BETWEEN -9007199254740991 AND 9007199254740991`,
    );
    return [all(`AND ${isSafe.join(" AND ")}`), 1];
  }
};

/** Decisions on a job, and how many of them were left out because they are damaged. */
export interface Decided {
  readonly rows: readonly RunRow[];
  readonly unreadable: number;
}

/** An open and checked database, with the few things that are ever asked of it. What reads and writes more than one row belongs in {@link write}. */
export class Session {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  /** Whether there was no job at the last look. */
  #isEmpty: boolean | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * All of it or nothing, and no other process in between: a transaction that begins by reading and writes later can fail as busy however long
   * it would wait.
   */
  write<T>(act: (session: Session) => T): T {
    this.forget();
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = act(this);
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#db.exec("ROLLBACK");
    } catch {
      // SQLite has done so already, after a full disk for instance.
    }
  }

  /** Takes what it can of the log into the file, so that a copy of the file alone has it. */
  checkpoint(): void {
    try {
      this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // It is all in the log.
    }
  }

  /** Takes the log into the file and closes it: a driver may let go of the log much later than it closes. */
  finish(): void {
    try {
      this.#db.exec("PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The next one to open the file reads the log.
    }
    this.close();
  }

  /** Closes the file as it is. */
  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  /** Looks again whether there are jobs. */
  forget(): void {
    this.#isEmpty = undefined;
  }

  job(name: string): JobRow | undefined {
    const row = this.#prepared("SELECT * FROM jobs WHERE name = ?").get(name);
    return row && unsealed("jobs", row);
  }

  /** The row of a job, and whether it has runs that have not ended: nearly never when a script starts. */
  found(name: string): { readonly known: JobRow | undefined; readonly isOpen: boolean } {
    // A hundred thousand new jobs are not looked for one by one.
    this.#isEmpty ??= this.#prepared("SELECT 1 FROM jobs LIMIT 1").get() === undefined;
    if (this.#isEmpty) return { known: undefined, isOpen: false };
    const sql = `SELECT *, EXISTS (SELECT 1 FROM runs WHERE job = jobs.name AND outcome IS NULL) AS open
      FROM jobs WHERE name = ?`;
    const row = this.#prepared(sql).get(name);
    if (!row) return { known: undefined, isOpen: false };
    const { open, ...known } = row;
    return { known: unsealed("jobs", known), isOpen: open === 1 };
  }

  jobs(): readonly JobRow[] {
    return this.#all("jobs", "SELECT * FROM jobs ORDER BY name");
  }

  /** What may have changed of each job, by its name. It is compared and never kept, so no checksum is looked at. */
  states(): ReadonlyMap<string, Pick<JobRow, "paused" | "epoch" | "ended">> {
    const rows = this.#prepared("SELECT name, paused, epoch, ended FROM jobs").all();
    return new Map(rows.map((row) => [String(row.name), row as unknown as JobRow]));
  }

  /** Another number as soon as another connection has written; it costs a look at shared memory, none at the disk. */
  version(): number {
    return Number(this.#prepared("PRAGMA data_version").get()?.data_version);
  }

  /** Writes the row of a job that is not known yet. @returns whether none was there */
  addJob(row: JobRow): boolean {
    return Number(this.#prepared(adding.jobs).run(...sealed("jobs", row)).changes) === 1;
  }

  putJob(row: JobRow): void {
    this.#put("jobs", row);
  }

  /** Moves a job on, if it still stands where it did. */
  moveOn(row: JobRow, from: Instant | null): boolean {
    const checksum = sealed("jobs", row).at(-1)!;
    const sql =
      "UPDATE jobs SET last_decided = ?, run_count = ?, checksum = ? WHERE name = ? AND epoch = ? AND last_decided IS ?";
    return (
      Number(
        this.#prepared(sql).run(row.last_decided, row.run_count, checksum, row.name, row.epoch, from).changes,
      ) === 1
    );
  }

  run({
    job,
    epoch,
    planned,
    extra,
  }: Pick<RunRow, "job" | "epoch" | "planned" | "extra">): RunRow | undefined {
    const sql = "SELECT * FROM runs WHERE job = ? AND epoch = ? AND planned = ? AND extra = ?";
    const row = this.#prepared(sql).get(job, epoch, planned, extra);
    return row && unsealed("runs", row);
  }

  /** Writes a new row; one with its key must not be there. */
  addRun(row: RunRow): void {
    this.#prepared(adding.runs).run(...sealed("runs", row));
  }

  /** Writes a row, unless one with its key is there that belongs to another process. @param owner the token of this one @returns whether it was written */
  putRunOf(owner: string, row: RunRow): boolean {
    return Number(this.#prepared(puttingOwn).run(...sealed("runs", row), owner).changes) === 1;
  }

  putRun(row: RunRow): void {
    this.#put("runs", row);
  }

  /** A number under which a run beside the schedule can be written. */
  nextExtra({ job, epoch, planned }: Pick<RunRow, "job" | "epoch" | "planned">): number {
    const sql = "SELECT max(extra) AS last FROM runs WHERE job = ? AND epoch = ? AND planned = ?";
    return Number(this.#prepared(sql).get(job, epoch, planned)?.last ?? 0) + 1;
  }

  /** The runs of a job that have begun and not ended. */
  openRuns(job: string): readonly RunRow[] {
    return this.#all("runs", "SELECT * FROM runs WHERE job = ? AND outcome IS NULL", job);
  }

  /** The last decisions on a job, oldest first. @param isRun only those that started */
  history(job: string, limit: number, isRun = false): Decided {
    const all = (which: string) =>
      this.#prepared(
        `SELECT * FROM runs WHERE job = ? AND outcome IS NOT NULL ${isRun ? "AND started IS NOT NULL" : ""} ${which}
        ORDER BY epoch DESC, planned DESC, extra DESC LIMIT ?`,
      ).all(job, limit);
    const [found, tooLarge] = withoutTooLarge(all);
    const rows = found.reverse().flatMap(readable);
    return { rows, unreadable: found.length - rows.length + tooLarge };
  }

  /** Forgets the oldest decisions on a job. */
  prune(job: string, keep: number): void {
    const sql = `DELETE FROM runs WHERE job = ?1 AND outcome IS NOT NULL AND (epoch, planned, extra) <
      (SELECT epoch, planned, extra FROM runs WHERE job = ?1 AND outcome IS NOT NULL
        ORDER BY epoch DESC, planned DESC, extra DESC LIMIT 1 OFFSET ?2)`;
    this.#prepared(sql).run(job, keep - 1);
  }

  owner(token: string): OwnerRow | undefined {
    const row = this.#prepared("SELECT * FROM owners WHERE token = ?").get(token);
    return row && unsealed("owners", row);
  }

  owners(): readonly OwnerRow[] {
    return this.#all("owners", "SELECT * FROM owners");
  }

  putOwner(row: OwnerRow): void {
    this.#put("owners", row);
  }

  dropOwner(token: string): void {
    this.#prepared("DELETE FROM registrations WHERE owner = ?").run(token);
    this.#prepared("DELETE FROM owners WHERE token = ?").run(token);
  }

  /** A process runs a job. */
  register(owner: string, job: string): void {
    this.#prepared("INSERT OR IGNORE INTO registrations VALUES (?, ?)").run(owner, job);
  }

  unregister(owner: string, job: string): void {
    this.#prepared("DELETE FROM registrations WHERE owner = ? AND job = ?").run(owner, job);
  }

  isRegistered(owner: string, job: string): boolean {
    const sql = "SELECT 1 FROM registrations WHERE owner = ? AND job = ?";
    return this.#prepared(sql).get(owner, job) !== undefined;
  }

  /** Whether two processes run a job of the same name. */
  haveCommonJob(one: string, other: string): boolean {
    const sql = `SELECT 1 FROM registrations AS mine JOIN registrations AS theirs
      ON theirs.owner = ?2 AND theirs.job = mine.job WHERE mine.owner = ?1 LIMIT 1`;
    return this.#prepared(sql).get(one, other) !== undefined;
  }

  /** Notes an incident, in place of one of its kind and job that lasts. */
  note(incident: Incident): void {
    const { job, kind } = incident;
    this.#prepared("DELETE FROM incidents WHERE job = ? AND kind = ? AND until IS NULL").run(job, kind);
    this.#put("incidents", incident);
    const sql = `DELETE FROM incidents WHERE "from" < (SELECT "from" FROM incidents ORDER BY "from" DESC LIMIT 1 OFFSET ?)`;
    this.#prepared(sql).run(incidentLimit - 1);
  }

  incidents(job: string): readonly Incident[] {
    return this.#all("incidents", `SELECT * FROM incidents WHERE job IN ('', ?) ORDER BY "from"`, job);
  }

  /** The last moment that any job has decided on. */
  lastDecided(): Instant | null {
    const row = this.#prepared("SELECT max(last_decided) AS last FROM jobs").get();
    return (row?.last ?? null) as Instant | null;
  }

  #put(table: Table, row: Rows[Table]): void {
    this.#prepared(replacing[table]).run(...sealed(table, row as never));
  }

  #all<T extends Table>(table: T, sql: string, ...values: Value[]) {
    return this.#prepared(sql)
      .all(...values)
      .map((row: Row) => unsealed(table, row));
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** The statements that write a row, by its table: with one question mark for each column, and one for the checksum. */
const writing = (how: (table: Table) => string): Readonly<Record<Table, string>> => {
  const values = (table: Table) => `VALUES (${[...columns[table], "checksum"].map(() => "?").join(", ")})`;
  const statement = (table: Table) => how(table).replace("VALUES", values(table));
  const tables = Object.keys(columns).map((table) => [table, statement(table as Table)]);
  return Object.fromEntries(tables) as Record<Table, string>;
};

const replacing = writing((table) => `REPLACE INTO ${table} VALUES`);
const adding = writing(
  (table) => `INSERT INTO ${table} VALUES${table === "jobs" ? " ON CONFLICT DO NOTHING" : ""}`,
);

const runColumns = [...columns.runs, "checksum"];
const puttingOwn = `${adding.runs} ON CONFLICT DO UPDATE
  SET (${runColumns.join(", ")}) = (${runColumns.map((column) => `excluded.${column}`).join(", ")}) WHERE owner = ?`;
