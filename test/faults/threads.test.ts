import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSqlite } from "../../src/store/sqlite.ts";
import { newFolder } from "../folder.ts";
import { until } from "../tasks/until.ts";
import { withTsx } from "../terminal/tmux.ts";
import { isLong, keepFigures } from "./chance.ts";
import { pause } from "./children.ts";

// A thread cannot be started from one file that holds everything, so this program is not built.
const program = join(import.meta.dirname, "children/threads.ts");
const openDatabase = findSqlite();
const times = isLong ? 20 : 1;

/** What is left when a script gets a signal while a job of its computes. It is killed if it does not end by itself. */
const signalled = async (mode: string, signal: NodeJS.Signals) => {
  const folder = newFolder("threads");
  const [log, file] = [join(folder, "log"), join(folder, "jobs.db")];
  const child = spawn(process.execPath, [...withTsx, program, mode, log, file], { stdio: "ignore" });
  const exit = once(child, "exit");
  await until(
    () => child.exitCode !== null || (existsSync(log) && readFileSync(log, "utf8").includes("computing")),
  );
  child.kill(signal);
  const hasEnded = await Promise.race([exit.then(() => true), pause(20_000).then(() => false)]);
  if (!hasEnded) child.kill("SIGKILL");
  const [code, endedBy] = await exit;
  const db = openDatabase(file);
  const outcomes = db
    .prepare("SELECT outcome FROM runs")
    .all()
    .map(({ outcome }) => outcome);
  db.close();
  return { hasEnded, end: code ?? endedBy, outcomes };
};

test("a script whose thread computes ends at a signal, and keeps how its run ended", {
  timeout: 600_000,
}, async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const seen = [];
    for (let i = 0; i < times; i++) seen.push(await signalled("run", signal));
    keepFigures(`F24 ${signal}`, {
      signals: seen.length,
      ends: [...new Set(seen.map(({ end }) => end))].join(", "),
      "never ended": seen.filter(({ hasEnded }) => !hasEnded).length,
      outcomes: [...new Set(seen.flatMap(({ outcomes }) => outcomes))].join(", "),
    });
    for (const one of seen) expect(one).toEqual({ hasEnded: true, end: 0, outcomes: ["cancelled"] });
  }
  expect(await signalled("start", "SIGTERM")).toMatchObject({ hasEnded: true });
});

test("control: on the main thread, no signal gets through", { timeout: 60_000 }, async () => {
  const { hasEnded, outcomes } = await signalled("control", "SIGTERM");
  keepFigures("F24 control, on the main thread", {
    "never ended": Number(!hasEnded),
    recorded: outcomes.filter(Boolean).length,
  });
  expect([hasEnded, outcomes]).toEqual([false, [null]]);
});
