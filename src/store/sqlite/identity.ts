import { closeSync, constants, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type Database, inodeOf, type OpenDatabase, type Statement } from "../sqlite.ts";
import { Changed, Damage, quietly } from "./errors.ts";
import { checkPages, type StoreRow, sealed, unsealed } from "./tables.ts";

/** A store as it was last known: which one it is, where it lies on the disk, and how often it had been written to. */
export interface LastKnown extends StoreRow {
  readonly inode: string;
  /** Of its log. */
  readonly log: string;
}

/** Where a store is found. */
export interface Address {
  /** Without links. */
  readonly path: string;
  /** As it was given, whole: a link may be made to lead elsewhere. */
  readonly given: string;
  /** For messages. */
  readonly name: string;
  readonly open: OpenDatabase;
}

/**
 * Finds out whether the file that is open is still the one that everybody else finds at its path, whole and with everything that was written to it.
 *
 * SQLite does not look: it continues in a file that was deleted, moved or replaced, and what it writes there is lost. It finds pages that are missing when it
 * needs them, and may have copied others over them by then. So each write first compares the device and inode of the file, of its log and of its
 * shared memory, their lengths, and a count of all writes that stands in the file itself.
 */
export class Identity {
  readonly #address: Address;
  readonly #db: Database;
  readonly #row: Statement;
  readonly #count: Statement;
  readonly #version: Statement;
  readonly #inodes: Readonly<Record<Part, string | undefined>>;
  /** The file beside the store: see {@link writeMark}. */
  readonly #mark: number | undefined;
  #known: StoreRow;
  #sizes: Sizes;

  /** @param keepsMark whether what is written is noted in a file beside the store */
  constructor(address: Address, db: Database, keepsMark: boolean) {
    this.#address = address;
    this.#db = db;
    this.#row = db.prepare("SELECT * FROM store");
    this.#count = db.prepare("UPDATE store SET revision = ?, checksum = ?");
    this.#version = db.prepare("PRAGMA data_version");
    this.#known = readRow(this.#row);
    this.#inodes = inodesOf(address.path);
    this.#sizes = this.#measure();
    this.#mark = keepsMark ? openMark(address.path) : undefined;
    writeMark(this.#mark, this.known);
  }

  get known(): LastKnown {
    return { ...this.#known, inode: this.#inodes[""] ?? "-", log: this.#inodes["-wal"] ?? "-" };
  }

  /** Whether this is the store that was known, with everything that was written to it. */
  continues({ id, revision }: StoreRow): boolean {
    return this.#known.id === id && this.#known.revision >= revision;
  }

  /**
   * To be called first in each transaction that writes; counts it.
   *
   * @throws Changed · Damage
   */
  check(): StoreRow {
    this.#compareNames();
    this.#compareSizes();
    const found = readRow(this.#row);
    if (found.id !== this.#known.id) throw new Changed("replaced");
    if (found.revision < this.#known.revision) throw new Changed("outdated");
    const next = { id: found.id, revision: found.revision + 1 };
    this.#count.run(...sealed("store", next).slice(1));
    return next;
  }

  /** The transaction is kept. */
  acknowledge(row: StoreRow): void {
    this.#known = row;
    const now = this.#measure();
    // A file cut short while the transaction was written is measured by the next check.
    if (now.main >= this.#sizes.main && now.log >= this.#sizes.log) this.#sizes = now;
    writeMark(this.#mark, this.known);
  }

  /** Whether everybody else finds this file at its path, with its log. */
  isInPlace(): boolean {
    return quietly(() => this.#compareNames() ?? true) ?? false;
  }

  /** Whether an outsider cut the file or its log short: then what SQLite says of it is no more than a consequence. */
  isTruncated(): boolean {
    const { path } = this.#address;
    const { main, log } = sizesOf(path);
    const isHere = (part: Part) => inodeOf(path + part) === this.#inodes[part];
    return (isHere("") && main < this.#sizes.main) || (isHere("-wal") && log < this.#sizes.log);
  }

  /**
   * Lets go of a file that is no longer trusted, and of nothing else: SQLite deletes the log by its name when it closes a file, also when that name is
   * another file's by now, and copies what is left of a log that was cut short into the file.
   *
   * @returns whether the connection can be closed; if not, it must be left open
   */
  retire(): boolean {
    this.release();
    const isOthers = !isSame(inodeOf(`${this.#address.path}-wal`), this.#inodes["-wal"]);
    if (isOthers || this.isTruncated()) return false;
    try {
      // Takes the log into the file and deletes it now: a driver may close the file much later than it is asked to.
      this.#db.exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY");
    } catch {
      // Someone else has the file open, and its log stays. If its name is another file's by now, closing it later would take away that one's log.
      return inodeOf(this.#address.path) === this.#inodes[""];
    }
    return true;
  }

  release(): void {
    if (this.#mark !== undefined) quietly(() => closeSync(this.#mark!));
  }

  #compareNames(): void {
    const { given, path } = this.#address;
    for (const name of given === path ? [path] : [given, path]) {
      const inode = inodeOf(name);
      if (inode === undefined) throw new Changed("gone");
      if (inode !== this.#inodes[""]) throw new Changed("replaced");
    }
    const now = inodesOf(path);
    for (const part of ["-wal", "-shm"] as const)
      if (!isSame(now[part], this.#inodes[part]) || (now[part] === undefined && this.#inodes[part]))
        throw new Changed("log-gone");
  }

  /** A process that shares the file may shorten its log when it leaves, and a person may vacuum it. SQLite says so: it has another data version then. */
  #compareSizes(): void {
    const before = this.#sizes;
    const now = this.#measure();
    const isSharers = now.version !== before.version;
    if (!isSharers && (now.main < before.main || now.log < before.log)) throw new Changed("truncated");
    if (isSharers ? now.main < before.main : now.written !== before.written) this.#examine();
    this.#sizes = now;
  }

  /** Checks the whole file on a new connection: this one caches pages. */
  #examine(): void {
    const db = this.#address.open(this.#address.path);
    try {
      checkPages(db);
      if (readRow(db.prepare("SELECT * FROM store")).revision < this.#known.revision)
        throw new Changed("outdated");
    } finally {
      db.close();
    }
  }

  #measure(): Sizes {
    return { ...sizesOf(this.#address.path), version: Number(this.#version.get()?.data_version) };
  }
}

type Part = "" | "-wal" | "-shm";

interface Sizes {
  readonly main: number;
  /** When the file itself was written to. */
  readonly written: number;
  readonly log: number;
  readonly version: number;
}

const sizesOf = (path: string): Omit<Sizes, "version"> => {
  const main = statSync(path, { throwIfNoEntry: false });
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  return { main: main?.size ?? 0, written: main?.mtimeMs ?? 0, log: log?.size ?? 0 };
};

const inodesOf = (path: string): Record<Part, string | undefined> => ({
  "": inodeOf(path),
  "-wal": inodeOf(`${path}-wal`),
  "-shm": inodeOf(`${path}-shm`),
});

/** One that is not there is nobody else's. */
const isSame = (found: string | undefined, known: string | undefined): boolean =>
  found === undefined || found === known;

const readRow = (select: Statement): StoreRow => {
  const row = select.get();
  if (!row) throw new Damage();
  return unsealed("store", row);
};

export const markOf = (path: string): string => `${path}-mark`;

/** Undefined where there can be none: it is evidence, not a record. */
const openMark = (path: string): number | undefined =>
  quietly(() => openSync(markOf(path), constants.O_RDWR | constants.O_CREAT, 0o600));

/**
 * Writes a line into `jobs.db-mark`, from which a restart can tell that the store is not the one that was used last, or is an older copy, or has lost its log. It is written after each
 * transaction and never synced: after a power cut it may lag behind the store, which is harmless, and it is never ahead.
 */
const writeMark = (mark: number | undefined, { id, inode, log, revision }: LastKnown): void => {
  if (mark === undefined) return;
  const text = `${id} ${inode.padEnd(40)} ${log.padEnd(40)} ${String(revision).padStart(16, "0")}`;
  // Where it fails, the next one may be written.
  quietly(() => writeSync(mark, `${text} ${String(crc32(text)).padStart(10, "0")}\n`, 0));
};

/** What was last known of the store at a path; undefined where nothing was, or half a line was written. */
export const readMark = (path: string): LastKnown | undefined => {
  const line = quietly(() => readFileSync(markOf(path), "utf8").split("\n")[0]) ?? "";
  const [id, inode, log, revision, checksum] = line.split(/ +/);
  const text = line.slice(0, line.lastIndexOf(" "));
  if (!id || !inode || !log || !revision || Number(checksum) !== crc32(text)) return undefined;
  return { id, inode, log, revision: Number(revision) };
};
