import { AsyncResource } from "node:async_hooks";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { Tinypool } from "tinypool";
import { ScheduleError } from "../errors.ts";
import { CancelJob } from "../job.ts";
import { texts } from "../text/text.ts";
import type { Answer, Printed, WorkerCall } from "./thread.ts";

/** After how many idle milliseconds a thread ends. */
const idleTimeout = 10_000;

/** One pool for all jobs, with at most as many threads as there are processors; another one for files that need other arguments. */
const pools = new Map<string, Tinypool>();
let calls = 0;

/** Runs a call in a thread that is free, or in the next one that will be. The signal ends the thread. What it prints is printed here, where the run is known. */
export const runInThread = async (
  call: Omit<WorkerCall, "output">,
  signal: AbortSignal,
): Promise<unknown> => {
  calls++;
  const { port1: printed, port2: output } = new MessageChannel();
  const print = ([stream, chunk]: Printed) => void process[stream].write(chunk);
  printed.on("message", AsyncResource.bind(print));
  printed.unref();
  try {
    const { value, isLast }: Answer = await unlessItFails(poolFor(call.file), (pool) =>
      pool.run({ ...call, output }, { signal, transferList: [output] }),
    );
    return isLast ? CancelJob : value;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    for (let last = receiveMessageOnPort(printed); last; last = receiveMessageOnPort(printed))
      print(last.message);
    printed.close();
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
    idleTimeout,
    // A thread of Deno gets no message while it waits on one.
    useAtomics: !("deno" in process.versions),
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  // An idle thread that fails takes no call with it; an error event without a listener would end the process.
  pool.on("error", () => {});
  return pool;
};

/** A thread that fails before it could take a call leaves the call waiting for ever, and tells only its pool. */
const unlessItFails = <T>(pool: Tinypool, call: (pool: Tinypool) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      if (pool.threads.length === 0) reject(error);
    };
    pool.on("error", onError);
    call(pool)
      .then(resolve, reject)
      .finally(() => pool.off("error", onError));
  });

/** @throws ScheduleError `bundled` in a bundle: a thread is started from a file of its own, which lies in this package */
const threadFile = (): string => {
  const own: string = import.meta.url ?? "";
  const file = own && new URL(own.endsWith(".ts") ? "./thread.ts" : "../tasks/thread.js", own);
  if (file && existsSync(file)) return file.href;
  throw new ScheduleError({
    code: "bundled",
    what: texts().tasks.bundled,
    accepted: texts().tasks.notBundled,
  });
};

/**
 * How a thread must be started to read a file as its starter would, or nothing when Node's own ways suffice. Threads do not get the hooks of tsx by
 * themselves: they are registered again, before anything else is loaded.
 */
export const argumentsFor = (file: string, given = process.execArgv): readonly string[] | undefined => {
  const preloads = preloadsIn(given);
  const starter = preloads.find(({ module }) => isTsx(module))?.module;
  if (!starter && (!isTypeScript(file) || canStripTypes)) return undefined;
  const from = starter?.startsWith("file:") ? starter : starter ? join(process.cwd(), "-") : file;
  const registering = registeringTsx(createRequire(from));
  if (!registering) return undefined;
  const others = preloads.filter(({ module }) => !isTsx(module));
  return ["--import", registering, ...others.flatMap(({ flag, module }) => [flag, module])];
};

interface Preload {
  readonly flag: string;
  readonly module: string;
}

/** `--import tsx`, `--import=tsx`, `-r ./setup.cjs` … */
const preloadsIn = (given: readonly string[]): readonly Preload[] =>
  given.flatMap((word, i): Preload[] => {
    const [, flag, joined] = /^(--import|--require|-r)(?:=(.*))?$/.exec(word) ?? [];
    const module = joined ?? given[i + 1];
    return flag && module !== undefined ? [{ flag, module }] : [];
  });

const isTsx = (module: string): boolean => /^tsx$|^tsx\/|[\\/]tsx[\\/]dist[\\/]/.test(module);

const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file);

const canStripTypes = "typescript" in process.features && Boolean(process.features.typescript);

/** A module that registers tsx, as an address of its own; nothing where tsx is not installed. */
const registeringTsx = (require: NodeJS.Require): string | undefined => {
  try {
    const manifest = require.resolve("tsx/package.json");
    const { exports } = require(manifest) as { exports: Record<string, { import: { default: string } }> };
    const [ofRequire, ofImport] = ["./cjs/api", "./esm/api"].map((name) =>
      pathToFileURL(join(dirname(manifest), exports[name]!.import.default)),
    );
    return `data:text/javascript,import*as a from"${ofRequire}";import*as b from"${ofImport}";a.register();b.register()`;
  } catch {
    return undefined;
  }
};
