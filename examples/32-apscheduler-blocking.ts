// You will see APScheduler's three triggers under run(), its BlockingScheduler: an interval, a cron line and a date.
import { cron, every, once, run } from "onthedot";

//  APScheduler                                                          here
//  scheduler = BlockingScheduler(timezone="Europe/Berlin")
//  scheduler.add_job(tick, "interval", seconds=5)                       every(5).seconds.do(tick)
//  scheduler.add_job(poll, "cron", hour="9-17", second="*/10")          cron("*/10 * 9-17 * * *").in("Europe/Berlin").do(poll)
//  scheduler.add_job(report, "cron", day_of_week="mon-fri", hour=9)     every().weekday.at("09:00").do(report)
//  scheduler.add_job(tea, "date", run_date=in_12_seconds)                once("in 12 seconds").do(tea)
//  scheduler.start()                                                    run()
//
//  In APScheduler's fields Monday is 0 and all of them must match. Here the syntax is crontab's: Sunday is 0, and an extra
//  field in front holds the seconds.

function say(text: string) {
  console.log(`${new Date().toLocaleTimeString("en-GB")} ${text}`);
}

every(5).seconds.named("tick").do(say, "tick");
cron("*/10 * 9-17 * * *").in("Europe/Berlin").named("poll").do(say, "poll");
every().weekday.at("09:00").named("report").do(say, "report");
once("in 12 seconds").named("tea").do(say, "tea");

run(); // until Ctrl-C, or until no job is left

// It prints, in 13 seconds from 2026-03-02 08:59:59 in Europe/Berlin:
//=> 09:00:00 poll
//=> 09:00:00 report
//=> 09:00:04 tick
//=> 09:00:09 tick
//=> 09:00:10 poll
//=> 09:00:11 tea
