/**
 * What many machines cost: commands and processor time for each start, starts a second beside bare BullMQ in the same run, and how late ten jobs start that are due at once. It takes
 * a minute and a half.
 *
 *     npx tsx test/bench/redis.ts
 *     npx tsx test/bench/redis.ts --rates    starts a second only
 */
import { createRequire } from "node:module";
import type * as BullMQ from "bullmq";
import { Redis } from "ioredis";
import { bullmq } from "../../src/bullmq.ts";
import { createScheduler } from "../../src/create.ts";
import type { RunContext } from "../../src/job.ts";
import type { Overlap } from "../../src/policy/policies.ts";
import { startRedis } from "../engine/redis.ts";

const { Queue, Worker } = createRequire(import.meta.url)("bullmq") as typeof BullMQ;
const pass = (length: number): Promise<void> => new Promise((go) => setTimeout(go, length));

/** Commands that this process has sent, on every connection. */
let sent = 0;
const { sendCommand } = Redis.prototype;
Redis.prototype.sendCommand = function (this: Redis, ...args) {
  sent++;
  return sendCommand.apply(this, args);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

let queues = 0;

/** So many jobs of a run are due at the same moment, and so long after they were registered. */
const count = 1_000;
const lead = 3_500;
/** What is measured begins so long before that moment. */
const headStart = 300;

interface Cost {
  readonly seconds: number;
  readonly commands: number;
  /** Processor time of this process and of Redis, in microseconds. */
  readonly cpu: number;
  readonly redisCpu: number;
}

const redisCpu = async (): Promise<number> => {
  const used = (await client.info("cpu")).matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm);
  return [...used].reduce((sum, [, seconds]) => sum + Number(seconds) * 1e6, 0);
};

/** What it costs until all jobs of a queue that are due at a moment are done. */
const costOf = async (queue: string, due: number): Promise<Cost> => {
  await pass(due - headStart - Date.now());
  const planned = await client.zcard(`bull:${queue}:delayed`);
  if (planned < count) throw new Error(`only ${planned} jobs of ${count} were in the queue in time`);
  const [before, redisBefore, cpu] = [sent, await redisCpu(), process.cpuUsage()];
  while ((await client.zcard(`bull:${queue}:completed`)) < count) await pass(10);
  const seconds = (Date.now() - due) / 1_000;
  await pass(headStart);
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, commands: sent - before, cpu: user + system, redisCpu: (await redisCpu()) - redisBefore };
};

/** Hourly jobs of ours. */
const ours = async (overlap: Overlap): Promise<Cost> => {
  const queue = `ours-${queues++}`;
  const { every, start, stop } = createScheduler({ engine: bullmq(redis.url, { queue }) });
  const due = Date.now() + lead;
  for (let i = 0; i < count; i++)
    every(1)
      .hour.starting(new Date(due))
      .overlap(overlap)
      .named(`job${i}`)
      .do(() => {});
  start();
  const cost = await costOf(queue, due);
  await stop();
  return cost;
};

/** The same as bare jobs of BullMQ. */
const bare = async (): Promise<Cost> => {
  const name = `bare-${queues++}`;
  const connection = { host: "127.0.0.1", port: redis.port };
  const queue = new Queue(name, { connection });
  const due = Date.now() + lead;
  const worker = new Worker(name, async () => {}, { connection, concurrency: 100 });
  const jobs = Array.from({ length: count }, (_, i) => ({
    name: `job${i}`,
    data: {},
    opts: { delay: due - Date.now(), jobId: `job${i}@x` },
  }));
  await queue.addBulk(jobs);
  const cost = await costOf(name, due);
  await worker.close();
  await queue.close();
  return cost;
};

/** Ten jobs a second for some seconds: everything that a start costs, from planning to recording. */
const steady = async (overlap: Overlap, seconds: number) => {
  const { every, start, stop } = createScheduler({
    engine: bullmq(redis.url, { queue: `steady-${queues++}` }),
  });
  let runs = 0;
  const late: number[] = [];
  for (let i = 0; i < 10; i++)
    every(1)
      .second.aligned()
      .overlap(overlap)
      .named(`job${i}`)
      .do(({ scheduled }: RunContext) => {
        runs++;
        late.push(Date.now() - scheduled.getTime());
      });
  start();
  await pass(3_000);
  const [commands, before] = [sent, runs];
  await pass(seconds * 1_000);
  const each = (sent - commands) / (runs - before);
  await stop();
  return { each, late: late.slice(20) };
};

const redis = await startRedis();
const client = new Redis(redis.url);
const line = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`);
try {
  for (const overlap of process.argv.includes("--rates") ? [] : (["allow", "skip", "queue"] as const)) {
    const { each, late } = await steady(overlap, 8);
    line(`round trips for each start, ten jobs a second, ${overlap}`, each.toFixed(1));
    line(`  late at the median, ten due at once, ${overlap}`, `${median(late)} ms`);
  }
  const ways = { "bare BullMQ": bare, allow: () => ours("allow"), skip: () => ours("skip") };
  const costs = new Map<string, Cost[]>(Object.keys(ways).map((way) => [way, []]));
  // One after another, so that all meet the same load. The first round warms up.
  for (let round = 0; round < 4; round++)
    for (const [way, measure] of Object.entries(ways)) {
      const cost = await measure();
      if (round > 0) costs.get(way)!.push(cost);
    }
  // The rounds that other processes have disturbed least.
  const bests = [...costs].map(([way, all]) => {
    const of = (pick: (cost: Cost) => number) => Math.min(...all.map(pick)) / count;
    return {
      way,
      rate: 1 / of(({ seconds }) => seconds),
      cpu: of(({ cpu }) => cpu),
      redisCpu: of(({ redisCpu }) => redisCpu),
      commands: of(({ commands }) => commands),
    };
  });
  const [plain] = bests;
  for (const { way, rate, cpu, redisCpu, commands } of bests) {
    line(`starts a second, ${way}`, `${rate.toFixed(0)} (${(rate / plain!.rate).toFixed(2)} of bare)`);
    line(`  processor time for each, ${way}`, `${cpu.toFixed(0)} µs, and ${redisCpu.toFixed(0)} µs of Redis`);
    line(`  commands for each, ${way}`, commands.toFixed(2));
  }
} finally {
  await redis.stop();
}
process.exit(0);
