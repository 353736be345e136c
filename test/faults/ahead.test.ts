import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { keepFigures } from "./chance.ts";
import { ended, pause, started } from "./children.ts";
import { libfaketime, SettableClock } from "./faketime.ts";

const library = libfaketime();
if (!library)
  keepFigures("F6", { "left out": "libfaketime is not there (Debian: apt-get install faketime)" });

const program = built();
const scratch = newFolder("ahead");

const hour = 3_600;

/** Starts a script whose clock is wrong by so many seconds, corrects it after 5 s, and counts what starts in the 12 s after that. */
const watch = async (wrong: number, control: string) => {
  const log = join(scratch, `${wrong}${control}`);
  const clock = new SettableClock(library!, `${log}.clock`);
  clock.set(wrong);
  const child = await started(program("ahead"), [log, control], clock.env);
  const began = performance.now();
  await pause(5_000);
  clock.set(0);
  const corrected = performance.now() - began;
  await pause(12_000);
  await ended(child, "SIGKILL");
  const lines = readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const first = Math.min(...lines.map(([, at]) => Number(at)));
  const counts: Record<string, number> = { cron: 0, aligned: 0, for: 0, once: 0 };
  for (const [job, at] of lines) if (Number(at) > first - 1_000 + corrected) counts[job!]!++;
  keepFigures(`F6 ${control && "control, "}${wrong / hour} h wrong at the start`, counts);
  return counts;
};

describe.skipIf(!library)("a clock that is wrong at the start and is corrected", () => {
  test.concurrent.each([
    ["eight hours ahead", 8 * hour],
    ["five years ahead", 5 * 365 * 24 * hour],
    ["three days behind", -72 * hour],
  ])(
    "%s: jobs go on, and lengths counted from now end when they were to",
    async (_, wrong) => {
      const [ours, control] = await Promise.all([watch(wrong, ""), watch(wrong, "control")]);
      expect(ours.cron).toBeGreaterThanOrEqual(7);
      expect(ours.aligned).toBeGreaterThanOrEqual(3);
      expect(ours.for).toBeGreaterThanOrEqual(5);
      expect(ours.for).toBeLessThanOrEqual(9);
      expect(ours.once).toBe(1);
      // A script that compares with the clock as it stood falls silent, or ends too early.
      expect(control.once === 1 && control.for! >= 5 && control.cron! >= 7).toBe(false);
    },
    60_000,
  );
});
