/**
 * One short life of a script with one-offs, counts and ends: `restarts.js <log> [<store file>]`. A line for each start: the job and its planned moment.
 */
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import { sqlite } from "../../../src/sqlite.ts";
import { registerAll } from "./lives.ts";

const [log, file] = process.argv.slice(2) as [string, string?];
const schedule = createScheduler({ zone: "UTC", ...(file && { store: sqlite(file) }) });
schedule.listen("warning", () => {});
schedule.listen("started", ({ job, scheduled }) =>
  appendFileSync(log, `${job.name} ${scheduled.toISOString().slice(11, 19)}\n`),
);
registerAll(schedule);
schedule.start();
setTimeout(() => void schedule.stop(), 150);
