/**
 * Jobs that a signal finds at work: `signals.js <log> <store file> <grace in ms> <how many run> <how many of them ignore their signal> [control]`.
 *
 * A line for each start, each signal, and the end of the process, with the time of the process's own clock, less the time in which it waited for a processor that others had. The control ignores the signal.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import type { RunContext } from "../../../src/job.ts";
import { sqlite } from "../../../src/sqlite.ts";

const [log, file, grace, many, deaf, control] = process.argv.slice(2) as [
  ...[string, string, string, string, string],
  string?,
];
const note = (...words: readonly unknown[]) =>
  appendFileSync(log, `${words.join(" ")} ${performance.now() - waited()}\n`);

/** In milliseconds; Linux counts it, in nanoseconds (Documentation/scheduler/sched-stats). */
const waited = (): number =>
  existsSync("/proc/self/schedstat")
    ? Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6
    : 0;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => note("signal"));
process.on("exit", (code) => note("exit", code));

const { every, run, start } = createScheduler({ zone: "UTC", store: sqlite(file) });
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

for (let i = 0; i < Number(many); i++)
  every()
    .hour.immediately()
    .named(`runs ${i}`)
    .do(({ signal }: RunContext) => {
      note("running");
      return i < Number(deaf) ? new Promise(() => {}) : aborted(signal);
    });

// Something starts every fiftieth of a second, so that a start after the signal would be seen.
for (let i = 0; i < 20; i++)
  setTimeout(
    () =>
      every()
        .second.named(`starts ${i}`)
        .do(() => note("start")),
    50 * i,
  );

if (control) {
  start();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => setTimeout(() => process.exit(0), 1_200));
} else void run({ grace: Number(grace), cli: false });
process.stdout.write("ready\n");
