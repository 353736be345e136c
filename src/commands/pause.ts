import { oneLine, sayMoment } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { readArguments } from "./arguments.ts";
import { type Bench, command, UsageError } from "./command.ts";
import { findJob } from "./find-job.ts";

/** Lets a job rest until it is told to go on; the store remembers it. */
export const pause = command((bench) => {
  const job = remembered("pause", bench);
  const wasPaused = job.isPaused;
  job.pause();
  bench.print([
    `  ${bench.look.glyphs.paused} ${oneLine(job.name)} ${wasPaused ? "was paused already" : "is paused"}`,
  ]);
  return 0;
});

/** Lets a job that was paused go on with its beat. */
export const resume = command((bench) => {
  const job = remembered("resume", bench);
  const { clock, zone } = bench.scheduler;
  const wasPaused = job.isPaused;
  job.resume();
  const next = job.nextRun ? `, next ${sayMoment(job.nextRun.getTime() as Instant, clock.now(), zone)}` : "";
  bench.print([
    `  ${bench.look.glyphs.run} ${oneLine(job.name)} ${wasPaused ? "goes on" : "was not paused"}${next}`,
  ]);
  return 0;
});

const remembered = (verb: "pause" | "resume", { scheduler, args }: Bench) => {
  const usage = `${verb} <job>`;
  const { positionals } = readArguments(args, {}, { usage, most: 1 });
  const job = findJob(scheduler, positionals[0], usage);
  if (scheduler.isDurable) return job;
  throw new UsageError(
    `${verb} needs a store, or it would be forgotten at once: run({ store: sqlite("jobs.db") })`,
    `In a script that runs, the key p pauses; in code, job.${verb}().`,
  );
};
