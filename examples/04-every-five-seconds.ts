// You will see a line every five seconds. Press Ctrl-C to end it.
import { every, run } from "onthedot";

//  schedule                                    APScheduler
//  schedule.every(5).seconds.do(tick)          scheduler = BlockingScheduler()
//  while True:                                 scheduler.add_job(tick, "interval", seconds=5)
//      schedule.run_pending()                  scheduler.start()
//      time.sleep(1)

function tick() {
  console.log(`tick at ${new Date().toLocaleTimeString("en-GB")}`);
}

every(5).seconds.do(tick);
run();

// It prints, in 20 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick at 09:00:05
//=> tick at 09:00:10
//=> tick at 09:00:15
//=> tick at 09:00:20
