// You will see four ways to deal with a job that is due while its last run is still going. It ends after 12 seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { every, type RunContext, run } from "onthedot";

//  APScheduler: max_instances=1 skips, with a line in the log. schedule: the slow job holds up everything else.

const begin = Date.now();
const second = () => ((Date.now() - begin) / 1000).toFixed(1);

async function slow(policy: string, { signal }: RunContext) {
  const started = second();
  try {
    await sleep(2500, undefined, { signal });
  } finally {
    console.log(`${policy}: ran from ${started} to ${second()}`);
  }
}

// Due at 2, 4, 6 and 8 seconds; a run takes 2.5.
every(2).seconds.times(4).overlap("skip").named("skip").do(slow, "skip"); // skip this one (the default)
every(2).seconds.times(4).overlap("queue").named("queue").do(slow, "queue"); // let one wait
every(2).seconds.times(4).overlap("cancel").named("cancel").do(slow, "cancel"); // stop the old, start the new
every(2).seconds.times(4).overlap("allow").named("allow").do(slow, "allow"); // let them run side by side
run();

// It prints, in 13 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> cancel: ran from 2.0 to 4.0
//=> skip: ran from 2.0 to 4.5
//=> queue: ran from 2.0 to 4.5
//=> allow: ran from 2.0 to 4.5
//=> cancel: ran from 4.0 to 6.0
//=> allow: ran from 4.0 to 6.5
//=> queue: ran from 4.5 to 7.0
//=> cancel: ran from 6.0 to 8.0
//=> skip: ran from 6.0 to 8.5
//=> allow: ran from 6.0 to 8.5
//=> queue: ran from 7.0 to 9.5
//=> allow: ran from 8.0 to 10.5
//=> cancel: ran from 8.0 to 10.5
//=> queue: ran from 9.5 to 12.0
//=> skip: ran from 10.0 to 12.5
