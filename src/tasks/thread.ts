import type { MessagePort } from "node:worker_threads";
import { CancelJob } from "../job.ts";
import { texts } from "../text/text.ts";

export interface WorkerCall {
  readonly file: string;
  readonly export: string;
  readonly args: readonly unknown[];
  /** Takes what the call prints. */
  readonly output: MessagePort;
}

export type Printed = readonly [stream: "stdout" | "stderr", chunk: string | Uint8Array];

/** What a thread answers. A symbol cannot be sent. */
export interface Answer {
  readonly value?: unknown;
  /** It returned `CancelJob`. */
  readonly isLast?: true;
}

const answer = async ({ file, export: name, args, output }: WorkerCall): Promise<Answer> => {
  port = output;
  try {
    const value = await functionOf(await import(file), name, file)(...args);
    return value === CancelJob ? { isLast: true } : { value };
  } finally {
    port = undefined;
    output.close();
  }
};

/** That of the present call: a thread has one at a time. */
let port: MessagePort | undefined;

for (const stream of ["stdout", "stderr"] as const) {
  const { write } = process[stream];
  process[stream].write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (!port) return write.call(process[stream], chunk, ...(rest as []));
    port.postMessage([stream, chunk] satisfies Printed);
    const written = rest.at(-1);
    if (typeof written === "function") process.nextTick(written as () => void);
    return true;
  };
}

export default answer;

/** In a thread this would end the thread and leave the caller waiting. */
process.exit = (code) => {
  throw new Error(texts().tasks.exitInWorker(String(code ?? "")));
};

type Exports = Readonly<Record<string, unknown>>;

const functionOf = (module: Exports, name: string, file: string): ((...args: unknown[]) => unknown) => {
  // A CommonJS module that was compiled from a module has its exports in its default one.
  const inner = isExports(module.default) ? module.default : {};
  const found = [module[name], inner[name]].find((one) => typeof one === "function");
  if (found) return found as (...args: unknown[]) => unknown;
  const names = Object.entries({ ...inner, ...module })
    .filter(([, value]) => typeof value === "function")
    .map(([exported]) => exported);
  throw new TypeError(texts().tasks.noExport(file, JSON.stringify(name), names.join(", ")));
};

const isExports = (value: unknown): value is Exports => typeof value === "object" && value !== null;
