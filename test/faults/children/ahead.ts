/**
 * Jobs under a clock that is ahead at the start: `ahead.js <log> [control]`. A line for each start: the job and the time that has passed. The control
 * waits for moments of the clock as it stood at the start.
 */
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";

const [log, control] = process.argv.slice(2) as [string, string?];
const note = (job: string) => appendFileSync(log, `${job} ${performance.now()}\n`);
const second = 1_000;

const scheduled = (): void => {
  const { cron, every, once, start } = createScheduler({ zone: "UTC" });
  cron("* * * * * *")
    .named("cron")
    .do(() => note("cron"));
  every(2)
    .seconds.aligned()
    .named("aligned")
    .do(() => note("aligned"));
  every(1)
    .second.for("12 seconds")
    .named("for")
    .do(() => note("for"));
  once("in 10 seconds")
    .named("once")
    .do(() => note("once"));
  start();
};

const naive = (): void => {
  const due = {
    cron: Date.now() + second,
    aligned: Date.now() + 2 * second,
    for: Date.now() + second,
    once: Date.now() + 10 * second,
  };
  const end = Date.now() + 12 * second;
  setInterval(() => {
    const now = Date.now();
    for (const job of ["cron", "aligned", "for", "once"] as const) {
      if (now < due[job] || (job === "for" && now > end)) continue;
      note(job);
      due[job] = job === "once" ? Infinity : now + (job === "aligned" ? 2 : 1) * second;
    }
  }, 50);
};

if (control === "control") naive();
else scheduled();
process.stdout.write("ready\n");
