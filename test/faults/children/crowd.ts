/** One of several processes on one file: `crowd.js <file> <log> <anchor> <number of jobs> <period> <seed> [control]`. */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunContext } from "../../../src/job.ts";
import { usualPolicies } from "../../../src/policy/policies.ts";
import { bounded, interval } from "../../../src/recurrence/build.ts";
import { SchedulerCore } from "../../../src/scheduler/scheduler.ts";
import { Loop } from "../../../src/scheduler/timer.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { day } from "../../../src/time/plain-time.ts";
import { utc } from "../../../src/time/zone.ts";
import { sqlite } from "../../store/job-store.ts";
import { everyClaimWon } from "../claims.ts";

const [file, log, anchor, jobs, period, seed, control] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string?,
];

const durable = sqlite(file, { historyLimit: 1_000_000 });
const store = control === "no-claim" ? everyClaimWon(durable) : durable;
const scheduler = new SchedulerCore({ clock: systemClock, zone: utc, store, allowMultiple: true });
const loop = new Loop(scheduler);
let lines = "";
scheduler.events.listen("warning", ({ message }) => (lines += `warning ${message}\n`));
for (let i = 0; i < Number(jobs); i++) {
  scheduler.register({
    recurrence: bounded(interval(Number(period) as never), { starting: (Number(anchor) + i) as never }),
    source: "crowd",
    name: `job${i}`,
    tags: [],
    policies: { ...usualPolicies, overlap: "allow", catchUp: { missed: "all", maxLateness: day as never } },
    now: false,
    args: [],
    task({ job, scheduled }: RunContext) {
      lines += `start ${job.name}@${scheduled.getTime()}\n`;
      return sleep(5 + ((scheduled.getTime() + Number(seed)) % 46));
    },
  });
}
const flush = () => {
  appendFileSync(log, lines);
  lines = "";
};
setInterval(flush, 200);
process.on("SIGTERM", () => {
  void loop.drain().then(() => {
    flush();
    process.exit(0);
  });
});
loop.start();
process.stdout.write("ready\n");
