import type { Job } from "../job.ts";
import { entryOf } from "../scheduler/job.ts";
import { oneLine, sayMoment } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { parseDuration } from "../time/duration.ts";
import { type Instant, later } from "../time/instant.ts";
import { formatIso, parseMoment } from "../time/iso.ts";
import { midnightAfter, type Zone } from "../time/zone.ts";
import {
  type CommandContext,
  command,
  findJob,
  findScriptJob,
  knownJobs,
  text,
  UsageError,
} from "./command.ts";

/** Pauses a job; the store remembers it, and a script that is running notices. */
export const pause = command("pause", 1, { for: text, until: text }, (context, values, [name]) => {
  const { scheduler } = context;
  const { clock, zone } = scheduler;
  const now = clock.now();
  const until = readUntil(values, now, zone);
  const job = durableJob("pause", name, context);
  const words = texts().commands.pause;
  const entry = entryOf(job)!;
  if (until && scheduler.engine) throw new UsageError(words.noEndWithEngine);
  const line =
    job.isPaused && entry.pausedUntil === until
      ? words.alreadyPaused(oneLine(job.name))
      : words.paused(oneLine(job.name), until && sayMoment(until, now, zone));
  scheduler.pauseEntry(entry, undefined, until);
  context.print([`  ${context.style.glyphs.paused} ${line}`]);
});

export const resume = command("resume", 1, {}, (context, _, [name]) => {
  const job = durableJob("resume", name, context);
  const wasPaused = job.isPaused;
  job.resume();
  const words = texts().commands.pause;
  const line = wasPaused ? words.resumed : words.notPaused;
  context.print([`  ${context.style.glyphs.run} ${line(oneLine(job.name))}${andNext(job.nextRun, context)}`]);
});

/** Makes a job start over, as if it were new; also one that has ended. */
export const reset = command("reset", 1, {}, (context, _, [name]) => {
  const { scheduler, style, print } = context;
  const words = texts().commands.reset;
  const own = knownJobs(scheduler).filter(({ job }) => job !== undefined);
  const { job, end } = findJob(context, name, own);
  if (!scheduler.isDurable) throw new UsageError(words.needsStore);
  const next = andNext(scheduler.reset(job!), context);
  print([`  ${style.glyphs.run} ${words.done(oneLine(job!.name))}${next}`]);
  if (end && !scheduler.engine && scheduler.store.otherProcesses().length > 0)
    print([`  ${words.afterRestart}`]);
});

const andNext = (next: Date | null, { scheduler: { clock, zone } }: CommandContext): string =>
  texts().commands.andNext(next ? sayMoment(next.getTime() as Instant, clock.now(), zone) : undefined);

/** `--for 1h`, `--until tomorrow`, `--until 18:00`. @throws UsageError */
const readUntil = (
  { for: length, until }: { readonly for?: string | undefined; readonly until?: string | undefined },
  now: Instant,
  zone: Zone,
): Instant | undefined => {
  if (length !== undefined && until === undefined) return later(now, parseDuration(length));
  if (until === undefined) return undefined;
  const words = texts().commands.pause;
  const given = until.trim();
  const today = formatIso(now, zone).slice(0, 10);
  const at =
    given === "tomorrow"
      ? midnightAfter(now, zone)
      : parseMoment(/^\d\d?:\d\d$/.test(given) ? `${today} ${given.padStart(5, "0")}` : given, zone);
  if (length === undefined && at > now) return at;
  throw new UsageError(
    length === undefined ? words.hasPassed(oneLine(until)) : texts().commands.either("--for", "--until"),
  );
};

const durableJob = (verb: "pause" | "resume", name: string | undefined, context: CommandContext): Job => {
  const job = findScriptJob(context, name);
  if (context.scheduler.isDurable) return job;
  throw new UsageError(...texts().commands.pause.needsStore(verb));
};
