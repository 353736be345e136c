import { shortPath } from "../report/stack.ts";
import { styleOf, usageLines } from "../terminal/style.ts";
import type { Command } from "./command.ts";
import { explain } from "./explain.ts";
import { history } from "./history.ts";
import { list } from "./list.ts";
import { next } from "./next.ts";
import { pause, resume } from "./pause.ts";
import { reset } from "./reset.ts";
import { runJob } from "./run.ts";
import { simulate } from "./simulate.ts";

const lines = [
  ["list", "the jobs, when they run next, and what became of their last run"],
  ["next [n] [--job name]", "the next starts of all jobs"],
  ["run <job>", "one job, now; the schedule is not touched"],
  ["explain [job]", "how each schedule is read, and what the clock changes do to it"],
  [
    "simulate [--days 7] …",
    "what the jobs would do in the coming days; --html, --svg, --ics, --json write it down",
  ],
  ["history [job]", "what became of the runs, where a store keeps them"],
  ["pause <job>, resume <job>", "no start until it is resumed, where a store keeps that"],
  ["reset <job>", "starts a job over, as if it were new; also one that has ended"],
] as const;

const options = [
  ["--verbose", "tells each run of jobs that run often, too"],
  ["--json", "tells what happens as one JSON object a line"],
  ["--debug", "tells before each sleep what it waits for, and how long"],
  ["--allow-multiple", "runs beside a process that runs the same jobs, where a store says who starts what"],
] as const;

/** What the script can do as a command line. */
export const help: Command = async ({ output }) => {
  const script = process.argv[1] === undefined ? "myjobs.ts" : shortPath(process.argv[1]);
  const style = styleOf(output, process.env);
  output.write(`
  npx tsx ${script}            runs the jobs
  npx tsx ${script} <word>     does one of these instead:

${usageLines(lines, style).join("\n")}

  While it runs the jobs:

${usageLines(options, style).join("\n")}

`);
  return 0;
};

/** What a script does as a command line of its own, by the first word behind its name. */
export const scriptCommands = {
  list,
  next,
  run: runJob,
  explain,
  simulate,
  history,
  pause,
  resume,
  reset,
  help,
} satisfies Record<string, Command>;
