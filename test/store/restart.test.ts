import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import type { Decision } from "../../src/job.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { claim, collect, enter, folder, job, nth, opening, sqlite } from "./scene.ts";

const lastDecided = nth(1);

/** A store that a script has used, as it lies there when the script has stopped, or when it was killed. */
const left = async (how: "stopped" | "killed") => {
  const dir = folder();
  const used = join(dir, "used.db");
  const path = join(dir, "jobs.db");
  const { store, jobRecord } = enter(used);
  // What is written first is taken into the file at once.
  store.commit();
  claim(store, jobRecord, lastDecided, { starts: [] });
  if (how === "stopped") store.close();
  for (const part of ["", "-wal", "-lock", "-mark"])
    if (existsSync(used + part)) copyFileSync(used + part, path + part);
  store.close();
  await collect();
  return { dir, path };
};

test("a copy that is put in the place of a store whose script was killed is not mixed with the log of that store", () => {
  const dir = folder();
  const path = join(dir, "jobs.db");
  const { store, jobRecord } = enter(path);
  const db = findSqlite()(path);
  db.exec(`VACUUM INTO '${path}.copy'`);
  claim(store, jobRecord, lastDecided, { starts: [] });
  renameSync(`${path}.copy`, path);
  rmSync(`${path}-lock`);
  const { warnings, found } = start(path);
  expect(warnings).toMatch(/older than when it was last used/);
  expect(found).toBe(null);
  db.close();
  store.close();
});

/** What the next start says, and where it finds the job. */
const start = (path: string, strict = false) => {
  const { store, jobRecord, warnings } = enter(sqlite(path, { strict }));
  store.close();
  return { warnings: warnings.join("\n"), found: jobRecord.remembered?.lastDecided ?? null };
};

const cut =
  (length: number, part = "") =>
  (path: string): void =>
    truncateSync(path + part, length);
const damaged = (how: string) => new RegExp(`damaged \\(it ${how}`);
const isOlder = /older than when it was last used/;

/** What is done to a store that nobody has open, and what the next start says. */
const harms: readonly (readonly [string, "stopped" | "killed", (path: string) => void, RegExp])[] = [
  ["is as it was", "stopped", () => {}, /^$/],
  ["is as it was", "killed", () => {}, /^$/],
  ["was truncated to nothing", "stopped", cut(0), damaged("was truncated to 0 bytes")],
  ["was truncated to one byte", "stopped", cut(1), damaged("was truncated to 1 byte")],
  ["was truncated to 40 bytes", "stopped", cut(40), damaged("was truncated to 40 bytes")],
  ["was truncated to a page", "stopped", cut(4096), /damaged/],
  [
    "was truncated to nothing beside its log",
    "killed",
    cut(0),
    damaged("was truncated, but its -wal was not"),
  ],
  [
    "was truncated to one byte beside its log",
    "killed",
    cut(1),
    damaged("was truncated, but its -wal was not"),
  ],
  [
    "was truncated to nothing, and its log removed",
    "killed",
    (path) => {
      truncateSync(path, 0);
      rmSync(`${path}-wal`);
    },
    damaged("was truncated to 0 bytes"),
  ],
  [
    "was deleted beside its log",
    "killed",
    (path) => rmSync(path),
    damaged("was deleted, but its -wal was not"),
  ],
  ["was deleted", "stopped", (path) => rmSync(path), /deleted or moved since it was last used/],
  ["has lost its log", "killed", (path) => rmSync(`${path}-wal`), isOlder],
  ["has lost half of its log", "killed", cut(2_000, "-wal"), isOlder],
  [
    "was replaced by another store",
    "stopped",
    (path) => {
      enter(`${path}.other`).store.close();
      renameSync(`${path}.other`, path);
    },
    /not the store that was last used here/,
  ],
];

test.each(harms)("a start finds that a store %s, whose script was %s", async (what, how, harm, report) => {
  for (const strict of [false, true]) {
    const { path } = await left(how);
    harm(path);
    const { warnings, found } = start(path, strict);
    expect(warnings).toMatch(report);
    expect(found).toBe(what === "is as it was" ? lastDecided : null);
    // It is reported once.
    expect(start(path, strict).warnings).toBe("");
  }
});

test("control: SQLite itself takes an emptied file for a new one and deletes its log", async () => {
  const { path } = await left("killed");
  truncateSync(path, 0);
  const db = findSqlite()(path);
  expect(db.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()).toEqual({ tables: 0 });
  db.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test("a copy of a young store is a store, while it is in use", () => {
  const dir = folder();
  const path = join(dir, "jobs.db");
  const { store } = enter(path);
  store.commit();
  const copy = join(dir, "copy.db");
  copyFileSync(path, copy);
  store.close();
  expect(statSync(copy).size).toBeGreaterThan(4096);
  const again = sqlite(copy);
  const known = opening(new VirtualClock("2026-03-01T12:30:00Z"));
  again.open(known);
  expect(again.orphanedJobs().map(({ name }) => name)).toEqual(["beat"]);
  again.close();
  expect(known.warnings).toEqual([]);
});

/** A store as the first version made it: all of it in the log. */
const firstVersion = (path: string): void => {
  const db = findSqlite()(`${path}.first`);
  db.exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0");
  db.exec(`BEGIN;
    CREATE TABLE jobs (name TEXT NOT NULL PRIMARY KEY, said TEXT NOT NULL, recurrence TEXT NOT NULL,
      zone TEXT NOT NULL, anchor INTEGER NOT NULL, epoch INTEGER NOT NULL, cursor INTEGER,
      served INTEGER NOT NULL, paused INTEGER NOT NULL, failures INTEGER NOT NULL,
      checksum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE owners (token TEXT NOT NULL PRIMARY KEY, pid INTEGER NOT NULL, boot TEXT NOT NULL,
      namespace TEXT NOT NULL, birth TEXT NOT NULL, script TEXT NOT NULL, since INTEGER NOT NULL,
      beat INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE runs (job TEXT NOT NULL, epoch INTEGER NOT NULL, planned INTEGER NOT NULL,
      extra INTEGER NOT NULL, outcome TEXT, started INTEGER, ended INTEGER, attempts INTEGER NOT NULL,
      error TEXT, count INTEGER, by_hand INTEGER NOT NULL, owner TEXT NOT NULL, checksum INTEGER NOT NULL,
      PRIMARY KEY (job, epoch, planned, extra)) STRICT, WITHOUT ROWID;
    PRAGMA application_id=${0x6f746431}; PRAGMA user_version=1; COMMIT`);
  const add = (table: string, values: readonly (string | number | null)[]): void => {
    const sealed = [...values, crc32(JSON.stringify(values))];
    db.prepare(`INSERT INTO ${table} VALUES (${sealed.map(() => "?").join(", ")})`).run(...sealed);
  };
  const { source, recurrence, anchor } = job();
  add("jobs", ["beat", source, JSON.stringify(recurrence), "UTC", anchor, 0, lastDecided, 0, 1, 0]);
  const ran = ["succeeded", lastDecided, lastDecided, 1];
  add("runs", ["beat", 0, lastDecided, 0, ...ran, null, null, 0, "an owner that is dead"]);
  for (const part of ["", "-wal"]) copyFileSync(`${path}.first${part}`, path + part);
  db.close();
};

/** Makes a store of the second version of one that was left: what the third one renamed, and what it added. */
const secondVersion = (path: string): void => {
  const db = findSqlite()(path);
  for (const [name, former] of [
    ["source", "said"],
    ["last_decided", "cursor"],
    ["run_count", "served"],
  ])
    db.exec(`ALTER TABLE jobs RENAME COLUMN ${name} TO ${former}`);
  db.exec("ALTER TABLE runs DROP COLUMN reason");
  const { checksum: _, ...run } = db.prepare("SELECT * FROM runs").get()!;
  db.prepare("UPDATE runs SET checksum = ?").run(crc32(JSON.stringify(Object.values(run))));
  db.exec("INSERT INTO registrations VALUES ('an owner that is dead', 'beat'); PRAGMA user_version=2");
  db.close();
};

test("a store of the first version is upgraded with all that it holds, also when all of it is in the log", () => {
  const path = join(folder(), "jobs.db");
  firstVersion(path);
  expect(upgraded(path)).toEqual({ lastDecided, isPaused: true, outcomes: ["succeeded"] });
});

test("a store of the second version is upgraded, and stays the same store", () => {
  const path = join(folder(), "jobs.db");
  const { store, jobRecord } = enter(path);
  const passed: Decision[] = [{ scheduled: lastDecided, outcome: "coalesced", attempts: 0, count: 2 }];
  claim(store, jobRecord, lastDecided, { starts: [], passed });
  store.close();
  secondVersion(path);
  expect(upgraded(path)).toEqual({ lastDecided, isPaused: false, outcomes: ["coalesced"] });
});

/** What the next start finds in a store of an earlier version, and the one after it. */
const upgraded = (path: string) => {
  const { store, jobRecord, warnings } = enter(sqlite(path, { strict: true }));
  const { lastDecided, isPaused } = jobRecord.remembered!;
  const outcomes = jobRecord.history().map(({ outcome }) => outcome);
  expect(store.close()).toBe(true);
  expect(warnings).toEqual([]);
  expect(start(path)).toEqual({ warnings: "", found: lastDecided });
  return { lastDecided, isPaused, outcomes };
};

test("a store of the first version that was emptied beside its log is damaged, and not new", () => {
  const path = join(folder(), "jobs.db");
  firstVersion(path);
  truncateSync(path, 0);
  expect(start(path).warnings).toMatch(/damaged \(it was truncated, but its -wal was not/);
});
