import { contenders } from "../schedulers.ts";

/**
 * Registers jobs for one instant and tells how many milliseconds after it the last one ran: by the clock, or by the CPU time spent since
 * shortly before, where that is less because the machine was busy with others.
 */
const [name, size] = [process.argv[2]!, Number(process.argv[3])];
const { at, begin } = await contenders[name]!();

/** How long registering may take; doubled until it does not take longer. */
const lead = Number(process.argv[4]);
// Some know whole seconds alone.
const due = Math.ceil((Date.now() + lead) / 1_000) * 1_000;
let ran = 0;
let late = 0;
let before = process.cpuUsage();
const task = () => {
  if (++ran < size) return;
  const { user, system } = process.cpuUsage(before);
  late = Math.min(performance.timeOrigin + performance.now() - due, (user + system) / 1_000);
};
const isLate = () => Date.now() > due - 200;
// Where registering takes too long, some are done before the last one is in, and some refuse a moment that has passed.
for (let i = 0; i < size && !isLate(); i++) at!(due, task);
if (isLate()) {
  console.log(JSON.stringify({ early: 1 }));
  process.exit();
}
begin?.();
setTimeout(
  () => {
    before = process.cpuUsage();
  },
  due - 20 - Date.now(),
);
const limit = setInterval(() => {
  if (ran < size && Date.now() < due + 15_000) return;
  clearInterval(limit);
  console.log(JSON.stringify({ late, lost: size - ran }));
  process.exit();
}, 1_000);
