import { commands, type Verb } from "../../src/commands/registry.ts";
import type { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

/** Calls a command, and gives what it wrote. */
export const callOn = async (
  scheduler: SchedulerCore,
  verb: Verb,
  args: readonly string[] = [],
  columns = 120,
) => {
  const [output, errors] = [new PretendTerminal(columns), new PretendTerminal(columns)];
  const command = await commands[verb]();
  const finished = command({ scheduler, args, output, errors });
  // What a job waits for comes.
  if (verb === "run" && scheduler.clock instanceof VirtualClock) await scheduler.clock.advance("2 seconds");
  const code = await finished;
  const lines = [...output.screen, ...errors.screen];
  return {
    code,
    printed: output.screen.join("\n"),
    reported: errors.screen.join("\n"),
    raw: output.raw + errors.raw,
    lines,
    text: lines.join("\n").trim(),
  };
};
