import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { until } from "../tasks/until.ts";
import { scriptFile, withTsx } from "./tmux.ts";

const script = `
import { every, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";
every().second.do(function backup() { console.log("backed up"); });
every().second.do(function report() {});
run({ store: sqlite("jobs.db") });
`;

interface Call extends ChildProcess {
  output: string;
}

/** Calls the script without a terminal, as cron and services do. */
const call = (file: string, ...args: readonly string[]): Call => {
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, JOURNAL_STREAM: ____, ...env } = process.env;
  const child = spawn(process.execPath, [...withTsx, file, ...args], { cwd: dirname(file), env });
  const started = Object.assign(child, { output: "" });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      started.output += text;
    });
  return started;
};

/** Resolves when a script has printed something beyond a position in its output, with the position behind all that is printed then. */
const printed = async (script: Call, what: RegExp, after = 0): Promise<number> => {
  await until(() => {
    if (script.exitCode !== null) throw new Error(`it ended without printing ${what}: ${script.output}`);
    return what.test(script.output.slice(after));
  });
  return script.output.length;
};

test("a running script follows when one of its jobs is paused and resumed from another terminal", {
  timeout: 60_000,
}, async () => {
  const file = scriptFile(script);
  const running = call(file);
  await printed(running, /ok +backup/);
  const paused = call(file, "pause", "backup");
  expect(await once(paused, "close")).toEqual([0, null]);
  expect(paused.output).toContain("backup is paused");
  const pausedAt = await printed(running, /pause +backup by another process/);
  const resumed = call(file, "resume", "backup");
  expect(await once(resumed, "close")).toEqual([0, null]);
  const resumedAt = await printed(running, /resume +backup next=/, pausedAt);
  expect(running.output.slice(pausedAt, resumedAt).split(/resume +backup/)[0]).not.toContain("backed up");
  await printed(running, /backed up/, resumedAt);
  running.kill("SIGTERM");
  expect(await once(running, "close")).toEqual([0, null]);
});
