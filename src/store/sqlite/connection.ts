import { closeSync, constants, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type Database, inodeOf, type OpenDatabase } from "../sqlite.ts";
import { Changed, Damage, quietly } from "./errors.ts";
import { Session } from "./session.ts";
import { checkPages, type StoreRow, sealed, unsealed } from "./tables.ts";

/** A database that was opened and checked. */
export interface Opened {
  readonly db: Database;
  /** It was made, or upgraded. */
  readonly isYoung: boolean;
  /** What a person should know. */
  readonly remarks: readonly string[];
}

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
 * The file of a store that is open, as long as it is still the one that everybody else finds at its path, whole and with everything that was written to it.
 *
 * SQLite does not look: it continues in a file that was deleted, moved or replaced, and what it writes there is lost. It finds pages that are missing when it
 * needs them, and may have copied others over them by then. So each write first compares the device and inode of the file, of its log and of its
 * shared memory, their lengths, and a count of all writes that stands in the file itself.
 */
export class Connection extends Session {
  readonly address: Address;
  /** What a person should know. */
  readonly remarks: readonly string[];
  /** Its {@link version} when it was last looked at for what others have written. */
  seen: number | undefined;
  /** It was made, or upgraded, and what is written first lies in its log alone. */
  #isYoung: boolean;
  readonly #inodes: Readonly<Record<Part, string | undefined>>;
  /** The file beside the store: see {@link writeMark}. */
  readonly #mark: number | undefined;
  #known: StoreRow;
  #sizes: Sizes;

  /** @param keepsMark whether what is written is noted in a file beside the store */
  constructor(address: Address, { db, isYoung, remarks }: Opened, keepsMark: boolean) {
    super(db);
    this.address = address;
    this.remarks = remarks;
    this.#isYoung = isYoung;
    this.#known = this.#read();
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

  /** @throws Changed · Damage when the file is not what it was */
  override write<T>(act: (session: Session) => T): T {
    const { result, known } = super.write(() => {
      const known = this.#check();
      return { result: act(this), known };
    });
    if (this.#isYoung) this.checkpoint();
    this.#isYoung = false;
    this.#known = known;
    const now = this.#measure();
    // A file cut short while the transaction was written is measured by the next check.
    if (now.main >= this.#sizes.main && now.log >= this.#sizes.log) this.#sizes = now;
    writeMark(this.#mark, this.known);
    return result;
  }

  #check(): StoreRow {
    this.#compareNames();
    this.#compareSizes();
    const { id, revision } = this.#read();
    if (id !== this.#known.id) throw new Changed("replaced");
    if (revision < this.#known.revision) throw new Changed("outdated");
    const next = { id, revision: revision + 1 };
    this.run("UPDATE store SET revision = ?, checksum = ?", ...sealed("store", next).slice(1));
    return next;
  }

  #read(): StoreRow {
    const [row] = this.all("store");
    if (!row) throw new Damage();
    return row;
  }

  /** Whether everybody else finds this file at its path, with its log. */
  isInPlace(): boolean {
    return quietly(() => this.#compareNames() ?? true) ?? false;
  }

  /** Whether an outsider cut the file or its log short: then what SQLite says of it is no more than a consequence. */
  isTruncated(): boolean {
    const { path } = this.address;
    const { main, log } = sizesOf(path);
    const isHere = (part: Part) => inodeOf(path + part) === this.#inodes[part];
    return (isHere("") && main < this.#sizes.main) || (isHere("-wal") && log < this.#sizes.log);
  }

  /**
   * Lets go of a file that is no longer trusted, and of nothing else: SQLite deletes the log by its name when it closes a file, also when that name is
   * another file's by now, and copies what is left of a log that was cut short into the file.
   */
  retire(): void {
    this.#closeMark();
    const { path } = this.address;
    // It must be left open.
    if (!isSame(inodeOf(`${path}-wal`), this.#inodes["-wal"]) || this.isTruncated()) return;
    try {
      // Takes the log into the file and deletes it now: a driver may close the file much later than it is asked to.
      this.db.exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY");
    } catch {
      // Someone else has the file open, and its log stays. If its name is another file's by now, closing it later would take away that one's log.
      if (inodeOf(path) !== this.#inodes[""]) return;
    }
    this.close();
  }

  override finish(): void {
    this.#closeMark();
    super.finish();
  }

  #closeMark(): void {
    if (this.#mark !== undefined) quietly(() => closeSync(this.#mark!));
  }

  #compareNames(): void {
    const { given, path } = this.address;
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
    const db = this.address.open(this.address.path);
    try {
      checkPages(db);
      const row = db.prepare("SELECT * FROM store").get();
      if (!row || unsealed("store", row).revision < this.#known.revision) throw new Changed("outdated");
    } finally {
      db.close();
    }
  }

  #measure(): Sizes {
    return { ...sizesOf(this.address.path), version: this.version() };
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
