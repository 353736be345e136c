import { assemble, type Scheduler } from "./create.ts";
import { reportUncaughtErrors } from "./report/errors.ts";
import { invocation } from "./report/stack.ts";
import { unfinishedWarnings } from "./report/start-warnings.ts";
import { holdOutput } from "./scheduler/output.ts";
import { texts } from "./text/text.ts";

const key = Symbol.for("onthedot.default@1");

/**
 * The scheduler behind `every`, `run` and the other plain functions. It lives on `globalThis`, because a script can end up with two copies of a package (a static and
 * a dynamic import under tsx), and a job registered through one must be known to the other.
 */
export const defaultSchedule = (): Scheduler => {
  const place = globalThis as { [key]?: Scheduler };
  const last = place[key];
  // `bun --hot` evaluates every module again, in the same process.
  if (!last) place[key] = makeDefault();
  else if (isFirstCall && process.execArgv.includes("--hot")) place[key] = replacing(last);
  isFirstCall = false;
  return place[key]!;
};

let isFirstCall = true;

/** What is run of the new code begins when the old code has stopped. */
const replacing = (last: Scheduler): Scheduler => {
  const schedule = makeDefault();
  const { run, start } = schedule;
  const stopped = last.stop();
  schedule.run = (options) => stopped.then(() => run(options));
  schedule.start = (options) => void stopped.then(() => start(options));
  return schedule;
};

/** Warns at the end of a script that its jobs were never run, the most common mistake; and shows the line of an error that ends it. */
const makeDefault = (): Scheduler => {
  const { schedule, scheduler } = assemble({});
  holdOutput();
  reportUncaughtErrors();
  let hasWarned = false;
  process.on("beforeExit", () => {
    const count = Math.min(scheduler.unattended, schedule.jobs().length);
    if (hasWarned || ((scheduler.hasLooked || scheduler.hasSimulated) && count === 0)) return;
    hasWarned = true;
    if (scheduler.hasLooked) {
      console.error(`\n  onthedot: ${texts().scheduler.tooLate(count)}\n`);
      return;
    }
    for (const warning of unfinishedWarnings(scheduler)) console.error(`\n  onthedot: ${warning}`);
    if (count === 0) return;
    const words = texts().scheduler;
    console.error(`\n  onthedot: ${words.neverRan(count, invocation()?.script ?? words.theScript)}\n`);
  });
  return schedule;
};
