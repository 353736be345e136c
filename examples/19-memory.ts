// You will see a job every 24 hours on a laptop that is on for an hour a day: forgotten without a file, kept with one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "onthedot/sqlite";
import { createScheduler, type SchedulerOptions, VirtualClock } from "onthedot/testing";

//  schedule keeps nothing. APScheduler: SQLAlchemyJobStore("sqlite:///jobs.db"), an id, and replace_existing=True.
//  In your own script it takes one option:  run({ store: sqlite("jobs.db") });

async function session(begin: string, options: SchedulerOptions) {
  const clock = new VirtualClock(begin);
  const { every, start, stop } = createScheduler({ ...options, clock, zone: "UTC" });

  function backup() {
    console.log(`    backup on ${new Date(clock.now()).toUTCString()}`);
  }
  every(24).hours.do(backup);
  start();
  await clock.advance("1 hour");
  await stop();
}

async function week(options: () => SchedulerOptions) {
  await session("2026-03-02T09:00:00Z", options()); // Monday: the first run would be on Tuesday at 9
  await session("2026-03-03T08:30:00Z", options());
  await session("2026-03-04T20:00:00Z", options()); // Wednesday at 9 was missed
  await session("2026-03-05T12:00:00Z", options());
}

async function main() {
  console.log("each start begins again:");
  await week(() => ({}));

  const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
  console.log("each start continues where the last one stopped:");
  await week(() => ({ store: sqlite(join(folder, "jobs.db")) }));
  rmSync(folder, { recursive: true });
}

main();

// It prints:
//=> each start begins again:
//=> each start continues where the last one stopped:
//=>     backup on Tue, 03 Mar 2026 09:00:00 GMT
//=>     backup on Wed, 04 Mar 2026 20:00:00 GMT
//=>     backup on Thu, 05 Mar 2026 12:00:00 GMT
