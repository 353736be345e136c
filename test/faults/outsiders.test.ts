import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { Claimed } from "../../src/store/store.ts";
import type { Instant } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { memory, newFolder } from "../folder.ts";
import { claim, collect, job, noon, nth, opening, succeeded } from "../store/scene.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";

const openDatabase = findSqlite();
const times = isLong ? 3_000 : 150;
const scratch = newFolder("outsiders", memory);

const cut = (path: string, chance: Chance): void => {
  const lengths = [0, 1, chance.whole(0, statSync(path).size - 1)];
  truncateSync(path, lengths[chance.whole(0, 2)]);
};

/** What an outsider does to a file in use, beside which there is an older copy of it. */
const harms: Readonly<Record<string, (path: string, chance: Chance) => void>> = {
  deleted: (path) => rmSync(path),
  moved: (path) => renameSync(path, `${path}.away`),
  replaced: (path) => renameSync(`${path}.copy`, path),
  truncated: cut,
  "log truncated": (path, chance) => cut(`${path}-wal`, chance),
  "log removed": (path) => rmSync(`${path}-wal`),
  "truncated, log removed"(path, chance) {
    cut(path, chance);
    rmSync(`${path}-wal`);
  },
  "all removed"(path) {
    for (const name of readdirSync(join(path, "..")))
      if (name.startsWith("jobs.db") && !name.endsWith(".copy")) rmSync(join(path, "..", name));
  },
};

const place = (): string => {
  const folder = join(scratch, "one");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return join(folder, "jobs.db");
};

interface Figures {
  times: number;
  /** Nothing was reported of the change by the first claim after it. */
  unnoticed: number;
  /** Occurrences that were started more than once. */
  doubled: number;
  /** Started although nothing may start that is not in the file, and not found there after a restart. */
  lost: number;
  held: number;
}

/** Lets an outsider loose on a store while a job runs on it, and starts the script again. */
const tryOne = async (strict: boolean, chance: Chance, figures: Figures): Promise<void> => {
  const path = place();
  const clock = new VirtualClock(noon);
  const known = opening(clock);
  const store = new SqliteStore(path, openDatabase, { strict });
  store.open(known);
  const jobRecord = store.register(job());
  const starts = new Map<number, number>();
  const go = (on: SqliteStore, at: typeof jobRecord, n: number, from: Instant | null): Claimed => {
    const claimed = claim(on, at, nth(n), { from });
    if (claimed !== "won") return claimed;
    starts.set(n, (starts.get(n) ?? 0) + 1);
    at.record(succeeded(nth(n)));
    on.commit();
    return claimed;
  };
  const before = chance.whole(2, 30);
  const copied = chance.whole(1, before);
  const saved = chance.whole(1, before);
  for (let n = 1; n <= before; n++) {
    go(store, jobRecord, n, n === 1 ? null : nth(n - 1));
    if (n === saved || n === copied) {
      const db = openDatabase(path);
      if (n === saved) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
      if (n === copied) db.exec(`VACUUM INTO '${path}.copy'`);
      db.close();
    }
  }
  const names = Object.keys(harms);
  const harm = names[chance.whole(0, names.length - 1)]!;
  harms[harm]!(path, chance);
  let last = before;
  for (let n = before + 1; n <= before + 3; n++) {
    const claimed = go(store, jobRecord, n, nth(last));
    if (n === before + 1 && known.warnings.length === 0) figures.unnoticed++;
    if (claimed === "won") last = n;
    else figures.held++;
    await clock.advance("10 seconds");
  }
  store.close();
  const again = new SqliteStore(path, openDatabase, { strict });
  const events = opening(clock);
  again.open(events);
  const next = again.register(job());
  const lastDecided = next.remembered?.lastDecided ?? null;
  // Where nothing is left to find it by, the process that had it open has reported it.
  const isTold = events.warnings.length > 0 || (strict && harm === "all removed");
  if (lastDecided !== nth(last) && !isTold) figures.lost++;
  // A restart that says that decisions are missing may repeat them; one that says nothing may not.
  if (!isTold)
    for (let n = last; n <= last + 1; n++)
      if (lastDecided === null || nth(n) > lastDecided) go(again, next, n, lastDecided);
  again.close();
  figures.doubled += [...starts.values()].filter((count) => count > 1).length;
  figures.times++;
};

for (const strict of [false, true]) {
  test(`a store that is deleted, replaced or cut while in use is noticed by the first claim${strict ? ", strict" : ""}`, {
    timeout: 600_000,
  }, async () => {
    const chance = new Chance();
    const figures: Figures = { times: 0, unnoticed: 0, doubled: 0, lost: 0, held: 0 };
    for (let i = 0; i < times; i++) {
      if (i % 20 === 0) await collect();
      await tryOne(strict, chance, figures);
    }
    keepFigures(`F22${strict ? " strict" : " in memory"}`, { seed: chance.seed, ...figures });
    expect(figures).toMatchObject({ times, unnoticed: 0, doubled: 0, lost: 0 });
    if (strict) expect(figures.held).toBeGreaterThan(times);
  });
}

test("control: SQLite alone says nothing, and has lost rows at the next start", async () => {
  const chance = new Chance();
  const figures = { times: 0, unnoticed: 0, lost: 0 };
  for (let i = 0; i < 100; i++) {
    if (i % 20 === 0) await collect();
    const path = place();
    const db = openDatabase(path);
    db.exec("PRAGMA journal_mode=WAL; CREATE TABLE runs (planned INTEGER PRIMARY KEY)");
    for (let n = 1; n <= 20; n++) db.exec(`INSERT INTO runs VALUES (${n})`);
    copyFileSync(path, `${path}.copy`);
    const all = Object.values(harms);
    all[i % all.length]!(path, chance);
    figures.times++;
    try {
      db.exec("INSERT INTO runs VALUES (21)");
      figures.unnoticed++;
      const again = openDatabase(path);
      const count = again.prepare("SELECT count(*) AS n FROM runs").get()?.n;
      again.close();
      if (count !== 21) figures.lost++;
    } catch {
      figures.lost++;
    }
    db.close();
  }
  keepFigures("F22 control, SQLite alone", { seed: chance.seed, ...figures });
  expect(figures.unnoticed).toBeGreaterThan(figures.times / 2);
  expect(figures.lost).toBeGreaterThan(figures.times / 4);
});
