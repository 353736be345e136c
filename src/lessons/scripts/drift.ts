// Every ten seconds, written in two ways.
import { createScheduler, VirtualClock } from "onthedot/testing";

const clock = new VirtualClock("2026-11-23T09:00:00Z");
const begin = clock.now();

// What is to be done takes a second.
const work = () => clock.sleep("1 second");

// The loop of the tutorials: sleep, do it, sleep again.
export const looped: Date[] = [];
async function whileAndSleep() {
  while (true) {
    await clock.sleep("10 seconds");
    looped.push(new Date(clock.now()));
    await work();
  }
}
void whileAndSleep();

const { every, start } = createScheduler({ clock, zone: "UTC" });
export const job = every(10).seconds.named("every(10).seconds").do(work);
start();

await clock.advance("2 minutes");

// How far a run lies behind its ten seconds.
export const late = (at: Date | undefined, run: number): number =>
  at ? (at.getTime() - begin) / 1000 - 10 * run : Number.NaN;

console.log("run  while and sleep  every(10).seconds");
job.history().forEach(({ started }, i) => {
  const [loop, beat] = [looped[i], started].map((at) => late(at, i + 1));
  console.log(
    `${i + 1}`.padEnd(4),
    `${loop} s late`.padEnd(16),
    `${beat} s late`,
  );
});
