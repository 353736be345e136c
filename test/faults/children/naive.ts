/**
 * What the experiments compare with, BullMQ as it stands; what it does comes on its input:
 *
 * - `"plan"`: a planner without fixed ids, and a worker
 * - `"work"`: a worker alone
 * - `"delay"`: puts a row of delayed jobs into the queue, and no worker
 * - `"schedulers"`: BullMQ's own job schedulers, registered again every tenth of a second
 */
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type * as BullMQ from "bullmq";
import { Redis } from "ioredis";
import { instructions } from "./instructions.ts";
import { notesIn } from "./notes.ts";

export interface NaiveSettings {
  readonly mode: "plan" | "work" | "delay" | "schedulers";
  readonly port: number;
  readonly log: string;
  readonly jobs: number;
  /** In milliseconds. */
  readonly period: number;
  readonly starting: number;
}

const { Queue, Worker } = createRequire(import.meta.url)("bullmq") as typeof BullMQ;
const { mode, port, log, jobs, period, starting } = await instructions<NaiveSettings>();
const note = notesIn(log);
const connection = { host: "127.0.0.1", port };
const queue = new Queue("crew", { connection });
queue.on("error", () => {});
const client = new Redis(port);
const names = Array.from({ length: jobs }, (_, i) => `job${i}`);
const horizon = 2_000;

const work = () =>
  new Worker(
    "crew",
    async ({ id, name, data }) => {
      // The id of a job scheduler's job holds its moment.
      const planned = Number(data.planned ?? id?.split(":").at(-1));
      note("start", name || "?", planned);
      await sleep(5 + (planned % 200));
      note("end", name || "?", planned);
    },
    { connection, concurrency: 100, lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 },
  ).on("error", () => {});

/** Reads how far has been planned, plans on, and writes how far: what another does meanwhile is not asked. */
const plan = async (): Promise<void> => {
  const lastDecided = Number((await client.get("cursor")) ?? starting - 1);
  const end = Date.now() + horizon;
  const batch = names.flatMap((name, i) => {
    const found = [];
    for (let planned = starting + Math.round((i * period) / jobs); planned <= end; planned += period)
      if (planned > lastDecided)
        found.push({ name, data: { planned }, opts: { delay: Math.max(0, planned - Date.now()) } });
    return found;
  });
  await queue.addBulk(batch);
  await client.set("cursor", String(end));
};

const begin: Readonly<Record<NaiveSettings["mode"], () => void>> = {
  work,
  plan() {
    work();
    void plan();
    setInterval(() => void plan().catch(() => {}), horizon / 2);
  },
  delay() {
    const moments = Array.from({ length: jobs }, (_, i) => starting + i * period);
    void queue.addBulk(
      moments.map((planned) => ({
        name: "job0",
        data: { planned },
        opts: { jobId: `job0@${planned}`, delay: planned - Date.now() },
      })),
    );
  },
  schedulers() {
    work();
    const say = () =>
      names.map((name) =>
        queue.upsertJobScheduler(name, { pattern: "* * * * * *" }, { name }).catch(() => {}),
      );
    say();
    setInterval(say, 100);
  },
};

begin[mode]();
// It has no seams to die at.
process.on("SIGUSR2", () => {});
process.on("SIGTERM", () => process.exit(0));
