import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fleet, head, type Note, scriptFolder, startProcess } from "./process.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { machineOn, until } from "./shared.ts";

/** How many starts there are beyond the first of each occurrence. */
const doubled = (starts: readonly Note[]): number =>
  starts.length - new Set(starts.map(({ job, scheduled }) => `${job}@${scheduled}`)).size;

describe.skipIf(!hasRedis)(
  needsRedis("deployments of a script in many processes"),
  { timeout: 200_000 },
  () => {
    let redis: RunningRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.stop());

    const versions = {
      "old.ts": `
        every(1).second.aligned().named("both").do(begin);
        every(1).second.aligned().named("unchanged").catchUp("all").do(begin);
        every(1).second.aligned().named("removed").do(begin);
        run(options);`,
      "new.ts": `
        every(3).seconds.aligned().named("both").do(begin);
        every(1).second.aligned().named("unchanged").catchUp("all").do(begin);
        every(1).second.aligned().named("added").do(begin);
        run(options);`,
    };

    test("two versions of a script at once: the newer schedule holds for all, nothing starts twice, and each runs the jobs it has", async ({
      onTestFinished,
    }) => {
      const { launch, starts } = fleet(onTestFinished, redis.url, versions);
      const old = launch("old.ts", "old");
      await until(() => starts("both").length >= 3, 40);
      launch("new.ts", "new");
      await until(() => starts("added").length >= 2, 40);
      const changed = Date.now();
      await until(() => starts("both").filter(({ at }) => at > changed + 1_000).length >= 3, 40);
      expect(doubled(starts())).toBe(0);
      const later = starts("both").filter(({ at }) => at > changed + 1_000);
      expect(later.map(({ scheduled }) => scheduled % 3_000)).toEqual(later.map(() => 0));
      expect(new Set(starts("added").map(({ me }) => me))).toEqual(new Set(["new"]));
      expect(new Set(starts("removed").map(({ me }) => me))).toEqual(new Set(["old"]));
      const moments = starts("unchanged")
        .map(({ scheduled }) => scheduled)
        .sort((a, b) => a - b);
      for (const [i, at] of moments.slice(1).entries()) expect(at - moments[i]!).toBe(1_000);
      old.kill("SIGTERM");
      expect(await old.ended).toBe(0);
    });

    test("control: without an engine two versions start occurrences twice", async ({ onTestFinished }) => {
      const { launch, starts } = fleet(onTestFinished, redis.url, versions);
      launch("old.ts", "old", [], { QUEUE: "" });
      launch("new.ts", "new", [], { QUEUE: "" });
      await until(() => doubled(starts("unchanged")) > 0, 40);
    });

    const onSigterm = (act: string) => `
      every(1).second.named("work").do(begin);
      process.on("SIGTERM", async () => { ${act}; await stop(); process.exit(0); });
      start({ ...options });
      console.log("ready");`;

    test("clear() and stop() on SIGTERM in a rolling deployment end no job", async ({ onTestFinished }) => {
      const { launch, starts } = fleet(onTestFinished, redis.url, { "jobs.ts": onSigterm("clear()") });
      let last = launch("jobs.ts", "0");
      for (const me of ["1", "2"]) {
        await until(() => starts().some((note) => note.me === String(Number(me) - 1)), 40, last.output);
        const next = launch("jobs.ts", me);
        await next.says("ready", 40);
        last.kill("SIGTERM");
        expect(await last.ended).toBe(0);
        last = next;
      }
      // All at once, too.
      await until(() => starts().some(({ me }) => me === "2"), 40, last.output);
      last.kill("SIGTERM");
      await last.ended;
      const fresh = launch("jobs.ts", "3");
      await until(() => starts().some(({ me }) => me === "3"), 40, fresh.output);
      expect(doubled(starts())).toBe(0);
    });

    test("control: cancel() on SIGTERM ends the job for the next process, until it is reset", async ({
      onTestFinished,
    }) => {
      const { launch, starts } = fleet(onTestFinished, redis.url, {
        "jobs.ts": onSigterm("for (const job of jobs()) job.cancel()"),
        "commands.ts": 'every(1).second.named("work").do(begin); run(options);',
      });
      const first = launch("jobs.ts", "first");
      await until(() => starts().length >= 2, 40, first.output);
      first.kill("SIGTERM");
      expect(await first.ended).toBe(0);
      const before = starts().length;
      const second = launch("jobs.ts", "second");
      await second.says("reset work", 40);
      expect(starts()).toHaveLength(before);
      const reset = launch("commands.ts", "command", ["reset", "work"]);
      expect([await reset.ended, reset.output()]).toEqual([0, expect.stringContaining("work")]);
      const third = launch("jobs.ts", "third");
      await until(() => starts().some(({ me }) => me === "third"), 40, third.output);
    });

    /** Every policy in turn. */
    const thousand = `
      const policies = [
        { overlap: "skip", catchUp: "once" }, { overlap: "queue", catchUp: "once" },
        { overlap: "allow", catchUp: "all" }, { overlap: "skip", catchUp: "all" },
      ] as const;
      for (let i = 0; i < 1_000; i++) {
        const { overlap, catchUp } = policies[i % 4]!;
        every(10).seconds.aligned().named(\`\${overlap}-\${catchUp}-\${i}\`).overlap(overlap).catchUp(catchUp)
          .retry(1, { delay: "100 ms" }).do(async (context: RunContext) => {
          note(context.attempt > 1 ? "retry" : "start", context);
          await new Promise((go) => setTimeout(go, 200));
          note("end", context);
          if (i % 8 === 0 && context.attempt === 1) throw new Error("once");
        });
      }
      run(options);`;

    test("a thousand jobs with different policies on three machines: an outside record shows each occurrence once", async ({
      onTestFinished,
    }) => {
      const { launch, notes, starts } = fleet(onTestFinished, redis.url, { "jobs.ts": thousand });
      const machines = ["a", "b", "c"].map((me) => launch("jobs.ts", me));
      await until(
        () => starts().length >= 2_500,
        150,
        () => starts().length,
      );
      for (const machine of machines) machine.kill("SIGTERM");
      expect(await Promise.all(machines.map(({ ended }) => ended))).toEqual([0, 0, 0]);
      expect(doubled(starts())).toBe(0);
      expect(new Set(starts().map(({ me }) => me)).size).toBe(3);
      const byJob = new Map<string, Note[]>();
      for (const one of starts()) byJob.set(one.job, [...(byJob.get(one.job) ?? []), one]);
      expect(byJob.size).toBe(1_000);
      for (const [job, own] of byJob) {
        const moments = own.map(({ scheduled }) => scheduled).sort((a, b) => a - b);
        const gaps = moments.slice(1).map((at, i) => at - moments[i]!);
        // A busy machine may be late; then these run the latest missed occurrence only.
        const mayMiss = job.includes("once");
        expect(
          gaps.map((gap) => (mayMiss ? gap % 10_000 : gap - 10_000)),
          job,
        ).toEqual(gaps.map(() => 0));
      }
      // Only every other job of the first kind throws, and each of its runs is tried again.
      const retries = notes("retry");
      expect(new Set(retries.map(({ job }) => Number(job.split("-")[2]) % 8))).toEqual(new Set([0]));
      expect(doubled(retries)).toBe(0);
    });

    test("control: without an engine three machines start occurrences of a thousand jobs three times", async ({
      onTestFinished,
    }) => {
      const { launch, starts } = fleet(onTestFinished, redis.url, { "jobs.ts": thousand });
      for (const me of ["a", "b", "c"]) launch("jobs.ts", me, [], { QUEUE: "" });
      await until(() => doubled(starts()) >= 1_000, 100);
    });
  },
);

/** Makes all that Redis holds about runs and jobs look as if it were written some days earlier. */
const age = async (url: string, days: number): Promise<void> => {
  const client = new Redis(url);
  const by = days * 86_400_000;
  const writes = client.pipeline();
  for (const id of await client.zrange("bull:onthedot:completed", "0", "-1")) {
    const at = Number(await client.hget(`bull:onthedot:${id}`, "finishedOn")) - by;
    writes.hset(
      `bull:onthedot:${id}`,
      "finishedOn",
      String(at),
      "processedOn",
      String(at),
      "timestamp",
      String(at),
    );
    writes.zadd("bull:onthedot:completed", String(at), id);
  }
  for (const key of await client.keys("bull:onthedot.records:job~*")) {
    if (key.endsWith(":logs")) continue;
    const progress = JSON.parse((await client.hget(key, "progress")) ?? "");
    writes.hset(key, "progress", JSON.stringify({ ...progress, seen: progress.seen - by }));
  }
  await writes.exec();
  client.disconnect();
};

test.skipIf(!hasRedis)(
  needsRedis("a script that registers ten thousand one-offs with new names leaves no trace after a month"),
  { timeout: 600_000 },
  async ({ onTestFinished }) => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const names = 10_000;
    const machine = machineOn(redis.url, onTestFinished);
    let runs = 0;
    for (let i = 0; i < names; i++)
      machine
        .once("in 1 second")
        .named(`new-${i}`)
        .do(() => void runs++);
    machine.start();
    await until(
      () => runs === names && machine.jobs().length === 0,
      240,
      () => [runs, machine.jobs().length],
    );
    await machine.stop();
    const keys = () => Number(redis.command("dbsize"));
    const folder = scriptFolder(onTestFinished, {
      "jobs.ts": `${head} every(1).hour.named("other").do(begin); run({ engine: bullmq(process.env.REDIS!) });`,
    });
    const survey = async (done: () => boolean): Promise<void> => {
      const other = startProcess(onTestFinished, folder, "jobs.ts", [], { REDIS: redis.url });
      await other.says("other", 60);
      await until(done, 200, keys);
      other.kill("SIGTERM");
      expect(await other.ended).toBe(0);
    };
    const before = keys();
    expect(before).toBeGreaterThan(3 * names);
    // The control: what is a few days old stays, but for the runs.
    await age(redis.url, 2);
    // The machine that is running adds some of its own.
    await survey(() => keys() < before - names + 40);
    expect(keys()).toBeGreaterThan(2 * names);
    await age(redis.url, 31);
    await survey(() => keys() < 40);
    expect(redis.command("keys", "*new-*")).toBe("");
  },
);
