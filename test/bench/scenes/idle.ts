import { performance } from "node:perf_hooks";
import { contenders } from "../schedulers.ts";

/** Registers hourly jobs, lets the process come to rest, and tells what it costs for ten seconds to have nothing to do. */
const [name, size, seconds] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const { hourly, begin } = await contenders[name]!();
for (let i = 0; i < size; i++) hourly!(() => {});
begin?.();
for (let i = 0; i < 3; i++) globalThis.gc!();

const turns = () =>
  (performance.nodeTiming as unknown as { uvMetricsInfo?: { loopCount: number } }).uvMetricsInfo?.loopCount ??
  0;
setTimeout(() => {
  const cpu = process.cpuUsage();
  const before = turns();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpu);
    const tenth = 10 / seconds;
    // One turn of the loop is that of this timer.
    const wakings = Math.max(0, turns() - before - 1);
    console.log(JSON.stringify({ cpu: ((user + system) / 1_000) * tenth, wakings: wakings * tenth }));
    process.exit();
  }, seconds * 1_000);
}, 2_000);
