import { oneLine, sayMoment } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { command, findJob, knownJobs, readArguments, UsageError } from "./command.ts";

/** Makes a job start over, as if it were new; also one that has ended. */
export const reset = command("reset", (context) => {
  const { scheduler, style, print } = context;
  const { positionals } = readArguments(context, {}, 1);
  const words = texts().commands.reset;
  const { job, end } = findJob(
    context,
    positionals[0],
    knownJobs(scheduler).filter(({ job }) => job !== undefined),
  );
  if (!scheduler.isDurable) throw new UsageError(words.needsStore);
  const next = scheduler.reset(job!);
  const { clock, zone } = scheduler;
  const when = next ? sayMoment(next.getTime() as Instant, clock.now(), zone) : undefined;
  print([`  ${style.glyphs.run} ${words.done(oneLine(job!.name), when)}`]);
  if (end && !scheduler.hasEngine && scheduler.persistence.otherProcesses().length > 0)
    print([`  ${words.afterRestart}`]);
  return 0;
});
