// You will see when three meals a day are next: one job, three times. Leave it open until then, or press Ctrl-C.
import { every, run } from "onthedot";

//  schedule takes one time a job, so a list becomes a loop:     APScheduler can list hours, but not 08:00 and 12:30:
//  for time in ["08:00", "12:30", "18:00"]:                     scheduler.add_job(feed, "cron", hour="8,12,18")
//      schedule.every().day.at(time).do(feed)

function feed() {
  console.log(`feeding the cat at ${new Date().toLocaleTimeString("en-GB")}`);
}

every().day.at("08:00", "12:30", "18:00").do(feed);
run();

// It prints, in 1 day from 2026-03-02 09:00:00 in Europe/Berlin:
//=> feeding the cat at 12:30:00
//=> feeding the cat at 18:00:00
//=> feeding the cat at 08:00:00
