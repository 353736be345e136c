// You will see eleven jobs, one of each kind; the first runs after three seconds. Press Ctrl-C to end it.
import { cron, every, on, once, run, when } from "onthedot";

function tick() {
  console.log("tick");
}

function say(text: string) {
  console.log(text);
}

every(5).seconds.do(tick);
every(6).to(9).seconds.named("dice").do(say, "a random pause");
every(10).seconds.fixedDelay().named("sync").do(say, "synchronised");
cron("*/15 * * * * *").named("poll").do(say, "checked for news");
once("in 3 seconds").named("tea").do(say, "the tea is ready");

every().day.at("08:00", "12:00", "18:00").named("pills").do(say, "take your pills");
every().day.at("10:30").named("report").do(say, "write the report");
every().monday.at("09:00").named("stand-up").do(say, "the week begins");
when("tuesdays at 10am and saturdays at noon").named("swim").do(say, "to the pool");
on("the last friday of the month at 17:00").named("invoice").do(say, "write the invoice");
every("每天早上8点").named("早安").do(say, "早上好");

run();

// It prints, in 35 seconds from 2026-03-02 08:59:40 in Europe/Berlin:
//=> the tea is ready
//=> tick
//=> checked for news
//=> a random pause
//=> tick
//=> synchronised
//=> tick
//=> a random pause
//=> tick
//=> synchronised
//=> checked for news
//=> the week begins
//=> a random pause
//=> tick
//=> tick
//=> a random pause
//=> synchronised
//=> tick
//=> checked for news
