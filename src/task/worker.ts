import { basename, dirname, extname } from "node:path";
import { ScheduleError } from "../errors.ts";
import type { RunContext } from "../job/context.ts";
import { nearest } from "../nearest.ts";
import type { Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Doing } from "./doing.ts";
import type { WorkerContext, WorkerModule } from "./worker-call.ts";

/**
 * A task that runs a module's function in a worker thread, so that heavy computing holds up no other job. The threads are loaded and started at the first
 * run.
 *
 * @throws ScheduleError `worker`
 */
export const workerTask = (module: URL | WorkerModule, args: readonly unknown[]): Doing => {
  const { file, export: name = "default" } = module instanceof URL ? { file: module } : (module ?? {});
  const path = checkFile(file);
  checkArguments(args);
  const task = async ({ job, scheduled, attempt, signal }: RunContext): Promise<unknown> => {
    signal.throwIfAborted();
    const context: WorkerContext = { job: job.name, scheduled, attempt };
    const { runInThread } = await import("./threads.ts");
    return runInThread({ file: String(file), export: name, args: [...args, context] }, signal);
  };
  Object.defineProperty(task, "name", { value: name === "default" ? basename(path, extname(path)) : name });
  const close = async (): Promise<void> => (await import("./threads.ts")).closeThreads();
  return { task, manner: { grace: second as Milliseconds, close } };
};

const checkFile = (file: unknown): string => {
  if (!(file instanceof URL) || file.protocol !== "file:")
    throw mistake("File of a worker", file, 'new URL("./heavy.ts", import.meta.url)');
  // Asked for and not imported, for an import is loaded at every start.
  const { existsSync, readdirSync } = process.getBuiltinModule("node:fs");
  const path = process.getBuiltinModule("node:url").fileURLToPath(file);
  if (existsSync(path)) return path;
  const folder = dirname(path);
  const near = existsSync(folder) ? nearest(basename(path), readdirSync(folder)) : undefined;
  throw mistake("File of a worker", path, "a file that is there", near);
};

/** Arguments are copied into the thread. */
const checkArguments = (args: readonly unknown[]): void => {
  try {
    structuredClone(args);
  } catch (error) {
    const what = "Arguments of a worker";
    const given = error instanceof Error ? error.message : error;
    throw mistake(what, given, "what can be copied into a thread: no functions, no symbols");
  }
};

const mistake = (what: string, given: unknown, accepted: string, near?: string): ScheduleError =>
  new ScheduleError({ code: "worker", what, given, accepted, nearest: near && JSON.stringify(near) });
