import { invocation } from "../report/stack.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { Terminal } from "../terminal/status-line.ts";
import { type Environment, isLive } from "../terminal/style.ts";
import type { Keyboard } from "./keyboard.ts";
import { JsonViewer, PlainViewer } from "./log.ts";
import { Screen } from "./screen.ts";
import type { Viewer } from "./viewer.ts";

/** How a run wants to be shown. */
export interface DisplayOptions {
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  /** Whether the script can be started with a command, as in `myjobs.ts run backup`. */
  readonly isCommandLine: boolean;
  readonly hasKeys: boolean;
}

/** Where it is shown, and how the script was started: the process. */
export interface Surroundings {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly stdin: Keyboard;
  readonly env: Environment;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
}

/** A screen on a terminal; else lines of text; lines of JSON where they are asked for. */
export const viewerFor = (
  scheduler: SchedulerCore,
  displayOptions: DisplayOptions,
  around: Surroundings = process,
): Viewer => {
  const { stdout, stderr, stdin, env } = around;
  const { isJson, isVerbose, isCommandLine, hasKeys } = displayOptions;
  if (isJson) return new JsonViewer(scheduler, stdout, env);
  if (!isLive(stdout, env)) return new PlainViewer(scheduler, stdout, env, isVerbose);
  return new Screen(scheduler, {
    streams: stderr.isTTY ? [stdout, stderr] : [stdout],
    keyboard: hasKeys ? stdin : undefined,
    env,
    isVerbose,
    isCommandLine,
    invocation: invocation(around.argv, around.execArgv),
  });
};
