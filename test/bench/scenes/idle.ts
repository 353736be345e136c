import { createHook } from "node:async_hooks";
import { contenders } from "../schedulers.ts";

/** Registers hourly jobs, lets the process come to rest, and tells what it costs for ten seconds to have nothing to do. */
const [name, size, seconds] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const { hourly, begin } = await contenders[name]!();
for (let i = 0; i < size; i++) hourly!(() => {});
begin?.();
for (let i = 0; i < 3; i++) globalThis.gc!();

let wakings = 0;
const watch = createHook({
  before() {
    wakings++;
  },
});

setTimeout(() => {
  const cpu = process.cpuUsage();
  watch.enable();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpu);
    const tenth = 10 / seconds;
    // One waking is that of this timer.
    console.log(JSON.stringify({ cpu: ((user + system) / 1_000) * tenth, wakings: (wakings - 1) * tenth }));
    process.exit();
  }, seconds * 1_000);
}, 2_000);
