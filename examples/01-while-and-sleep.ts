// You will see a loop that sleeps for a second fall behind by as long as its work takes, and a schedule that does not.
import { setTimeout as sleep } from "node:timers/promises";
import { every, run } from "onthedot";

//  Python                          here
//  while True:                     every().second.do(work)
//      time.sleep(1)               run()
//      work()

const begin = Date.now();

async function whileAndSleep() {
  for (let tick = 1; tick <= 10; tick++) {
    await sleep(1000);
    if (tick % 5 === 0)
      console.log(`while and sleep: tick ${tick} is ${Date.now() - begin - tick * 1000} ms late`);
    await sleep(50); // the work
  }
}

let beat = 0;
async function anchored() {
  beat++;
  if (beat % 5 === 0)
    console.log(`every().second:  tick ${beat} is ${Date.now() - begin - beat * 1000} ms late`);
  await sleep(50); // the same work
}

// The loop starts each pause when its work is done, so the time of all its work adds up. A schedule counts from its
// start: tick 100 comes 100 seconds after it, whatever happened in between.
whileAndSleep();
every().second.times(10).do(anchored);
run();

// It prints, in 11 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> every().second:  tick 5 is 0 ms late
//=> while and sleep: tick 5 is 200 ms late
//=> every().second:  tick 10 is 0 ms late
//=> while and sleep: tick 10 is 450 ms late
