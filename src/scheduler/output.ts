import { systemClock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import { callers, type Run } from "./run.ts";
import type { SchedulerCore } from "./scheduler.ts";

/** How many bytes of what a run prints are kept, the last ones. */
const mostKept = 4_096;

/** The schedulers that keep output; one hook serves them all. */
const keepers = new Set<SchedulerCore>();
let unhook: readonly (() => void)[] = [];

/**
 * Keeps with each run what it prints from now on, until the scheduler has stopped. The run is the one from whose task something is written, so runs that overlap
 * are kept apart. To be called after a screen has taken the same streams: what the screen itself writes is no output.
 */
export const keepOutput = (scheduler: SchedulerCore): void => {
  const kept = scheduler.store.output ?? "none";
  if (kept === "none" || keepers.has(scheduler)) return;
  scheduler.outputKept = kept;
  keepers.add(scheduler);
  leadConsole();
  if (keepers.size === 1) unhook = [process.stdout, process.stderr].map(keepFrom);
  const off = scheduler.events.listen("stopped", () => {
    off();
    scheduler.outputKept = "none";
    keepers.delete(scheduler);
    if (keepers.size === 0) for (const release of unhook) release();
  });
};

const keepFrom = (stream: NodeJS.WriteStream): (() => void) => {
  const { write } = stream;
  const watched = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    const [run] = callers();
    if (run && keepers.size > 0) append(run, chunk);
    return write.call(stream, chunk, ...rest);
  };
  stream.write = watched as typeof write;
  return () => {
    if (stream.write === watched) stream.write = write;
  };
};

const append = (run: Run, chunk: string | Uint8Array): void => {
  const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
  // What an exec task writes names its job already.
  const added = text
    .slice(-2 * mostKept)
    .replaceAll(/^.+ \| /gm, (own) => (own === `${run.job.name} | ` ? "" : own));
  const bytes = Buffer.from(run.output + added);
  run.output =
    bytes.length <= mostKept
      ? run.output + added
      : // From the first whole character on.
        `…${bytes
          .subarray(-mostKept)
          .toString()
          .replace(/^\ufffd+/, "")}`;
};

/** Leads the console of Bun and of Deno, which writes past `process.stdout`, through it: to be kept, and not to tear a status line or JSON lines. */
export const leadConsole = (): void => {
  if (!bypassesStreams || isLed) return;
  isLed = true;
  const { Console } = process.getBuiltinModule("node:console");
  const through = new Console(process.stdout, process.stderr);
  for (const name of [
    "log",
    "info",
    "debug",
    "warn",
    "error",
    "trace",
    "dir",
    "table",
    "group",
    "groupEnd",
  ] as const)
    console[name] = through[name].bind(through) as never;
};

const bypassesStreams = "bun" in process.versions || "deno" in process.versions;
let isLed = false;

/** The package may be loaded twice (tsx), and one copy runs what was printed since the other was loaded. */
const shared = globalThis as { [held]?: { take(): readonly (string | Uint8Array)[]; keep(): void } };
const held = Symbol.for("onthedot.held@1");

/** How long output is held that nobody takes. */
const longestHold = (2 * second) as Milliseconds;

/**
 * Holds what a script that was started with `--json` prints until {@link takeHeld}: before `run()` nobody knows whether stdout is to have JSON lines alone. A
 * script that does not call it has its output after two seconds, or when it ends.
 */
export const holdOutput = (): void => {
  const { argv, env, stdout } = process;
  const [own] = argv.slice(2).join("\0").split("\0--\0");
  if (shared[held] || !(own!.split("\0").includes("--json") || env.LOG_FORMAT === "json")) return;
  leadConsole();
  const { write } = stdout;
  const chunks: (string | Uint8Array)[] = [];
  const hold = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    chunks.push(chunk);
    const written = rest.at(-1);
    if (typeof written === "function") process.nextTick(written as () => void);
    return true;
  };
  stdout.write = hold;
  const letGo = () => printHeld(stdout);
  process.once("exit", letGo);
  const keep = systemClock.wakeAt(later(systemClock.now(), longestHold), letGo, false);
  const take = () => {
    if (stdout.write === hold) stdout.write = write;
    return chunks.splice(0);
  };
  shared[held] = { take, keep };
};

/** Holds it for as long as it takes: somebody will take it. */
export const keepHeld = (): void => shared[held]?.keep();

/** Lets the script print again. @returns what it has printed meanwhile */
export const takeHeld = (): readonly (string | Uint8Array)[] => shared[held]?.take() ?? [];

export const printHeld = (stream: NodeJS.WriteStream): void => {
  for (const chunk of takeHeld()) stream.write(chunk);
};
