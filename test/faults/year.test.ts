import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createScheduler, type Recurrence } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { newFolder } from "../folder.ts";
import { occurrences } from "../recurrence/slow-walk.ts";
import { built } from "./built.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";
import { sayNightJobs, zones } from "./children/nights.ts";
import { ended, pause, started } from "./children.ts";
import { libfaketime } from "./faketime.ts";

/** What a job is counted from, and when it ran. */
interface Log {
  readonly recurrence: Recurrence;
  readonly anchor: number;
  readonly ran: number[];
}

interface Compared {
  readonly runs: number;
  readonly repeated: number;
  /** Runs that an obviously right walk through the dates does not have, and the other way round. */
  readonly wrong: number;
  readonly lacking: number;
}

/** Compares what ran with a walk that shares nothing with what planned it. */
const compare = (logs: Iterable<Log>, until: number): Compared => {
  const total = { runs: 0, repeated: 0, wrong: 0, lacking: 0 };
  for (const { recurrence, anchor, ran } of logs) {
    const right = new Set(occurrences(recurrence, { zone: "UTC", anchor }, anchor, until));
    const seen = ran.filter((at) => at <= until);
    const once = new Set(seen);
    total.runs += seen.length;
    total.repeated += seen.length - once.size;
    total.wrong += [...once].filter((at) => !right.has(at)).length;
    total.lacking += [...right].filter((at) => !once.has(at)).length;
  }
  return total;
};

/** Five times of the night, in minutes after midnight. */
const drawnBy = (chance: Chance): readonly number[] => [
  ...new Set(Array.from({ length: 5 }, () => chance.whole(0, 239))),
];

const begin = "2025-01-01T00:00:00Z";
const end = Date.parse("2026-01-01T00:00:00Z");

test("through a year, over both nights in six zones, jobs run when a slow walk says", async () => {
  const clock = new VirtualClock(begin);
  const schedule = createScheduler({ clock, zone: "UTC" });
  const logs = new Map<string, Log>();
  let late = 0;
  const chance = new Chance();
  sayNightJobs(schedule, drawnBy(chance), ({ job, scheduled }) => {
    logs.get(job.name)!.ran.push(scheduled.getTime());
    if (clock.now() !== scheduled.getTime()) late++;
  });
  for (const { name, recurrence } of schedule.jobs())
    logs.set(name, { recurrence, anchor: Date.parse(begin), ran: [] });
  schedule.start();
  await clock.advanceTo(new Date(end));
  await schedule.stop();
  const compared = compare(logs.values(), end);
  keepFigures("F12 a year", {
    seed: chance.seed,
    jobs: logs.size,
    zones: zones.length,
    ...compared,
    "not on time": late,
  });
  expect(compared).toMatchObject({ repeated: 0, wrong: 0, lacking: 0 });
  expect(compared.runs).toBeGreaterThan(80_000);
  expect(late).toBe(0);
  // A day of 24 hours is what scripts count that know nothing of clocks: the walk tells them apart.
  const naive = [...logs.values()].map((log) => ({
    ...log,
    ran: everyDay(log.ran),
  }));
  const control = compare(naive, end);
  keepFigures("F12 control, a script that counts days of 24 hours", { ...control });
  expect(control.wrong).toBeGreaterThan(1_000);
  expect(control.lacking).toBeGreaterThan(1_000);
}, 120_000);

const day = 86_400_000;

/** The runs of the first ten days, repeated after days of 24 hours. */
const everyDay = (ran: readonly number[]): number[] => {
  const first = ran.filter((at) => at < Date.parse(begin) + 10 * day);
  return Array.from({ length: 36 }, (_, i) => first.map((at) => at + 10 * i * day)).flat();
};

const library = isLong ? libfaketime() : undefined;
const program = isLong ? built() : () => "";
const scratch = newFolder("year");

/** Three days around a night in which a clock is changed, each. */
const nights = ["2025-03-28 20:00:00", "2025-10-24 20:00:00", "2025-10-31 20:00:00", "2025-04-04 06:00:00"];

test.skipIf(!library)(
  "under the machine's clock, an hour a second, jobs run when a slow walk says",
  async () => {
    for (const night of nights) {
      const path = join(scratch, night.replaceAll(" ", "T"));
      const env = { LD_PRELOAD: library!, FAKETIME: `@${night} x3600`, FAKETIME_NO_CACHE: "1", TZ: "UTC" };
      const chance = new Chance();
      const child = await started(program("year"), [path, drawnBy(chance).join()], env);
      await pause(72_000);
      await ended(child, "SIGTERM");
      const { logs, until, missed, latest } = read(path);
      const compared = compare(logs.values(), until);
      keepFigures(`F12 three days from ${night} at 3,600 times the speed`, {
        seed: chance.seed,
        ...compared,
        missed,
        "latest start": `${(latest / 1_000).toFixed(1)} s of its own time`,
      });
      // Where this machine stands still for a second, an hour is missed, and reported.
      expect(compared).toMatchObject({ repeated: 0, wrong: 0, lacking: missed });
    }
  },
  600_000,
);

const read = (path: string) => {
  const logs = new Map<string, Log>();
  let [until, missed, latest] = [0, 0, 0];
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    const [what, name, number, more] = line.split(" ") as [string, string, string, string];
    if (what === "job") logs.set(name, { recurrence: JSON.parse(more), anchor: Number(number), ran: [] });
    else if (what === "run") {
      logs.get(name)!.ran.push(Number(number));
      latest = Math.max(latest, Number(more));
    } else if (what === "missed") missed += Number(number);
    else until = Number(name);
  }
  // What was due in the last two hours, two seconds on the machine's clock, may have been cut off.
  return { logs, until: until - 2 * 3_600_000, missed, latest };
};
