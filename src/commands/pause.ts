import { oneLine, sayMoment } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { type CommandContext, command, findJob, readArguments, UsageError } from "./command.ts";

/** Lets a job rest until it is told to go on; the store remembers it. */
export const pause = command((context) => {
  const job = remembered("pause", context);
  const wasPaused = job.isPaused;
  job.pause();
  context.print([
    `  ${context.style.glyphs.paused} ${oneLine(job.name)} ${wasPaused ? "was paused already" : "is paused"}`,
  ]);
  return 0;
});

/** Lets a job that was paused go on with its beat. */
export const resume = command((context) => {
  const job = remembered("resume", context);
  const { clock, zone } = context.scheduler;
  const wasPaused = job.isPaused;
  job.resume();
  const next = job.nextRun ? `, next ${sayMoment(job.nextRun.getTime() as Instant, clock.now(), zone)}` : "";
  context.print([
    `  ${context.style.glyphs.run} ${oneLine(job.name)} ${wasPaused ? "goes on" : "was not paused"}${next}`,
  ]);
  return 0;
});

const remembered = (verb: "pause" | "resume", { scheduler, args }: CommandContext) => {
  const usage = `${verb} <job>`;
  const { positionals } = readArguments(args, {}, { usage, most: 1 });
  const job = findJob(scheduler, positionals[0], usage);
  if (scheduler.isDurable) return job;
  throw new UsageError(
    `${verb} needs a store, or it would be forgotten at once: run({ store: sqlite("jobs.db") })`,
    `In a script that runs, the key p pauses; in code, job.${verb}().`,
  );
};
