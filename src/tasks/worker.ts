import { basename, dirname, extname } from "node:path";
import { nearest, ScheduleError } from "../errors.ts";
import type { RunContext, Task, TaskOptions } from "../job.ts";
import { texts } from "../text/text.ts";
import type { Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

/**
 * A task that runs a module's function in a worker thread, so that heavy computing delays no other job. Threads are loaded and started at the first run.
 *
 * @throws ScheduleError `worker`
 */
export const workerTask = (module: URL | WorkerModule, args: readonly unknown[]): PreparedTask => {
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
  return { task, taskOptions: { grace: second as Milliseconds, close } };
};

const checkFile = (file: unknown): string => {
  if (!(file instanceof URL) || file.protocol !== "file:")
    throw invalid(texts().tasks.workerFile, file, 'new URL("./heavy.ts", import.meta.url)');
  // Asked for and not imported, for an import is loaded at every start.
  const { existsSync, readdirSync } = process.getBuiltinModule("node:fs");
  const path = process.getBuiltinModule("node:url").fileURLToPath(file);
  if (existsSync(path)) return path;
  const folder = dirname(path);
  const near = existsSync(folder) ? nearest(basename(path), readdirSync(folder)) : undefined;
  throw invalid(texts().tasks.workerFile, path, texts().tasks.existingFile, near);
};

/** Arguments are copied into the thread. */
const checkArguments = (args: readonly unknown[]): void => {
  try {
    structuredClone(args);
  } catch (error) {
    const given = error instanceof Error ? error.message : error;
    throw invalid(texts().tasks.workerArguments, given, texts().tasks.copyable);
  }
};

const invalid = (what: string, given: unknown, accepted: string, near?: string): ScheduleError =>
  new ScheduleError({ code: "worker", what, given, accepted, nearest: near && JSON.stringify(near) });

/** A module whose function runs in a thread of its own. */
export interface WorkerModule {
  /** `new URL("./heavy.ts", import.meta.url)` */
  readonly file: URL;
  /** The name under which it exports the function. @default "default" */
  readonly export?: string;
}

/** What a function in a worker gets as its last argument. It gets no signal: its thread is ended when the run is cancelled. */
export interface WorkerContext {
  /** The job's name. */
  readonly job: string;
  /** The planned moment, however late the run started. */
  readonly scheduled: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** A task, and how it is treated. */
export interface PreparedTask {
  readonly task: Task;
  readonly taskOptions: TaskOptions;
}
