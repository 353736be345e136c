// You will see how phrases in English are understood, and when each is next; then one of them fires every ten seconds.
import { every, on, run, when } from "onthedot";

const phrases = [
  when("every weekday at 9am"),
  when("tuesdays at 10am and saturdays at noon"),
  when("every 15 minutes between 8am and 10pm"),
  when("every other friday at 4:30pm"),
  every("last friday of the month at 17:00"), // reads "every last friday …"
  on("the 1st of each month"), // reads "on the 1st …"
];

for (const phrase of phrases) {
  console.log(phrase.describe());
  console.log(
    `    next ${phrase.next()[0]?.toLocaleString("en-GB", { dateStyle: "full", timeStyle: "short" })}`,
  );
}

function breathe() {
  console.log(`breathe, it is ${new Date().toLocaleTimeString("en-GB")}`);
}

every("10 seconds").do(breathe);
run();

// It prints, in 25 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> every weekday at 09:00
//=>     next Tuesday, 3 March 2026 at 09:00
//=> every Tuesday at 10:00 and every Saturday at 12:00
//=>     next Tuesday, 3 March 2026 at 10:00
//=> every 15 minutes between 08:00 and 22:00
//=>     next Monday, 2 March 2026 at 09:15
//=> every other Friday at 16:30
//=>     next Friday, 6 March 2026 at 16:30
//=> on the last Friday of every month at 17:00
//=>     next Friday, 27 March 2026 at 17:00
//=> on the 1st of every month at 00:00
//=>     next Wednesday, 1 April 2026 at 00:00
//=> breathe, it is 09:00:10
//=> breathe, it is 09:00:20
