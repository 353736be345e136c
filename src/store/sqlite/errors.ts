import { texts } from "../../text/text.ts";

/** The file holds something that we did not write there. */
export class Damage extends Error {
  override readonly name = "Damage";

  constructor(why = texts().store.damage.content) {
    super(why);
  }
}

/** What outsiders do to a file while it is in use. */
export type Change = "gone" | "replaced" | "truncated" | "log-gone" | "outdated";

/** The file is no longer the one that was opened, or has lost what was written to it. */
export class Changed extends Error {
  override readonly name = "Changed";
  readonly change: Change;

  constructor(change: Change) {
    super(change);
    this.change = change;
  }
}

/** What is the matter with the file, by the result codes of SQLite (sqlite.org/rescode.html). */
export type Trouble = "full" | "read-only" | "locked" | "damaged" | "unreachable" | Change;

/** Reads what SQLite threw; undefined when it is no trouble with the file. */
export const troubleOf = (error: unknown): Trouble | undefined => {
  if (error instanceof Damage) return "damaged";
  if (error instanceof Changed) return error.change;
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  const result = resultOf(error);
  if (result !== undefined) return byResult[result] ?? "damaged";
  // A value that no number of JavaScript holds: none that we wrote.
  if (code === "ERR_OUT_OF_RANGE") return "damaged";
  return typeof code === "string" && /^E[A-Z]+$/.test(code) ? bySystem(code) : undefined;
};

/** The primary result code of SQLite; undefined for other errors. Deno gives the text alone. */
export const resultOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode === "number") return errcode & 0xff;
  if (code !== "ERR_SQLITE_ERROR") return undefined;
  return resultTexts.find(([text]) => error.message.startsWith(text))?.[1] ?? 1;
};

/** What `sqlite3_errstr()` says of the results that {@link byResult} knows. */
const resultTexts: readonly (readonly [text: string, result: number])[] = [
  ["access permission denied", 3],
  ["database is locked", 5],
  ["database table is locked", 6],
  ["database schema is locked", 6],
  ["out of memory", 7],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["locking protocol", 15],
  ["large file support is disabled", 22],
  ["authorization denied", 23],
];

/** Everything else means that the file does not hold what we wrote into it. */
const byResult: Readonly<Record<number, Trouble>> = {
  3: "unreachable", // PERM
  5: "locked", // BUSY
  6: "locked", // LOCKED
  7: "unreachable", // NOMEM
  8: "read-only", // READONLY
  10: "unreachable", // IOERR
  13: "full", // FULL
  14: "unreachable", // CANTOPEN
  15: "locked", // PROTOCOL
  22: "unreachable", // NOLFS
  23: "unreachable", // AUTH
};

const bySystem = (code: string): Trouble =>
  code === "ENOSPC" || code === "EDQUOT" ? "full" : code === "EROFS" ? "read-only" : "unreachable";
