// You will see two slow downloads and a quick tick run at the same time: a job that waits does not block the others.
import { setTimeout as sleep } from "node:timers/promises";
import { every, run } from "onthedot";

//  APScheduler                                             here
//  scheduler = AsyncIOScheduler()
//  scheduler.add_job(download, "interval", seconds=4)      every(4).seconds.do(download, "cats")
//  scheduler.start()                                       run()
//  asyncio.get_event_loop().run_forever()
//
//  schedule cannot do this: it calls an async function and discards the coroutine.

async function download(what: string) {
  console.log(`${what}: begun`);
  await sleep(2500); // stands for await fetch(…)
  console.log(`${what}: here`);
}

function tick() {
  console.log("tick");
}

every(4).seconds.times(2).named("cats").do(download, "cats");
every(4).seconds.times(2).named("dogs").do(download, "dogs");
every().second.times(10).do(tick);
run();

// It prints, in 11 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick
//=> tick
//=> tick
//=> cats: begun
//=> dogs: begun
//=> tick
//=> tick
//=> tick
//=> cats: here
//=> dogs: here
//=> tick
//=> cats: begun
//=> dogs: begun
//=> tick
//=> tick
//=> tick
//=> cats: here
//=> dogs: here
