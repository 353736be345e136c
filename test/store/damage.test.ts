import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resultOf, troubleOf } from "../../src/store/sqlite/errors.ts";
import { networkOf } from "../../src/store/sqlite/open.ts";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite, type OpenDatabase } from "../../src/store/sqlite.ts";
import { alter, claim, collect, enter, folder, fresh as freshAt, nth, opening, sqlite } from "./scene.ts";

const fresh = () => freshAt("2026-03-01T13:00:00Z");

/** A store whose pages are gone, except for the header that tells whose file it is. */
const spoil = (path: string, text: string): void => {
  enter(path).store.close();
  const head = readFileSync(path).subarray(0, 100);
  writeFileSync(path, Buffer.concat([head, Buffer.from(text.repeat(1_000))]));
};

test("a damaged file is moved aside and kept", () => {
  const { dir, path, clock } = fresh();
  spoil(path, "text");
  const damaged = readFileSync(path);
  const { store, jobRecord, warnings } = enter(path, { clock });
  expect(claim(store, jobRecord, nth(1), { starts: [] })).toBe("won");
  store.close();
  const aside = "jobs.db.corrupt-20260301T130000Z";
  expect(readFileSync(join(dir, aside)).equals(damaged)).toBe(true);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^jobs\.db is damaged \(.*\)\. It was moved to .*jobs\.db\.corrupt-20260301T130000Z; schedules restart from now/,
    ),
  ]);
});

test("nothing that was moved aside is replaced by what is moved aside later", () => {
  const { dir, path, clock } = fresh();
  for (const text of ["one", "two", "three"]) {
    spoil(path, text);
    enter(path, { clock }).store.close();
  }
  const aside = readdirSync(dir)
    .filter((name) => /corrupt-[^-]*(-\d)?$/.test(name))
    .sort();
  expect(aside.map((name) => readFileSync(join(dir, name), "utf8").slice(-3))).toEqual(["one", "two", "ree"]);
});

/** Files of other programs, by what a script may be pointed at by mistake. */
const foreign: Readonly<Record<string, (path: string) => void>> = {
  "a database of another program": (path) => alter(path, "CREATE TABLE invoices (a)"),
  "a database of another program with a table jobs": (path) =>
    alter(path, "PRAGMA application_id=7; CREATE TABLE jobs (a); INSERT INTO jobs VALUES (1)"),
  "a database of another program that has a log": (path) => {
    const db = findSqlite()(`${path}.first`);
    db.exec("PRAGMA journal_mode=WAL; CREATE TABLE jobs (a); INSERT INTO jobs VALUES (1)");
    for (const part of ["", "-wal"]) copyFileSync(`${path}.first${part}`, path + part);
    db.close();
  },
  "a text": (path) => writeFileSync(path, "not a database at all\n".repeat(500)),
  "a short text": (path) => writeFileSync(path, "S"),
  "a file of zeros": (path) => writeFileSync(path, Buffer.alloc(8192)),
};

test.each(Object.entries(foreign))(
  "%s is refused and left as it is, also when it was put in the place of a store",
  (name, make) => {
    for (const wasUsed of [false, true]) {
      const { dir, path, clock } = fresh();
      if (wasUsed) {
        enter(path, { clock }).store.close();
        rmSync(path);
      }
      make(path);
      chmodSync(path, 0o644);
      if (wasUsed && name === "a short text") continue;
      const seen = () =>
        readdirSync(dir)
          .filter((one) => (wasUsed ? !/-(lock|mark)/.test(one) : true))
          .map((one) => {
            const { mode, mtimeMs, ino } = statSync(join(dir, one));
            return [one, mode, mtimeMs, ino, readFileSync(join(dir, one), "base64")];
          });
      const before = seen();
      for (const strict of [false, true])
        expect(() => sqlite(path, { strict }).open(opening(clock))).toThrow(
          expect.objectContaining({
            code: "store-path",
            message: expect.stringContaining("of another program"),
          }),
        );
      expect(seen()).toEqual(before);
    }
  },
);

test("a file of a newer version is refused and left as it is", () => {
  const { path, clock } = fresh();
  enter(path, { clock }).store.close();
  alter(path, "PRAGMA user_version=4");
  expect(() => sqlite(path).open(opening(clock))).toThrow(expect.objectContaining({ code: "store-version" }));
  expect(existsSync(path)).toBe(true);
});

test("an empty file is a new one", () => {
  const { path, clock } = fresh();
  writeFileSync(path, "");
  const { store, warnings } = enter(path, { clock });
  expect(store.close()).toBe(true);
  expect(warnings).toEqual([]);
});

test("a file that is damaged while a script runs is moved aside, and the script continues in a new one", async () => {
  const { dir, path, clock } = fresh();
  // A driver that finds damage once, as SQLite does when a page it reads is not what it wrote.
  let isDamaged = false;
  const open: OpenDatabase = (file, options) => {
    const db = findSqlite()(file, options);
    return {
      ...db,
      exec(sql) {
        if (isDamaged && sql === "BEGIN IMMEDIATE" && !file.includes("-lock")) {
          isDamaged = false;
          for (const part of ["", "-wal"]) writeFileSync(path + part, "zeros");
          throw Object.assign(new Error("database disk image is malformed"), { errcode: 11 });
        }
        db.exec(sql);
      },
    };
  };
  const { store, jobRecord, warnings } = enter(new SqliteStore(path, open), { clock });
  expect(claim(store, jobRecord, nth(1), { starts: [] })).toBe("won");
  isDamaged = true;
  expect(claim(store, jobRecord, nth(2), { from: nth(1), starts: [] })).toBe("won");
  expect(warnings).toEqual([
    expect.stringMatching(/^jobs\.db was truncated while in use\. Jobs continue from memory/),
  ]);
  await collect();
  await clock.advance("10 seconds");
  expect(warnings.slice(1)).toEqual([
    expect.stringContaining("It was moved to"),
    "jobs.db can be written again.",
  ]);
  expect(claim(store, jobRecord, nth(3), { from: nth(2), starts: [] })).toBe("won");
  expect(store.close()).toBe(true);
  expect(readdirSync(dir).some((name) => name.includes("corrupt"))).toBe(true);
  const again = enter(path, { clock });
  expect(again.jobRecord.remembered).toMatchObject({ lastDecided: nth(3) });
  again.store.close();
});

test("settings that SQLite does not accept are an error", () => {
  const { path, clock } = fresh();
  const stubborn: OpenDatabase = (file, options) => {
    const db = findSqlite()(file, options);
    return {
      ...db,
      prepare: (sql) => {
        const statement = db.prepare(sql);
        return sql === "PRAGMA synchronous"
          ? { run: statement.run, all: () => [], get: () => ({ synchronous: 1 }) }
          : statement;
      },
    };
  };
  expect(() => new SqliteStore(path, stubborn).open(opening(clock))).toThrow(
    expect.objectContaining({ code: "store-settings", message: expect.stringContaining("synchronous") }),
  );
});

test("file systems of other machines are known by their numbers", () => {
  expect([0x6969, 0x517b, 0xff534d42, -0xacb2be, 0xfe534d42, 0x01021997].map(networkOf)).toEqual([
    "NFS",
    "SMB",
    "SMB",
    "SMB",
    "SMB",
    "9p",
  ]);
  expect([0xef53, 0x01021994, 0x9123683e, 0x58465342].map(networkOf)).toEqual(Array(4).fill(undefined));
});

test("paths that are no files are refused", () => {
  for (const path of ["", ":memory:", "file:jobs.db?mode=memory"])
    expect(() => sqlite(path)).toThrow(expect.objectContaining({ code: "store-path" }));
});

test("a connection that is open is held, and no longer when it is closed", () => {
  const { path, clock } = fresh();
  const held = () =>
    (globalThis as never as Record<symbol, Map<unknown, unknown>>)[Symbol.for("onthedot.databases@2")]!.size;
  const before = held();
  const store = sqlite(path);
  store.open(opening(clock));
  expect(held()).toBe(before + 3);
  store.close();
  expect(held()).toBe(before);
});

test("an error that brings the text of SQLite alone, as Deno's do, has the same result code", () => {
  const open = findSqlite();
  const file = join(folder(), "locked.db");
  const [one, two] = [open(file), open(file)];
  one.exec("BEGIN EXCLUSIVE");
  two.exec("PRAGMA busy_timeout=0");
  let thrown: unknown;
  try {
    two.exec("BEGIN IMMEDIATE");
  } catch (error) {
    thrown = error;
  }
  const { message } = thrown as Error;
  const withText = (text: string) => Object.assign(new Error(text), { code: "ERR_SQLITE_ERROR" });
  expect(resultOf(thrown)).toBe(5);
  expect(resultOf(withText(message))).toBe(5);
  expect(troubleOf(withText("unable to open database file: /no/where.db"))).toBe("unreachable");
  expect(troubleOf(withText("file is not a database"))).toBe("damaged");
  expect(troubleOf(new Error("database is locked"))).toBeUndefined();
  one.close();
  two.close();
});
