// You will see two programs with the same jobs and one shared file: each run starts in one of the two.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "onthedot/sqlite";
import { createScheduler, VirtualClock } from "onthedot/testing";

//  APScheduler 3: a store must not be shared, or every job runs twice. Here a run belongs to the process that records it
//  first, and the file accepts it once. In your own script:  run({ store: sqlite("jobs.db"), allowMultiple: true });
//  without `allowMultiple` a second process reports that the first one is running, and does not start.

const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
const clock = new VirtualClock("2026-03-02T09:00:00Z");

function startProgram(program: string) {
  const store = sqlite(join(folder, "jobs.db"));
  const { every, start, stop } = createScheduler({ clock, zone: "UTC", store, allowMultiple: true });

  function poll({ scheduled }: { scheduled: Date }) {
    console.log(`${scheduled.toISOString().slice(11, 16)} ${program} polls`);
  }
  every(10).minutes.do(poll);
  start();
  return stop;
}

async function main() {
  const stopOne = startProgram("one");
  const stopTwo = startProgram("two");
  await clock.advance("30 minutes");
  await stopOne();
  console.log("one is stopped");
  await clock.advance("30 minutes");
  await stopTwo();
  rmSync(folder, { recursive: true });
}

main();

// It prints:
//=> 09:10 one polls
//=> 09:20 one polls
//=> 09:30 one polls
//=> one is stopped
//=> 09:40 two polls
//=> 09:50 two polls
//=> 10:00 two polls
