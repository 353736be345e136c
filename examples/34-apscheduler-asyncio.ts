// You will see APScheduler's three triggers with jobs that wait: each begins while the others are still waiting.
import { setTimeout as sleep } from "node:timers/promises";
import { cron, every, once, run } from "onthedot";

//  APScheduler                                              here
//  async def main():
//      scheduler = AsyncIOScheduler()
//      scheduler.add_job(tick, "interval", seconds=4)       every(4).seconds.do(tick)
//      scheduler.add_job(poll, "cron", second="*/5")        cron("*/5 * * * * *").do(poll)
//      scheduler.add_job(tea, "date", run_date=in_6_s)      once("in 6 seconds").do(tea)
//      scheduler.start()                                    run()
//      await asyncio.Event().wait()
//  asyncio.run(main())
//
//  Async jobs need no scheduler of their own here: every job may be async, under run() and under start().

const begin = Date.now();

async function fetchSlowly(what: string) {
  console.log(`${Math.round((Date.now() - begin) / 1000)} s: ${what} begins`);
  await sleep(2000); // stands for await fetch(…)
  console.log(`${Math.round((Date.now() - begin) / 1000)} s: ${what} is here`);
}

every(4).seconds.named("tick").do(fetchSlowly, "tick");
cron("*/5 * * * * *").named("poll").do(fetchSlowly, "poll");
once("in 6 seconds").named("tea").do(fetchSlowly, "tea");

run();

// It prints, in 9 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> 4 s: tick begins
//=> 5 s: poll begins
//=> 6 s: tick is here
//=> 6 s: tea begins
//=> 7 s: poll is here
//=> 8 s: tea is here
//=> 8 s: tick begins
