/**
 * Jobs under a clock that is set: `clock.js <log> [control]`.
 *
 * A line for each start: the job, its planned moment, and the time that has passed; one for each number of occurrences that was missed and reported; and some to show that
 * the process lives. The control
 * counts as a script without a scheduler does: from the clock as it stands.
 */
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import type { RunContext } from "../../../src/job.ts";

const [log, control] = process.argv.slice(2) as [string, string?];
const note = (...words: readonly unknown[]) => appendFileSync(log, `${words.join(" ")}\n`);
const started = (job: string, planned: number) => note("start", job, planned, performance.now());
const second = 1_000;

const clockTime = (ahead: number) => new Date(Date.now() + ahead * second).toISOString().slice(11, 19);

const scheduled = (): void => {
  const { cron, every, listen, start, stop } = createScheduler({ zone: "UTC" });
  const task = ({ job, scheduled }: RunContext) => started(job.name, scheduled.getTime());
  listen("missed", ({ job, run }) => note("missed", job.name, run.count));
  listen("clockJumped", ({ cause, by }) => note("clockJumped", cause, by));
  cron("* * * * * *").named("second").do(task);
  every(3).seconds.named("beat").do(task);
  every().day.at(clockTime(1_800)).named("later").do(task);
  every().day.at(clockTime(3)).named("soon").do(task);
  start();
  process.on("SIGTERM", () => void stop().then(() => process.exit(0)));
};

const naive = (): void => {
  const everySecond = () => {
    const next = Math.floor(Date.now() / second + 1) * second;
    setTimeout(() => {
      started("second", next);
      everySecond();
    }, next - Date.now());
  };
  everySecond();
  let due = Date.now() + 3 * second;
  setInterval(() => {
    if (Date.now() < due) return;
    started("beat", due);
    due = Date.now() + 3 * second;
  }, 100);
};

if (control === "control") naive();
else scheduled();
setInterval(() => note("alive", "beat", performance.now()), 100);
process.stdout.write("ready\n");
