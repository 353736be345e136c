/**
 * The nights in which clocks are changed, under a clock that runs fast: `year.js <log> <minutes after midnight>`. A line for each job, what it is counted from and what was logged; one for each run.
 */
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import { type Clock, systemClock } from "../../../src/time/clock.ts";
import type { Milliseconds } from "../../../src/time/instant.ts";
import { sayNightJobs } from "./nights.ts";

const [log, drawn] = process.argv.slice(2) as [string, string];
const note = (...words: readonly unknown[]) => appendFileSync(log, `${words.join(" ")}\n`);

// At such a speed the time between a look at one clock and at the other would count as a clock that was set: they are one look here.
let looked = systemClock.now();
const clock: Clock = {
  ...systemClock,
  now() {
    looked = systemClock.now();
    return looked;
  },
  monotonic: () => looked as number as Milliseconds,
};
const schedule = createScheduler({ clock, zone: "UTC" });
sayNightJobs(schedule, drawn.split(",").map(Number), ({ job, scheduled }) =>
  note("run", job.name, scheduled.getTime(), Date.now() - scheduled.getTime()),
);
for (const job of schedule.jobs()) {
  const { anchor } = job as unknown as { readonly anchor: number };
  note("job", job.name, anchor, JSON.stringify(job.recurrence));
}
schedule.listen("missed", ({ job, run }) => note("missed", job.name, run.count));
schedule.start();
process.on("SIGTERM", () => {
  note("end", Date.now());
  process.exit(0);
});
process.stdout.write("ready\n");
