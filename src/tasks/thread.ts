import { CancelJob } from "../job.ts";
import { texts } from "../text/text.ts";

export interface WorkerCall {
  readonly file: string;
  readonly export: string;
  readonly args: readonly unknown[];
}

/** What a thread answers. A symbol cannot be sent. */
export interface Answer {
  readonly value?: unknown;
  /** It returned `CancelJob`. */
  readonly isLast?: true;
}

const answer = async ({ file, export: name, args }: WorkerCall): Promise<Answer> => {
  const value = await functionOf(await import(file), name, file)(...args);
  return value === CancelJob ? { isLast: true } : { value };
};

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
