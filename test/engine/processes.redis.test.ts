import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { libfaketime, SettableClock } from "../faults/faketime.ts";
import { newFolder } from "../folder.ts";
import type { AtEnd } from "./contract.ts";
import { fleet } from "./process.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { pass, until } from "./shared.ts";

/** A job that takes some seconds. */
const jobs = (chain: string, seconds: number) => `
${chain}.named("work").do(work(${seconds}));
run({ ...options, grace: "5 seconds" });
`;

/** What a machine that died was running comes back after up to 45 seconds. */
const timeout = 120_000;

describe.skipIf(!hasRedis)(needsRedis("as processes"), { concurrent: true, timeout }, () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** The machines of a script. */
  const machines = (atEnd: AtEnd, chain: string, seconds: number) => {
    const { queue, launch, starts } = fleet(atEnd, redis.url, { "jobs.ts": jobs(chain, seconds) });
    const decisions = () =>
      redis
        .command("lrange", `bull:${queue}.records:job~work:logs`, "0", "-1")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { scheduled: number; outcome: string; attempts: number })
        .sort((a, b) => a.scheduled - b.scheduled);
    const start = (me: string, args: readonly string[] = [], env = {}) => launch("jobs.ts", me, args, env);
    return { start, starts, decisions, queue };
  };

  test.for([
    ["report", "interrupted", 1, "process died during the run"],
    ["rerun", "succeeded", 2, "was interrupted and is run again"],
  ] as const)(
    "a run whose process is killed is, with ifInterrupted %s, %s",
    async ([policy, outcome, count, message], { onTestFinished }) => {
      const chain = `once("in 3 seconds").ifInterrupted("${policy}")`;
      const { start, starts, decisions } = machines(onTestFinished, chain, 3);
      const first = start("a");
      await until(() => starts().length === 1, 30);
      first.kill("SIGKILL");
      await first.ended;
      const second = start("b");
      await until(() => decisions().length === 1, 60);
      expect(decisions()).toMatchObject([{ outcome, attempts: count }]);
      expect(starts()).toHaveLength(count);
      await second.says(message);
      // Nothing is left, so the script is over.
      expect(await second.ended).toBe(0);
    },
  );

  test("a job whose runner died holds nobody up", async ({ onTestFinished }) => {
    const { start, starts } = machines(onTestFinished, 'every(2).seconds.overlap("queue")', 30);
    const first = start("a");
    await until(() => starts().length === 1, 30);
    await pass(2.5);
    first.kill("SIGKILL");
    start("b");
    await until(() => starts().some(({ me }) => me === "b"), 60);
  });

  test("a job that is reset while the machine that runs it stops starts over", async ({ onTestFinished }) => {
    const { launch, starts } = fleet(onTestFinished, redis.url, {
      "jobs.ts": `
        every(1).second.fixedDelay().times(2).named("work").do(work(Number(process.env.SECONDS)));
        run({ ...options, grace: "30 seconds" });`,
    });
    const start = (me: string, seconds: number, args: readonly string[] = []) =>
      launch("jobs.ts", me, args, { SECONDS: `${seconds}` });
    const first = start("a", 15);
    await until(() => starts().length === 1, 30, first.output);
    const second = start("b", 0);
    await second.says("work");
    first.kill("SIGTERM");
    const reset = start("command", 0, ["reset", "work"]);
    expect([await reset.ended, reset.output()]).toEqual([0, expect.stringContaining("work")]);
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    expect(starts().map(({ me }) => me)).toEqual(["a", "b", "b"]);
  });

  const library = libfaketime();
  test.skipIf(!library).for([-15, 15])(
    "a job that is registered while the clock is %i s off counts from that moment when it is right again",
    async (by, { onTestFinished }) => {
      const { launch, queue } = fleet(onTestFinished, redis.url, {
        "jobs.ts": 'every(1).hour.named("work").do(begin); console.log("registered"); run(options);',
      });
      const clock = new SettableClock(library!, join(newFolder("clock-off"), "clock"));
      clock.set(by);
      const before = Date.now();
      const machine = launch("jobs.ts", "a", [], clock.env);
      await machine.says("registered");
      const after = Date.now();
      await machine.says("this machine's clock is 15 s");
      await pass(3);
      clock.set(0);
      await machine.says("it runs jobs again");
      const read = () => redis.command("hget", `bull:${queue}.records:job~work`, "data");
      await until(() => read() !== "");
      const { anchor } = JSON.parse(read());
      expect(anchor).toBeGreaterThanOrEqual(before);
      // The time of Redis is known to a part of a second.
      expect(anchor).toBeLessThan(after + 1_000);
    },
  );

  test("commands see what all machines have done, and what they change is noticed", async ({
    onTestFinished,
  }) => {
    const { start, starts, queue } = machines(onTestFinished, "every(1).second", 0);
    const machine = start("a");
    await until(() => starts().length >= 3, 30);
    const call = async (args: string, code = 0, env = {}) => {
      const process = start("command", args.split(" "), env);
      expect([await process.ended, args]).toEqual([code, args]);
      return process.output();
    };
    expect(await call("pause work", 2, { REDIS: `${redis.url}/3` })).toContain("does not know");
    expect(JSON.parse(await call("list --json")).jobs).toMatchObject([
      { job: "work", isPaused: false, last: { outcome: "succeeded" } },
    ]);
    const runs = async () => JSON.parse(await call("history --json -n 1000")).runs as { byHand?: boolean }[];
    expect((await runs()).length).toBeGreaterThanOrEqual(3);
    expect(await call("pause work --for 1h", 2)).toContain("cannot end a pause by itself");
    expect(await call("pause work")).toContain("work is paused");
    await machine.says("pause work");
    await pass(1);
    const before = starts().length;
    expect(await call("list")).toContain("paused");
    expect(await call("pause work")).toContain("was already paused");
    expect(starts().length).toBe(before);
    expect(await call("resume work")).toContain("work resumed");
    await until(() => starts().length > before, 10);
    await call("run work");
    expect((await runs()).filter(({ byHand }) => byHand)).toHaveLength(1);
    // A command is no machine.
    expect(redis.command("zcard", `bull::relay:{${queue}}:nodes`)).toBe("1");
    for (const verb of ["next", "explain", "simulate", "help"]) await call(verb);
  });

  test("a command whose Redis is away says so and gives up", async ({ onTestFinished }) => {
    const away = await startRedis();
    await away.stop();
    const { start } = machines(onTestFinished, "every(1).hour", 0);
    for (const args of [["list"], ["pause", "work"], ["run", "work"]]) {
      const process = start("a", args, { REDIS: away.url });
      const message = /Redis at 127\.0\.0\.1:\d+ cannot be reached \(connect ECONNREFUSED/;
      expect([await process.ended, process.output()]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(await start("a", ["help"], { REDIS: away.url }).ended).toBe(0);
  });
});
