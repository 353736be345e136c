import { shortPath } from "../view/frames.ts";
import type { Command } from "./command.ts";

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
] as const;

/** What the script can do as a command line. */
export const help: Command = async ({ output }) => {
  const script = process.argv[1] === undefined ? "myjobs.ts" : shortPath(process.argv[1]);
  const width = Math.max(...lines.map(([word]) => word.length));
  const table = lines.map(([word, does]) => `  ${word.padEnd(width)}   ${does}`).join("\n");
  output.write(
    `\n  npx tsx ${script}            runs the jobs\n  npx tsx ${script} <word>     does one of these instead:\n\n${table}\n\n`,
  );
  return 0;
};
