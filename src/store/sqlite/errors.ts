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
  if (result !== undefined) return results.find(([known]) => known === result)?.[2] ?? "damaged";
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
  return results.find(([, text]) => error.message.startsWith(text))?.[0] ?? 1;
};

/** Result codes, and what `sqlite3_errstr()` says of them. All others mean that the file does not hold what we wrote into it. */
const results: readonly (readonly [result: number, text: string, trouble: Trouble])[] = [
  [3, "access permission denied", "unreachable"],
  [5, "database is locked", "locked"],
  [6, "database table is locked", "locked"],
  [6, "database schema is locked", "locked"],
  [7, "out of memory", "unreachable"],
  [8, "attempt to write a readonly database", "read-only"],
  [10, "disk I/O error", "unreachable"],
  [13, "database or disk is full", "full"],
  [14, "unable to open database file", "unreachable"],
  [15, "locking protocol", "locked"],
  [22, "large file support is disabled", "unreachable"],
  [23, "authorization denied", "unreachable"],
];

const bySystem = (code: string): Trouble =>
  code === "ENOSPC" || code === "EDQUOT" ? "full" : code === "EROFS" ? "read-only" : "unreachable";

/** What a call gives, or nothing where it throws. */
export const quietly = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    return undefined;
  }
};
