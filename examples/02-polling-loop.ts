// You will see what polling costs beside sleeping until the next job: delays and wake-ups, for the same 1,000 jobs.
import { setTimeout as sleep } from "node:timers/promises";
import { createScheduler, type RunContext } from "onthedot";

//  Python's schedule                   here, polled                   here
//  schedule.every(4).seconds.do(job)   every(4).seconds.do(job)       every(4).seconds.do(job)
//  while True:                         while (true) {                 run()
//      schedule.run_pending()            await runPending();
//      time.sleep(0.7)                   await sleep(700);
//                                      }

const polled = createScheduler();
const planned = createScheduler();
const end = Date.now() + 12_000;
const latest = { polling: 0, planning: 0 };

function job(how: keyof typeof latest, { scheduled }: RunContext) {
  latest[how] = Math.max(latest[how], Date.now() - scheduled.getTime());
}

for (let i = 0; i < 500; i++) {
  polled.every(4).seconds.do(job, "polling");
  polled.every(6).seconds.do(job, "polling");
  planned.every(4).seconds.do(job, "planning");
  planned.every(6).seconds.do(job, "planning");
}

// A polling loop starts a job up to one pause late: a shorter pause costs more wake-ups, a longer one more delay.
async function polling() {
  let wakeUps = 0;
  for (; Date.now() < end; wakeUps++) {
    await sleep(700);
    await polled.runPending();
  }
  console.log(`polling:  ${wakeUps} wake-ups, up to ${latest.polling} ms late`);
}

// The jobs lie in a heap: a tree in which no job is due before the one above it. The one on top is the next, found as
// fast among a thousand as among three, so one timer serves all. run() sleeps like this.
async function planning() {
  let wakeUps = 0;
  for (let next = planned.nextRun(); next && next.getTime() <= end; next = planned.nextRun()) {
    await sleep(next.getTime() - Date.now());
    wakeUps++;
    await planned.runPending();
  }
  console.log(`planning: ${wakeUps} wake-ups, up to ${latest.planning} ms late`);
}

polling();
planning();

// It prints, in 14 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> planning: 4 wake-ups, up to 0 ms late
//=> polling:  18 wake-ups, up to 600 ms late
