import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createScheduler, type Scheduler } from "../../src/create.ts";
import { ScheduleError } from "../../src/errors.ts";
import type { Job } from "../../src/job.ts";
import { sqlite } from "../../src/sqlite.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { newFolder } from "../folder.ts";
import { minutes } from "../store/scene.ts";
import { Chance, keepFigures } from "./chance.ts";

const openDatabase = findSqlite();
const scratch = newFolder("disk");
const mounted: string[] = [];
const mount = (...args: string[]): boolean => spawnSync("mount", args).status === 0;

afterAll(() => {
  for (const place of mounted) spawnSync("umount", ["-l", place]);
});

/** A disk of one megabyte, or nothing where none may be made. */
const smallDisk = (name: string): string | undefined => {
  const place = mkdtempSync(join(scratch, `${name}-`));
  if (process.platform !== "linux" || !mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", place))
    return undefined;
  mounted.push(place);
  return place;
};

const disk = smallDisk("small");
if (!disk)
  console.warn("F9's full and read-only disks were LEFT OUT: they need Linux and the right to mount.");

/** A script with a job every minute on a file, and what it says. */
const script = (path: string, strict = false) => {
  const clock = new VirtualClock("2026-03-01T12:00:00Z");
  const warnings: string[] = [];
  const ran: string[] = [];
  const schedule: Scheduler = createScheduler({ clock, zone: "UTC", store: sqlite(path, { strict }) });
  schedule.listen("warning", ({ message }) => warnings.push(message));
  const job: Job = schedule
    .every(1)
    .minutes.named("beat")
    .do(({ scheduled }) => ran.push((scheduled as Date).toISOString().slice(11, 16)));
  schedule.start();
  return { clock, warnings, ran, schedule, job };
};

/** Takes all the room there is. */
const fill = (place: string): string => {
  const ballast = join(place, "ballast");
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size, 1), { flag: "a" });
    } catch {
      // Not so much any more.
    }
  }
  return ballast;
};

const saidBy = (act: () => void): string => {
  try {
    act();
    return "nothing";
  } catch (error) {
    return (error as Error).message;
  }
};

const rowsIn = (path: string) => {
  const db = openDatabase(path);
  const integrity = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
  const rows = db.prepare("SELECT count(*) AS rows FROM runs WHERE outcome = 'succeeded'").get()?.rows;
  db.close();
  return { integrity, rows };
};

describe.skipIf(!disk)("a disk that is full", () => {
  test("jobs continue from memory, with one warning a minute at most, and everything is written when there is room again", async () => {
    const path = join(disk!, "jobs.db");
    const { clock, warnings, ran, schedule, job } = script(path);
    const chance = new Chance();
    const [early, late] = [chance.whole(3, 9), chance.whole(3, 9)];
    await clock.advance(minutes(early));
    const ballast = fill(disk!);
    const other = openDatabase(path);
    const refusal = saidBy(() =>
      other.exec("CREATE TABLE big (a); INSERT INTO big VALUES (randomblob(200000))"),
    );
    other.close();
    keepFigures("F9 control, a full disk without us", { "SQLite says": refusal });
    expect(refusal).toContain("full");
    await clock.advance("1 hour");
    expect(ran).toHaveLength(early + 60);
    expect(warnings[0]).toMatch(/^jobs.db cannot be written: the disk is full. Jobs continue from memory/);
    expect(warnings.length).toBeGreaterThan(30);
    expect(warnings.length).toBeLessThanOrEqual(61);
    const before = warnings.length;
    rmSync(ballast);
    await clock.advance(minutes(late));
    expect(warnings.slice(before)).toEqual(["jobs.db can be written again."]);
    expect(job.history()).toHaveLength(early + 60 + late);
    await schedule.stop();
    const kept = rowsIn(path);
    keepFigures("F9 full disk", { seed: chance.seed, runs: ran.length, warnings: before, ...kept });
    expect(kept).toEqual({ integrity: "ok", rows: early + 60 + late });
  });

  test("a disk that is full, has room, and is full again within a minute is reported twice", async () => {
    const place = smallDisk("twice")!;
    const { clock, warnings, schedule, job } = script(join(place, "jobs.db"));
    await clock.advance("3 minutes");
    for (let i = 0; i < 2; i++) {
      const ballast = fill(place);
      // Long enough for what the log has room for.
      for (let n = 0; n < 40 && warnings.length === 2 * i; n++) await job.run();
      rmSync(ballast);
      await clock.advance("10 seconds");
    }
    await schedule.stop();
    expect(warnings.map((message) => message.slice(0, 40))).toEqual([
      "jobs.db cannot be written: the disk is f",
      "jobs.db can be written again.",
      "jobs.db cannot be written: the disk is f",
      "jobs.db can be written again.",
    ]);
  });

  test("with strict, nothing starts until there is room, and then missed runs are caught up", async () => {
    const place = smallDisk("strict")!;
    const path = join(place, "jobs.db");
    const { clock, warnings, ran, schedule, job } = script(path, true);
    const chance = new Chance();
    const early = chance.whole(3, 9);
    await clock.advance(minutes(early));
    const ballast = fill(place);
    await clock.advance("1 hour");
    expect(ran.length).toBeLessThanOrEqual(early + 2);
    expect(warnings[0]).toMatch(
      /^jobs.db cannot be written: the disk is full. Nothing starts until the file can be written again/,
    );
    rmSync(ballast);
    await clock.advance("5 minutes");
    expect(ran.at(-1)).toBe(`13:${String(early + 5).padStart(2, "0")}`);
    await schedule.stop();
    // Each of the minutes was decided on.
    const decided = job.history().reduce((sum, { count = 1 }) => sum + count, 0);
    keepFigures("F9 full disk, strict", { seed: chance.seed, runs: ran.length, decided, ...rowsIn(path) });
    expect(decided).toBe(early + 65);
  });

  test("a disk that is full from the start lets jobs go on, and is used when there is room", async () => {
    const place = smallDisk("from-the-start")!;
    const path = join(place, "jobs.db");
    const ballast = fill(place);
    const { clock, warnings, ran, schedule } = script(path);
    await clock.advance("10 minutes");
    expect(ran).toHaveLength(10);
    expect(warnings[0]).toContain("Jobs continue from memory");
    rmSync(ballast);
    await clock.advance("10 minutes");
    await schedule.stop();
    expect(rowsIn(path)).toEqual({ integrity: "ok", rows: 20 });
    expect(() => script(path, true)).not.toThrow();
  });
});

describe.skipIf(!disk)("a disk that is read-only", () => {
  const place = join(scratch, "read-only");
  const path = join(place, "jobs.db");

  test("jobs continue from memory, and nothing is changed", async () => {
    const writable = smallDisk("writable")!;
    const first = script(join(writable, "jobs.db"));
    await first.clock.advance("5 minutes");
    await first.schedule.stop();
    mkdirSync(place);
    expect(mount("--bind", writable, place) && mount("-o", "remount,bind,ro", place)).toBe(true);
    mounted.push(place);
    const before = readdirSync(place).map((name) => [name, statSync(join(place, name)).mtimeMs]);
    const { clock, warnings, ran, schedule } = script(path);
    await clock.advance("10 minutes");
    await schedule.stop();
    keepFigures("F9 read-only disk", { runs: ran.length, warnings: warnings.length });
    expect(ran).toHaveLength(10);
    expect(warnings[0]).toMatch(/^jobs.db cannot be/);
    expect(readdirSync(place).map((name) => [name, statSync(join(place, name)).mtimeMs])).toEqual(before);
  });

  test("with strict, nothing starts", () => {
    expect(() => script(path, true)).toThrow(
      expect.objectContaining({
        code: "store-unusable",
        message: expect.stringContaining("{ strict: true }"),
      }),
    );
  });
});

describe("a place where no file can be", () => {
  const refusal = (path: string): string => {
    try {
      sqlite(path);
    } catch (error) {
      if (error instanceof ScheduleError && error.code === "store-path") return error.message;
      throw error;
    }
    return "nothing was refused";
  };

  test("a folder that is missing", () => {
    expect(refusal(join(scratch, "missing/jobs.db"))).toContain("missing does not exist");
    expect(existsSync(join(scratch, "missing"))).toBe(false);
  });

  test("a folder in place of the file", () => {
    mkdirSync(join(scratch, "folder.db"));
    expect(refusal(join(scratch, "folder.db"))).toContain("this is a folder");
    expect(readdirSync(join(scratch, "folder.db"))).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)("a folder that may not be written", () => {
    const folder = join(scratch, "closed");
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    expect(() => script(join(folder, "jobs.db"), true)).toThrow(
      expect.objectContaining({ code: "store-unusable" }),
    );
  });
});
