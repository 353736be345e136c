import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AtEnd } from "./contract.ts";
import { type Process, scriptFolder, startProcess } from "./process.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { pass, until } from "./shared.ts";

/** What a script does: it notes each start and end in a file outside of Redis, with one write each. */
const jobs = (chain: string, seconds: number, options = "{}") => `
import { appendFileSync } from "node:fs";
import { every, once, run } from "onthedot";
import { bullmq } from "onthedot/bullmq";
const note = (line: string) => appendFileSync("runs.log", line + "\\n");
async function work({ scheduled, attempt }: { scheduled: Date; attempt: number }) {
  note("start " + scheduled.getTime() + " " + process.env.ME);
  await new Promise((go) => setTimeout(go, ${seconds * 1_000}));
  note("end " + scheduled.getTime() + " " + process.env.ME);
}
${chain}.named("work").do(work);
run({ engine: bullmq(process.env.REDIS!, ${options}), grace: "5 seconds" });
`;

const persistence = (folder: string, word: string): readonly (readonly string[])[] =>
  existsSync(join(folder, "runs.log"))
    ? readFileSync(join(folder, "runs.log"), "utf8")
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([first]) => first === word)
    : [];

/** What a machine that died was running comes back after up to 45 seconds. */
const timeout = 120_000;

describe.skipIf(!hasRedis)(needsRedis("as processes"), { concurrent: true, timeout }, () => {
  let redis: RunningRedis;
  let count = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** A script on a queue of its own, and its machines. */
  const fleet = (atEnd: AtEnd, chain: string, seconds: number) => {
    const queue = `fleet-${count++}`;
    const text = jobs(chain, seconds, JSON.stringify({ queue }));
    const folder = scriptFolder(atEnd, { "jobs.ts": text });
    const launch = (me: string, args: readonly string[] = [], env = {}): Process =>
      startProcess(atEnd, folder, "jobs.ts", args, { REDIS: redis.url, ME: me, ...env });
    const decisions = () =>
      redis
        .command("lrange", `bull:${queue}.records:job~work:logs`, "0", "-1")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { scheduled: number; outcome: string; attempts: number })
        .sort((a, b) => a.scheduled - b.scheduled);
    return { folder, launch, decisions, queue };
  };

  test.for([
    ["report", "interrupted", 1],
    ["rerun", "succeeded", 2],
  ] as const)(
    "a run whose process is killed is, with ifInterrupted %s, %s",
    async ([policy, outcome, starts], { onTestFinished }) => {
      const { folder, launch, decisions } = fleet(
        onTestFinished,
        `once("in 3 seconds").ifInterrupted("${policy}")`,
        3,
      );
      const first = launch("a");
      await until(() => persistence(folder, "start").length === 1, 30);
      first.kill("SIGKILL");
      await first.ended;
      const second = launch("b");
      await until(() => decisions().length === 1, 60);
      expect(decisions()).toMatchObject([{ outcome, attempts: starts }]);
      expect(persistence(folder, "start")).toHaveLength(starts);
      await second.says(
        policy === "rerun" ? "was interrupted and is run again" : "process died during the run",
      );
      // Nothing is left, so the script is over.
      expect(await second.ended).toBe(0);
    },
  );

  test("a job whose runner died holds nobody up", async ({ onTestFinished }) => {
    const { folder, launch } = fleet(onTestFinished, 'every(2).seconds.overlap("queue")', 30);
    const first = launch("a");
    await until(() => persistence(folder, "start").length === 1, 30);
    await pass(2.5);
    first.kill("SIGKILL");
    launch("b");
    await until(() => persistence(folder, "start").some(([, , me]) => me === "b"), 60);
  });

  test("commands see what all machines have done, and what they change is noticed", async ({
    onTestFinished,
  }) => {
    const { folder, launch, queue } = fleet(onTestFinished, "every(1).second", 0);
    const machine = launch("a");
    await until(() => persistence(folder, "start").length >= 3, 30);
    const unknown = startProcess(onTestFinished, folder, "jobs.ts", ["pause", "work"], {
      REDIS: `${redis.url}/3`,
    });
    expect([await unknown.ended, unknown.output()]).toEqual([2, expect.stringContaining("does not know")]);
    const call = async (...args: string[]) => {
      const process = launch("command", args);
      return { code: await process.ended, printed: process.output() };
    };
    const list = await call("list", "--json");
    expect(list.code).toBe(0);
    expect(JSON.parse(list.printed).jobs).toMatchObject([
      { job: "work", isPaused: false, last: { outcome: "succeeded" } },
    ]);
    const history = await call("history", "--json", "-n", "1000");
    expect(JSON.parse(history.printed).runs.length).toBeGreaterThanOrEqual(3);
    expect(await call("pause", "work")).toMatchObject({
      code: 0,
      printed: expect.stringContaining("work is paused"),
    });
    await machine.says("pause work");
    await pass(1);
    const before = persistence(folder, "start").length;
    expect((await call("list")).printed).toContain("paused");
    expect((await call("pause", "work")).printed).toContain("was already paused");
    expect(persistence(folder, "start").length).toBe(before);
    expect(await call("resume", "work")).toMatchObject({
      code: 0,
      printed: expect.stringContaining("work resumed"),
    });
    await until(() => persistence(folder, "start").length > before, 10);
    const byHand = await call("run", "work");
    expect(byHand.code).toBe(0);
    const runs = JSON.parse((await call("history", "--json", "-n", "1000")).printed).runs;
    expect(runs.filter((run: { byHand?: boolean }) => run.byHand)).toHaveLength(1);
    // A command is no machine.
    expect(redis.command("zcard", `bull::relay:{${queue}}:nodes`)).toBe("1");
    for (const verb of ["next", "explain", "simulate", "help"]) expect((await call(verb)).code).toBe(0);
  });
});

test.skipIf(!hasRedis)(
  needsRedis("a command whose Redis is away says so and gives up"),
  async ({ onTestFinished }) => {
    const redis = await startRedis();
    await redis.stop();
    const folder = scriptFolder(onTestFinished, { "jobs.ts": jobs("every(1).hour", 0) });
    for (const args of [["list"], ["pause", "work"], ["run", "work"]]) {
      const process = startProcess(onTestFinished, folder, "jobs.ts", args, { REDIS: redis.url, ME: "a" });
      expect([await process.ended, process.output()]).toEqual([
        2,
        expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ cannot be reached \(connect ECONNREFUSED/),
      ]);
    }
    const help = startProcess(onTestFinished, folder, "jobs.ts", ["help"], { REDIS: redis.url, ME: "a" });
    expect(await help.ended).toBe(0);
  },
);
