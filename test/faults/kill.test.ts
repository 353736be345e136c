import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunRow } from "../../src/store/sqlite/tables.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { atMost, Chance, isLong, keepFigures } from "./chance.ts";
import { ended, pause, started } from "./children.ts";

const program = built();
const openDatabase = findSqlite();
const period = 150;
const lanes = 4;
const kills = isLong ? 1_000 : 200;
/** The least share of kills that have to meet a run: about a quarter do, and of 200 less than a tenth only once in 100,000 times. */
const often = 0.1;

/** Where a run was when its process was killed. */
const phases = ["claimed, not started", "running", "ended, not recorded"] as const;
type Phase = (typeof phases)[number];

interface Figures {
  kills: number;
  /** In how many kills a run was cut off in this phase. */
  readonly cut: Record<Phase | "between runs", number>;
  occurrences: number;
  lost: number;
  /** Started, and without a decision. */
  undecided: number;
  doubled: number;
  interrupted: number;
  expired: number;
  /** Given back by the last script when it was stopped. */
  waiting: number;
  unsound: number;
  readonly warnings: string[];
}

const nothing = (): Figures => ({
  kills: 0,
  cut: { "between runs": 0, "claimed, not started": 0, running: 0, "ended, not recorded": 0 },
  occurrences: 0,
  lost: 0,
  undecided: 0,
  doubled: 0,
  interrupted: 0,
  expired: 0,
  waiting: 0,
  unsound: 0,
  warnings: [],
});

/** Kills one script again and again, then lets it end in peace and counts. */
const lane = async (
  policy: "report" | "rerun",
  times: number,
  chance: Chance,
  figures: Figures,
  control = "",
): Promise<void> => {
  const folder = newFolder("kill");
  const start = () => started(program("beat"), [folder, policy, control]);
  for (let i = 0; i < times; i++) {
    const child = await start();
    await pause(chance.whole(20, 400));
    await ended(child, "SIGKILL");
    figures.kills++;
    look(folder, figures);
  }
  const last = await start();
  for (let i = 0; i < 60 && openIn(folder) > 2; i++) await pause(500);
  await ended(last, "SIGTERM");
  count(folder, figures);
};

/** How many occurrences are claimed and not decided on. */
const openIn = (folder: string): number => {
  if (!existsSync(join(folder, "jobs.db"))) return 0;
  const db = openDatabase(join(folder, "jobs.db"), { readOnly: true });
  const open = db.prepare("SELECT count(*) AS open FROM runs WHERE outcome IS NULL").get()?.open;
  db.close();
  return Number(open);
};

/** Looks at a copy, so that the next process has to recover what the killed one left. */
const look = (folder: string, figures: Figures): void => {
  const copy = join(folder, "copy");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const name of ["jobs.db", "jobs.db-wal"])
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  const db = openDatabase(join(copy, "jobs.db"));
  if (Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0] !== "ok") figures.unsound++;
  const hasRuns = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'runs'").get();
  const open = hasRuns ? db.prepare("SELECT planned FROM runs WHERE outcome IS NULL").all() : [];
  db.close();
  const log = readLog(folder);
  const found = new Set(open.map(({ planned }) => phaseOf(Number(planned), log)));
  for (const phase of found) figures.cut[phase]++;
  if (found.size === 0) figures.cut["between runs"]++;
};

interface Log {
  readonly anchor: number;
  readonly starts: ReadonlyMap<number, number>;
  readonly ends: ReadonlyMap<number, number>;
  readonly warnings: readonly string[];
}

const readLog = (folder: string): Log => {
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  const warnings: string[] = [];
  let anchor = 0;
  for (const line of readFileSync(join(folder, "log"), "utf8").split("\n")) {
    const [word, ...rest] = line.split(" ");
    const planned = Number(rest[0]);
    if (word === "start") starts.set(planned, (starts.get(planned) ?? 0) + 1);
    if (word === "end") ends.set(planned, (ends.get(planned) ?? 0) + 1);
    if (word === "anchor") anchor ||= planned;
    if (word === "warning") warnings.push(rest.join(" "));
  }
  return { anchor, starts, ends, warnings };
};

const phaseOf = (planned: number, { starts, ends }: Log): Phase =>
  (ends.get(planned) ?? 0) > 0
    ? "ended, not recorded"
    : (starts.get(planned) ?? 0) > 0
      ? "running"
      : "claimed, not started";

/** Compares the log and the decisions with the beat, which is known without the scheduler: the anchor and every 150 ms after it. */
const count = (folder: string, figures: Figures): void => {
  const log = readLog(folder);
  const decisions = decisionsIn(folder);
  const last = Math.max(...log.starts.keys(), ...decisions.map(({ planned }) => planned));
  const decided = new Set(decisions.map(({ planned }) => planned as number));
  // What waits when the script is stopped is given back, and no loss.
  const waiting = new Set(
    decisions.filter(({ owner }) => owner === "").map(({ planned }) => planned as number),
  );
  const expired = decisions.filter(({ outcome }) => outcome === "expired");
  for (let planned = log.anchor + period; planned <= last; planned += period) {
    figures.occurrences++;
    const isExpired = expired.some(
      (row) => row.planned >= planned && planned > row.planned - row.count! * period,
    );
    if (isExpired) figures.expired++;
    else if (waiting.has(planned)) figures.waiting++;
    else if (!decided.has(planned)) figures[log.starts.has(planned) ? "undecided" : "lost"]++;
  }
  for (const times of log.starts.values()) figures.doubled += times - 1;
  figures.interrupted += decisions.filter(({ outcome }) => outcome === "interrupted").length;
  for (const warning of log.warnings) if (!/interrupted/.test(warning)) figures.warnings.push(warning);
};

const decisionsIn = (folder: string): readonly RunRow[] => {
  if (!existsSync(join(folder, "jobs.db"))) return [];
  const db = openDatabase(join(folder, "jobs.db"));
  const rows = db.prepare("SELECT * FROM runs WHERE outcome IS NOT NULL OR owner = ''").all();
  db.close();
  return rows as unknown as RunRow[];
};

const inLanes = async (
  policy: "report" | "rerun",
  control = "",
  times = kills,
): Promise<[Figures, Chance]> => {
  const chance = new Chance();
  const figures = nothing();
  const share = Math.ceil(times / lanes);
  await Promise.all(
    Array.from({ length: lanes }, () =>
      lane(policy, share, new Chance(chance.whole(0, 2 ** 31)), figures, control),
    ),
  );
  return [figures, chance];
};

const report = (name: string, figures: Figures, { seed }: Chance): void => {
  const { cut, kills, occurrences, lost, undecided, doubled, interrupted, expired, waiting, unsound } =
    figures;
  const phases = Object.entries(cut).map(([phase, times]) => [`killed ${phase}`, times]);
  keepFigures(name, {
    seed,
    kills,
    ...Object.fromEntries(phases),
    occurrences,
    lost: `${lost} (${atMost(occurrences)})`,
    "started twice": doubled,
    "without a decision": undecided,
    interrupted,
    expired,
    "given back at the end": waiting,
    "files unsound after a kill": unsound,
  });
};

describe("a process that is killed in the middle", { timeout: 1_200_000 }, () => {
  test("under report, nothing is lost and nothing starts twice", async () => {
    const [figures, chance] = await inLanes("report");
    report("F4 report", figures, chance);
    expect(figures).toMatchObject({ lost: 0, undecided: 0, doubled: 0, unsound: 0, warnings: [] });
    expect(figures.cut.running).toBeGreaterThan(figures.kills * often);
    expect(figures.interrupted).toBeGreaterThanOrEqual(figures.cut.running);
    // Of all that waits when a process is killed, only what had begun is interrupted.
    expect(figures.interrupted).toBeLessThanOrEqual(2 * figures.kills);
  });

  test("under rerun, nothing is lost, and each kill costs one more start at most", async () => {
    const [figures, chance] = await inLanes("rerun");
    report("F4 rerun", figures, chance);
    expect(figures).toMatchObject({ lost: 0, undecided: 0, interrupted: 0, unsound: 0, warnings: [] });
    expect(figures.cut.running).toBeGreaterThan(figures.kills * often);
    expect(figures.doubled).toBeGreaterThan(0);
    expect(figures.doubled).toBeLessThanOrEqual(figures.kills);
  });

  test("control: without a claim, occurrences start twice", async () => {
    const [figures, chance] = await inLanes("report", "no-claim", 12);
    report("F4 control, no claim", figures, chance);
    expect(figures.doubled).toBeGreaterThan(0);
  });

  test("control: without a memory, occurrences are lost", async () => {
    const [figures, chance] = await inLanes("report", "no-memory", 12);
    report("F4 control, no memory", figures, chance);
    expect(figures.lost).toBeGreaterThan(0);
  });
});
