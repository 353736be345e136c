import { beforeAll, describe, expect, test } from "vitest";
import { hasRedis, needsRedis } from "../engine/redis.ts";
import { newFolder } from "../folder.ts";
import { built } from "./built.ts";
import { isLong, keepFigures } from "./chance.ts";
import { libfaketime } from "./faketime.ts";
import { registeredAgain, registeredAgainControl } from "./redis/again.ts";
import { redisAway } from "./redis/away.ts";
import { clockAheadControl, clockOff } from "./redis/clocks.ts";
import { allDown } from "./redis/down.ts";
import { idleCost } from "./redis/idle.ts";
import { killed } from "./redis/killed.ts";
import { stoodStill } from "./redis/stood.ts";

const context = { program: built(), folder: newFolder("redis-faults") };

const library = libfaketime();
if (!library)
  keepFigures("F18 clocks", { "left out": "libfaketime is not there (Debian: apt-get install faketime)" });

const seconds = isLong ? { killed: 600, again: 300 } : { killed: 60, again: 30 };
/** They wait most of the time, but a computer with two processors cannot run all of them at once. */
const waves = [
  () => ({ idle: idleCost(context, 10, 60), idleWithMany: idleCost(context, 1_000, 60) }),
  () => ({ killed: killed(context, "F15", seconds.killed) }),
  () => ({
    control: killed(context, "F15 control, BullMQ without fixed ids", 12, "ids"),
    stood: stoodStill(context),
    ahead: library ? clockOff(context, library, 15, true) : undefined,
    jumped: library ? clockOff(context, library, 15, false) : undefined,
  }),
  () => ({
    open: killed(context, "F15 control, without permits", 8, "permits"),
    behind: library ? clockOff(context, library, -15, true) : undefined,
    trusting: library ? clockAheadControl(context, library, 15) : undefined,
    planned: allDown(context, "1 minute"),
    unplanned: allDown(context, "4 seconds"),
  }),
  () => ({
    kept: redisAway(context, "killed, with an append-only file"),
    forgotten: redisAway(context, "killed, without a file"),
    emptied: redisAway(context, "emptied"),
    powerCut: redisAway(context, "power cut, with appendfsync everysec"),
  }),
  () => ({
    again: registeredAgain(context, seconds.again, 100),
    schedulers: registeredAgainControl(context, seconds.again),
  }),
  // Sooner than a machine can join the others.
  () => ({ hurried: registeredAgain(context, 15, 10) }),
] as const;

type Waves = (typeof waves)[number] extends () => infer Wave
  ? Wave extends unknown
    ? (wave: Wave) => void
    : never
  : never;
/** What each experiment gives. */
type Seen = Waves extends (wave: infer All) => void ? All : never;

describe.skipIf(!hasRedis)(needsRedis("machines that share a Redis"), () => {
  const seen = {} as Seen;
  beforeAll(
    async () => {
      for (const wave of waves) {
        Object.assign(seen, wave());
        await Promise.allSettled(Object.values(seen));
      }
    },
    seconds.killed * 1_500 + 900_000,
  );

  test("one is killed each second: nothing is lost or enqueued twice, and runs that exclude each other never overlap", async () => {
    const { cut, ...figures } = await seen.killed;
    const none = {
      lost: 0,
      "still waiting": 0,
      undecided: 0,
      "queued twice": 0,
      unknownJobs: 0,
      "side by side": 0,
    };
    expect(figures).toMatchObject(none);
    expect(cut.running).toBeGreaterThan(0);
    expect(figures.skipped).toBeGreaterThan(0);
    expect(figures.stalled).toBeLessThanOrEqual(figures.kills * 100);
  });

  test("under report nothing starts twice, and what was interrupted is recorded", async () => {
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

  test("control: BullMQ without fixed ids starts occurrences twice", async () => {
    const figures = await seen.control;
    expect(figures["rerun: started again"] + figures["report: started again"]).toBeGreaterThan(0);
  });

  test("control: without permits runs of a job overlap", async () => {
    expect((await seen.open)["side by side"]).toBeGreaterThan(0);
  });

  test("one stalls for three locks: under report nothing starts twice, under rerun the stalled run is aborted and its result discarded", async () => {
    const { warnings, seconds: waited, ...figures } = await seen.stood;
    expect(figures).toEqual({
      "starts under report": 1,
      "reported as interrupted": 1,
      "starts under rerun": 2,
      "aborted runs": 2,
      "recorded under rerun": 0,
    });
    expect(waited).toBeLessThan(1);
    expect(warnings.join("\n")).toContain("its result is discarded");
  });

  describe.skipIf(!library)("and one of their clocks is wrong", () => {
    test.each(["ahead", "behind", "jumped"] as const)(
      "%s: nothing starts early or twice, it says so, takes no part, and returns by itself",
      async (way) => {
        const { warnings, ...figures } = (await seen[way])!;
        expect(figures).toMatchObject({ lost: 0, doubled: 0, early: 0, "started by the wrong clock": 0 });
        expect(figures["started by it later"]).toBeGreaterThan(0);
        expect(warnings.join("\n")).toMatch(/this machine's clock is 15 s .*it runs jobs again/s);
      },
    );

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
    "%s, it is reported, and everything goes on within a quarter of a minute",
    async (mishap) => {
      const { warnings, ...figures } = await seen[mishap];
      expect(figures).toMatchObject({ "of them before it": 0, doubled: 0 });
      expect(figures["seconds until whole"]).toBeLessThanOrEqual(15);
      expect(warnings.length).toBeGreaterThan(0);
    },
  );

  test("under appendfsync everysec a power cut makes runs of the last second start again, and loses none", async () => {
    const { warnings, ...figures } = await seen.powerCut;
    expect(figures["bytes lost"]).toBeGreaterThan(0);
    expect(figures).toMatchObject({ "not started": 0, "doubled, planned before the last sync": 0 });
    expect(warnings.length).toBeGreaterThan(0);
  });

  test.each(["planned", "unplanned"] as const)(
    "all machines are down over three occurrences that are %s: each is caught up as declared",
    async (which) => {
      expect(await seen[which]).toEqual({
        all: { starts: 3, latest: true, coalesced: 0, expired: 0 },
        once: { starts: 1, latest: true, coalesced: 2, expired: 0 },
        skip: { starts: 0, latest: false, coalesced: 0, expired: 3 },
      });
    },
  );

  test.each([
    ["every tenth of a second", "again"],
    ["sooner than a machine can join the others", "hurried"],
  ] as const)("jobs that are registered again %s lose and double nothing", async (_, which) => {
    expect(await seen[which]).toMatchObject({ lost: 0, doubled: 0, "queued twice": 0 });
  });

  test("control: BullMQ's own job schedulers do", async () => {
    const { lost, doubled } = await seen.schedulers;
    expect(lost + doubled).toBeGreaterThan(0);
  });

  test.each(["idle", "idleWithMany"] as const)(
    "%s: hourly jobs cost Redis at most a command a second for each machine",
    async (which) => {
      expect((await seen[which])["commands a second"]).toBeLessThanOrEqual(1);
    },
  );
});
