/** Runs a job that blocks its process: `holder.js <file> <length in milliseconds>`. Says when the job runs. */
import { writeSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import { sqlite } from "../../../src/sqlite.ts";

const [file, length] = process.argv.slice(2) as [string, string];
const { every, start } = createScheduler({ store: sqlite(file), allowMultiple: true });
every(1)
  .hours.named("block")
  .immediately()
  .ifInterrupted("rerun")
  .do(() => {
    writeSync(1, "runs\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(length));
  });
start();
