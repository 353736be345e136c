import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSqlite } from "../../src/store/sqlite.ts";
import { memory, newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";
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

/** Lets three processes run the same jobs on one file until they have started so many occurrences, each of them some, and counts. */
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
  const startsIn = (log: string) =>
    (existsSync(log) ? readFileSync(log, "utf8").match(/^start /gm) : null)?.length ?? 0;
  for (let made = [0]; made.includes(0) || sum(made) < wanted; made = logs.map(startsIn)) await pause(200);
  await Promise.all(children.map((child) => ended(child, "SIGTERM")));
  const lines = logs.map((log) => readFileSync(log, "utf8").split("\n").filter(Boolean));
  const starts = lines.map((all) => all.filter((line) => line.startsWith("start ")));
  const times = new Map<string, number>();
  for (const start of starts.flat()) times.set(start, (times.get(start) ?? 0) + 1);
  const db = openDatabase(file);
  const integrity = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
  const cursors = db.prepare("SELECT name, anchor, last_decided AS lastDecided FROM jobs").all();
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

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

/** The beat of every job from its registration, which a busy machine delays, up to its cursor, known without the scheduler, less what was started. */
const lostOf = (
  times: ReadonlyMap<string, number>,
  anchor: number,
  cursors: readonly { name: string; anchor: number; lastDecided: number }[],
): number => {
  let lost = 0;
  for (const { name, anchor: registered, lastDecided } of cursors) {
    const first = anchor + Number(name.slice(3));
    for (let planned = first; planned <= lastDecided; planned += period)
      if (planned > registered && !times.has(`start ${name}@${planned}`)) lost++;
  }
  return lost;
};

test("three processes on one file start each occurrence once", { timeout: 600_000 }, async () => {
  const wanted = isLong ? 100_000 : 10_000;
  const chance = new Chance();
  const { warnings, shares, ...figures } = await crowd(wanted, chance);
  keepFigures("F8", {
    seed: chance.seed,
    processes,
    ...figures,
    shares: shares.join("+"),
    warnings: warnings.length,
  });
  expect(warnings).toEqual([]);
  expect(figures).toMatchObject({ doubled: 0, lost: 0, integrity: "ok" });
});

test("control: without a claim, every process starts everything", { timeout: 60_000 }, async () => {
  const chance = new Chance();
  const { starts, doubled } = await crowd(1_000, chance, "no-claim");
  keepFigures("F8 control, no claim", { seed: chance.seed, starts, doubled });
  expect(doubled).toBeGreaterThan(0);
});
