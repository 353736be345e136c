import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { endWithin, type RunContext } from "../job.ts";
import { texts } from "../text/text.ts";
import { systemClock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string | URL | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: string | Uint8Array | undefined;
  readonly grace: Milliseconds;
  readonly exitCodes: readonly number[];
  readonly shell: boolean;
}

/** A program did not end as it should, or did not start. */
export class ProgramError extends Error {
  /** Its exit code, where it ended by itself. */
  readonly code: number | undefined;
  /** What ended it, where something did: `"SIGKILL"`. */
  readonly signal: string | undefined;

  constructor(message: string, code?: number, signal?: string) {
    super(message);
    this.name = "ProgramError";
    this.code = code;
    this.signal = signal;
  }
}

/** How long to wait for output after a program has ended, where something it left behind still holds the pipe. */
const outputGrace = second as Milliseconds;

/**
 * Runs a program to its end, and prints each of its lines after the job's name.
 *
 * @throws ProgramError when it did not start, or exited with another code than expected; the signal's reason when the run was cancelled
 */
export const runProgram = async (call: ProgramCall, context: RunContext): Promise<void> => {
  const { job, signal } = context;
  signal.throwIfAborted();
  if (endsSince !== undefined) throw new ProgramError(texts().tasks.ending(call.program));
  const child = spawn(call.program, [...call.args], {
    cwd: call.cwd,
    env: { ...process.env, ...runVariables(context), ...call.env },
    shell: call.shell,
    stdio: [call.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...asGroup,
  });
  const exit = once(child, "exit").catch((error) => {
    throw notStarted(error, call);
  }) as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  if (child.pid === undefined) return void (await exit);
  const forget = watch(child.pid, call.grace);
  const closed = new Promise((resolve) => child.once("close", resolve));
  let last = "";
  write(child.stdout, (line) => console.log(`${job.name} | ${line}`));
  write(child.stderr, (line) => {
    if (line.trim() !== "") last = line.trim();
    console.error(`${job.name} | ${line}`);
  });
  // A program need not read all it is given.
  child.stdin?.on("error", () => {});
  child.stdin?.end(call.stdin);
  let isGone: Promise<void> | undefined;
  const end = () => {
    const { [endWithin]: limit = call.grace } = signal.reason as { readonly [endWithin]?: Milliseconds };
    isGone = endGroup(child.pid!, Math.min(limit, call.grace) as Milliseconds);
  };
  signal.addEventListener("abort", end);
  const [code, endedBy] = await exit;
  await atMost(outputGrace, closed);
  signal.removeEventListener("abort", end);
  await isGone;
  forget();
  // What a program left behind may still write, and is read, but does not keep the process alive.
  for (const stream of [child.stdout, child.stderr] as Partial<Socket>[]) stream?.unref?.();
  signal.throwIfAborted();
  if (code !== null && call.exitCodes.includes(code)) return;
  const how =
    endedBy === null ? texts().tasks.exited(call.program, code) : texts().tasks.killed(call.program, endedBy);
  throw new ProgramError(`${how}${last && `: ${last}`}`, code ?? undefined, endedBy ?? undefined);
};

const runVariables = ({ job, scheduled, attempt }: RunContext): Record<string, string> => ({
  ONTHEDOT_JOB: job.name,
  ONTHEDOT_SCHEDULED: scheduled.toISOString(),
  ONTHEDOT_ATTEMPT: String(attempt),
});

const write = (stream: Readable | null, give: (line: string) => void): void => {
  const lines = new Lines(give);
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => lines.add(text));
  stream?.on("end", () => lines.end());
};

/** Why a program was not started, and what to write instead. */
export const notStarted = (
  error: NodeJS.ErrnoException,
  { program, cwd, args, shell }: ProgramCall,
  platform: NodeJS.Platform = process.platform,
): Error => {
  if (error.code === "ENOENT" && cwd !== undefined && !existsSync(cwd))
    return new ProgramError(texts().tasks.noFolder(program, String(cwd)));
  if (platform === "win32" && !shell && isBatch(error, program)) {
    const name = program.replace(/\.(?:cmd|bat)$/i, "");
    return new ProgramError(
      texts().tasks.batchFile(program, `.exec("cmd", ${JSON.stringify(["/c", name, ...args])})`),
    );
  }
  if (error.code === "ENOENT") return new ProgramError(`${notFound(program)}${hint(program, args, shell)}`);
  if (error.code === "EACCES") return new ProgramError(texts().tasks.notExecutable(program));
  return new ProgramError(texts().tasks.notStarted(program, error.message));
};

/** On Windows npm, npx and their like are `.cmd` files: Node does not find them by their name, and refuses to start them without a shell. */
const isBatch = ({ code }: NodeJS.ErrnoException, program: string): boolean =>
  code === "EINVAL"
    ? /\.(?:cmd|bat)$/i.test(program)
    : code === "ENOENT" && /^(?:npm|npx|pnpm|pnpx|yarn|tsx|tsc|code|[\w.-]+\.(?:cmd|bat))$/i.test(program);

const notFound = (program: string): string =>
  /[\\/]/.test(program)
    ? texts().tasks.notFoundFrom(program, process.cwd())
    : texts().tasks.notOnPath(program);

const hint = (program: string, args: readonly string[], shell: boolean): string => {
  const [name, ...rest] = program.trim().split(/\s+/);
  return shell || args.length > 0 || rest.length === 0
    ? ""
    : `. ${texts().tasks.separateArguments(`.exec(${JSON.stringify(name)}, ${JSON.stringify(rest)})`)}`;
};

/** A line is given out in parts of this many characters: a program that never ends one must not fill the memory. */
const longestLine = 64 * 1024;

/** Cuts what arrives in pieces into lines. Of a line that was written over, as bars of progress are, only what stood there at last is kept. */
export class Lines {
  #rest = "";
  readonly #give: (line: string) => void;

  /** @param give called for every line, without its end */
  constructor(give: (line: string) => void) {
    this.#give = give;
  }

  add(text: string): void {
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop()!;
    for (const part of parts) this.#give(lastWritten(part));
    for (; this.#rest.length > longestLine; this.#rest = this.#rest.slice(longestLine))
      this.#give(this.#rest.slice(0, longestLine));
  }

  end(): void {
    if (this.#rest !== "") this.#give(lastWritten(this.#rest));
    this.#rest = "";
  }
}

/** What a terminal shows of a line in the end. */
const lastWritten = (line: string): string => line.replace(/\r+$/, "").replace(/^.*\r/s, "");

const isWindows = process.platform === "win32";

/** How a program is started so that it leads a group of its own: all that it starts can be ended with it. */
const asGroup = isWindows ? { windowsHide: true } : { detached: true };

/** The groups that run, by the process that leads each, and how long each may take to end. */
const running = new Map<number, Milliseconds>();

/** Signals that end a process at once, without its `exit` event, where nobody listens for them. */
const fatal = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Remembers a group, so that it does not outlive this process. @returns a function that forgets it */
const watch = (leader: number, grace: Milliseconds): (() => void) => {
  if (running.size === 0) listen("on");
  running.set(leader, grace);
  return () => {
    running.delete(leader);
    if (running.size === 0) listen("off");
  };
};

const listen = (how: "on" | "off"): void => {
  process[how]("exit", killAll);
  for (const signal of fatal) process[how](signal, endAll);
};

const killAll = (): void => {
  for (const leader of running.keys()) send(leader, "SIGKILL");
};

/** When a signal came that ends this process as soon as its programs have ended. */
let endsSince: number | undefined;

/** Where nobody else listens for the signal, as under `start()`: ends the programs and then the process, as the signal would have. */
const endAll = (signal: NodeJS.Signals): void => {
  if (endsSince === undefined && process.listenerCount(signal) > 1) return;
  const die = () => {
    killAll();
    listen("off");
    process.kill(process.pid, signal);
  };
  if (endsSince !== undefined) {
    // One Ctrl-C under tsx can arrive twice.
    if (systemClock.monotonic() - endsSince > 500) die();
    return;
  }
  endsSince = systemClock.monotonic();
  void Promise.all(
    [...running].map(([leader, grace]) => endGroup(leader, Math.min(grace, longestEnd) as Milliseconds)),
  ).then(die);
};

/** A process that was asked to end is not held up longer by its programs. */
const longestEnd = 4_500 as Milliseconds;

/** Asks a group to end; what is left of it after the grace is killed. Resolves when nothing of it is left, or was killed. */
const endGroup = async (leader: number, grace: Milliseconds): Promise<void> => {
  const end = later(systemClock.now(), grace);
  send(leader, "SIGTERM");
  while (isAlive(leader) && systemClock.now() < end) await atMost(checkInterval, new Promise(() => {}));
  if (isAlive(leader)) send(leader, "SIGKILL");
};

const checkInterval = 20 as Milliseconds;

/** Windows has neither groups nor signals: there a tree of processes is ended at once. */
const send = (leader: number, signal: NodeJS.Signals): void => {
  if (!isWindows) return void sendTo(-leader, signal);
  const ending = spawn("taskkill", ["/pid", String(leader), "/T", "/F"], { stdio: "ignore" });
  // Where PATH does not have it, the program itself ends, and what it started may not.
  ending.once("error", () => sendTo(leader, signal));
  ending.unref();
};

const isAlive = (leader: number): boolean => !isWindows && sendTo(-leader, 0);

const sendTo = (receiver: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(receiver, signal);
  } catch {
    return false;
  }
};

/** Resolves when a promise does, and after a length of real time at the latest: programs and threads take no notice of a virtual clock. */
const atMost = (length: Milliseconds, promise: Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = systemClock.wakeAt(later(systemClock.now(), length), resolve);
    promise.then(() => resolve(), reject).finally(cancel);
  });
