import { oneLine, sayMoment } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { command, findJob, readArguments, UsageError } from "./command.ts";

const usage = "reset <job>";

/** Makes a job start over, as if it had never been known; also one that has ended. */
export const reset = command(({ scheduler, args, style, print }) => {
  const { positionals } = readArguments(args, {}, { usage, most: 1 });
  const jobs = [...scheduler.jobs(), ...scheduler.endedJobs()];
  const job = findJob(scheduler, positionals[0], usage, jobs);
  if (!scheduler.isDurable)
    throw new UsageError(
      'reset needs a store; without one, a job starts over with each start of the script: run({ store: sqlite("jobs.db") })',
    );
  const hasEnded = !scheduler.jobs().includes(job);
  const next = scheduler.reset(job);
  const { clock, zone } = scheduler;
  const when = next ? `, next ${sayMoment(next.getTime() as Instant, clock.now(), zone)}` : "";
  print([`  ${style.glyphs.run} ${oneLine(job.name)} starts over${when}`]);
  if (hasEnded && !scheduler.hasEngine && scheduler.otherProcesses().length > 0)
    print(["  The script that is running now runs it once it is restarted."]);
  return 0;
});
