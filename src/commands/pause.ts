import type { Job } from "../job.ts";
import { oneLine, sayMoment } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { type CommandContext, command, findScriptJob, readArguments, UsageError } from "./command.ts";

/** Pauses a job; the store remembers it, and a script that is running notices. */
export const pause = command("pause", (context) => {
  const job = durableJob("pause", context);
  const words = texts().commands.pause;
  const text = (job.isPaused ? words.alreadyPaused : words.paused)(oneLine(job.name));
  job.pause();
  context.print([`  ${context.style.glyphs.paused} ${text}`]);
  return 0;
});

/** Resumes a job that was paused. */
export const resume = command("resume", (context) => {
  const job = durableJob("resume", context);
  const { clock, zone } = context.scheduler;
  const wasPaused = job.isPaused;
  job.resume();
  const next = job.nextRun && sayMoment(job.nextRun.getTime() as Instant, clock.now(), zone);
  const words = texts().commands.pause;
  const text = (wasPaused ? words.resumed : words.notPaused)(oneLine(job.name), next ?? undefined);
  context.print([`  ${context.style.glyphs.run} ${text}`]);
  return 0;
});

const durableJob = (verb: "pause" | "resume", context: CommandContext): Job => {
  const { positionals } = readArguments(context, {}, 1);
  const job = findScriptJob(context, positionals[0]);
  if (context.scheduler.isDurable) return job;
  throw new UsageError(...texts().commands.pause.needsStore(verb));
};
