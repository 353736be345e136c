/**
 * What many machines cost: round trips for each start, starts a second beside bare BullMQ in the same run, and how late ten jobs start that are due at once.
 *
 *     npx tsx test/bench/redis.ts
 */
import { createRequire } from "node:module";
import type * as BullMQ from "bullmq";
import { Redis } from "ioredis";
import { bullmq } from "../../src/bullmq.ts";
import { createScheduler } from "../../src/create.ts";
import type { RunContext } from "../../src/job.ts";
import type { Overlap } from "../../src/policy/policies.ts";
import { type RunningRedis, startRedis } from "../engine/redis.ts";

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

/** So many hourly jobs that are due at the same moment. */
const ours = async (redis: RunningRedis, count: number, overlap: Overlap) => {
  const queue = `ours-${queues++}`;
  const { every, start, stop } = createScheduler({ engine: bullmq(redis.url, { queue }) });
  const due = Date.now() + 5_000 + count * 3;
  const starts: number[] = [];
  for (let i = 0; i < count; i++)
    every(1)
      .hour.starting(new Date(due))
      .overlap(overlap)
      .named(`job${i}`)
      .do(() => void starts.push(Date.now() - due));
  start();
  await pass(due - 300 - Date.now());
  const before = sent;
  const began = performance.now();
  while ((await client.zcard(`bull:${queue}:completed`)) < count) await pass(10);
  const seconds = (performance.now() - began - 300) / 1_000;
  await pass(300);
  const commands = sent - before;
  await stop();
  return { seconds, commands, starts };
};

/** The same as bare jobs of BullMQ. */
const bare = async (redis: RunningRedis, count: number) => {
  const name = `bare-${queues++}`;
  const connection = { host: "127.0.0.1", port: redis.port };
  const queue = new Queue(name, { connection });
  const due = Date.now() + 5_000 + count * 3;
  const starts: number[] = [];
  const worker = new Worker(name, async () => void starts.push(Date.now() - due), {
    connection,
    concurrency: 100,
  });
  const jobs = Array.from({ length: count }, (_, i) => ({
    name: `job${i}`,
    data: {},
    opts: { delay: due - Date.now(), jobId: `job${i}@x` },
  }));
  await queue.addBulk(jobs);
  await pass(due - 300 - Date.now());
  const before = sent;
  const began = performance.now();
  while ((await client.zcard(`bull:${name}:completed`)) < count) await pass(10);
  const seconds = (performance.now() - began - 300) / 1_000;
  await pass(300);
  const commands = sent - before;
  await worker.close();
  await queue.close();
  return { seconds, commands, starts };
};

/** A job each second for some seconds: everything that a start costs, from planning to recording. */
const steady = async (redis: RunningRedis, overlap: Overlap, seconds: number) => {
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
    const { each, late } = await steady(redis, overlap, 40);
    line(`round trips for each start, ten jobs a second, ${overlap}`, each.toFixed(1));
    line(`  late at the median, ten due at once, ${overlap}`, `${median(late)} ms`);
  }
  const count = 2_000;
  for (let round = 0; round < 3; round++) {
    const [plain, plainOurs, permit] = [
      await bare(redis, count),
      await ours(redis, count, "allow"),
      await ours(redis, count, "skip"),
    ];
    const rate = ({ seconds }: { seconds: number }) => count / seconds;
    line("starts a second, bare BullMQ", rate(plain).toFixed(0));
    line(
      "starts a second, onthedot, allow",
      `${rate(plainOurs).toFixed(0)} (${(rate(plainOurs) / rate(plain)).toFixed(2)} of bare)`,
    );
    line(
      "starts a second, onthedot, skip",
      `${rate(permit).toFixed(0)} (${(rate(permit) / rate(plain)).toFixed(2)} of bare)`,
    );
    line(
      "commands for each start: bare, allow, skip",
      [plain, plainOurs, permit].map(({ commands }) => (commands / count).toFixed(1)).join(", "),
    );
  }
} finally {
  await redis.stop();
}
process.exit(0);
