import { createScheduler } from "onthedot";
import { bullmq } from "onthedot/bullmq";
import { afterAll, beforeAll, describe } from "vitest";
import { type AtEnd, engineContract, type Way } from "./contract.ts";
import { hasRedis, needsRedis, type RunningRedis, startRedis } from "./redis.ts";
import { pass, until } from "./shared.ts";

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
      until,
      pass,
      sleep: pass,
      isShared: true,
    };
  };
  engineContract("many machines, here one, with its jobs in Redis", begin, true);
});
