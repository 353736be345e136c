// You will see that a job that waits does not delay the others, and that a job that computes does.
import { setTimeout as sleep } from "node:timers/promises";
import { every, listen, once, run } from "onthedot";

//  APScheduler                                             here
//  scheduler = AsyncIOScheduler()
//  scheduler.add_job(download, "interval", seconds=5)      every(5).seconds.do(download)
//  scheduler.start()                                       run()
//  asyncio.get_event_loop().run_forever()
//
//  schedule cannot do this: it calls an async function and discards the coroutine.

function tick() {
  console.log("tick");
}

async function download() {
  console.log("download started");
  await sleep(2500); // stands for await fetch(…)
  console.log("download finished");
}

// JavaScript does one thing at a time: nothing else can run until this loop ends. The next example uses a thread.
function compute() {
  console.log("computing started");
  const end = Date.now() + 3200;
  while (Date.now() < end);
  console.log("computing finished");
}

every().second.do(tick);
once("in 2 seconds").do(download);
once("in 6 seconds").do(compute);

listen("clockJumped", ({ cause, by }) => console.log(`${cause} for about ${Math.floor(by / 1000)} seconds`));
listen("missed", ({ job, run }) => console.log(`${job.name}: ${run.count} missed`));
run();

// Afterwards the tick runs once for all the runs it missed, then at its old times again: no burst and no drift.

// It prints, in 12 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick
//=> tick
//=> download started
//=> tick
//=> tick
//=> download finished
//=> tick
//=> tick
//=> computing started
//=> computing finished
//=> stalled for about 2 seconds
//=> tick: 2 missed
//=> tick
//=> tick
//=> tick
//=> tick
