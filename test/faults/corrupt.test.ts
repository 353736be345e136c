import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { Instant } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { memory, newFolder } from "../folder.ts";
import { at, claim, collect, job, nth, opening, succeeded } from "../store/scene.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";

const openDatabase = findSqlite();
const times = isLong ? 10_000 : 1_000;
const scratch = newFolder("corrupt", memory);

const sound = join(scratch, "sound.db");
const names = ["backup", "report", "stand-up", "water the plants", "ping"];
const now = "2026-03-02T12:00:00Z";

/** What a start of the script learns from the file. */
interface Found {
  readonly jobs: readonly unknown[];
  readonly warnings: readonly string[];
}

/** Opens the file as a start of the script does, goes one occurrence on with each job, and closes it. */
const start = (path: string, restore: boolean): Found => {
  const known = opening(new VirtualClock(now));
  const store = new SqliteStore(path, openDatabase, { historyLimit: 1_000_000 });
  store.open(known);
  try {
    const records = names.map((name) => store.register(job({ name })));
    const jobs = records.map((jobRecord) => ({ ...jobRecord.remembered, history: jobRecord.history() }));
    if (restore) {
      for (const [i, jobRecord] of records.entries()) {
        const to = at("2026-03-02T12:00:00Z");
        const from = jobs[i]!.lastDecided ?? null;
        expect(claim(store, jobRecord, to, { from })).toBe("won");
        jobRecord.record(succeeded(to));
      }
    }
    return { jobs, warnings: known.warnings };
  } finally {
    store.close();
  }
};

beforeAll(() => {
  const store = new SqliteStore(sound, openDatabase);
  store.open(opening(new VirtualClock(now)));
  for (const [i, name] of names.entries()) {
    const jobRecord = store.register(job({ name }));
    let lastDecided: Instant | null = null;
    for (let n = 1; n <= 20; n++) {
      const to = nth(n);
      claim(store, jobRecord, to, { from: lastDecided });
      const failed = { outcome: "failed", error: "Error: no network" } as const;
      jobRecord.record({
        ...succeeded(to),
        ended: (to + 100 * i) as Instant,
        ...(n % 7 === 0 && failed),
      });
      lastDecided = to;
    }
  }
  store.close();
});

type Harm = (file: Buffer, chance: Chance) => Buffer;

const pageSize = 4096;
const harms: Readonly<Record<string, Harm>> = {
  "flipped bit"(file, chance) {
    const place = chance.whole(0, file.length - 1);
    file[place] = file[place]! ^ (1 << chance.whole(0, 7));
    return file;
  },
  "zeroed page"(file, chance) {
    const page = chance.whole(0, file.length / pageSize - 1);
    return file.fill(0, page * pageSize, (page + 1) * pageSize);
  },
  truncation: (file, chance) =>
    file.subarray(
      0,
      [0, 1, chance.whole(2, file.length - 1)][chance.whole(0, 9)] ?? chance.whole(2, file.length - 1),
    ),
  "random bytes"(file, chance) {
    const from = chance.whole(0, file.length - 1);
    const to = Math.min(file.length, from + chance.whole(1, 512));
    for (let i = from; i < to; i++) file[i] = chance.whole(0, 255);
    return file;
  },
};

describe("a damaged file is reported, moved aside and kept, or the damage does not matter", {
  timeout: 600_000,
}, () => {
  for (const [name, harm] of Object.entries(harms)) {
    test(name, async () => {
      const chance = new Chance();
      const truth = start(sound, false);
      const cases: unknown[] = [];
      const figures = { harmless: 0, "moved aside": 0, "left out": 0, refused: 0, silent: 0 };
      for (let i = 0; i < times; i++) {
        if (i % 50 === 0) await collect();
        const folder = join(scratch, "one");
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        const path = join(folder, "jobs.db");
        const harmed = harm(readFileSync(sound), chance);
        writeFileSync(path, harmed, { mode: 0o600 });
        // As a script left it that was stopped.
        for (const part of ["-lock", "-mark"]) copyFileSync(sound + part, path + part);
        const verdict = judge(path, harmed, truth.jobs);
        if (verdict === "silent")
          cases.push({ i, warnings: start(path, false).warnings, left: readdirSync(folder) });
        figures[verdict]++;
      }
      keepFigures(`F10 ${name}`, { seed: chance.seed, times, ...figures });
      expect(cases).toEqual([]);
      expect(figures["moved aside"]).toBeGreaterThan(times / 20);
    });
  }

  /** Starts the script three times on the file. */
  const judge = (
    path: string,
    harmed: Buffer,
    truth: Found["jobs"],
  ): "harmless" | "moved aside" | "left out" | "refused" | "silent" => {
    try {
      const { jobs, warnings } = start(path, true);
      if (warnings.length === 0)
        return JSON.stringify(jobs) === JSON.stringify(truth) ? "harmless" : "silent";
      if (warnings.every((message) => message.includes("are left out")))
        return isAllBut(jobs, truth) ? "left out" : "silent";
      const aside = readdirSync(join(path, "..")).find((file) => /\.corrupt-[^-]*$/.test(file));
      // Nothing is overwritten, and the next start has nothing more to say.
      if (aside === undefined || !readFileSync(join(path, "..", aside)).equals(harmed)) return "silent";
      const again = start(path, false);
      const cursors = again.jobs.map((one) => (one as { lastDecided: Instant | null }).lastDecided);
      return again.warnings.length === 0 && cursors.every((lastDecided) => lastDecided === at(now))
        ? "moved aside"
        : "silent";
    } catch (error) {
      // In words, and the file as it was.
      if (error instanceof ScheduleError && readFileSync(path).equals(harmed)) return "refused";
      throw error;
    }
  };

  /** Whether jobs are as they were, without some records of past runs, and none of those is another one. */
  const isAllBut = (jobs: Found["jobs"], truth: Found["jobs"]): boolean => {
    type Known = { readonly history: readonly unknown[] };
    const [found, whole] = [jobs as readonly Known[], truth as readonly Known[]];
    const without = (known: readonly Known[]) =>
      JSON.stringify(known.map((one) => ({ ...one, history: [] })));
    return (
      without(found) === without(whole) &&
      found.every(({ history }, i) => {
        const all = new Set(whole[i]!.history.map((record) => JSON.stringify(record)));
        return history.every((record) => all.has(JSON.stringify(record)));
      })
    );
  };

  test("control: what SQLite itself finds would let flipped bits through", async () => {
    const chance = new Chance();
    const rows = (path: string) => {
      const db = openDatabase(path);
      try {
        const verdict = Object.values(db.prepare("PRAGMA quick_check").get() ?? {})[0];
        const all = ["jobs", "runs"].map((table) => db.prepare(`SELECT * FROM ${table}`).all());
        return { verdict, all: JSON.stringify(all) };
      } catch {
        return { verdict: "thrown", all: "" };
      } finally {
        db.close();
      }
    };
    const truth = rows(sound).all;
    let silent = 0;
    for (let i = 0; i < 300; i++) {
      if (i % 50 === 0) await collect();
      const path = join(scratch, "control.db");
      copyFileSync(sound, path);
      writeFileSync(path, harms["flipped bit"]!(readFileSync(sound), chance));
      const { verdict, all } = rows(path);
      if (verdict === "ok" && all !== truth) silent++;
      rmSync(path, { force: true });
    }
    keepFigures("F10 control, without checksums", { seed: chance.seed, times: 300, silent });
    expect(silent).toBeGreaterThan(0);
  });
});
