import { createScheduler } from "onthedot";
import { bullmq } from "onthedot/bullmq";
import { afterAll, beforeAll, describe } from "vitest";
import { type AtEnd, engineContract, type Way } from "./contract.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";

let redis: RunningRedis;
let queues = 0;

describe.skipIf(!hasRedis)(needsRedis("BullMQ"), () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const begin = (atEnd: AtEnd): Way => {
    const queue = `contract-${queues++}`;
    return {
      schedule() {
        const schedule = createScheduler({ zone: "UTC", engine: bullmq(redis.url, { queue }) });
        atEnd(() => schedule.stop(0));
        return schedule;
      },
      async until(isSo) {
        const end = performance.now() + 20_000;
        while (!isSo()) {
          if (performance.now() > end) throw new Error("it was never so");
          await pass(0.05);
        }
      },
      pass,
      sleep: pass,
      isShared: true,
    };
  };
  engineContract("many machines, here one, with its jobs in Redis", begin, true);
});

const pass = (seconds: number): Promise<void> => new Promise((go) => setTimeout(go, seconds * 1_000));
