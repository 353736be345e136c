import type { Job } from "../job.ts";
import { entryOf } from "../scheduler/job.ts";
import { oneLine, sayMoment } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { parseDuration } from "../time/duration.ts";
import { type Instant, later } from "../time/instant.ts";
import { formatIso, parseMoment } from "../time/iso.ts";
import { midnightAfter, type Zone } from "../time/zone.ts";
import { type CommandContext, command, findScriptJob, readArguments, UsageError } from "./command.ts";

/** Pauses a job; the store remembers it, and a script that is running notices. */
export const pause = command("pause", (context) => {
  const { scheduler, args } = context;
  const { values, positionals } = readArguments(
    context,
    { for: { type: "string" }, until: { type: "string" } },
    1,
  );
  const { clock, zone } = scheduler;
  const now = clock.now();
  const until = args.length > 1 ? readUntil(values, now, zone) : undefined;
  const job = durableJob("pause", positionals[0], context);
  const words = texts().commands.pause;
  const text = job.isPaused
    ? words.alreadyPaused(oneLine(job.name))
    : words.paused(oneLine(job.name), until && sayMoment(until, now, zone));
  scheduler.pauseEntry(entryOf(job)!, undefined, until);
  context.print([`  ${context.style.glyphs.paused} ${text}`]);
  return 0;
});

/** Resumes a job that was paused. */
export const resume = command("resume", (context) => {
  const job = durableJob("resume", readArguments(context, {}, 1).positionals[0], context);
  const { clock, zone } = context.scheduler;
  const wasPaused = job.isPaused;
  job.resume();
  const next = job.nextRun && sayMoment(job.nextRun.getTime() as Instant, clock.now(), zone);
  const words = texts().commands.pause;
  const text = (wasPaused ? words.resumed : words.notPaused)(oneLine(job.name), next ?? undefined);
  context.print([`  ${context.style.glyphs.run} ${text}`]);
  return 0;
});

/** `--for 1h`, `--until tomorrow`, `--until 18:00`. @throws UsageError */
const readUntil = (
  { for: length, until }: { readonly for?: string; readonly until?: string },
  now: Instant,
  zone: Zone,
): Instant | undefined => {
  if (length !== undefined && until === undefined) return later(now, parseDuration(length));
  if (until === undefined) return undefined;
  const words = texts().commands.pause;
  const text = until.trim();
  const today = formatIso(now, zone).slice(0, 10);
  const at =
    text === "tomorrow"
      ? midnightAfter(now, zone)
      : parseMoment(/^\d\d?:\d\d$/.test(text) ? `${today} ${text.padStart(5, "0")}` : text, zone);
  if (length === undefined && at > now) return at;
  throw new UsageError(length === undefined ? words.hasPassed(oneLine(until)) : words.eitherEnd);
};

const durableJob = (verb: "pause" | "resume", name: string | undefined, context: CommandContext): Job => {
  const job = findScriptJob(context, name);
  if (context.scheduler.isDurable) return job;
  throw new UsageError(...texts().commands.pause.needsStore(verb));
};
