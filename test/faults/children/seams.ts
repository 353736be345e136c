import { createRequire } from "node:module";
import type * as BullMQ from "bullmq";

/** Moments between two steps at which a process can be made to die, in the order of a run. */
export const seams = [
  "planned, not queued",
  "queued, not crossed off",
  "taken, not begun",
  "begun, not started",
  "running",
  "ended, not recorded",
  "recorded, not finished",
] as const;
export type Seam = (typeof seams)[number];

const { Queue, Worker, Job } = createRequire(import.meta.url)("bullmq") as typeof BullMQ;
let armed = false;
let deadly: string | undefined;

/** Dies here at SIGUSR2, as if it were killed from outside. */
export const pass = (seam: Seam): void => {
  if (armed && seam === deadly) process.kill(process.pid, "SIGKILL");
};

/** Chooses the moment, and lays those that are BullMQ's around its methods. */
export const dieAt = (seam: string | undefined): void => {
  deadly = seam;
  process.on("SIGUSR2", () => {
    armed = true;
  });
  around(Queue.prototype, "addBulk", "planned, not queued", "queued, not crossed off");
  around(Worker.prototype, "processJob", "taken, not begun");
  around(Job.prototype, "moveToCompleted", "recorded, not finished");
};

const around = (of: object, method: string, before: Seam, after?: Seam): void => {
  const methods = of as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const real = methods[method]!;
  methods[method] = async function (this: unknown, ...args) {
    pass(before);
    const answer = await real.apply(this, args);
    if (after) pass(after);
    return answer;
  };
};

/** Puts a delay before each question whether another run of a job is running. @param isOpen whether the answer is always no */
export const delayOverlap = (delay: number, isOpen = false): void => {
  const methods = Queue.prototype as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const real = methods.add!;
  methods.add = async function (this: unknown, ...args) {
    if (args[0] === "permit") await new Promise((go) => setTimeout(go, delay));
    if (args[0] === "permit" && isOpen) return { id: (args[2] as { jobId: string }).jobId };
    return real.apply(this, args);
  };
};
