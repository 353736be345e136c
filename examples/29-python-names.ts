// You will see a program for Python's schedule, copied almost as it is: a line every three seconds. Press Ctrl-C to end it.
import * as schedule from "onthedot/schedule";

//  import schedule
//  import time

function job() {
  console.log("working");
}

schedule.every(3).seconds.do(job);
schedule.every().hour.do(job);
schedule.every().day.at("10:30").do(job);
schedule.every(5).to(10).days.do(job);
schedule.every().monday.do(job);
schedule.every().wednesday.at("13:15").do(job);
schedule.every().day.at("12:42", "Europe/Amsterdam").do(job);
schedule.every().minute.at(":17").do(job);

async function main() {
  while (true) {
    await schedule.run_pending();
    await schedule.sleep(1);
  }
}

main();

// It prints, in 13 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> working
//=> working
//=> working
//=> working
