import { stopwatch } from "../measure.ts";
import { contenders } from "../schedulers.ts";

/** Registers hourly jobs and tells what that took: microseconds and bytes of heap a job, MiB of the process. */
const [name, size] = [process.argv[2]!, Number(process.argv[3])];
const { hourly } = await contenders[name]!();
const collect = () => {
  for (let i = 0; i < 3; i++) globalThis.gc!();
};
const task = () => {};

collect();
const before = process.memoryUsage().heapUsed;
const ms = stopwatch(() => {
  for (let i = 0; i < size; i++) hourly!(task);
});
const rss = process.memoryUsage().rss / 2 ** 20;
collect();
const heap = process.memoryUsage().heapUsed - before;
process.stdout.write(
  `${JSON.stringify({ time: (ms * 1_000) / size, heap: heap / size, rss, all: ms })}\n`,
  () => {
    hourly!(task);
    process.exit();
  },
);
