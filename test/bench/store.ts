import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createScheduler, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { isQuick } from "./measure.ts";
import { column, finish, measureInProcess, measureInTurn, processArguments, report } from "./process.ts";
import type { Row } from "./results.ts";

const file = fileURLToPath(import.meta.url);
const jobs = 300;
const many = isQuick ? 1e4 : 1e5;
const listed = 100;
const runsEach = isQuick ? 100 : 1_000;

interface Database {
  exec(sql: string): void;
  close(): void;
}

/** The SQLite that the store uses: Node's own, else the package. */
const { DatabaseSync } = (process.getBuiltinModule("node:sqlite" as never) ??
  (await import("@photostructure/sqlite"))) as { DatabaseSync: new (path: string) => Database };

/** What as many commits of one row cost, each synced as the store does it. */
const commits = (path: string, count: number): number => {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode=wal; PRAGMA synchronous=FULL; CREATE TABLE rows (value)");
  const before = performance.now();
  for (let i = 0; i < count; i++) db.exec("BEGIN IMMEDIATE; INSERT INTO rows VALUES (1); COMMIT");
  const ms = performance.now() - before;
  db.close();
  return ms;
};

/** New jobs on a new file, until they are started. */
const register = async (path: string, count: number): Promise<number> => {
  const scheduler = createScheduler({ zone: "UTC", store: sqlite(path) });
  const task = () => {};
  const before = performance.now();
  for (let i = 0; i < count; i++) scheduler.every().hour.named(`job ${i}`).do(task);
  scheduler.start();
  const ms = performance.now() - before;
  await scheduler.stop();
  return ms;
};

/** How late the last of several jobs starts that are due at one instant. */
const fire = async (path: string, count: number): Promise<number> => {
  const scheduler = createScheduler({ zone: "UTC", store: sqlite(path) });
  const due = Date.now() + 1_500;
  let [started, late] = [0, 0];
  const task = async () => {
    started++;
    late = performance.timeOrigin + performance.now() - due;
  };
  for (let i = 0; i < count; i++) scheduler.once(new Date(due)).named(`job ${i}`).do(task);
  scheduler.start();
  while (started < count) await sleep(100);
  await scheduler.stop();
  return late;
};

const named = (schedule: { readonly every: ReturnType<typeof createScheduler>["every"] }): void => {
  for (let i = 0; i < listed; i++)
    schedule
      .every()
      .minute.named(`job ${i}`)
      .do(() => {});
};

/** Lets a hundred jobs run a thousand times each, on virtual time. */
const fill = async (path: string): Promise<void> => {
  const clock = new VirtualClock(Date.now() - runsEach * 60_000);
  const scheduler = createScheduler({ zone: "UTC", store: sqlite(path), clock });
  named(scheduler);
  scheduler.start();
  await clock.advance(runsEach * 60_000);
  await scheduler.stop();
};

/** In a fresh process. */
const measure = async ([what, folder]: readonly string[]): Promise<void> => {
  const path = (name: string) => join(folder!, `${name}-${process.pid}.db`);
  if (what === "jobs") {
    await register(path("first"), 10);
    const before = commits(path("before"), jobs);
    const [registered, last] = [await register(path("register"), jobs), await fire(path("fire"), jobs)];
    const single = (before + commits(path("after"), jobs)) / 2;
    finish({ single, registered, last, registering: registered / single, starting: last / single });
  } else if (what === "many") finish({ all: await register(path("many"), many) });
  else {
    const { every } = await import("onthedot");
    named({ every });
    process.argv.splice(2, Infinity, "list");
    const before = performance.now();
    process.on("exit", () => writeSync(1, `\n${JSON.stringify({ list: performance.now() - before })}\n`));
    await run({ store: sqlite(join(folder!, "listed.db")) });
  }
};

const measureAll = async (): Promise<void> => {
  // Not in the folder for temporary files, which may lie in memory.
  const folder = mkdtempSync(join(import.meta.dirname, "store-"));
  try {
    const filled = spawnSync(process.execPath, [file, "--fill", folder], { stdio: "inherit" });
    if (filled.status !== 0) throw new Error("the store was not filled");
    const rounds = isQuick ? 1 : 5;
    const of = (what: string) => ({ [what]: () => measureInProcess(file, [what, folder], 300) });
    const {
      jobs: few,
      many: all,
      list,
    } = await measureInTurn({ ...of("jobs"), ...of("many"), ...of("list") }, rounds);
    const row = (
      what: string,
      unit: Row["unit"],
      figures: typeof few,
      figure: string,
      goal: number,
    ): Row => ({
      what,
      unit,
      goal,
      values: {
        ...column({ onthedot: figures! }, figure),
        ...(unit === "ms" && figures === few && column({ "bare commits": few! }, "single")),
      },
    });
    const number = (count: number) => count.toLocaleString("en");
    report({
      title: "SQLite",
      how: `On a disk, in fresh processes, beside ${jobs} commits of one row each with synchronous=FULL in the same process; wall time, as most of it is spent waiting for the disk.`,
      rows: [
        row(
          `register ${jobs} new jobs, to ${jobs} single commits`,
          "of the commits",
          few,
          "registering",
          0.25,
        ),
        row(
          `${jobs} due at once, the last starts, to ${jobs} single commits`,
          "of the commits",
          few,
          "starting",
          0.35,
        ),
        { ...row(`register ${jobs} new jobs, in ms`, "ms", few, "registered", 0), goal: undefined },
        { ...row(`${jobs} due at once, in ms`, "ms", few, "last", 0), goal: undefined },
        row(`register ${number(many)} new jobs`, "ms", all, "all", isQuick ? 300 : 3_000),
        row(`open, and list ${listed} jobs with ${number(runsEach)} runs each`, "ms", list, "list", 200),
      ],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

if (process.argv[2] === "--fill") await fill(join(process.argv[3]!, "listed.db"));
else await (processArguments ? measure(processArguments) : measureAll());
