import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, needsRedis } from "../engine/redis.ts";
import { built } from "./built.ts";
import { isLong, tell } from "./chance.ts";
import { libfaketime } from "./faketime.ts";
import { clockAhead, clockAheadControl } from "./redis/clocks.ts";
import { killed } from "./redis/killed.ts";
import { stoodStill } from "./redis/stood.ts";

const bench = { program: built(), folder: mkdtempSync(join(tmpdir(), "onthedot-machines-")) };
afterAll(() => rmSync(bench.folder, { recursive: true, force: true }));

const library = libfaketime();
if (!library)
  tell("F18 clocks", { "left out": "libfaketime is not there (Debian: apt-get install faketime)" });

const none = { lost: 0, undecided: 0, "queued twice": 0, strangers: 0, "side by side": 0 };
const seconds = isLong ? 600 : 60;
const begin = () => ({
  rerun: killed(bench, "F15 rerun", "rerun", seconds),
  report: killed(bench, "F15 report", "report", seconds),
  control: killed(bench, "F15 control, BullMQ without ids of ours", "control", 12),
  stood: stoodStill(bench),
  ahead: library ? clockAhead(bench, library, 15) : undefined,
  behind: library ? clockAhead(bench, library, -15) : undefined,
  trusting: library ? clockAheadControl(bench, library, 15) : undefined,
});

describe.skipIf(!hasRedis)(needsRedis("machines that share a Redis"), () => {
  /** All at once: they wait nearly all the time. */
  let seen: ReturnType<typeof begin>;
  beforeAll(
    async () => {
      seen = begin();
      await Promise.allSettled(Object.values(seen));
    },
    seconds * 1_000 + 180_000,
  );

  test("one is killed each second: under rerun nothing is lost or queued twice, and what starts again had stalled", async () => {
    const { cut, ...figures } = await seen.rerun;
    expect(figures).toMatchObject({ ...none, interrupted: 0 });
    expect(figures["started again"]).toBeLessThanOrEqual(figures.stalled);
    expect(cut.running).toBeGreaterThan(figures.kills / 5);
  });

  test("under report nothing starts twice, and what was cut off is told", async () => {
    const { cut, ...figures } = await seen.report;
    expect(figures).toMatchObject({ ...none, "started again": 0 });
    expect(figures.interrupted).toBeGreaterThanOrEqual(cut.running);
  });

  test("control: BullMQ without ids of ours starts occurrences twice", async () => {
    expect((await seen.control)["started again"]).toBeGreaterThan(0);
  });

  test("one stands still for three locks: under report nothing starts twice, under rerun it does, and both are told", async () => {
    const { warnings, ...figures } = await seen.stood;
    expect(figures).toEqual({
      "starts under report": 1,
      "told as interrupted": 1,
      "starts under rerun": 2,
      "ends under rerun": 2,
    });
    expect(warnings.length).toBeGreaterThan(0);
  });

  describe.skipIf(!library)("and one of their clocks is wrong", () => {
    test.each(["ahead", "behind"] as const)(
      "by 15 seconds %s: nothing starts early, and it is said",
      async (way) => {
        const { warnings, ...figures } = (await seen[way])!;
        expect(figures).toMatchObject({ lost: 0, doubled: 0, early: 0 });
        expect(warnings.join("\n")).toMatch(/clock/);
      },
    );

    test("a clock that is ahead does take runs", async () => {
      expect((await seen.ahead)!["started by the wrong clock"]).toBeGreaterThan(0);
    });

    test("control: under BullMQ a clock that is ahead starts jobs early", async () => {
      expect((await seen.trusting)!.early).toBeGreaterThan(0);
    });
  });
});
