import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { JobRecord, JobStore } from "../../src/store/store.ts";
import {
  alter,
  claim,
  collect,
  enter,
  folder,
  fresh,
  job,
  nth,
  opening,
  sqlite,
  succeeded,
} from "./scene.ts";

/** The claim of the nth occurrence, when all before it were claimed. */
const claimNth = (store: JobStore, jobRecord: JobRecord, n: number): string => {
  const claimed = claim(store, jobRecord, nth(n), { from: n === 1 ? null : nth(n - 1) });
  if (claimed === "won") jobRecord.record(succeeded(nth(n)));
  store.commit();
  return claimed;
};

/** A store on which a job has run three times, and a copy of it from when it had run once. */
const inUse = ({ strict = false, allowMultiple = false } = {}) => {
  const { dir, path, clock } = fresh();
  const backup = join(dir, "backup.db");
  const { store, jobRecord, warnings } = enter(sqlite(path, { strict }), { clock, allowMultiple });
  claimNth(store, jobRecord, 1);
  alter(path, `VACUUM INTO '${backup}'`);
  claimNth(store, jobRecord, 2);
  claimNth(store, jobRecord, 3);
  return { dir, path, backup, clock, store, jobRecord, warnings };
};

type Scene = ReturnType<typeof inUse>;

/** A store whose file an outsider changes just after a commit, before anything else is done. */
const changedInCommit = (harm: (path: string) => void) => {
  const { path, clock } = fresh();
  let isArmed = false;
  const wrapped = new SqliteStore(
    path,
    (name) => {
      const db = findSqlite()(name);
      return {
        prepare: (sql) => db.prepare(sql),
        close: () => db.close(),
        exec: (sql) => {
          db.exec(sql);
          if (isArmed && sql === "COMMIT") {
            isArmed = false;
            harm(path);
          }
        },
      };
    },
    { strict: true },
  );
  const entered = enter(wrapped, { clock });
  claimNth(entered.store, entered.jobRecord, 1);
  isArmed = true;
  return entered;
};

/** What outsiders do to a store, and how it is reported. */
const harms: Readonly<Record<string, readonly [(scene: Scene) => void, RegExp]>> = {
  deleted: [({ path }) => rmSync(path), /deleted or moved/],
  "deleted with all that belongs to it": [
    ({ dir }) => {
      for (const name of readdirSync(dir)) if (name.startsWith("jobs.db")) rmSync(join(dir, name));
    },
    /deleted or moved/,
  ],
  moved: [({ path }) => renameSync(path, `${path}.old`), /deleted or moved/],
  "replaced by an older copy": [({ path, backup }) => renameSync(backup, path), /replaced/],
  "overwritten by an older copy": [
    ({ path, backup }) => {
      alter(path, "PRAGMA wal_checkpoint(TRUNCATE)");
      copyFileSync(backup, path);
    },
    /has lost records/,
  ],
  "replaced by a file of another program": [
    ({ path }) => {
      rmSync(path);
      writeFileSync(path, "a letter\n".repeat(1_000));
    },
    /replaced/,
  ],
  "truncated to nothing": [({ path }) => truncateSync(path, 0), /truncated/],
  "truncated to one byte": [({ path }) => truncateSync(path, 1), /truncated/],
  "truncated to a page": [({ path }) => truncateSync(path, 4096), /truncated/],
  "left without its log": [({ path }) => rmSync(`${path}-wal`), /-wal/],
  "left with an empty log": [({ path }) => truncateSync(`${path}-wal`, 0), /truncated/],
  "left with half of its log": [({ path }) => truncateSync(`${path}-wal`, 10_000), /truncated/],
  "left without its shared memory": [({ path }) => rmSync(`${path}-shm`), /-shm/],
};

test.each([
  ["to a quarter of a page", 1_000, ""],
  ["to nothing", 0, ""],
  ["in its log", 100, "-wal"],
])(
  "a store that is cut short %s while a transaction is written is noticed by the next claim",
  (_, length, part) => {
    const { store, jobRecord, warnings } = changedInCommit((path) => truncateSync(path + part, length));
    claimNth(store, jobRecord, 2);
    expect(claimNth(store, jobRecord, 3)).toBe("held");
    expect(warnings[0]).toMatch(/truncated/);
    store.close();
  },
);

describe("the first claim after a store was changed from outside notices it", () => {
  for (const [name, [harm, report]] of Object.entries(harms)) {
    test(`${name}: the job continues in memory, and nothing is decided twice`, async () => {
      const scene = inUse();
      const { path, clock, store, jobRecord, warnings } = scene;
      harm(scene);
      expect(warnings).toEqual([]);
      expect(claimNth(store, jobRecord, 4)).toBe("won");
      expect(warnings[0]).toMatch(report);
      expect(warnings[0]).toContain("memory");
      await collect();
      await clock.advance("2 minutes");
      expect(claimNth(store, jobRecord, 5)).toBe("won");
      const isForeign = name.includes("another program");
      expect(warnings.at(-1)).toMatch(isForeign ? /replaced/ : /can be written again/);
      expect(store.close()).toBe(!isForeign);
      if (isForeign) {
        expect(readFileSync(path, "utf8")).toBe("a letter\n".repeat(1_000));
        return;
      }
      const again = enter(path, { clock });
      expect(again.jobRecord.remembered).toMatchObject({ lastDecided: nth(5) });
      expect(again.warnings).toEqual([]);
      again.store.close();
    });

    for (const how of [{ strict: true }, { allowMultiple: true }]) {
      test(`${name}, ${Object.keys(how)[0]}: nothing starts`, async () => {
        const scene = inUse(how);
        const { clock, store, jobRecord, warnings } = scene;
        harm(scene);
        const claims: string[] = [];
        for (let i = 0; i < 5; i++) {
          claims.push(claimNth(store, jobRecord, 4));
          await clock.advance("1 minute");
        }
        expect(warnings[0]).toMatch(report);
        // What was written is all there when only the name of the log is gone: SQLite takes it into the file.
        if (name.includes("without")) expect(claims.slice(0, 2)).toEqual(["held", "won"]);
        else expect(claims).toEqual(Array(5).fill("held"));
        store.close();
      });
    }
  }

  test("a path that leads nowhere, as a loop of links, is reported, and jobs continue from memory", () => {
    const path = join(folder(), "loop.db");
    symlinkSync("loop.db", path);
    const { store, jobRecord, warnings } = enter(path);
    expect(jobRecord.remembered).toBeUndefined();
    store.close();
    expect(warnings[0]).toMatch(/^loop.db cannot be opened or written. Jobs continue from memory/);
    expect(() => sqlite(path, { strict: true }).open(opening())).toThrow(
      expect.objectContaining({ code: "store-unusable" }),
    );
  });

  test("control: SQLite itself continues in a file that was deleted", () => {
    const { path } = fresh();
    const db = findSqlite()(path);
    db.exec("PRAGMA journal_mode=WAL; CREATE TABLE jobs (a)");
    rmSync(path);
    expect(() => db.exec("INSERT INTO jobs VALUES (1)")).not.toThrow();
    expect(existsSync(path)).toBe(false);
    db.close();
  });

  test("a store that is moved away and back continues, also when it is required", async () => {
    const { path, clock, store, jobRecord, warnings } = inUse({ strict: true });
    renameSync(path, `${path}.away`);
    expect(claimNth(store, jobRecord, 4)).toBe("held");
    renameSync(`${path}.away`, path);
    await clock.advance("1 minute");
    expect(claimNth(store, jobRecord, 4)).toBe("won");
    expect(warnings.at(-1)).toBe("jobs.db can be written again.");
    expect(store.close()).toBe(true);
  });

  test("a link that is made to lead to another store is noticed", () => {
    const { dir, clock } = fresh();
    for (const name of ["one.db", "two.db"]) enter(join(dir, name), { clock }).store.close();
    const link = join(dir, "jobs.db");
    symlinkSync("one.db", link);
    const { store, jobRecord, warnings } = enter(sqlite(link, { strict: true }), { clock });
    expect(claimNth(store, jobRecord, 1)).toBe("won");
    rmSync(link);
    symlinkSync("two.db", link);
    expect(claimNth(store, jobRecord, 2)).toBe("held");
    expect(warnings[0]).toMatch(/replaced/);
    store.close();
  });

  test("what another process does in a store that both have open is no change from outside", () => {
    const { path, clock } = fresh();
    const { store: first, jobRecord, warnings } = enter(path, { clock, allowMultiple: true });
    for (let n = 1; n <= 3; n++) {
      const second = enter(path, { clock, allowMultiple: true, name: `other ${n}` });
      expect(claimNth(first, jobRecord, n)).toBe("won");
      second.store.close();
      warnings.push(...second.warnings);
    }
    alter(path, "DELETE FROM runs; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    expect(claimNth(first, jobRecord, 4)).toBe("won");
    expect(first.close()).toBe(true);
    expect(warnings).toEqual([]);
  });
});

describe("one store, whatever its names", () => {
  const claimed = (store: JobStore): void => {
    store.open(opening());
    claimNth(store, store.register(job()), 1);
  };

  test("a link to a store is the store, also when it was made before it", () => {
    const { dir, path, clock } = fresh();
    const link = join(dir, "link.db");
    symlinkSync(path, link);
    const first = sqlite(link);
    claimed(first);
    expect(existsSync(path)).toBe(true);
    const second = sqlite(path);
    const known = opening(clock);
    second.open(known);
    expect(() => second.register(job())).toThrow(expect.objectContaining({ code: "already-running" }));
    second.close();
    const third = enter(path, { clock, allowMultiple: true, ifInterrupted: "rerun" });
    expect(third.jobRecord.remembered).toMatchObject({ lastDecided: nth(1), rerun: [] });
    third.store.close();
    first.close();
    expect(known.warnings).toEqual([]);
  });

  test("a hard link to a store is refused, and the name under which it was made is not", () => {
    const { dir, path, clock } = fresh();
    const link = join(dir, "link.db");
    const first = sqlite(path);
    claimed(first);
    linkSync(path, link);
    for (const allowMultiple of [false, true])
      expect(() => sqlite(link).open(opening(clock, { allowMultiple }))).toThrow(
        expect.objectContaining({ code: "store-path", message: expect.stringContaining("hard link") }),
      );
    first.close();
    first.open(opening(clock));
    expect(claimNth(first, first.register(job()), 2)).toBe("won");
    first.close();
  });
});
