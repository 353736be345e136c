// You will see when three jobs run next: daily at 10:30, three times a day, and Mondays at 09:00. Press Ctrl-C to end it.
import { every, run } from "onthedot";

//  schedule                                           APScheduler
//  schedule.every().day.at("10:30").do(report)        scheduler.add_job(report, "cron", hour=10, minute=30)
//  schedule.every().monday.at("09:00").do(stand_up)   scheduler.add_job(stand_up, "cron", day_of_week="mon", hour=9)
//  for time in ["08:00", "12:30", "18:00"]:           # 08:00 and 12:30 do not fit into one cron trigger:
//      schedule.every().day.at(time).do(feed)         scheduler.add_job(feed, "cron", hour="8,12,18")

function say(what: string) {
  console.log(`${what}, ${new Date().toLocaleString("en-GB")}`);
}

every().day.at("10:30").named("report").do(say, "report");
every().day.at("08:00", "12:30", "18:00").named("cat").do(say, "feed the cat");
every().monday.at("09:00").named("stand-up").do(say, "stand-up");
run();

// It prints, in 2 days from 2026-03-01 18:30:00 in Europe/Berlin:
//=> feed the cat, 02/03/2026, 08:00:00
//=> stand-up, 02/03/2026, 09:00:00
//=> report, 02/03/2026, 10:30:00
//=> feed the cat, 02/03/2026, 12:30:00
//=> feed the cat, 02/03/2026, 18:00:00
//=> feed the cat, 03/03/2026, 08:00:00
//=> report, 03/03/2026, 10:30:00
//=> feed the cat, 03/03/2026, 12:30:00
//=> feed the cat, 03/03/2026, 18:00:00
