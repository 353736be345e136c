import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { memory, newFolder } from "../folder.ts";
import { collect, job, minutes, opening } from "../store/scene.ts";
import { built } from "./built.ts";
import { atMost, Chance, isLong, keepFigures } from "./chance.ts";
import { Disk, readActs } from "./power-cut.ts";

const program = built();
const openDatabase = findSqlite();
const states = isLong ? 10_000 : 2_000;
const rounds = isLong ? 1_000 : 360;
const scratch = newFolder("power");
// What is left is written and read thousands of times.
const left = newFolder("left", memory);

const recorder = join(scratch, "record-writes.so");
const source = join(import.meta.dirname, "record-writes.c");
const compiled =
  process.platform === "linux" &&
  spawnSync("gcc", ["-shared", "-fPIC", "-O2", "-o", recorder, source, "-ldl", "-lpthread"]).status === 0;
if (!compiled)
  console.warn("F5 was LEFT OUT: it records what a process writes, and that needs Linux and gcc.");

interface Figures {
  readonly acts: number;
  readonly syncs: number;
  readonly acknowledged: number;
  states: number;
  /** States in which something was missing that had been acknowledged. */
  lost: number;
  /** States in which the file was found damaged. */
  damaged: number;
}

/** Lets a process work, and looks at what a power cut at random moments would have left. */
const cutPower = async (count: number, chance: Chance, control = ""): Promise<Figures> => {
  const folder = newFolder("power");
  const log = join(scratch, `log-${chance.seed}-${control}`);
  const child = spawnSync(
    process.execPath,
    [program("decisions"), join(folder, "jobs.db"), join(folder, "acknowledged"), String(rounds), control],
    {
      env: { ...process.env, LD_PRELOAD: recorder, RECORD_FOLDER: folder, RECORD_LOG: log },
      encoding: "utf8",
    },
  );
  if (child.status !== 0) throw new Error(child.stderr);
  const acts = readActs(readFileSync(log));
  const figures: Figures = {
    acts: acts.length,
    syncs: acts.filter(({ what }) => what === "S").length,
    acknowledged: acts.filter(({ name, what }) => name === "acknowledged" && what === "W").length,
    states: 0,
    lost: 0,
    damaged: 0,
  };
  const moments = Array.from({ length: count }, () => chance.whole(0, acts.length)).sort((a, b) => a - b);
  const disk = new Disk();
  let [at, claimed, recorded] = [0, 0, 0];
  for (const moment of moments) {
    for (; at < moment; at++) {
      const act = acts[at]!;
      if (act.name === "acknowledged") {
        const word = act.bytes.toString();
        if (word === "claimed\n") claimed++;
        if (word === "recorded\n") recorded++;
        if (word.startsWith("warning")) throw new Error(word);
      } else if (!/-(shm$|lock)/.test(act.name)) disk.apply(act);
    }
    if (figures.states++ % 50 === 0) await collect();
    judge(disk.cut(chance), claimed, recorded, figures);
  }
  return figures;
};

/** Opens what is left as the next start of the script would. */
const judge = (
  files: ReadonlyMap<string, Buffer>,
  claimed: number,
  recorded: number,
  figures: Figures,
): void => {
  const folder = join(left, "disk");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  const store = new SqliteStore(join(folder, "jobs.db"), openDatabase, { historyLimit: 1_000_000 });
  const known = opening(new VirtualClock("2026-03-03T12:00:00Z"));
  store.open(known);
  const jobRecord = store.register(
    job({ source: "every minute", recurrence: { kind: "interval", every: minutes(1) } }),
  );
  const kept = jobRecord.history().filter(({ outcome }) => outcome === "succeeded").length;
  const lastDecided = jobRecord.jobState()?.lastDecided ?? job().anchor;
  const trouble = known.warnings.find((message) => /cannot be|has been locked/.test(message));
  if (trouble) throw new Error(`the machine is in the way: ${trouble}`);
  // What had begun when the power went is written off as interrupted: that is the one claim without a record.
  if (known.warnings.some((message) => message.includes("damaged")) && claimed > 0) figures.damaged++;
  else if (kept < recorded || lastDecided < job().anchor + claimed * minutes(1)) figures.lost++;
  store.close();
};

test.skipIf(!compiled)("a power cut loses nothing that was acknowledged", { timeout: 600_000 }, async () => {
  const chance = new Chance();
  const figures = await cutPower(states, chance);
  keepFigures("F5", { seed: chance.seed, ...figures, rate: atMost(figures.states) });
  expect(figures.acknowledged).toBeGreaterThanOrEqual(2 * rounds);
  expect(figures.syncs).toBeGreaterThan(2 * rounds);
  expect(figures).toMatchObject({ lost: 0, damaged: 0, states });
});

test.skipIf(!compiled)(
  "control: without syncs, a power cut loses and damages",
  { timeout: 600_000 },
  async () => {
    const chance = new Chance();
    const figures = await cutPower(200, chance, "off");
    keepFigures("F5 control, synchronous=OFF", { seed: chance.seed, ...figures });
    expect(figures.lost + figures.damaged).toBeGreaterThan(100);
  },
);
