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

const seconds = isLong ? 600 : 60;
const begin = () => ({
  killed: killed(bench, "F15", seconds),
  control: killed(bench, "F15 control, BullMQ without ids of ours", 12, true),
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
    seconds * 1_000 + 300_000,
  );

  test("one is killed each second: nothing is lost or queued twice, and what runs in turn does so", async () => {
    const { cut, ...figures } = await seen.killed;
    const none = {
      lost: 0,
      "still waiting": 0,
      undecided: 0,
      "queued twice": 0,
      strangers: 0,
      "side by side": 0,
    };
    expect(figures).toMatchObject(none);
    expect(cut.running).toBeGreaterThan(0);
  });

  test("under report nothing starts twice, and what was cut off is recorded", async () => {
    const figures = await seen.killed;
    expect(figures["report: started again"]).toBe(0);
    expect(figures["report: interrupted"]).toBeGreaterThan(0);
  });

  test("under rerun only what had stalled starts again", async () => {
    const figures = await seen.killed;
    expect(figures["rerun: interrupted"]).toBe(0);
    expect(figures["rerun: started again"]).toBeGreaterThan(0);
    expect(figures["rerun: started again"]).toBeLessThanOrEqual(figures.stalled);
  });

  test("control: BullMQ without ids of ours starts occurrences twice", async () => {
    const figures = await seen.control;
    expect(figures["rerun: started again"] + figures["report: started again"]).toBeGreaterThan(0);
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
