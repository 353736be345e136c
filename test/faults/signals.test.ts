import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSqlite } from "../../src/store/sqlite.ts";
import { memory, newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { atMost, Chance, isLong, keepFigures } from "./chance.ts";
import { pause, started } from "./children.ts";

const program = built();
const openDatabase = findSqlite();
// How long a disk takes that others write to, too, is not what is tried.
const times = isLong ? 100 : 2;
const lanes = 5;

interface Case {
  readonly running: number;
  /** How many of them ignore their signal. */
  readonly deaf: number;
  /** Whether a second signal follows. */
  readonly isTwice: boolean;
}

const cases: readonly Case[] = [
  ...[0, 1, 20].map((running) => ({ running, deaf: 0, isTwice: false })),
  ...[1, 20].flatMap((running) => [false, true].map((isTwice) => ({ running, deaf: 1, isTwice }))),
];

interface Seen {
  readonly code: number;
  readonly startsAfter: number;
  /** How long the process lived after the last signal, by its own clock, in which it had a processor or needed none. */
  readonly lifetime: number;
  /** Runs in the file that have no end. */
  readonly unended: number;
  /** Whether all is in the file itself. */
  readonly isClosed: boolean;
  readonly integrity: unknown;
}

const grace = ({ isTwice }: Case): number => (isTwice ? 20_000 : 700);

const signalled = async (of: Case, signal: NodeJS.Signals, chance: Chance, control = ""): Promise<Seen> => {
  const folder = newFolder("signals", memory);
  const [log, file] = [join(folder, "log"), join(folder, "jobs.db")];
  const args = [log, file, String(grace(of)), String(of.running), String(of.deaf), control];
  const child = await started(program("signals"), args);
  child.stdout?.resume();
  const linesOf = (word: string) =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .filter((line) => line.startsWith(word))
      : [];
  while (linesOf("start").length === 0 || linesOf("running").length < of.running) await pause(20);
  await pause(chance.whole(0, 1_000));
  const isSeen = () => linesOf("signal").length > 0;
  const code = await ending(child, signal, of.isTwice ? isSeen : undefined);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const first = lines.findIndex((line) => line.startsWith("signal"));
  const last = lines.findLast((line) => line.startsWith("signal"))!;
  const end = lines.findLast((line) => line.startsWith("exit"))!;
  const isClosed = !existsSync(`${file}-wal`) || statSync(`${file}-wal`).size === 0;
  const db = openDatabase(file);
  const integrity = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
  const unended = db.prepare("SELECT planned FROM runs WHERE outcome IS NULL").all().length;
  db.close();
  return {
    code,
    startsAfter: lines.slice(first).filter((line) => line.startsWith("start")).length,
    lifetime: Number(end.split(" ").at(-1)) - Number(last.split(" ").at(-1)),
    unended,
    isClosed,
    integrity,
  };
};

/** @param isSeen whether the first signal was seen, where a second one follows */
const ending = async (
  child: ChildProcess,
  signal: NodeJS.Signals,
  isSeen?: () => boolean,
): Promise<number> => {
  const exit = once(child, "exit");
  child.kill(signal);
  if (isSeen) {
    while (!isSeen()) await pause(20);
    // A process that waits for a processor sees the first one late, and what comes within half a second of that is a copy.
    await pause(700);
    child.kill(signal);
  }
  const [code] = await exit;
  return code;
};

const inLanes = async <T>(all: readonly (() => Promise<T>)[]): Promise<readonly T[]> => {
  const left = [...all];
  const done: T[] = [];
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) done.push(await next());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
};

// A run that was abandoned keeps the file open to its last breath: it could still end.
test("a signal starts nothing more, ends what runs within its grace, and closes the store", async () => {
  const chance = new Chance();
  for (const of of cases) {
    const runs = (["SIGINT", "SIGTERM"] as const).flatMap((signal) =>
      Array.from({ length: times }, () => () => signalled(of, signal, chance)),
    );
    const seen = await inLanes(runs);
    const limit = of.isTwice || of.deaf === 0 ? 1_000 : grace(of) + 1_000;
    const figures = {
      seed: chance.seed,
      signals: seen.length,
      codes: [...new Set(seen.map(({ code }) => code))],
      "starts after it": seen.reduce((sum, { startsAfter }) => sum + startsAfter, 0),
      "longest life after it": `${Math.max(...seen.map(({ lifetime }) => lifetime)).toFixed(0)} ms`,
      "too long": seen.filter(({ lifetime }) => lifetime > limit).length,
      "stores not as they should be": seen.filter(
        ({ unended, isClosed, integrity }) =>
          integrity !== "ok" || unended !== of.deaf || (of.deaf === 0 && !isClosed),
      ).length,
    };
    const { running, deaf, isTwice } = of;
    keepFigures(`F11 ${running} running, ${deaf} deaf${isTwice ? ", a second signal" : ""}`, {
      ...figures,
      "so at most": atMost(seen.length),
    });
    expect(figures).toMatchObject({
      codes: [deaf === 0 ? 0 : 130],
      "starts after it": 0,
      "too long": 0,
      "stores not as they should be": 0,
    });
  }
}, 3_600_000);

test("control: a script that ignores the signal is seen to start jobs after it", async () => {
  const { startsAfter } = await signalled(cases[0]!, "SIGTERM", new Chance(1), "control");
  keepFigures("F11 control, a script that ignores it", { "starts after it": startsAfter });
  expect(startsAfter).toBeGreaterThan(0);
});
