import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAddress } from "../../src/engine/bullmq/address.ts";
import { Link } from "../../src/engine/bullmq/link.ts";
import { findBullmq } from "../../src/engine/bullmq.ts";
import { longestQueue, type Overlap, onArrival } from "../../src/policy/overlap.ts";
import { systemClock } from "../../src/time/clock.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { pass } from "./shared.ts";

const words = (overlap: Overlap) =>
  JSON.stringify({
    idle: onArrival(0, 0, overlap),
    first: onArrival(1, 0, overlap),
    more: onArrival(1, 1, overlap),
    full: onArrival(1, longestQueue, overlap),
  });

describe.skipIf(!hasRedis)(needsRedis("what Redis decides at once"), () => {
  let redis: RunningRedis;
  const links: Link[] = [];
  let count = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const link of links) link.close();
    await redis.stop();
  });

  /** A job in a queue of its own, and what machines ask about it. */
  const scene = async ({ rerun = false, overlap = "skip" as Overlap, all = false, spaced = false } = {}) => {
    const queue = `scripts-${count++}`;
    const link = new Link(readAddress(redis.url), queue, findBullmq(), {
      clock: systemClock,
      warn: () => {},
      fail: (error) => {
        throw error;
      },
    });
    links.push(link);
    await link.open();
    const said = {
      key: "job",
      name: "job",
      said: "s",
      zone: "UTC",
      version: "v",
      recurrence: "{}",
      age: 0,
      now: false,
    };
    const flags = { spaced: spaced ? "1" : "0", rerun: rerun ? "1" : "0" };
    const enrol = (owner = "one", more = {}) =>
      link.ask("enrol", owner, 15_000, "birth", JSON.stringify([{ ...said, ...flags, ...more }]), "1");
    const [now] = await enrol();
    const read = (field: string) => redis.command("hget", `onthedot:{${queue}}:job:job`, field);
    const id = (at: number) => `job@${at}.${read("epoch")}`;
    const plan = (...moments: readonly number[]) =>
      link.run(
        "plan",
        JSON.stringify([
          {
            key: "job",
            rev: read("rev"),
            cursor: String(Math.max(...moments)),
            passed: [],
            starts: moments.map((at) => ({ id: id(at), start: String(at) })),
          },
        ]),
      );
    const begin = (
      at: number,
      owner = "one",
      { token = "t", lease = 15_000, verdict = "run", waits = false } = {},
    ) =>
      link.run(
        "begin",
        "job",
        id(at),
        owner,
        token,
        lease,
        verdict,
        longestQueue,
        all ? "1" : "0",
        words(overlap),
        words("queueAll"),
        waits ? "1" : "0",
        waits ? "1" : "0",
      ) as Promise<readonly unknown[]>;
    const finish = (
      at: number,
      owner = "one",
      { token = "t", outcome = "succeeded", last = "0", after = 0 } = {},
    ) => {
      const text = JSON.stringify({ scheduled: at, outcome, attempts: 1 });
      return link.run("finish", "job", id(at), owner, token, text, outcome, last, after) as Promise<
        readonly unknown[]
      >;
    };
    const decisions = async () =>
      ((await link.run("history", "job", 1_000)) as readonly string[])
        .map((text) => JSON.parse(text))
        .map(({ scheduled, outcome, attempts }) => [scheduled, outcome, attempts]);
    const size = (kind: string) => Number(redis.command("exists", `onthedot:{${queue}}:${kind}:job`));
    return { link, enrol, plan, begin, finish, decisions, read, size, id, now: Number(now), queue };
  };

  test("of two that plan the same, one wins", async () => {
    const { link, now, id, read } = await scene();
    const made = {
      key: "job",
      rev: read("rev"),
      cursor: String(now),
      passed: [],
      starts: [{ id: id(now), start: String(now) }],
    };
    expect(await link.run("plan", JSON.stringify([made]))).toEqual([0]);
    expect(await link.run("plan", JSON.stringify([made]))).toEqual([]);
    expect(read("cursor")).toBe(String(now));
  });

  test("asking or telling twice changes nothing", async () => {
    const { plan, begin, finish, decisions, now, read } = await scene();
    await plan(now);
    expect(await begin(now)).toEqual(["go", 1]);
    expect(await begin(now)).toEqual(["go", 1]);
    expect(read("served")).toBe("1");
    expect((await finish(now))[0]).toBe("kept");
    expect((await finish(now))[0]).toBe("kept");
    expect((await finish(now, "one", { outcome: "failed" }))[0]).toBe("late");
    expect(await begin(now)).toEqual(["decided"]);
    expect(await decisions()).toEqual([[now, "succeeded", 1]]);
  });

  test("nothing starts before its moment, without a plan, or in a pause", async () => {
    const { link, plan, begin, now, decisions, id } = await scene();
    await plan(now, now + 60_000);
    const [word, wait] = await begin(now + 60_000);
    expect(word).toBe("early");
    expect(wait).toBeGreaterThan(50_000);
    expect(await begin(now + 5)).toEqual(["unknown"]);
    expect(await link.run("halt", "job")).toEqual([id(now), id(now + 60_000)]);
    // What was due is recorded, and what was to come never came.
    expect(await decisions()).toEqual([[now, "cancelled", 0]]);
    expect(await begin(now + 60_000)).toEqual(["off"]);
  });

  test("a run elsewhere is waited for as long as it is heard of; then it was interrupted, and its end is late", async () => {
    const { plan, begin, finish, decisions, now } = await scene();
    await plan(now);
    await begin(now, "one", { lease: 300 });
    expect((await begin(now, "two"))[0]).toBe("busy");
    await pass(0.4);
    expect((await begin(now, "two"))[0]).toBe("told");
    expect((await finish(now, "one"))[0]).toBe("late");
    expect(await decisions()).toEqual([[now, "interrupted", 1]]);
  });

  test("or it is run again, and the first end is late", async () => {
    const { plan, begin, finish, decisions, now } = await scene({ rerun: true });
    await plan(now);
    await begin(now, "one", { lease: 1 });
    await pass(0.05);
    expect(await begin(now, "two")).toEqual(["go", 2]);
    expect((await finish(now, "one"))[0]).toBe("late");
    expect((await finish(now, "two"))[0]).toBe("kept");
    expect(await decisions()).toHaveLength(1);
  });

  test("a start that is taken back is planned as it was", async () => {
    const { link, plan, begin, id, now, read, size } = await scene();
    await plan(now);
    await begin(now);
    expect(await link.run("release", "job", id(now), "two", "t")).toBe(0);
    expect(await link.run("release", "job", id(now), "one", "t")).toBe(1);
    expect([read("served"), size("planned"), size("running")]).toEqual(["0", 1, 0]);
    expect(await begin(now, "two")).toEqual(["go", 1]);
  });

  test("one waits for the run before, and is called when that has ended", async () => {
    const { plan, begin, finish, now, size, decisions } = await scene({ overlap: "queue" });
    await plan(now - 3, now - 2, now - 1);
    await begin(now - 3);
    expect((await begin(now - 2))[0]).toBe("waits");
    expect((await begin(now - 1))[0]).toBe("told");
    expect((await finish(now - 3)).at(-1)).toBeGreaterThan(0);
    expect([size("waiting"), size("running")]).toEqual([0, 1]);
    expect(await begin(now - 2, "two")).toEqual(["go", 1]);
    await finish(now - 2, "two");
    expect(await decisions()).toEqual([
      [now - 3, "succeeded", 1],
      [now - 2, "succeeded", 1],
      [now - 1, "skipped", 0],
    ]);
  });

  test("a run that has only just begun is asked for again before the next one is skipped", async () => {
    const { plan, begin, finish, now } = await scene();
    await plan(now - 2, now - 1);
    await begin(now - 2);
    expect((await begin(now - 1, "two", { waits: true }))[0]).toBe("busy");
    await finish(now - 2);
    expect(await begin(now - 1, "two", { waits: true })).toEqual(["go", 1]);
  });

  test("what was missed starts oldest first, however it is delivered", async () => {
    const { plan, begin, now } = await scene({ all: true });
    await plan(now - 2, now - 1);
    expect((await begin(now - 1, "one", { waits: true }))[0]).toBe("busy");
    expect((await begin(now - 2, "one", { waits: true }))[0]).toBe("go");
    // It comes after one that was late itself, and waits for it.
    expect((await begin(now - 1, "one", { waits: true }))[0]).toBe("waits");
  });

  test("failures in a row pause, and a success forgets them", async () => {
    const { plan, begin, finish, now, read } = await scene({ overlap: "allow" });
    await plan(...[5, 4, 3, 2, 1].map((ago) => now - ago));
    for (const [ago, outcome] of [
      [5, "failed"],
      [4, "succeeded"],
      [3, "failed"],
      [2, "timed-out"],
    ] as const) {
      await begin(now - ago);
      const [, failures, isPaused] = await finish(now - ago, "one", { outcome, after: 2 });
      expect([failures, isPaused]).toEqual({ 5: [1, 0], 4: [0, 0], 3: [1, 0], 2: [2, 1] }[ago]);
    }
    expect(read("paused")).toBe("1");
  });

  test("the same schedule is left as it is; another begins anew, and what was planned is taken back", async () => {
    const { link, enrol, plan, now, read, id, size } = await scene();
    await plan(now + 5_000);
    const [epoch, rev] = [read("epoch"), read("rev")];
    await enrol("two");
    expect([read("epoch"), read("rev"), read("cursor")]).toEqual([epoch, rev, String(now + 5_000)]);
    const old = id(now + 5_000);
    const [, , answers] = await enrol("two", { version: "w", said: "t" });
    expect(answers).toEqual([["changed", "s", "UTC", [old]]]);
    expect([size("planned"), read("cursor"), read("said")]).toEqual([0, "", "t"]);
    expect(await link.run("over", "job", rev)).toBe(0);
    expect(await link.run("over", "job", read("rev"))).toBe(1);
    expect(read("ended")).toBe("ended");
  });

  test("a spaced job begins to count when its run has ended", async () => {
    const { plan, begin, finish, now, read } = await scene({ spaced: true });
    await plan(now);
    const anchor = Number(read("anchor"));
    await pass(0.05);
    await begin(now);
    expect(Number(read("anchor"))).toBe(anchor);
    await finish(now);
    expect(Number(read("anchor"))).toBeGreaterThan(anchor);
    expect(read("cursor")).toBe("");
  });

  test("what nobody has finished is taken care of", async () => {
    const { link, plan, begin, now, size, decisions, id, queue } = await scene({ overlap: "queueAll" });
    await plan(now - 400_000, now - 2, now - 1);
    await begin(now - 2, "one", { lease: -40_000 });
    await begin(now - 1, "one", { lease: -40_000 });
    const told = (await link.run("mend", "job")) as readonly string[];
    expect(told).toHaveLength(2);
    expect(await decisions()).toEqual([
      [now - 2, "interrupted", 1],
      [now - 1, "interrupted", 1],
    ]);
    // What BullMQ has lost is given to it again, under a name of its own.
    expect(redis.command("hkeys", `onthedot:{${queue}}:outbox`).split("\n")).toContain(
      `${id(now - 400_000)}~1`,
    );
    expect(size("planned")).toBe(1);
  });

  test("a thousand decisions are kept", async () => {
    const { link, now, decisions } = await scene();
    for (let i = 0; i < 1_010; i++)
      void link.run(
        "note",
        "job",
        `job@${now + i}.0+hand`,
        JSON.stringify({ scheduled: now + i, outcome: "failed" }),
      );
    const kept = await decisions();
    expect([kept.length, kept[0]![0]]).toEqual([1_000, now + 10]);
  });
});
