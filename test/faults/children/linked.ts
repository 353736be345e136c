/**
 * Runs a job every second on a store: `linked.js <log> <store file> [control]`. A line for each start: its planned moment. The control is a script that knows a store by its name: it
 * keeps what it has started in a file beside that.
 */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import type { RunContext } from "../../../src/job.ts";
import { sqlite } from "../../../src/sqlite.ts";

const [log, file, control] = process.argv.slice(2) as [string, string, string?];

if (control) {
  setInterval(() => {
    const planned = Math.floor(Date.now() / 1_000) * 1_000;
    if (existsSync(`${file}.${planned}`)) return;
    writeFileSync(`${file}.${planned}`, "");
    appendFileSync(log, `${planned}\n`);
  }, 100);
} else {
  const { cron, start } = createScheduler({ zone: "UTC" });
  cron("* * * * * *")
    .named("beat")
    .do(({ scheduled }: RunContext) => appendFileSync(log, `${scheduled.getTime()}\n`));
  start({ store: sqlite(file), allowMultiple: true });
}
process.stdout.write("ready\n");
