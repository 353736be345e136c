import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { scriptFile, withTsx } from "./tmux.ts";

const script = `
import { every, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";
every().second.do(function backup() { console.log("backed up"); });
every().second.do(function report() {});
run({ store: sqlite("jobs.db") });
`;

interface Call extends ChildProcess {
  said: string;
}

/** Calls the script without a terminal, as cron and services do. */
const call = (file: string, ...args: readonly string[]): Call => {
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, JOURNAL_STREAM: ____, ...env } = process.env;
  const child = spawn(process.execPath, [...withTsx, file, ...args], { cwd: dirname(file), env });
  const calling = Object.assign(child, { said: "" });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      calling.said += text;
    });
  return calling;
};

/** Resolves when a script has said something after so many characters, with how many it has said then. */
const saying = async (calling: Call, what: RegExp, after = 0): Promise<number> => {
  while (!what.test(calling.said.slice(after))) {
    if (calling.exitCode !== null) throw new Error(`it ended without a word of ${what}: ${calling.said}`);
    await Promise.race([once(calling.stdout!, "data"), once(calling, "close")]);
  }
  return calling.said.length;
};

test("a script that runs hears that a job is paused and goes on, said in another terminal", {
  timeout: 60_000,
}, async () => {
  const file = scriptFile(script);
  const running = call(file);
  await saying(running, /ok +backup/);
  const paused = call(file, "pause", "backup");
  expect(await once(paused, "close")).toEqual([0, null]);
  expect(paused.said).toContain("backup is paused");
  const rest = await saying(running, /pause +backup by another process/);
  const resumed = call(file, "resume", "backup");
  expect(await once(resumed, "close")).toEqual([0, null]);
  const end = await saying(running, / on +backup next=/, rest);
  expect(running.said.slice(rest, end).split(/ on +backup/)[0]).not.toContain("backed up");
  await saying(running, /backed up/, end);
  running.kill("SIGTERM");
  expect(await once(running, "close")).toEqual([0, null]);
});
