// You will see a job that runs once, after three seconds; then nothing is left to do, and the program ends.
import { every, once, run } from "onthedot";

//  schedule                                       APScheduler
//  def tea():                                     scheduler.add_job(tea, "date",
//      print("the tea is ready")                      run_date=datetime.now() + timedelta(seconds=3))
//      return schedule.CancelJob
//  schedule.every(3).seconds.do(tea)

function tea() {
  console.log("the tea is ready");
}

function honey() {
  console.log("with honey");
}

function knock() {
  console.log("knock");
}

once("in 3 seconds").do(tea); // a phrase
once(new Date(Date.now() + 4000)).do(honey); // a Date; "2030-02-03 04:05" works, too
every().second.times(2).do(knock); // two runs and no more

run().then(() => console.log("no job is left"));

// It prints, in 5 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> knock
//=> knock
//=> the tea is ready
//=> with honey
//=> no job is left
