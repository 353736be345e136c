import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, needsRedis } from "../engine/redis.ts";
import { built } from "./built.ts";
import { isLong, tell } from "./chance.ts";
import { libfaketime } from "./faketime.ts";
import { registeredAgain, registeredAgainControl } from "./redis/again.ts";
import { redisAway } from "./redis/away.ts";
import { clockAhead, clockAheadControl } from "./redis/clocks.ts";
import { allDown } from "./redis/down.ts";
import { idleCost } from "./redis/idle.ts";
import { killed } from "./redis/killed.ts";
import { stoodStill } from "./redis/stood.ts";

const bench = { program: built(), folder: mkdtempSync(join(tmpdir(), "onthedot-redis-faults-")) };
afterAll(() => rmSync(bench.folder, { recursive: true, force: true }));

const library = libfaketime();
if (!library)
  tell("F18 clocks", { "left out": "libfaketime is not there (Debian: apt-get install faketime)" });

const seconds = isLong ? { killed: 600, again: 300 } : { killed: 60, again: 30 };
const begin = () => ({
  killed: killed(bench, "F15", seconds.killed),
  control: killed(bench, "F15 control, BullMQ without ids of ours", 12, true),
  stood: stoodStill(bench),
  ahead: library ? clockAhead(bench, library, 15) : undefined,
  behind: library ? clockAhead(bench, library, -15) : undefined,
  trusting: library ? clockAheadControl(bench, library, 15) : undefined,
  kept: redisAway(bench, "killed, with an append-only file"),
  forgotten: redisAway(bench, "killed, without a file"),
  emptied: redisAway(bench, "emptied"),
  planned: allDown(bench, "1 minute"),
  unplanned: allDown(bench, "4 seconds"),
  again: registeredAgain(bench, seconds.again),
  schedulers: registeredAgainControl(bench, 30),
  idle: idleCost(bench, 60),
});

describe.skipIf(!hasRedis)(needsRedis("machines that share a Redis"), () => {
  /** All at once: they wait nearly all the time. */
  let seen: ReturnType<typeof begin>;
  beforeAll(
    async () => {
      seen = begin();
      await Promise.allSettled(Object.values(seen));
    },
    seconds.killed * 1_000 + 400_000,
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

  test("killed and started again with an append-only file, nothing is lost and nothing starts twice", async () => {
    const { warnings, ...figures } = await seen.kept;
    expect(figures).toMatchObject({ "not started": 0, doubled: 0 });
    expect(warnings.length).toBeGreaterThan(0);
  });

  test.each(["forgotten", "emptied"] as const)(
    "%s, it is said, and everything goes on within ten seconds",
    async (mishap) => {
      const { warnings, ...figures } = await seen[mishap];
      expect(figures).toMatchObject({ "of them before it": 0, doubled: 0 });
      expect(figures["seconds until whole"]).toBeLessThanOrEqual(10);
      expect(warnings.length).toBeGreaterThan(0);
    },
  );

  test.each(["planned", "unplanned"] as const)(
    "all machines are down over three occurrences that are %s: each is made up for as it was said",
    async (which) => {
      expect(await seen[which]).toEqual({
        all: { starts: 3, latest: true, coalesced: 0, expired: 0 },
        once: { starts: 1, latest: true, coalesced: 2, expired: 0 },
        skip: { starts: 0, latest: false, coalesced: 0, expired: 3 },
      });
    },
  );

  test("jobs that are said again every tenth of a second on three machines lose and double nothing", async () => {
    expect(await seen.again).toMatchObject({ lost: 0, doubled: 0, "queued twice": 0 });
  });

  test("control: BullMQ's own job schedulers do", async () => {
    const { lost, doubled } = await seen.schedulers;
    expect(lost + doubled).toBeGreaterThan(0);
  });

  test("ten hourly jobs that wait cost Redis few commands", async () => {
    expect((await seen.idle)["commands a second"]).toBeLessThan(5);
  });
});
