import { contenders } from "../schedulers.ts";

/** Runs an every-second job and tells how many milliseconds after each second it ran. */
const [name, seconds] = [process.argv[2]!, Number(process.argv[3])];
const { everySecond, begin } = await contenders[name]!();

const found: Record<string, number> = {};
let count = 0;
let cpu = process.cpuUsage();
let began = performance.now();
everySecond!(() => {
  const now = performance.timeOrigin + performance.now();
  // The first ones are not yet at rest: code is made ready, memory is cleaned up.
  if (count === 2) {
    cpu = process.cpuUsage();
    began = performance.now();
  }
  if (count >= 2) found[count - 2] = now;
  if (++count < seconds + 2) return;
  const { user, system } = process.cpuUsage(cpu);
  const minutes = (performance.now() - began) / 60_000;
  console.log(JSON.stringify({ ...found, cpu: (user + system) / 1_000 / minutes }));
  process.exit();
});
begin?.();
