import { accessSync, chmodSync, constants, statSync } from "node:fs";
import { ScheduleError } from "../../errors.ts";
import type { Instant } from "../../time/instant.ts";
import { formatIso } from "../../time/iso.ts";
import { systemZone } from "../../time/zone.ts";
import type { Database, OpenDatabase } from "../sqlite.ts";
import { moveAside } from "./damage.ts";
import { isAlive } from "./owner.ts";
import { createPrivately, Presence } from "./presence.ts";
import type { OwnerRow } from "./rows.ts";
import { checkTables, createTables, isNew, markTables, read } from "./schema.ts";
import { Session } from "./session.ts";
import { troubleOf } from "./trouble.ts";

/** What is needed to open the file. */
export interface Address {
  readonly path: string;
  /** As it was given, for messages. */
  readonly name: string;
  readonly open: OpenDatabase;
}

export interface Connection {
  readonly session: Session;
  /** Left out for a visit. */
  readonly presence: Presence | undefined;
  /** What a person should know. */
  readonly remarks: readonly string[];
}

/**
 * Opens the file, makes it when it is not there, and moves it aside when it is damaged.
 *
 * @param me the row of this process
 * @throws ScheduleError `already-running` when another process has it open and was not expected
 */
export const connect = (address: Address, me: OwnerRow, another: boolean, isSure = false): Connection => {
  const presence = new Presence(`${address.path}-lock`, address.open, another ? 0 : patience);
  try {
    if (!presence.isAlone && !another) throw alreadyRunning(address, me.beat);
    const { db, remarks } = openWhole(address, presence.isAlone, me.beat);
    const session = new Session(db);
    if (presence.isAlone && !isSure && hasOthers(session, me)) {
      session.close();
      presence.leave();
      sleep(50);
      return connect(address, me, another, true);
    }
    session.write((file) => enter(file, me, presence.isAlone));
    if (presence.isAlone) presence.share();
    return { session, presence, remarks };
  } catch (error) {
    presence.leave();
    throw error;
  }
};

/** Opens the file to look and to change little; nobody is told that it is open. */
export const visit = (address: Address, now: Instant): Connection => {
  const { db, remarks } = openWhole(address, false, now);
  return { session: new Session(db), presence: undefined, remarks };
};

/**
 * Whether another process seems to have the file open, although none holds its lock: between its looking and its sharing there is a moment
 * in which nobody does. Another look a little later is sure.
 */
const hasOthers = (session: Session, { token, beat }: OwnerRow): boolean =>
  session.write((file) => file.owners()).some((owner) => owner.token !== token && isAlive(owner, beat));

const sleep = (length: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, length);

/** A process that is just ending gets so many milliseconds. */
const patience = 1_000;

/** Opens a file that is whole. */
const openWhole = (
  address: Address,
  isAlone: boolean,
  now: Instant,
): { readonly db: Database; readonly remarks: readonly string[] } => {
  try {
    return { db: openChecked(address), remarks: [] };
  } catch (error) {
    const trouble = troubleOf(error);
    // SQLite takes a file for read-only when its head names a format that is still to come.
    const isDamaged = trouble === "damaged" || (trouble === "read-only" && isWritable(address.path));
    if (!isDamaged || !isAlone) throw error;
    const aside = moveAside(address.path, now);
    const why = error instanceof Error ? error.message : String(error);
    return {
      db: openChecked(address),
      remarks: [
        `${address.name} is damaged (${why}). It was moved to ${aside}; every schedule is counted from now, and what was missed is not made up for.`,
      ],
    };
  }
};

const openChecked = ({ path, name, open }: Address): Database => {
  createPrivately(path);
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  const db = open(path);
  try {
    insist(db, name, "busy_timeout", 5_000);
    insist(db, name, "journal_mode", "wal");
    insist(db, name, "synchronous", 2);
    if (isNew(db)) new Session(db).write(() => isNew(db) && createTables(db));
    else checkTables(db, name);
    markTables(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

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
const enter = (file: Session, me: OwnerRow, isAlone: boolean): void => {
  for (const owner of file.owners()) {
    if (owner.token !== me.token && (isAlone || !isAlive(owner, me.beat))) file.dropOwner(owner.token);
  }
  file.putOwner(me);
};

const alreadyRunning = (address: Address, now: Instant): ScheduleError => {
  const owner = ownerOf(address, now);
  const who = owner
    ? `${owner.script} is already running (pid ${owner.pid}, since ${sayMinute(owner.since)})`
    : "This script is already running";
  return new ScheduleError({
    code: "already-running",
    what: `${who} on ${address.name}, and its jobs would run twice`,
    accepted: "that one stopped, or this one started with --another or { another: true }",
  });
};

/** As the clock on the wall shows it: whoever reads it sits before this machine. */
const sayMinute = (at: Instant): string => formatIso(at, systemZone()).slice(0, 16).replace("T", " ");

const ownerOf = ({ path, open }: Address, now: Instant): OwnerRow | undefined => {
  try {
    const db = open(path, { readOnly: true });
    const owner = new Session(db).owners().find((one) => isAlive(one, now));
    db.close();
    return owner;
  } catch {
    return undefined;
  }
};
