import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";
import { ended, pause, started } from "./children.ts";
import { libfaketime, SettableClock } from "./faketime.ts";

const library = libfaketime();
if (!library)
  keepFigures("F6", { "left out": "libfaketime is not there (Debian: apt-get install faketime)" });

const program = built();
const scratch = newFolder("clock");

const hour = 3_600;
/** Of the job that beats. Less than two seconds of a step go unnoticed, and delay a beat by as much. */
const period = 3_000;
/** How often the script notes that it is alive. */
const tick = 100;
const yearsAhead = (year: number) => Math.round((Date.UTC(year, 0, 20) - Date.now()) / 1_000);

/** What is done to the clock, each after some seconds: how far it then goes before the machine's. */
const steps: Readonly<Record<string, readonly number[]>> = {
  "an hour ahead": [hour],
  "an hour ahead and back": [hour, 0],
  "an hour back": [-hour],
  "a day ahead": [24 * hour],
  "a second back, a hundred times": Array.from({ length: 100 }, (_, i) => -i - 1),
  "to 2038 and back": [yearsAhead(2038), 0],
  "to 2099 and back": [yearsAhead(2099), 0],
};

interface Start {
  readonly planned: number;
  /** Time that had passed since the process began. */
  readonly at: number;
  /** Ticks that the process had counted. */
  readonly ticks: number;
  /** How many occurrences were reported as missed since the last start. */
  missed: number;
}

interface Seen {
  readonly repeated: number;
  readonly lost: number;
  /** The longest time between two beats, in periods. */
  readonly longestGap: number;
  /** The same in ticks of the process itself: a busy machine delays them as it delays the beats. */
  readonly longestOwnGap: number;
  readonly starts: ReadonlyMap<string, readonly Start[]>;
  readonly woke: readonly string[];
}

const read = (log: string): Seen => {
  const starts = new Map<string, Start[]>(["second", "beat", "later", "soon"].map((name) => [name, []]));
  const missed = new Map<string, number>();
  const woke: string[] = [];
  let [alive, ticks] = [0, 0];
  for (const line of readFileSync(log, "utf8").trim().split("\n")) {
    const [what, job, first, second] = line.split(" ") as [string, string, string, string];
    if (what === "clockJumped") woke.push(job);
    else if (what === "alive") [alive, ticks] = [Number(first), ticks + 1];
    else if (what === "missed") missed.set(job, (missed.get(job) ?? 0) + Number(first));
    else {
      starts
        .get(job)!
        .push({ planned: Number(first), at: Number(second), ticks, missed: missed.get(job) ?? 0 });
      missed.set(job, 0);
    }
  }
  const walls = [...starts].filter(([job]) => job !== "beat").map(([, of]) => of);
  const beats = starts.get("beat")!;
  return {
    repeated: sum(walls, (of) => of.length - new Set(of.map(({ planned }) => planned)).size),
    lost: lostIn(starts.get("second")!),
    longestGap: longest([...beats.map(({ at }) => at), alive]),
    longestOwnGap: longest([...beats.map((beat) => beat.ticks * tick), ticks * tick]),
    starts,
    woke,
  };
};

/** The longest time between two moments, in periods. */
const longest = (moments: readonly number[]): number =>
  Math.max(...moments.slice(1).map((at, i) => (at - moments[i]!) / period));

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

/** Seconds that lie between two starts and were neither reported nor started before the clock went back. */
const lostIn = (seconds: readonly Start[]): number => {
  let lost = 0;
  for (let i = 1; i < seconds.length; i++) {
    const [from, to] = [seconds[i - 1]!.planned, seconds[i]!.planned];
    const before = seconds.slice(0, i).filter(({ planned }) => planned > from && planned < to).length;
    lost += Math.max(0, (to - from) / 1_000 - 1 - before - seconds[i]!.missed);
  }
  return lost;
};

const stopped = isLong ? "stopped for a minute" : "stopped for seconds";

type Disturb = (pid: number, clock: SettableClock) => Promise<void>;

const watch = async (name: string, control: string, disturb: Disturb) => {
  const log = join(scratch, `${name} ${control}`.replaceAll(" ", "-"));
  const clock = new SettableClock(library!, `${log}.clock`);
  const child = await started(program("clock"), [log, control], clock.env);
  const chance = new Chance();
  await pause(chance.whole(5_000, 6_500));
  await disturb(child.pid!, clock);
  await ended(child, "SIGTERM");
  const seen = read(log);
  const { repeated, lost, longestGap, woke } = seen;
  keepFigures(`${name === stopped ? "F7" : "F6"} ${control && "control, "}${name}`, {
    seed: chance.seed,
    repeated,
    "lost in silence": lost,
    "longest gap between beats": `${longestGap.toFixed(2)} periods`,
    noticed: woke.join(", ") || "nothing",
  });
  return seen;
};

const setting =
  (aheads: readonly number[]): Disturb =>
  async (_, clock) => {
    for (const ahead of aheads) {
      clock.set(ahead);
      await pause(aheads.length > 10 ? 100 : 7_000);
    }
    if (aheads.length > 10) await pause(7_000);
  };

const standStill: Disturb = async (pid) => {
  process.kill(pid, "SIGSTOP");
  await pause(isLong ? 60_000 : 3_000);
  process.kill(pid, "SIGCONT");
  await pause(5_000);
};

/** A script of ours and the control, side by side. */
const both = (name: string, disturb: Disturb): Promise<readonly [ours: Seen, control: Seen]> =>
  Promise.all([watch(name, "", disturb), watch(name, "control", disturb)]);

describe.skipIf(!library)("a clock that is set, and a process that stands still", () => {
  /** All at once: they sleep nearly all the time. */
  const watched = new Map<string, Promise<readonly [ours: Seen, control: Seen]>>();
  beforeAll(async () => {
    for (const [name, aheads] of Object.entries(steps)) watched.set(name, both(name, setting(aheads)));
    watched.set(stopped, both(stopped, standStill));
    await Promise.allSettled(watched.values());
  }, 180_000);

  test.each(Object.entries(steps))(
    "%s: nothing twice, nothing lost in silence, the beat kept within a period",
    async (name, aheads) => {
      const seen = watched.get(name) ?? both(name, setting(aheads));
      // Tried once more, it is watched once more.
      watched.delete(name);
      const [ours, control] = await seen;
      expect([ours.repeated, ours.lost]).toEqual([0, 0]);
      // While the clock goes back ten times a second, a beat can wait twice for a step of less than two seconds to be noticed.
      expect(ours.longestOwnGap).toBeLessThan(aheads.length > 10 ? 2.5 : 2);
      expect(ours.starts.get("soon")).toHaveLength(aheads[0] === 24 * hour || aheads[0]! > 1e8 ? 2 : 1);
      expect(ours.starts.get("later")).toHaveLength(aheads[0]! > 0 ? 1 : 0);
      // A script that counts from the clock as it stands repeats, loses, or falls silent.
      expect(control.repeated + control.lost + Number(control.longestGap >= 2)).toBeGreaterThan(0);
    },
    60_000,
  );

  test("a process that stood still keeps its spacing, and what it missed is counted", async () => {
    const [ours, control] = await watched.get(stopped)!;
    expect([ours.repeated, ours.lost]).toEqual([0, 0]);
    expect(ours.woke.length).toBeLessThanOrEqual(1);
    const phases = new Set(ours.starts.get("beat")!.map(({ planned }) => planned % period));
    expect(phases.size).toBe(1);
    expect(control.lost).toBeGreaterThan(0);
  });
});
