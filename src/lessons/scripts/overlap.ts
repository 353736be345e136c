// It is due, and its last run still runs. What now?
import { createScheduler, VirtualClock } from "onthedot/testing";

const clock = new VirtualClock("2026-11-23T09:00:00Z");
const { every, start } = createScheduler({ clock, zone: "UTC" });
const begin = clock.now();
const second = (at: Date) => `${(at.getTime() - begin) / 1000} s`;

// Due every 10 seconds, and a run takes 25.
async function slow() {
  await clock.sleep("25 seconds");
}

export const jobs = (["skip", "queue", "allow"] as const).map((policy) =>
  every(10).seconds.times(4).overlap(policy).named(policy).do(slow),
);

start();
await clock.advance("3 minutes");

for (const job of jobs) {
  const event = job
    .history()
    .map(({ scheduled, started, outcome }) =>
      started ? `${second(scheduled)} at ${second(started)}` : outcome,
    );
  console.log(job.name.padEnd(6), event.join(", "));
}
