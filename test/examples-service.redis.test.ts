import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { assemble, type Scheduler } from "../src/create.ts";
import { parseMoment } from "../src/time/iso.ts";
import { VirtualClock } from "../src/time/virtual-clock.ts";
import { zoneNamed } from "../src/time/zone.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./engine/redis.ts";
import { watchRedis } from "./redis-in-use.ts";
import { withTsx } from "./terminal/tmux.ts";

const zone = "Europe/Berlin";
const place = globalThis as { [key: symbol]: Scheduler | undefined };
const theDefault = Symbol.for("onthedot.default@1");

describe.skipIf(!hasRedis)(needsRedis("the service of the examples, beside a real Redis"), () => {
  let redis: RunningRedis;
  let watched: ReturnType<typeof watchRedis>;
  let printed: string[];

  beforeAll(async () => {
    redis = await startRedis({ appendOnly: true });
    watched = watchRedis();
  });
  afterAll(() => redis.stop());

  beforeEach(() => {
    printed = [];
    vi.stubEnv("TZ", zone);
    vi.stubEnv("REDIS_URL", redis.url);
    vi.spyOn(console, "log").mockImplementation((...shown) => void printed.push(shown.join(" ")));
    redis.command("flushall");
  });
  afterEach(() => {
    watched.disconnect();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    delete place[theDefault];
  });

  const subscribe = (members: Readonly<Record<string, number>>): void => {
    for (const [member, score] of Object.entries(members))
      redis.command("zadd", "demo:subscription", String(score), member);
  };

  /** Starts the service as it stands, with a clock of the test's own under its scheduler. */
  const serviceFrom = async (start: string) => {
    vi.resetModules();
    const clock = new VirtualClock(parseMoment(start, zoneNamed(zone)));
    const { schedule } = assemble({ clock, zone });
    place[theDefault] = { ...schedule, run: async () => schedule.start() };
    const failures: string[] = [];
    schedule.listen("failed", ({ job, error }) => failures.push(`${job.name}: ${(error as Error).message}`));
    await import("../examples/22-a-service-with-redis.ts");
    return {
      failures,
      /** Lets minutes pass, and waits after each for what Redis answers. */
      async pass(minutes: number): Promise<void> {
        for (let minute = 0; minute < minutes; minute++) {
          await clock.advance("1 minute");
          await watched.quiet();
        }
      },
    };
  };

  test("what is due four minutes later is found when the hour changes", async () => {
    subscribe({ "user:1|tag:a": 541, "user:2|tag:b": 542, "user:3|tag:c": 543 });
    const { pass } = await serviceFrom("2026-03-02T08:57:00");
    await pass(1);
    expect(printed).toEqual(["08:58 push to user 1: a", "08:58 push to user 2: b"]);
    await pass(1);
    expect(printed.slice(2)).toEqual(["08:59 push to user 3: c"]);
  });

  test("and when the day does", async () => {
    subscribe({ "user:0|tag:late": 1439, "user:1|tag:a": 0, "user:2|tag:b": 2, "user:3|tag:c": 3 });
    const { pass } = await serviceFrom("2026-03-02T23:57:00");
    await pass(1);
    expect(printed).toEqual([
      "23:58 push to user 0: late",
      "23:58 push to user 1: a",
      "23:58 push to user 2: b",
    ]);
    await pass(1);
    expect(printed.slice(3)).toEqual(["23:59 push to user 3: c"]);
    await pass(10);
    expect(printed).toHaveLength(4);
  });

  test("each is pushed once in ten minutes, and the key in Redis is what says so", async () => {
    const member = "user:7|tag:news";
    subscribe({ [member]: 604 });
    const { pass } = await serviceFrom("2026-03-02T09:59:00");
    await pass(2);
    expect(printed).toEqual(["10:00 push to user 7: news"]);
    const left = Number(redis.command("ttl", `demo:pushed:${member}`));
    expect(left).toBeGreaterThan(500);
    expect(left).toBeLessThanOrEqual(600);
    redis.command("del", `demo:pushed:${member}`);
    await pass(10);
    expect(printed).toEqual(["10:00 push to user 7: news", "10:02 push to user 7: news"]);
  });

  test("a malformed member is named, and the others are pushed", async () => {
    const malformed = ["user7|tag:news", "user:|tag:news", "user:7|tag:", ""];
    subscribe({ "user:1|tag:a": 720, ...Object.fromEntries(malformed.map((one) => [one, 722])) });
    subscribe({ "user:2|tag:b": 722 });
    const { failures, pass } = await serviceFrom("2026-03-02T11:58:00");
    await pass(2);
    expect(printed).toEqual(["11:59 push to user 1: a", "11:59 push to user 2: b", "12:00 time for lunch"]);
    expect(failures).toHaveLength(2);
    for (const one of malformed)
      expect(failures[0]).toContain(`got "${one}", expected "user:<id>|tag:<name>"`);
  });

  test("without Redis the fixed tasks go on, and pushes go on when it is back", async () => {
    subscribe({ "user:1|tag:a": 722, "user:2|tag:b": 1083 });
    const { failures, pass } = await serviceFrom("2026-03-02T11:57:00");
    await pass(1);
    await redis.kill();
    await pass(3);
    expect(printed).toEqual(["11:58 push to user 1: a", "12:00 time for lunch"]);
    expect(failures).toHaveLength(3);
    await redis.restart();
    await pass(6 * 60);
    expect(printed.slice(2)).toEqual(["17:59 push to user 2: b", "18:00 the day's report"]);
    expect(failures.length).toBeLessThan(6);
  });

  test("nor does a Redis that was never there stop them", async () => {
    await redis.kill();
    const { failures, pass } = await serviceFrom("2026-03-02T07:58:00");
    await pass(2);
    await redis.restart();
    expect(printed).toEqual(["08:00 good morning"]);
    expect(failures).toHaveLength(2);
  });
});

test.skipIf(!hasRedis)(
  needsRedis("a dashboard for BullMQ shows runs with their names, times, results and machines"),
  { timeout: 60_000 },
  async () => {
    const redis = await startRedis();
    const board = await startRedis();
    // The port is free once this server has stopped.
    await board.stop();
    const example = fileURLToPath(new URL("../examples/24-bull-board.ts", import.meta.url));
    const child = spawn(process.execPath, [...withTsx, example], {
      env: { ...process.env, REDIS_URL: redis.url, PORT: String(board.port) },
      stdio: "ignore",
    });
    const runs = async (status: string) => {
      const url = `http://localhost:${board.port}/api/queues?activeQueue=onthedot&status=${status}`;
      const { queues } = (await (await fetch(url)).json()) as { queues: { jobs: readonly object[] }[] };
      return queues[0]!.jobs;
    };
    await expect
      .poll(
        () =>
          runs("failed").then(
            ({ length }) => length,
            () => 0,
          ),
        { timeout: 40_000 },
      )
      .toBeGreaterThan(0);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const processedBy = `${hostname()}:${child.pid}`;
    expect((await runs("completed"))[0]).toMatchObject({
      name: "report",
      processedBy,
      data: { scheduled: time, start: time },
      returnValue: { outcome: "succeeded", started: time, result: { sent: 3 } },
    });
    expect((await runs("failed"))[0]).toMatchObject({
      name: "sync",
      processedBy,
      failedReason: "Error: the server answered 503",
    });
    child.kill("SIGINT");
    expect((await once(child, "exit"))[0]).toBe(0);
    await redis.stop();
  },
);
