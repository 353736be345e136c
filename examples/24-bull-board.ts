// You will see a dashboard at http://localhost:3000 with each run, its result or error, and the machine that ran it.
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Queue } from "bullmq";
import { every, run } from "onthedot";
import { bullmq } from "onthedot/bullmq";

//  $ npm install bullmq ioredis @bull-board/api @bull-board/ui @bull-board/hono hono @hono/node-server
//  $ redis-server
//  $ npx tsx examples/24-bull-board.ts
//
//  With Redis, jobs are ordinary BullMQ jobs in the queue "onthedot", so any BullMQ tool can show them. The
//  dashboard does not need onthedot, and may run in another process. Do not retry or promote there: onthedot decides what starts.

const url = process.env.REDIS_URL ?? "redis://localhost:6379";
const port = Number(process.env.PORT ?? 3000);

function report() {
  return { sent: 3 };
}

function sync() {
  throw new Error("the server answered 503");
}

const board = new HonoAdapter(serveStatic);
const queue = new Queue("onthedot", { connection: { url } });
createBullBoard({
  queues: [new BullMQAdapter(queue, { readOnlyMode: true })],
  serverAdapter: board,
});
const server = serve({ fetch: board.registerPlugin().fetch, port }, () => {
  console.log(`the dashboard is at http://localhost:${port}`);
});

every(2).seconds.do(report);
every(5).seconds.do(sync);
await run({ engine: bullmq(url) });
server.close();
await queue.close();

// It prints, beside a Redis, until Ctrl-C:
//=> the dashboard is at http://localhost:3000
