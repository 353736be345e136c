// You will see a line every five seconds, and the daily and weekly jobs when they are due. Press Ctrl-C to end it.
import { every, run } from "onthedot";

//  schedule                                           APScheduler
//  schedule.every(5).seconds.do(tick)                 scheduler.add_job(tick, "interval", seconds=5)
//  schedule.every().day.at("10:30").do(report)        scheduler.add_job(report, "cron", hour=10, minute=30)
//  schedule.every().monday.at("09:00").do(standup)    scheduler.add_job(standup, "cron", day_of_week="mon", hour=9)
//  for time in ["08:00", "12:30", "18:00"]:           # 08:00 and 12:30 do not fit into one cron trigger:
//      schedule.every().day.at(time).do(feed)         scheduler.add_job(feed, "cron", hour="8,12,18")
//  while True:                                        scheduler.start()
//      schedule.run_pending()
//      time.sleep(1)

function say(what: string) {
  console.log(`${new Date().toLocaleTimeString("en-GB")} ${what}`);
}

every(5).seconds.named("tick").do(say, "tick");
every().day.at("10:30").named("report").do(say, "write the report");
every().day.at("08:00", "12:30", "18:00").named("cat").do(say, "feed the cat");
every().monday.at("09:00").named("stand-up").do(say, "stand-up");
run();

// It prints, in 20 seconds from 2026-03-02 08:59:48 in Europe/Berlin:
//=> 08:59:53 tick
//=> 08:59:58 tick
//=> 09:00:00 stand-up
//=> 09:00:03 tick
//=> 09:00:08 tick
