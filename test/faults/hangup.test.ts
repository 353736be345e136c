import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSqlite } from "../../src/store/sqlite.ts";
import { newFolder } from "../folder.ts";
import { isProcessAlive, until } from "../tasks/until.ts";
import { hasTmux, openTerminal, scriptFile } from "../terminal/tmux.ts";
import { built } from "./built.ts";
import { atMost, isLong, keepFigures } from "./chance.ts";
import { pause } from "./children.ts";

const program = built();
const openDatabase = findSqlite();
const times = isLong ? 20 : 1;

const places = () => {
  const folder = newFolder("hangup");
  return [join(folder, "log"), join(folder, "jobs.db")] as const;
};

const linesOf = (log: string): readonly string[] =>
  existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];

/** The process ids that a log names. */
const idOf = (log: string, who: "script" | "program"): number =>
  Number(
    linesOf(log)
      .find((line) => line.startsWith(`${who} `))
      ?.split(" ")[1],
  );

const outcomesIn = (file: string): readonly unknown[] => {
  const db = openDatabase(file);
  const rows = db.prepare("SELECT outcome FROM runs").all();
  db.close();
  return rows.map((row) => (row as { outcome: unknown }).outcome);
};

interface Seen {
  readonly end: number | string | null;
  /** Milliseconds from the signal to the end of the script. */
  readonly lifetime: number;
  readonly isProgramAlive: boolean;
}

/** What is left when a script has got a signal while its program runs. */
const signalled = async (mode: string, signal: NodeJS.Signals, [log, file] = places()): Promise<Seen> => {
  const child = spawn(process.execPath, [program("hangup"), mode, log, file], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await until(() => idOf(log, "program") > 0);
  await pause(100);
  return seenAfter(child, log, () => child.kill(signal));
};

const seenAfter = async (child: ChildProcess, log: string, act: () => void): Promise<Seen> => {
  const exit = once(child, "exit");
  const since = performance.now();
  act();
  const [code, endedBy] = await exit;
  const lifetime = performance.now() - since;
  await pause(100);
  const pid = idOf(log, "program");
  const isProgramAlive = isProcessAlive(pid);
  if (isProgramAlive) process.kill(-pid, "SIGKILL");
  return { end: code ?? endedBy, lifetime, isProgramAlive };
};

const signals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

test.each(["run", "start"])(
  "under %s() no program outlives the script, whatever signal ends it",
  async (mode) => {
    for (const signal of signals) {
      const all: Seen[] = [];
      const outcomes: unknown[] = [];
      for (let i = 0; i < times; i++) {
        const at = places();
        all.push(await signalled(mode, signal, at));
        outcomes.push(...outcomesIn(at[1]));
      }
      const figures = {
        signals: all.length,
        ends: [...new Set(all.map(({ end }) => end))].join(", "),
        "programs left": all.filter(({ isProgramAlive }) => isProgramAlive).length,
        "longest life after it": `${Math.max(...all.map(({ lifetime }) => lifetime)).toFixed(0)} ms`,
      };
      keepFigures(`F20 ${mode}() ${signal}`, { ...figures, "so at most": atMost(all.length) });
      expect(figures).toMatchObject({ "programs left": 0 });
      if (signal === "SIGHUP") expect(Math.max(...all.map(({ lifetime }) => lifetime))).toBeLessThan(7_000);
      if (mode === "run") expect(new Set(outcomes)).toEqual(new Set(["cancelled"]));
    }
  },
  600_000,
);

test("a script that starts programs without a scheduler is seen to leave them behind", async () => {
  const { isProgramAlive } = await signalled("control", "SIGHUP");
  keepFigures("F20 control, without a scheduler", { "programs left": Number(isProgramAlive) });
  expect(isProgramAlive).toBe(true);
});

test("a program that was ended by a hangup is not started a second time by the next script", async () => {
  const at = places();
  await signalled("run", "SIGHUP", at);
  const before = linesOf(at[0]).length;
  const next = spawn(process.execPath, [program("hangup"), "run", ...at], { stdio: "ignore" });
  await pause(1_500);
  // `immediately()` starts it again as every start of the script does; this looks for a rerun of the same occurrence.
  await seenAfter(next, at[0], () => next.kill("SIGTERM"));
  expect(linesOf(at[0]).length).toBeGreaterThan(before);
  expect(outcomesIn(at[1])).not.toContain("interrupted");
}, 60_000);

/** nohup and `trap "" HUP` ignore the signal; Node forgets that at startup. */
test.runIf(process.platform === "linux").each([
  ["nohup, from bash", ["bash", "-c", 'nohup "$0" "$@" & wait'], true],
  ["a shell that ignores it", ["sh", "-c", 'trap "" HUP; "$0" "$@"; true'], true],
  ["setsid", ["sh", "-c", 'setsid "$0" "$@" & wait'], false],
] as const)(
  "a hangup under %s",
  async (_, [shell, ...args], isIgnored) => {
    const [log, file] = places();
    const command = [process.execPath, program("hangup"), "run", log, file];
    const child = spawn(shell, [...args, ...command], { stdio: ["ignore", "ignore", "inherit"] });
    const exit = once(child, "exit");
    await until(() => idOf(log, "program") > 0);
    await pause(300);
    const script = idOf(log, "script");
    process.kill(script, "SIGHUP");
    if (isIgnored) {
      await pause(5_500);
      expect([script, idOf(log, "program")].map(isProcessAlive)).toEqual([true, true]);
      process.kill(script, "SIGTERM");
    }
    await exit;
    expect(linesOf(log).filter((line) => line.startsWith("exit"))).toEqual(["exit 0"]);
    expect(isProcessAlive(idOf(log, "program"))).toBe(false);
  },
  60_000,
);

test.runIf(hasTmux())(
  "a terminal that is closed ends the script and its program",
  async () => {
    const [log, file] = places();
    const script = scriptFile(`
import { appendFileSync } from "node:fs";
import { every, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";
const [log, file] = ${JSON.stringify([log, file])};
const note = (line) => appendFileSync(log, line + "\\n");
note("script " + process.pid);
process.on("exit", (code) => note("exit " + code));
const program = 'trap "" TERM; echo program $$ >> "$0"; while :; do sleep 0.1; done';
every().hour.immediately().named("long").exec("sh", ["-c", program, log]);
run({ store: sqlite(file) });
`);
    const session = openTerminal(script);
    await until(() => idOf(log, "program") > 0);
    await pause(500);
    session.close();
    await until(() => !isProcessAlive(idOf(log, "script")));
    expect(isProcessAlive(idOf(log, "program"))).toBe(false);
    expect(linesOf(log).filter((line) => line.startsWith("exit"))).toEqual(["exit 0"]);
    expect(outcomesIn(file)).toEqual(["cancelled"]);
  },
  60_000,
);
