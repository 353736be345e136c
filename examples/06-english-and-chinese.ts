// You will see how phrases in English and Chinese are understood, and when each is next; then two of them run.
import { every, on, run, when } from "onthedot";

const phrases = [
  when("every weekday at 9am"),
  when("tuesdays at 10am and saturdays at noon"),
  when("every 15 minutes between 8am and 10pm"),
  when("every other friday at 4:30pm"),
  every("last friday of the month at 17:00"), // read as "every last friday …"
  on("the 1st of each month"), // read as "on the 1st …"
  every("每天早上8点"),
  every("每月最后一个工作日下午5点"),
];

for (const phrase of phrases) {
  const [next] = phrase.next();
  console.log(
    `${phrase.describe()}; next on ${next?.toLocaleString("en-GB", { timeStyle: "short", dateStyle: "full" })}`,
  );
}
console.log(every("每个工作日9点到17点之间每半小时").describe("zh"));

function breathe() {
  console.log("breathe");
}
function 采集数据() {
  console.log("采集数据");
}

every("10 seconds").do(breathe);
every("每隔15秒").do(采集数据);
run();

// It prints, in 25 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> every weekday at 09:00; next on Tuesday, 3 March 2026 at 09:00
//=> every Tuesday at 10:00 and every Saturday at 12:00; next on Tuesday, 3 March 2026 at 10:00
//=> every 15 minutes between 08:00 and 22:00; next on Monday, 2 March 2026 at 09:15
//=> every other Friday at 16:30; next on Friday, 6 March 2026 at 16:30
//=> on the last Friday of every month at 17:00; next on Friday, 27 March 2026 at 17:00
//=> on the 1st of every month at 00:00; next on Wednesday, 1 April 2026 at 00:00
//=> every day at 08:00; next on Tuesday, 3 March 2026 at 08:00
//=> on the last workday of every month at 17:00; next on Tuesday, 31 March 2026 at 17:00
//=> 每个工作日09:00到17:00之间，每30分钟一次
//=> breathe
//=> 采集数据
//=> breathe
