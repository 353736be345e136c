// You will see when two jobs run next: daily at 10:30, and Mondays at 09:00. Leave it open until then, or press Ctrl-C.
import { every, run } from "onthedot";

//  schedule                                           APScheduler
//  schedule.every().day.at("10:30").do(report)        scheduler.add_job(report, "cron", hour=10, minute=30)
//  schedule.every().monday.at("09:00").do(stand_up)   scheduler.add_job(stand_up, "cron", day_of_week="mon", hour=9)

function report() {
  console.log(`the report of ${new Date().toLocaleString("en-GB")}`);
}

function standUp() {
  console.log(`the stand-up of ${new Date().toLocaleString("en-GB")}`);
}

every().day.at("10:30").do(report);
every().monday.at("09:00").do(standUp);
run();

// It prints, in 3 days from 2026-03-01 18:00:00 in Europe/Berlin:
//=> the stand-up of 02/03/2026, 09:00:00
//=> the report of 02/03/2026, 10:30:00
//=> the report of 03/03/2026, 10:30:00
//=> the report of 04/03/2026, 10:30:00
