// You will see APScheduler's three triggers behind a program that does other things: start() is its BackgroundScheduler.
import { setTimeout as sleep } from "node:timers/promises";
import { cron, every, once, start, stop } from "onthedot";

//  APScheduler                                              here
//  scheduler = BackgroundScheduler()
//  scheduler.add_job(tick, "interval", seconds=2)           every(2).seconds.do(tick)
//  scheduler.add_job(poll, "cron", second="*/3")            cron("*/3 * * * * *").do(poll)
//  scheduler.add_job(tea, "date", run_date=in_5_seconds)    once("in 5 seconds").do(tea)
//  scheduler.start()                                        start()
//  work()                                                   await work()
//  scheduler.shutdown(wait=True)                            await stop()
//
//  There the jobs run in a thread that ends with the script. Here they run whenever the work awaits something,
//  and the script runs until stop().

function say(text: string) {
  console.log(text);
}

async function work() {
  for (let step = 1; step <= 3; step++) {
    await sleep(2500);
    console.log(`step ${step} of the work is done`);
  }
}

every(2).seconds.named("tick").do(say, "tick");
cron("*/3 * * * * *").named("poll").do(say, "poll");
once("in 5 seconds").named("tea").do(say, "tea");

async function main() {
  start(); // silent, and it returns at once
  await work();
  await stop(); // waits for running jobs
  console.log("stopped");
}

main();

// It prints, in 9 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick
//=> step 1 of the work is done
//=> poll
//=> tick
//=> step 2 of the work is done
//=> tea
//=> tick
//=> poll
//=> step 3 of the work is done
//=> stopped
