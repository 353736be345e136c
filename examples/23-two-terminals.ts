// You will see each run start in one of two terminals in which this script runs. Press Ctrl-C in one: the other continues.
import { every, type RunContext, run } from "onthedot";
import { bullmq } from "onthedot/bullmq";

//  $ npm install bullmq ioredis
//  $ redis-server
//  $ npx tsx examples/23-two-terminals.ts    and the same in another terminal, or on another machine
//
//  APScheduler 3: two processes on one job store run every job twice. Celery: one beat process plans for all, and there
//  must not be a second. Here every machine plans, and Redis accepts each occurrence once.

function poll({ scheduled }: RunContext) {
  console.log(`${scheduled.toISOString()} in process ${process.pid}`);
}

every(2).seconds.do(poll);
run({ engine: bullmq(process.env.REDIS_URL ?? "redis://localhost:6379") });

// It prints, beside a Redis, until Ctrl-C:
//=> 2026-03-02T08:00:02.417Z in process 1204
//=> 2026-03-02T08:00:04.417Z in process 1217
//=> 2026-03-02T08:00:06.417Z in process 1217
//=> 2026-03-02T08:00:08.417Z in process 1204
