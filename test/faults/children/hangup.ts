/**
 * A job whose program ignores SIGTERM: `hangup.js <run | start | control> <log> <store file>`.
 *
 * The program writes its process id, then a line every tenth of a second. The control starts it as a script without a scheduler does.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createScheduler } from "../../../src/create.ts";
import { sqlite } from "../../../src/sqlite.ts";

const [mode, log, file] = process.argv.slice(2) as [string, string, string];
const program = `
  process.on("SIGTERM", () => {});
  const note = (line) => fs.appendFileSync(${JSON.stringify(log)}, line + "\\n");
  note("program " + process.pid);
  setInterval(() => note("beat"), 100);`;

appendFileSync(log, `script ${process.pid}\n`);
process.on("exit", (code) => appendFileSync(log, `exit ${code}\n`));
if (mode === "control") {
  spawn(process.execPath, ["-e", program], { detached: true, stdio: "ignore" });
  setInterval(() => {}, 1_000);
} else {
  const { every, run, start } = createScheduler({ zone: "UTC", store: sqlite(file) });
  every().hour.immediately().named("long").ifInterrupted("rerun").exec(process.execPath, ["-e", program]);
  if (mode === "start") start();
  else void run({ cli: false });
}
process.stdout.write("ready\n");
