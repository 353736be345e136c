import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, needsRedis } from "../engine/redis.ts";
import { built } from "./built.ts";
import { isLong } from "./chance.ts";
import { registeredAgain, registeredAgainControl } from "./redis/again.ts";
import { redisAway } from "./redis/away.ts";
import { allDown } from "./redis/down.ts";
import { idleCost } from "./redis/idle.ts";

const bench = { program: built(), folder: mkdtempSync(join(tmpdir(), "onthedot-away-")) };
afterAll(() => rmSync(bench.folder, { recursive: true, force: true }));

const seconds = isLong ? 300 : 30;
const begin = () => ({
  kept: redisAway(bench, "killed, with an append-only file"),
  forgotten: redisAway(bench, "killed, without a file"),
  emptied: redisAway(bench, "emptied"),
  planned: allDown(bench, "1 minute"),
  unplanned: allDown(bench, "4 seconds"),
  again: registeredAgain(bench, seconds),
  schedulers: registeredAgainControl(bench, 30),
  idle: idleCost(bench, 60),
});

describe.skipIf(!hasRedis)(needsRedis("a Redis that goes away, and machines that do"), () => {
  /** All at once: they wait nearly all the time. */
  let seen: ReturnType<typeof begin>;
  beforeAll(
    async () => {
      seen = begin();
      await Promise.allSettled(Object.values(seen));
    },
    seconds * 1_000 + 300_000,
  );

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
