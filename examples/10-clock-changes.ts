// You will see what happens at 02:30 on the night that has no 02:30, and on the night that has two.
import { createScheduler, VirtualClock } from "onthedot/testing";

function backup() {}

async function night(date: string, story: string) {
  const clock = new VirtualClock(`${date}T00:00:00Z`);
  const { every, cron, simulate } = createScheduler({ clock, zone: "Europe/Berlin" });
  every().day.at("02:30").named("daily at 02:30").do(backup);
  cron("*/30 * * * *").named("cron */30").do(backup);

  console.log(story);
  for (const { at, job } of await simulate(`${date} 01:30`, `${date} 03:30`)) {
    const time = at.toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin", timeStyle: "long" });
    console.log(`    ${time}  ${job}`);
  }
}

// A fixed time of day runs once every night: if there is no 02:30, later by as much as the clocks jump; if there
// are two, at the first one. What repeats around the clock, such as */30, keeps running every 30 minutes of elapsed time.
// Python's schedule with .at("02:30", "Europe/Berlin") runs twice the day after the first: at 01:30 and at 02:30.
night("2026-03-29", "29 March 2026: after 01:59 comes 03:00").then(() =>
  night("2026-10-25", "25 October 2026: after 02:59 comes 02:00 once more"),
);

// It prints:
//=> 29 March 2026: after 01:59 comes 03:00
//=>     03:00:00 CEST  cron */30
//=>     03:30:00 CEST  daily at 02:30
//=>     03:30:00 CEST  cron */30
//=> 25 October 2026: after 02:59 comes 02:00 once more
//=>     02:00:00 CEST  cron */30
//=>     02:30:00 CEST  daily at 02:30
//=>     02:30:00 CEST  cron */30
//=>     02:00:00 CET  cron */30
//=>     02:30:00 CET  cron */30
//=>     03:00:00 CET  cron */30
//=>     03:30:00 CET  cron */30
