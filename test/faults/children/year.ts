/**
 * The nights in which clocks are changed, under a clock that runs fast: `year.js <ledger>`. A line for each job, what it is counted from and what was said; one for each run.
 */
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import { sayNightJobs } from "./nights.ts";

const [ledger] = process.argv.slice(2) as [string];
const note = (...words: readonly unknown[]) => appendFileSync(ledger, `${words.join(" ")}\n`);

const schedule = createScheduler({ zone: "UTC" });
sayNightJobs(schedule, ({ job, scheduled }) =>
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
