import { expect, test } from "vitest";
import { Chronicle, readDecision } from "../../src/engine/bullmq/chronicle.ts";
import { instantIn, keyOf, occurrenceId } from "../../src/engine/bullmq/ids.ts";
import { readDelivery, readOutbox, toParcel } from "../../src/engine/bullmq/parcels.ts";
import { mostStarts, planFor } from "../../src/engine/bullmq/plan.ts";
import { checkServer } from "../../src/engine/bullmq/server.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/combine.ts";
import { compile } from "../../src/recurrence/compile.ts";
import { type Instant, later, type Milliseconds } from "../../src/time/instant.ts";
import { utc } from "../../src/time/zone.ts";

const noon = Date.parse("2026-03-01T12:00:00Z") as Instant;
const seconds = (count: number) => (count * 1_000) as Milliseconds;
const at = (count: number) => later(noon, seconds(count));

/** A job that runs every ten seconds from noon on, looked at so many seconds later. */
const planAt = (now: number, more: object = {}, wait = 0) => {
  const trigger = compile(interval(seconds(10)), { zone: utc, anchor: noon });
  const policies = { ...usualPolicies, ...more };
  return planFor({ name: "beat", policies, trigger, first: at(10) }, at(now), at(now + 30), seconds(wait));
};

const lines = (plan: ReturnType<typeof planAt>) => ({
  starts: plan!.starts.map(({ at, start }) => [(at - noon) / 1_000, (start - noon) / 1_000]),
  passed: plan!.passed.map(({ scheduled, outcome, count }) => [(scheduled - noon) / 1_000, outcome, count]),
  cursor: (plan!.cursor - noon) / 1_000,
});

test("what lies within the horizon is planned for its moment", () => {
  expect(lines(planAt(5))).toEqual({
    starts: [
      [10, 10],
      [20, 20],
      [30, 30],
    ],
    passed: [],
    cursor: 30,
  });
  expect(
    planFor(
      {
        name: "beat",
        policies: usualPolicies,
        trigger: compile(interval(seconds(10)), { zone: utc, anchor: noon }),
        first: at(10),
      },
      at(0),
      at(9),
      seconds(0),
    ),
  ).toBeUndefined();
});

test.each([
  [{ missed: "once" }, [[300, 307]], [[290, "coalesced", 29]]],
  [
    { missed: "skip" },
    [[300, 307]],
    [
      [240, "expired", 24],
      [290, "coalesced", 5],
    ],
  ],
] as const)(
  "what was missed is decided on as %j says, and starts after a wait when that is long ago",
  (catchUp, starts, passed) => {
    const plan = lines(planAt(307, { catchUp }));
    expect(plan.passed).toEqual(passed);
    // Less than a minute late is only late: it starts at once.
    expect(plan.starts.slice(0, 1).map(([at]) => at)).toEqual(starts.map(([at]) => at));
    expect(plan.starts.slice(1).map(([at]) => at)).toEqual([310, 320, 330]);
  },
);

test("under catchUp all each one is started, oldest first", () => {
  const { starts } = lines(planAt(35, { catchUp: { missed: "all" } }));
  expect(starts.map(([at]) => at)).toEqual([10, 20, 30, 40, 50, 60]);
});

test("starts that make up for what was missed long ago wait for each other", () => {
  const daily = compile(interval(seconds(86_400)), { zone: utc, anchor: noon });
  const job = { name: "beat", policies: usualPolicies, trigger: daily, first: at(86_400) };
  const plan = planFor(job, at(90_000), at(90_060), seconds(15));
  expect(plan!.starts).toEqual([{ at: at(86_400), start: at(90_015) }]);
});

test("jitter moves the start and not the moment, and a spaced job has one start", () => {
  const { starts } = lines(planAt(5, { jitter: seconds(5) }));
  expect(starts.map(([at]) => at)).toEqual([10, 20, 30]);
  for (const [at, start] of starts) {
    expect(start).toBeGreaterThanOrEqual(at!);
    expect(start).toBeLessThanOrEqual(at! + 5);
  }
  const spaced = compile(interval(seconds(10), { spaced: true }), { zone: utc, anchor: noon });
  const plan = planFor(
    { name: "beat", policies: usualPolicies, trigger: spaced, first: at(10) },
    at(5),
    at(65),
    seconds(0),
  );
  expect([plan!.starts.length, plan!.isCut]).toEqual([1, false]);
});

test("thousands are planned in parts", () => {
  const trigger = compile(interval(1 as Milliseconds), { zone: utc, anchor: noon });
  const job = { name: "beat", policies: usualPolicies, trigger, first: later(noon, 1 as Milliseconds) };
  const plan = planFor(job, noon, at(60), seconds(0));
  expect([plan!.starts.length, plan!.isCut, plan!.cursor - noon]).toEqual([mostStarts, true, mostStarts]);
});

test("keys of names have no sign that means something, are not too long, and no two are the same", () => {
  const names = [
    "a",
    "A",
    "a b",
    "a%20b",
    "a:b",
    "a@b",
    "a~b",
    "ä",
    "a\u0308",
    "x".repeat(119),
    "x".repeat(120),
    "x".repeat(121),
    "x".repeat(200),
    "\ud800",
    "\udc00",
    "%ud800",
    "😀",
    "{a}",
    "*",
  ];
  const keys = names.map(keyOf);
  expect(new Set(keys).size).toBe(names.length);
  for (const key of keys) expect(key).toMatch(/^[\w.%~-]{1,120}$/);
  expect(instantIn(occurrenceId(keyOf("a@1.2:3"), noon, 7))).toBe(noon);
  expect(instantIn(occurrenceId("early", -5 as Instant, 1))).toBe(-5);
});

test.each([
  "",
  "{",
  "null",
  "7",
  "[]",
  "{}",
  '{"scheduled":1,"outcome":"won"}',
  '{"scheduled":"1","outcome":"failed"}',
  '{"scheduled":1e99,"outcome":"failed"}',
])("%j is no decision, and none is made of it", (text) => {
  expect(readDecision(text)).toBeUndefined();
  const chronicle = new Chronicle();
  chronicle.add("job", text);
  expect(chronicle.of("job")).toEqual([]);
});

test("the last hundred decisions are held, by their moments, each once", () => {
  const chronicle = new Chronicle();
  for (const i of [...Array(150).keys()].reverse().map((i) => 150 - i))
    for (let twice = 0; twice < 2; twice++)
      chronicle.add("job", JSON.stringify({ scheduled: i, outcome: "skipped", attempts: 0 }));
  const held = chronicle.of("job").map(({ scheduled }) => scheduled as number);
  expect(held).toEqual([...Array(100).keys()].map((i) => i + 51));
});

test("what is delivered is what was sent, and nothing else is taken", () => {
  const id = occurrenceId("beat", noon, 3);
  const { data, opts } = toParcel({ parcel: id, job: "beat", id, start: at(2) }, noon);
  expect(readDelivery({ data } as never)).toEqual({ job: "beat", id, at: noon, start: at(2) });
  expect([opts.jobId, opts.timestamp + opts.delay!]).toEqual([id, at(2)]);
  for (const wrong of [
    { ...data, id: `other@${noon}.3` },
    { ...data, id: `beat@${noon}.x` },
    { ...data, start: null },
    [data],
    "x",
  ])
    expect(readDelivery({ data: wrong } as never)).toBeUndefined();
  const order = JSON.stringify({ job: "beat", id, start: 5 });
  // A name that is not that of the occurrence, or of it put in again, is not of our making.
  expect(readOutbox(["a", "{", "b", "7", id, order, `${id}~2`, order, "c", order, `${id}:`, order])).toEqual([
    { parcel: id, job: "beat", id, start: 5 },
    { parcel: `${id}~2`, job: "beat", id, start: 5 },
  ]);
});

test.each([
  ["redis_version:5.0.14\r\nmaxmemory_policy:noeviction", ["Redis 5.0 is old: use 6.2 or a later one"]],
  ["redis_version:6.2.0\r\n", []],
  [
    "redis_version:7.0.15\r\nmaxmemory_policy:volatile-lru\r\n",
    [expect.stringContaining("maxmemory-policy volatile-lru")],
  ],
  ["", []],
])("a Redis that says %j of itself", async (info, told) => {
  const warnings: string[] = [];
  await checkServer(
    { redis: { info: async () => info } } as never,
    { warn: (text: string) => warnings.push(text) } as never,
  );
  expect(warnings).toEqual(told);
});
