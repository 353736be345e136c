import { Queue } from "bullmq";
import { CancelJob, createScheduler, type Job, type RunContext } from "onthedot";
import { bullmq } from "onthedot/bullmq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { occurrenceId } from "../../src/engine/bullmq/records.ts";
import type { Instant } from "../../src/time/instant.ts";
import { tally } from "./contract.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { type Machine, machineOn, nothing, pass, refusal, until } from "./shared.ts";

describe.skipIf(!hasRedis)(needsRedis("on a Redis"), { concurrent: true }, () => {
  let redis: RunningRedis;
  let count = 0;
  const fresh = () => `alone-${count++}`;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test("two machines with different horizons share a job: each occurrence is started once, by one of them, and both see all of it", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const started: string[] = [];
    const machines = (["4 seconds", "1 hour"] as const).map((horizon, name) => {
      const machine = machineOn(redis.url, onTestFinished, { queue, horizon });
      const job = machine
        .every(1)
        .second.named("shared")
        .catchUp("all")
        .do(({ scheduled }: RunContext) => void started.push(`${scheduled.toISOString()} ${name}`));
      machine.start();
      return { ...machine, job };
    });
    await until(() => started.length >= 10);
    // What the other one did is there when it is asked for again.
    await until(() => machines.every(({ job }) => job.history().length >= 10));
    for (const { stop } of machines) await stop();
    const moments = started.map((line) => line.split(" ")[0]);
    expect(new Set(moments).size).toBe(moments.length);
    expect(machines.map(({ warnings }) => warnings)).toEqual([[], []]);
  });

  test.for(["queueAll", "cancel"] as const)(
    "overlap %s is rejected with an engine, and the error says why",
    (overlap, { onTestFinished }) => {
      const machine = machineOn(redis.url, onTestFinished, { queue: fresh() });
      const error = refusal(() => machine.every(1).second.named("sync").overlap(overlap).do(nothing));
      expect(error.code).toBe("engine-overlap");
      expect(error.message).toContain("one machine only");
      const { every, start } = createScheduler();
      every(1).second.named("sync").overlap(overlap).do(nothing);
      expect(refusal(() => start({ engine: bullmq(redis.url) })).code).toBe("engine-overlap");
    },
  );

  test("a pause, its end, a new schedule and a cancel are noticed by all machines", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const runs: number[] = [];
    const [one, two] = [0, 1].map((name) => {
      const machine = machineOn(redis.url, onTestFinished, { queue });
      const job = machine
        .every(1)
        .second.named("shared")
        .do(() => void runs.push(name));
      machine.start();
      return { ...machine, job };
    }) as [Machine & { job: Job }, Machine & { job: Job }];
    const messages: string[] = [];
    for (const name of ["paused", "resumed", "removed"] as const) two.listen(name, () => messages.push(name));
    await until(() => runs.length >= 2);
    one.job.pause();
    await until(() => two.job.isPaused);
    await pass(0.5);
    const before = runs.length;
    await pass(2);
    expect(runs.length).toBe(before);
    one.job.resume();
    await until(() => !two.job.isPaused && runs.length > before);
    one.job.reschedule(one.every(2).hours);
    await until(() => two.job.describe() === "every 2 hours");
    one.job.cancel();
    await until(() => two.jobs().length === 0);
    expect(messages).toEqual(["paused", "resumed", "removed"]);
  });

  test("CancelJob ends a job for all machines, and a machine that starts later finds it ended", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    let starts = 0;
    const join = () => {
      const machine = machineOn(redis.url, onTestFinished, { queue });
      machine
        .every(1)
        .second.named("once only")
        .do(() => {
          starts++;
          return CancelJob;
        });
      machine.every(1).hour.named("other").do(nothing);
      machine.start();
      return machine;
    };
    const [one, two] = [join(), join()];
    await until(() => one.jobs().length === 1 && two.jobs().length === 1);
    for (const { stop } of [one, two]) await stop();
    const three = join();
    await until(() => three.jobs().length === 1);
    await pass(1.5);
    expect(starts).toBe(1);
    expect(three.warnings).toEqual([expect.stringContaining("reset once only")]);
  });

  test("cancel() ends a job everywhere, and each machine reports it; clear() ends nothing for others", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const join = () => {
      const machine = machineOn(redis.url, onTestFinished, { queue });
      const removed: string[] = [];
      machine.listen("removed", ({ job, why }) => removed.push(`${job.name} ${why}`));
      const runs: string[] = [];
      const jobs = ["kept", "cancelled"].map((name) =>
        machine
          .every(1)
          .second.named(name)
          .do(() => void runs.push(name)),
      );
      machine.start();
      return { ...machine, removed, runs, cancelled: jobs[1]! };
    };
    const [one, two] = [join(), join()];
    await until(() => one.runs.length + two.runs.length >= 4);
    one.cancelled.cancel();
    await until(() => two.removed.length > 0);
    expect([one.removed, two.removed]).toEqual([["cancelled cancelled"], ["cancelled cancelled"]]);
    two.clear();
    await two.stop();
    const before = one.runs.length;
    await until(() => one.runs.length >= before + 2);
    expect(one.removed).toHaveLength(1);
  });

  test("a job that also runs at the start does so on the first machine alone", async ({ onTestFinished }) => {
    const queue = fresh();
    const starts: number[] = [];
    for (const name of [1, 2, 3]) {
      const machine = machineOn(redis.url, onTestFinished, { queue });
      machine
        .every(1)
        .hour.named("eager")
        .immediately()
        .do(() => void starts.push(name));
      machine.start();
    }
    await until(() => starts.length > 0);
    await pass(1);
    expect(starts).toHaveLength(1);
  });

  test("a schedule that was changed begins anew and says so; what was planned of the old one is not started", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const old: number[] = [];
    const first = machineOn(redis.url, onTestFinished, { queue });
    first
      .every(1)
      .second.named("varies")
      .do(() => void old.push(1));
    first.start();
    await until(() => old.length >= 2);
    await first.stop();
    const started: Date[] = [];
    const second = machineOn(redis.url, onTestFinished, { queue });
    const job = second
      .every(2)
      .seconds.named("varies")
      .do(({ scheduled }: RunContext) => void started.push(scheduled));
    second.start();
    await until(() => started.length >= 2);
    expect(second.warnings).toEqual([
      "varies: its schedule changed from every(1).second, so it starts over from now",
    ]);
    expect(started[1]!.getTime() - started[0]!.getTime()).toBe(2_000);
    await until(() => tally(job).succeeded === old.length + started.length);
  });

  test("what others put into the queue is rejected and reported, and everything goes on", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const [host, port] = ["127.0.0.1", redis.port];
    const foreign = new Queue(queue, { connection: { host, port } });
    onTestFinished(() => foreign.close());
    const ran: number[] = [];
    const machine = machineOn(redis.url, onTestFinished, { queue });
    machine
      .every(1)
      .second.named("real")
      .do(({ scheduled }: RunContext) => void ran.push(scheduled.getTime()));
    machine.start();
    await until(() => ran.length >= 1);
    const at = Date.now();
    const scheduled = new Date(at).toISOString();
    for (const [id, data] of [
      ["bad-1", null],
      ["bad-2", "text"],
      ["bad-3", { key: "real" }],
      ["bad-4", { scheduled, start: scheduled }],
      [occurrenceId("real", at as Instant), { scheduled: [scheduled], start: scheduled }],
      [occurrenceId("real", (at + 1) as Instant), { scheduled, start: scheduled }],
      [occurrenceId("real", (at + 2) as Instant), { scheduled: 1e300, start: scheduled }],
      ["__proto__@x", { scheduled: "x", start: scheduled }],
    ] as const)
      await foreign.add("bad", data, { jobId: id });
    const refused = () => machine.warnings.filter((text) => text.includes("a job that onthedot did not add"));
    await until(() => refused().length === 8);
    expect(await foreign.getFailedCount()).toBe(8);
    // Of the right form, but none of its occurrences.
    const forged = (at + 7) as Instant;
    await foreign.add(
      "forged",
      { scheduled: new Date(forged), start: new Date(forged) },
      { jobId: occurrenceId("real", forged) },
    );
    await until(
      () => redis.command("hget", `bull:${queue}:${occurrenceId("real", forged)}`, "finishedOn") !== "",
    );
    expect(ran).not.toContain(forged);
    // A job of another script, which is left to that.
    await foreign.add(
      "other",
      { scheduled, start: scheduled },
      { jobId: occurrenceId("other", at as Instant) },
    );
    await until(() =>
      machine.warnings.some((warning) =>
        warning.startsWith("other: it is in the queue but not in this script"),
      ),
    );
    const before = ran.length;
    await until(() => ran.length >= before + 2);
  });

  test("names may be anything", async ({ onTestFinished }) => {
    const queue = fresh();
    const names = [
      "a:b",
      "12",
      "备份 每天",
      "  ",
      "a@1.2",
      "__proto__",
      "constructor",
      "x".repeat(200),
      "😀".repeat(100),
      "\u0000\n",
      "a/b*c?[d]",
      "%41",
      "A",
      "\ud800",
      "\udc00",
      "…".repeat(60),
      `${"…".repeat(60)}2`,
    ].filter((name) => name.trim() !== "");
    const ran = new Set<string>();
    const machine = machineOn(redis.url, onTestFinished, { queue });
    for (const name of names)
      machine
        .once("in 1 second")
        .named(name)
        .do(({ job }: RunContext) => void ran.add(job.name));
    machine.start();
    await until(
      () => machine.jobs().length === 0,
      20,
      () => [machine.jobs().map(({ name }) => name), machine.warnings],
    );
    expect([...ran].sort()).toEqual(names.sort());
  });

  test("a job that is paused before the start rests, and the others run", async ({ onTestFinished }) => {
    const machine = machineOn(redis.url, onTestFinished, { queue: fresh() });
    const runs = { rests: 0, goes: 0 };
    const rests = machine
      .every(1)
      .second.named("rests")
      .do(() => void runs.rests++);
    machine
      .every(1)
      .second.named("goes")
      .do(() => void runs.goes++);
    rests.pause();
    machine.start();
    await until(() => runs.goes >= 3);
    expect(runs.rests).toBe(0);
  });

  test("a change whose machine died before it sent a message is noticed with the next one", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const [one, two] = [0, 1].map(() => {
      const machine = machineOn(redis.url, onTestFinished, { queue });
      const jobs = ["first", "second"].map((name) => machine.every(1).hour.named(name).do(nothing));
      machine.start();
      return jobs;
    }) as [Job[], Job[]];
    // Both have joined.
    for (const isPaused of [true, false]) {
      if (isPaused) one[0]!.pause();
      else one[0]!.resume();
      await until(() => two[0]!.isPaused === isPaused);
    }
    const records = new Queue(`${queue}.records`, { connection: { host: "127.0.0.1", port: redis.port } });
    onTestFinished(() => records.close());
    await records.add("paused", { why: "", at: Date.now() }, { jobId: "paused~first" });
    await records.addJobLog("all", "died first");
    await records.updateJobProgress("all", { last: "died" });
    one[1]!.pause();
    await until(() => two.every(({ isPaused }) => isPaused), 30);
  });

  test("what a machine writes late about the schedule before holds up no run", async ({ onTestFinished }) => {
    const queue = fresh();
    const records = new Queue(`${queue}.records`, { connection: { host: "127.0.0.1", port: redis.port } });
    onTestFinished(() => records.close());
    let runs = 0;
    const join = () => {
      const machine = machineOn(redis.url, onTestFinished, { queue, horizon: "4 seconds" });
      const job = machine
        .every(1)
        .second.named("changes")
        .do(() => void runs++);
      machine.start();
      return { ...machine, job };
    };
    const first = join();
    await until(() => runs >= 1);
    const { progress } = (await records.getJob("job~changes"))!;
    first.job.reschedule(first.every(2).seconds);
    await first.stop();
    const decided = Date.now() + 3_600_000;
    await records.updateJobProgress("job~changes", { ...(progress as object), decided });
    runs = 0;
    join();
    // More than the first machine had planned.
    await until(() => runs >= 5, 25);
  });

  test("a machine that stops at once has registered its jobs and made its changes", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const { every, start, stop } = machineOn(redis.url, onTestFinished, { queue });
    const add = (name: string) => every(1).hour.named(name).do(nothing);
    add("kept");
    add("cancelled").cancel();
    start();
    await stop();
    const has = (id: string) => redis.command("exists", `bull:${queue}.records:${id}`);
    expect(["job~kept", "ended~kept", "ended~cancelled"].map(has)).toEqual(["1", "0", "1"]);
  });

  test("a machine that stops has as long for it as Redis answers", async ({ onTestFinished }) => {
    const own = await startRedis();
    onTestFinished(() => own.stop());
    const { every, start, stop } = machineOn(own.url, onTestFinished);
    every(1).hour.named("kept").do(nothing);
    // Longer than a stop waits for an answer: only writes have to wait.
    own.command("client", "pause", "4000", "WRITE");
    start();
    await stop();
    expect(own.command("exists", "bull:onthedot.records:job~kept")).toBe("1");
  });

  test("what a machine has taken too early waits for its moment, and goes to another when it stops", async ({
    onTestFinished,
  }) => {
    const queue = fresh();
    const foreign = new Queue(queue, { connection: { host: "127.0.0.1", port: redis.port } });
    onTestFinished(() => foreign.close());
    const started: { readonly at: number; readonly scheduled: number }[] = [];
    const join = () => {
      const machine = machineOn(redis.url, onTestFinished, { queue });
      machine
        .once("in 5 seconds")
        .named("later")
        .do(
          ({ scheduled }: RunContext) =>
            void started.push({ at: Date.now(), scheduled: scheduled.getTime() }),
        );
      machine.start();
      return machine;
    };
    const first = join();
    await until(() => redis.command("zcard", `bull:${queue}:delayed`) === "1");
    const id = redis.command("zrange", `bull:${queue}:delayed`, "0", "-1");
    const { scheduled } = JSON.parse(redis.command("hget", `bull:${queue}:${id}`, "data"));
    const at = Date.parse(scheduled);
    // As a worker would whose clock is ahead.
    const job = await foreign.getJob(id);
    await job!.promote();
    await until(() => redis.command("zcard", `bull:${queue}:delayed`) === "1");
    await first.stop();
    expect([redis.command("llen", `bull:${queue}:active`), started]).toEqual(["0", []]);
    join();
    await until(() => started.length === 1);
    expect(started[0]!.scheduled).toBe(at);
    expect(started[0]!.at).toBeGreaterThanOrEqual(at);
  });

  test("polling, a store beside it, a clock of its own, and what is no engine are refused", async ({
    onTestFinished,
  }) => {
    const { VirtualClock } = await import("onthedot/testing");
    const { memoryStore } = await import("../../src/store/memory.ts");
    const machine = machineOn(redis.url, onTestFinished);
    expect(refusal(() => machine.runPending()).code).toBe("engine-polling");
    expect(refusal(() => machine.start({ store: memoryStore() })).code).toBe("engine-and-store");
    const engine = () => bullmq(redis.url);
    expect(
      refusal(() => createScheduler({ engine: engine(), clock: new VirtualClock("2026-01-01T00:00:00Z") }))
        .code,
    ).toBe("engine-clock");
    expect(refusal(() => createScheduler({ engine: redis.url as never })).code).toBe("engine");
    const taken = engine();
    const { start } = createScheduler({ engine: taken });
    expect(refusal(() => start({ engine: engine() })).message).toContain("already has an engine");
  });
});
