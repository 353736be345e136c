// You will see the same job under a polling loop and under run(), and how late each of them starts it.
import { setTimeout as sleep } from "node:timers/promises";
import { createScheduler, every, type RunContext, run } from "onthedot";

//  Python's schedule               here, polled                     here
//  schedule.every(2).seconds \     every(2).seconds.do(job)         every(2).seconds.do(job)
//      .do(job)
//  while True:                     while (true) {                   run()
//      schedule.run_pending()          await runPending();
//      time.sleep(0.7)                 await sleep(700);
//                                  }

const polled = createScheduler();

function job(where: string, { scheduled }: RunContext) {
  console.log(`${where}: ${Date.now() - scheduled.getTime()} ms late`);
}

async function poll() {
  while (true) {
    await polled.runPending();
    await sleep(700);
  }
}

// A polling loop checks whether something is due, and starts it up to one pause late: a shorter pause costs more
// checks, a longer one more delay. run() knows when the next job is due and sleeps exactly until then.
polled.every(2).seconds.times(4).do(job, "polled");
every(2).seconds.times(4).do(job, "run() ");
poll();
run();

// It prints, in 9 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> run() : 0 ms late
//=> polled: 100 ms late
//=> run() : 0 ms late
//=> polled: 200 ms late
//=> run() : 0 ms late
//=> polled: 300 ms late
//=> run() : 0 ms late
//=> polled: 400 ms late
