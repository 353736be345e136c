import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { assemble } from "../../src/create.ts";
import { viewFor } from "../../src/live/screen.ts";
import { Loop } from "../../src/scheduler/timer.ts";
import type { Environment } from "../../src/terminal/style.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { PretendTerminal } from "./pretend-terminal.ts";

export interface StageOptions {
  readonly columns?: number;
  readonly isTTY?: boolean;
  readonly env?: Environment;
  readonly isJson?: boolean;
  readonly isVerbose?: boolean;
  readonly start?: string;
}

/** A scheduler on virtual time whose life is shown on a pretend terminal. */
export const stage = (options: StageOptions = {}) => {
  const { columns = 80, isTTY = true, env = {}, isJson = false, isVerbose = false } = options;
  const clock = new VirtualClock(options.start ?? "2026-11-22T17:40:12+01:00");
  const { schedule, scheduler } = assemble({ clock, zone: "Europe/Berlin" });
  const stdout = new PretendTerminal(columns, isTTY);
  const loop = new Loop(scheduler);
  const open = () => {
    const viewer = viewFor(
      scheduler,
      { isJson, isVerbose, isCommandLine: true, hasKeys: false },
      {
        stdout,
        stderr: new PretendTerminal(columns, false),
        stdin: process.stdin,
        env,
        argv: ["node", join(process.cwd(), "myjobs.ts")],
        execArgv: ["--import", "tsx"],
      },
    );
    scheduler.events.listenToAll((reported) => viewer.show(reported, clock.now()));
    viewer.open();
    loop.start();
    return viewer;
  };
  return { clock, schedule, scheduler, stdout, loop, open };
};

/** An error whose stack names a line of a script, with the frames that are to be hidden around it. */
export const errorAt = (source: string, line: number, column: number): { error: Error; file: string } => {
  const file = join(tmpdir(), `onthedot-${String(process.pid).padStart(8, "0")}-script.ts`);
  writeFileSync(file, source);
  onTestFinished(() => rmSync(file, { force: true }));
  const error = new TypeError("Cannot read properties of undefined (reading 'price')");
  error.stack = `${error.name}: ${error.message}
    at find (/home/me/node_modules/shop/index.js:3:4)
    at priceCheck (${file}:${line}:${column})
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`;
  return { error, file };
};
