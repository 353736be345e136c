import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ScheduleError } from "../../errors.ts";
import type { Instant } from "../../time/instant.ts";
import { type Database, inodeOf } from "../sqlite.ts";
import { isWritable, moveAside } from "./damage.ts";
import { kindOf, sizeOf } from "./header.ts";
import { Identity, type LastKnown, type Location, readMark } from "./identity.ts";
import { isAlive } from "./owner.ts";
import { createPrivately, holdsLock, type Presence, removeLock } from "./presence.ts";
import type { OwnerRow } from "./rows.ts";
import {
  checkTables,
  createTables,
  currentVersion,
  markTables,
  read,
  upgradeTables,
  versionOf,
} from "./schema.ts";
import { Session } from "./session.ts";
import { Changed, Damage, troubleOf } from "./trouble.ts";

/** What is needed to open the file. */
export interface Address extends Location {
  /** As it was given, for messages. */
  readonly name: string;
}

export interface Connection {
  /** Of the file, without links. */
  readonly path: string;
  readonly session: Session;
  readonly identity: Identity;
  /** It was made, or upgraded, and what is written first lies in its log alone. */
  readonly isYoung: boolean;
  /** What a person should know. */
  readonly remarks: readonly string[];
}

/** What this process knows of the file from before, when it has lost it while in use. */
export interface Terms {
  /** Another file may be made, and a damaged one be moved aside. @default true */
  readonly mayReplace?: boolean;
  /** It was cut short, and is moved aside whatever SQLite makes of the rest. */
  readonly isTruncated?: boolean;
  /** Others may still write to a log that nobody else can find. */
  readonly mustBeAlone?: boolean;
}

/**
 * Opens the file, makes it when it is not there, and moves it aside when it is damaged.
 *
 * @param me the row of this process
 * @throws Changed when the terms do not allow it
 */
export const connect = (
  address: Address,
  me: OwnerRow,
  presence: Presence,
  terms: Terms = {},
): Connection => {
  const wasUsed = !presence.isFirst || existsSync(`${address.path}-mark`);
  try {
    const isAlone = presence.takeAlone();
    if (terms.mustBeAlone && !isAlone) throw new Changed("log-gone");
    const opened = openWhole(address, { ...terms, isAlone, wasUsed }, me.beat);
    const session = new Session(opened.db);
    session.write((file) => enter(file, me, address, isAlone));
    const identity = new Identity(address, opened.db, true);
    return { ...opened, path: address.path, session, identity };
  } finally {
    presence.share();
  }
};

/** Opens the file to look and to change little; nobody is told that it is open. */
export const visit = (address: Address, now: Instant): Connection => {
  refuseForeign(address);
  const how = { isAlone: false, wasUsed: hasTraces(address.path) };
  const opened = openWhole(address, how, now);
  const { db } = opened;
  return {
    ...opened,
    path: address.path,
    session: new Session(db),
    identity: new Identity(address, db, false),
  };
};

/**
 * To be called before anything is made beside the file.
 *
 * @throws ScheduleError `store-path` for one of another program, and for a hard link to a store
 */
export const refuseForeign = ({ path, name }: Address): void => {
  const kind = kindOf(path);
  const isNobodys = kind === "stump" && !hasTraces(path) && sizeOf(`${path}-wal`) === 0 && sizeOf(path) > 0;
  if (kind === "foreign" || isNobodys) {
    throw new ScheduleError({
      code: "store-path",
      what: `${name} is a file of another program, and is left as it is`,
      accepted: "a file of its own for the jobs",
    });
  }
  if (kind === "ours" && statSync(path).nlink > 1 && !isAtHome(path)) {
    throw new ScheduleError({
      code: "store-path",
      what: `${name} is a hard link to a store, and SQLite keeps the log of a store beside one of its names`,
      accepted: "the name under which the store was made, or a copy of it",
    });
  }
};

/** Whether a file with several names was used under this one. */
const isAtHome = (path: string): boolean => {
  const last = readMark(path);
  return last ? last.inode === inodeOf(path) : hasTraces(path);
};

/** Whether a store was used at this path before. */
const hasTraces = (path: string): boolean => existsSync(`${path}-mark`) || existsSync(`${path}-lock`);

interface How extends Terms {
  /** No other process has the store open. */
  readonly isAlone: boolean;
  readonly wasUsed: boolean;
}

interface Opened extends Pick<Connection, "isYoung" | "remarks"> {
  readonly db: Database;
}

/** Opens a file that is whole. */
const openWhole = (address: Address, how: How, now: Instant): Opened => {
  try {
    if (how.isTruncated) throw new Damage("it was truncated while in use");
    return openSound(address, how, now);
  } catch (error) {
    const trouble = troubleOf(error);
    // SQLite takes a file for read-only when its head names a format that is still to come.
    const isDamaged = trouble === "damaged" || (trouble === "read-only" && isWritable(address.path));
    if (!isDamaged || !how.isAlone || how.mayReplace === false) throw error;
    const aside = moveAside(address.path, now);
    const why = error instanceof Error ? error.message : String(error);
    return {
      ...openSound(address, { ...how, wasUsed: false }, now),
      remarks: [
        `${address.name} is damaged (${why}). It was moved to ${aside}; every schedule is counted from now, and what was missed is not made up for.`,
      ],
    };
  }
};

const openSound = (address: Address, how: How, now: Instant): Opened => {
  const { path, name } = address;
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
    throw new Damage(
      kind === "nothing" ? "it is missing beside its -wal" : "it was truncated beside its -wal",
    );
  if (kind === "stump" && how.wasUsed) throw new Damage(`it was truncated to ${sizeOf(path)} bytes`);
  if (how.mayReplace === false) throw new Changed("gone");
  create(address, how.isAlone);
  const remark = `${name} was deleted or moved since it was last used; every schedule is counted from now.`;
  return { ...openOurs(address, how, undefined), isYoung: true, remarks: last ? [remark] : [] };
};

const openOurs = ({ path, name, open }: Address, { isAlone }: How, last: LastKnown | undefined): Opened => {
  const db = open(path);
  try {
    insist(db, name, "busy_timeout", 5_000);
    insist(db, name, "journal_mode", "wal");
    insist(db, name, "synchronous", 2);
    const isYoung = versionOf(db, name) < currentVersion;
    if (isYoung && !isAlone) throw inUseByOlder(name);
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
  const remark = (what: string) => [
    `${name} ${what}. Jobs continue from what it holds, and what ran since then may run again.`,
  ];
  if (read(db, "SELECT id FROM store") !== last.id) return remark("is not the store that was last used here");
  return Number(read(db, "SELECT revision FROM store")) < last.revision
    ? remark("is older than when it was last used: a copy was put in its place, or its -wal was removed")
    : [];
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
  if (existsSync(path) && sizeOf(path) === 0) {
    renameSync(draft, path);
    return;
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EEXIST") return;
    // File systems without hard links.
    if (existsSync(path)) return;
    renameSync(draft, path);
  }
};

const syncFolder = (folder: string): void => {
  try {
    const file = openSync(folder, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // Windows does not open folders, and needs no sync of them.
  }
};

const inUseByOlder = (name: string): ScheduleError =>
  new ScheduleError({
    code: "store-version",
    what: `${name} is in use by an older onthedot, which cannot read the new format`,
    accepted: "that process stopped first",
  });

/** Makes a setting and reads it back: some builds of SQLite have other ideas. */
const insist = (db: Database, name: string, setting: string, value: string | number): void => {
  read(db, `PRAGMA ${setting}=${value}`);
  const found = read(db, `PRAGMA ${setting}`);
  if (found === value) return;
  throw new ScheduleError({
    code: "store-settings",
    what: `SQLite's ${setting} for ${name}`,
    given: found,
    accepted: `${value}: without it nothing is safe there`,
  });
};

/** Writes this process into the file, and those out of it that have died. */
const enter = (file: Session, me: OwnerRow, { path, open }: Address, isAlone: boolean): void => {
  for (const owner of file.owners()) {
    const holds = holdsLock(path, owner.token, open);
    // In a copy of a store that is in use, they are those of the original.
    const isHere = isAlone ? holds === true : isAlive(owner, me.beat, holds);
    if (owner.token === me.token || isHere) continue;
    file.dropOwner(owner.token);
    removeLock(path, owner.token);
  }
  file.putOwner(me);
};
