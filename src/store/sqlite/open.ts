import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statfsSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ScheduleError } from "../../errors.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { type Database, inodeOf, isOpenHere } from "../sqlite.ts";
import { type Address, Connection, type LastKnown, markOf, type Opened, readMark } from "./connection.ts";
import { Changed, Damage, quietly, troubleOf } from "./errors.ts";
import { createPrivately, holdsLock, isAlive, type Presence, removeLock } from "./processes.ts";
import { Session } from "./session.ts";
import {
  applicationId,
  checkTables,
  createTables,
  currentVersion,
  markTables,
  type OwnerRow,
  read,
  upgradeTables,
  versionOf,
} from "./tables.ts";

/** What this process knows of the file from before, when it has lost it while in use. */
export interface Terms {
  /** Another file may be made, and a damaged one be moved aside. */
  readonly mayReplace: boolean;
  /** It was cut short, and is moved aside whatever SQLite makes of the rest. */
  readonly isTruncated: boolean;
  /** Others may still write to a log that nobody else can find. */
  readonly mustBeAlone: boolean;
}

/**
 * Opens the file, makes it when it is not there, and moves it aside when it is damaged.
 *
 * @param me the row of this process, and its locks; left out to read and to change little, without registering in the file
 * @throws Changed when the terms do not allow it
 */
export const connect = (
  address: Address,
  now: Instant,
  terms: Terms,
  me?: { readonly row: OwnerRow; readonly presence: Presence },
): Connection => {
  const { path } = address;
  const wasUsed = me?.presence.isFirst ? existsSync(markOf(path)) : hasTraces(path);
  try {
    const isAlone = me?.presence.takeAlone() ?? false;
    if (terms.mustBeAlone && !isAlone) throw new Changed("log-gone");
    const opened = openWhole(address, { ...terms, isAlone, wasUsed }, now);
    if (me) new Session(opened.db).write((session) => enter(session, me.row, address, isAlone));
    return new Connection(address, opened, me !== undefined);
  } finally {
    me?.presence.share();
  }
};

/**
 * To be called before anything is made beside the file.
 *
 * @throws ScheduleError `store-path` for one of another program, and for a hard link to a store
 */
export const refuseForeign = ({ path, name }: Address): void => {
  const kind = kindOf(path);
  const isNobodys = kind === "stump" && !hasTraces(path) && sizeOf(`${path}-wal`) === 0 && sizeOf(path) > 0;
  const { about, expected } = texts().store;
  const refuse = (what: string, accepted: string): never => {
    throw new ScheduleError({ code: "store-path", what, accepted });
  };
  if (kind === "foreign" || isNobodys) refuse(about.foreign(name), expected.ownFile);
  if (kind === "ours" && statSync(path).nlink > 1 && !isAtHome(path))
    refuse(about.hardLink(name), expected.firstName);
};

/** Whether a file with several names was used under this one. */
const isAtHome = (path: string): boolean => {
  const last = readMark(path);
  return last ? last.inode === inodeOf(path) : hasTraces(path);
};

/** Whether a store was used at this path before. */
const hasTraces = (path: string): boolean => existsSync(markOf(path)) || existsSync(`${path}-lock`);

interface How extends Terms {
  /** No other process has the store open. */
  readonly isAlone: boolean;
  readonly wasUsed: boolean;
}

/** Opens a file that is whole. */
const openWhole = (address: Address, how: How, now: Instant): Opened => {
  try {
    if (how.isTruncated) throw new Damage(texts().store.damage.truncatedInUse);
    return openSound(address, how, now);
  } catch (error) {
    const trouble = troubleOf(error);
    // SQLite takes a file for read-only when its head names a format that is still to come.
    const isDamaged = trouble === "damaged" || (trouble === "read-only" && isWritable(address.path));
    if (!isDamaged || !how.isAlone || !how.mayReplace) throw error;
    const aside = moveAside(address.path, now);
    const why = error instanceof Damage ? error.message : texts().store.damage.content;
    return {
      ...openSound(address, { ...how, wasUsed: false }, now),
      remarks: [texts().store.movedAside(address.name, why, aside)],
    };
  }
};

const openSound = (address: Address, how: How, now: Instant): Opened => {
  const { path, name } = address;
  const { damage, missing } = texts().store;
  const last = readMark(path);
  const kind = kindOf(path);
  if (kind === "ours") {
    const isOthersLog = last && last.inode !== inodeOf(path) && last.log === inodeOf(`${path}-wal`);
    if (isOthersLog && !how.isAlone) throw new Changed("replaced");
    // SQLite would take the log of the file that was here before into this one.
    if (isOthersLog) moveAside(path, now, ["-wal", "-shm"]);
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    return openOurs(address, how, last);
  }
  if (sizeOf(`${path}-wal`) > 0)
    throw new Damage(kind === "nothing" ? damage.missingBesideLog : damage.truncatedBesideLog);
  if (kind === "stump" && how.wasUsed) throw new Damage(damage.truncatedTo(sizeOf(path)));
  if (!how.mayReplace) throw new Changed("gone");
  create(address, how.isAlone);
  return { ...openOurs(address, how, undefined), isYoung: true, remarks: last ? [missing(name)] : [] };
};

const openOurs = ({ path, name, open }: Address, { isAlone }: How, last: LastKnown | undefined): Opened => {
  const db = open(path);
  try {
    insist(db, name, "busy_timeout", 5_000);
    insist(db, name, "journal_mode", "wal");
    insist(db, name, "synchronous", 2);
    const isYoung = versionOf(db, name) < currentVersion;
    if (isYoung && !isAlone) {
      const { about, expected } = texts().store;
      throw new ScheduleError({
        code: "store-version",
        what: about.older(name),
        accepted: expected.stoppedFirst,
      });
    }
    if (isYoung) upgradeTables(db);
    else checkTables(db);
    markTables(db);
    return { db, isYoung, remarks: remarksOn(db, name, last) };
  } catch (error) {
    db.close();
    throw error;
  }
};

/** What a person should know when the store is not as this path was last used. */
const remarksOn = (db: Database, name: string, last: LastKnown | undefined): readonly string[] => {
  if (!last) return [];
  const { isAnother, isOlder } = texts().store;
  if (read(db, "SELECT id FROM store") !== last.id) return [isAnother(name)];
  return Number(read(db, "SELECT revision FROM store")) < last.revision ? [isOlder(name)] : [];
};

/**
 * Makes a store that is whole from the moment it has its name: under another name first, without a log, and synced. So an empty file at the path is never one that
 * was begun, and a copy of the file alone is a store.
 */
const create = ({ path, open }: Address, isAlone: boolean): void => {
  const [folder, start] = [dirname(path), `${basename(path)}-new-`];
  if (isAlone)
    for (const left of readdirSync(folder)) if (left.startsWith(start)) unlinkSync(join(folder, left));
  const draft = join(folder, `${start}${process.pid}`);
  createPrivately(draft);
  try {
    const db = open(draft);
    try {
      db.exec("PRAGMA synchronous=FULL");
      createTables(db);
    } finally {
      db.close();
    }
    putInPlace(draft, path);
    syncFolder(folder);
  } finally {
    if (existsSync(draft)) unlinkSync(draft);
  }
};

/** Never replaces what another process has put there, except an empty file. */
const putInPlace = (draft: string, path: string): void => {
  const isEmpty = existsSync(path) && sizeOf(path) === 0;
  if (!isEmpty) quietly(() => linkSync(draft, path));
  // Nobody was first, and the file system has no hard links.
  if (isEmpty || !existsSync(path)) renameSync(draft, path);
};

const syncFolder = (folder: string): void => {
  // Windows does not open folders, and needs no sync of them.
  const file = quietly(() => openSync(folder, "r"));
  if (file === undefined) return;
  quietly(() => fsyncSync(file));
  closeSync(file);
};

/** Makes a setting and reads it back: some builds of SQLite have other ideas. */
const insist = (db: Database, name: string, setting: string, value: string | number): void => {
  read(db, `PRAGMA ${setting}=${value}`);
  const found = read(db, `PRAGMA ${setting}`);
  if (found === value) return;
  throw new ScheduleError({
    code: "store-settings",
    what: texts().store.about.setting(setting, name),
    given: found,
    accepted: texts().store.expected.setting(value),
  });
};

/** Writes this process into the file, and those out of it that have died. */
const enter = (file: Session, me: OwnerRow, { path, open }: Address, isAlone: boolean): void => {
  for (const owner of file.all("owners")) {
    const holds = holdsLock(path, owner.token, open);
    // In a copy of a store that is in use, they are those of the original.
    const isHere = isAlone ? holds === true : isAlive(owner, me.beat, holds);
    if (owner.token === me.token || isHere) continue;
    file.dropOwner(owner.token);
    removeLock(path, owner.token);
  }
  file.put("owners", me);
};

/**
 * The whole path of the file in which jobs are to be remembered.
 *
 * @throws ScheduleError `store-path` where no file can be, or no safe one
 */
export const checkPlace = (given: string): string => {
  const { expected } = texts().store;
  const refuse = (accepted: string): never => {
    throw new ScheduleError({ code: "store-path", what: texts().scheduler.about.store, given, accepted });
  };
  if (typeof given !== "string" || given === "" || given.startsWith(":") || given.startsWith("file:"))
    refuse(expected.path);
  const path = resolve(given);
  const folder = dirname(path);
  // What cannot be looked at (a loop of links, a folder of another user, a name too long) cannot be opened either, which is reported then.
  const [place, there] = [folder, path].map((one) => quietly(() => statSync(one, { throwIfNoEntry: false })));
  if (!place?.isDirectory()) refuse(expected.folder(folder));
  if (there?.isDirectory()) refuse(expected.notFolder);
  if (there?.isFile() === false) refuse(expected.regularFile);
  const network = process.platform === "linux" ? networkOf(statfsSync(folder).type) : undefined;
  if (network) refuse(expected.localDisk(folder, network));
  return path;
};

/** The path without links. The last part need not be there: SQLite makes its files beside the one that a link leads to. */
export const withoutLinks = (path: string, links = 0): string => {
  const here = join(realpathSync(dirname(path)), basename(path));
  // As many links as Linux follows (path_resolution(7)).
  const target = links < 40 ? quietly(() => readlinkSync(here)) : undefined;
  return target === undefined ? here : withoutLinks(resolve(dirname(here), target), links + 1);
};

/** File systems of Linux that lie on other machines, by their magic numbers (statfs(2)). */
const networks: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "SMB",
  4266872130: "SMB",
  16914839: "9p",
};

/** The name of a file system that lies on another machine, by its number; undefined for all others. */
export const networkOf = (type: number): string | undefined => networks[type >>> 0];

/**
 * Gives a damaged file another name, with all that belongs to it: `jobs.db.corrupt-20261122T093005Z`. Nothing is deleted, and nothing that
 * lies there already is replaced.
 *
 * @returns the new path
 */
const moveAside = (path: string, now: Instant, parts: readonly string[] = ["-wal", "-shm", ""]): string => {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  let aside = `${path}.corrupt-${stamp}`;
  for (let i = 2; existsSync(aside); i++) aside = `${path}.corrupt-${stamp}-${i}`;
  for (const part of parts) if (existsSync(path + part)) renameSync(path + part, aside + part);
  return aside;
};

const isWritable = (path: string): boolean =>
  quietly(() => accessSync(path, constants.W_OK) ?? true) ?? false;

/**
 * What lies at a path:
 *
 * - `"ours"`: a store, by the application id in its header
 * - `"stump"`: shorter than any database, and nothing else than the beginning of one, if that
 * - `"foreign"`: anything else, which is never changed
 */
type FileKind = "nothing" | "ours" | "stump" | "foreign";

/** Finds out whose file it is by reading its first bytes: SQLite would write to it, or make files beside it. */
const kindOf = (path: string): FileKind => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return "nothing";
  if (!found.isFile()) return "foreign";
  // What this process has open was looked at before, and closing it here would take SQLite's locks away.
  if (isOpenHere(inodeOf(path))) return found.size < headerSize ? "stump" : "ours";
  const head = readStart(path, headerSize);
  if (idIn(head) === applicationId) return "ours";
  const start = head.subarray(0, magic.length);
  if (head.length < headerSize && start.equals(magic.subarray(0, head.length))) return "stump";
  return start.equals(magic) && idInLog(`${path}-wal`) === applicationId ? "ours" : "foreign";
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** The file format of SQLite (sqlite.org/fileformat2.html): a header of 100 bytes, with the application id at 68. */
const headerSize = 100;
const idAt = 68;
const magic = Buffer.from("SQLite format 3\0");

const idIn = (head: Buffer): number | undefined =>
  head.length >= idAt + 4 ? head.readUInt32BE(idAt) : undefined;

/** The application id of a database that lives in its log alone, as young ones of the first version do. A log begins with 32 bytes, the page size at 8; each of its frames with 24, the page number first. */
const idInLog = (path: string): number | undefined => {
  const log = readStart(path, sizeOf(path));
  const pageSize = log.length < 32 ? 0 : log.readUInt32BE(8);
  if (pageSize < 512) return undefined;
  for (let at = 32; at + 24 + pageSize <= log.length; at += 24 + pageSize)
    if (log.readUInt32BE(at) === 1) return idIn(log.subarray(at + 24));
  return undefined;
};

const readStart = (path: string, length: number): Buffer => {
  if (length === 0) return Buffer.alloc(0);
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
};
