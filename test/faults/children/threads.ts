/**
 * A job that computes for ever when a signal comes: `threads.ts <run | start | control> <log> <store file>`. It has a thread of its own; in the control it has not.
 */
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import { sqlite } from "../../../src/sqlite.ts";
import endless from "./endless.ts";

const [mode, log, file] = process.argv.slice(2) as [string, string, string];
process.on("exit", (code) => appendFileSync(log, `exit ${code}\n`));
const { every, run, start } = createScheduler({ zone: "UTC", store: sqlite(file) });
const job = every().hour.immediately().named("endless");
if (mode === "control") job.do(endless, log);
else job.worker(new URL("./endless.ts", import.meta.url), log);
if (mode === "start") start();
else void run({ cli: false, grace: "1 second" });
