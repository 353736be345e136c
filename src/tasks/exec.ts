import { basename } from "node:path";
import type { RunContext } from "../job.ts";
import type { Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import { type ProgramCall, type ProgramOptions, programCall } from "./program-call.ts";
import type { PreparedTask } from "./worker.ts";

/**
 * A task that runs a program. What runs it is loaded at the first run.
 *
 * @throws ScheduleError `program`, `duration`
 */
export const programTask = (
  program: string,
  args: readonly string[] | ProgramOptions = [],
  options: ProgramOptions = {},
): PreparedTask => {
  const call = isList(args) ? programCall(program, args, options) : programCall(program, [], args);
  const task = async (context: RunContext): Promise<void> => {
    const { runProgram } = await import("./program.ts");
    return runProgram(call, context);
  };
  Object.defineProperty(task, "name", { value: nameOf(call) });
  return { task, taskOptions: { grace: (call.grace + second) as Milliseconds } };
};

const isList = (given: readonly string[] | ProgramOptions): given is readonly string[] =>
  Array.isArray(given);

/** `"rsync"` of `/usr/bin/rsync`, and of the line `RSYNC_RSH=ssh rsync -a photos backup:`. */
const nameOf = ({ program, shell }: ProgramCall): string => {
  const words = program.trim().split(/\s+/);
  const said = shell ? (words.find((word) => !/^\w+=/.test(word)) ?? words[0]!) : program;
  return basename(said).slice(0, 200);
};
