import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSqlite } from "../../src/store/sqlite.ts";
import { memory, newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { Chance, isLong, tell } from "./chance.ts";
import { ended, pause, started } from "./children.ts";

const program = built();
const openDatabase = findSqlite();
const processes = 3;
const jobs = 50;
const period = 100;

interface Figures {
  readonly starts: number;
  readonly doubled: number;
  readonly lost: number;
  readonly warnings: readonly string[];
  /** How many starts each process made. */
  readonly shares: readonly number[];
  readonly integrity: unknown;
}

/** Lets three processes run the same jobs on one file until so many occurrences have come, and counts. */
const crowd = async (wanted: number, { seed }: Chance, control = ""): Promise<Figures> => {
  // Where many processes commit, the locks are what is tried, not the disk.
  const folder = newFolder("crowd", memory);
  const file = join(folder, "jobs.db");
  const anchor = Date.now() + 1_500;
  const logs = Array.from({ length: processes }, (_, i) => join(folder, `log${i}`));
  const children = await Promise.all(
    logs.map((log) =>
      started(program("crowd"), [file, log, ...[anchor, jobs, period, seed].map(String), control]),
    ),
  );
  await pause(anchor - Date.now() + (wanted / jobs) * period);
  await Promise.all(children.map((child) => ended(child, "SIGTERM")));
  const lines = logs.map((log) => readFileSync(log, "utf8").split("\n").filter(Boolean));
  const starts = lines.map((all) => all.filter((line) => line.startsWith("start ")));
  const times = new Map<string, number>();
  for (const start of starts.flat()) times.set(start, (times.get(start) ?? 0) + 1);
  const db = openDatabase(file);
  const integrity = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
  const cursors = db.prepare("SELECT name, last_decided AS lastDecided FROM jobs").all();
  db.close();
  return {
    starts: starts.flat().length,
    doubled: starts.flat().length - times.size,
    lost: lostOf(times, anchor, cursors as never),
    warnings: lines.flat().filter((line) => line.startsWith("warning ")),
    shares: starts.map((all) => all.length),
    integrity,
  };
};

/** The beat of every job up to its cursor, known without the scheduler, less what was started. */
const lostOf = (
  times: ReadonlyMap<string, number>,
  anchor: number,
  cursors: readonly { name: string; lastDecided: number }[],
): number => {
  let lost = 0;
  for (const { name, lastDecided } of cursors) {
    const first = anchor + Number(name.slice(3));
    for (let planned = first; planned <= lastDecided; planned += period)
      if (!times.has(`start ${name}@${planned}`)) lost++;
  }
  return lost;
};

test("three processes on one file start each occurrence once", { timeout: 600_000 }, async () => {
  const wanted = isLong ? 100_000 : 10_000;
  const chance = new Chance();
  const { warnings, shares, ...figures } = await crowd(wanted, chance);
  tell("F8", {
    seed: chance.seed,
    processes,
    ...figures,
    shares: shares.join("+"),
    warnings: warnings.length,
  });
  expect(warnings).toEqual([]);
  expect(figures).toMatchObject({ doubled: 0, lost: 0, integrity: "ok" });
  expect(figures.starts).toBeGreaterThanOrEqual(wanted * 0.8);
  for (const share of shares) expect(share).toBeGreaterThan(0);
});

test("control: without a claim, every process starts everything", { timeout: 60_000 }, async () => {
  const chance = new Chance();
  const { starts, doubled } = await crowd(1_000, chance, "no-claim");
  tell("F8 control, no claim", { seed: chance.seed, starts, doubled });
  expect(doubled).toBeGreaterThan(0);
});
