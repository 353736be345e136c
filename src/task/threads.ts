import { existsSync } from "node:fs";
import { Tinypool } from "tinypool";
import { ScheduleError } from "../errors.ts";
import { CancelJob } from "../job/run.ts";
import type { Answer } from "./thread.ts";
import { argumentsFor } from "./typescript.ts";
import type { WorkerCall } from "./worker-call.ts";

/** A thread that has had nothing to do for so many milliseconds is ended. */
const idle = 10_000;

/** One pool for all jobs, with at most as many threads as there are processors; another one for files that need other arguments. */
const pools = new Map<string, Tinypool>();
let calls = 0;

/** Runs a call in a thread that is free, or in the next one that will be. The signal ends the thread. */
export const runInThread = async (call: WorkerCall, signal: AbortSignal): Promise<unknown> => {
  calls++;
  try {
    const { value, isLast }: Answer = await unlessItFails(poolFor(call.file), (pool) =>
      pool.run(call, { signal }),
    );
    return isLast ? CancelJob : value;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    calls--;
  }
};

/** Ends the threads, unless somebody still uses them; the next call starts new ones. */
export const closeThreads = async (): Promise<void> => {
  if (calls > 0) return;
  const closing = [...pools.values()];
  pools.clear();
  await Promise.all(closing.map((pool) => pool.destroy()));
};

const poolFor = (file: string): Tinypool => {
  const execArgv = argumentsFor(file);
  const key = JSON.stringify(execArgv ?? []);
  const pool = pools.get(key) ?? open(execArgv);
  pools.set(key, pool);
  return pool;
};

const open = (execArgv: readonly string[] | undefined): Tinypool => {
  const pool = new Tinypool({
    filename: threadFile(),
    minThreads: 0,
    idleTimeout: idle,
    // A thread of Deno gets no message while it waits on one.
    useAtomics: !("deno" in process.versions),
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  // An idle thread that fails takes no call with it; an error event that nobody hears would end the process.
  pool.on("error", () => {});
  return pool;
};

/** A thread that fails before it could take a call leaves the call waiting for ever, and tells only its pool. */
const unlessItFails = <T>(pool: Tinypool, call: (pool: Tinypool) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const heard = (error: Error): void => {
      if (pool.threads.length === 0) reject(error);
    };
    pool.on("error", heard);
    call(pool)
      .then(resolve, reject)
      .finally(() => pool.off("error", heard));
  });

/** @throws ScheduleError `bundled` in a bundle: a thread is started from a file of its own, which lies in this package */
const threadFile = (): string => {
  const own: string = import.meta.url ?? "";
  const file = own && new URL(own.endsWith(".ts") ? "../task/thread.ts" : "../task/thread.js", own);
  if (file && existsSync(file)) return file.href;
  throw new ScheduleError({
    code: "bundled",
    what: "A worker thread cannot be started from a bundle",
    accepted:
      "onthedot to be left out of the bundle and installed beside it, as with esbuild --external:onthedot",
  });
};
