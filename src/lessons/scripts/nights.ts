// 02:30 in the two nights in which clocks are changed.
import { createScheduler, VirtualClock } from "onthedot/testing";

export const zone = "Europe/Berlin";
export const wall = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  timeStyle: "short",
});

async function night(date: string) {
  const clock = new VirtualClock(`${date}T22:00:00Z`);
  const { cron, every, start } = createScheduler({ clock, zone });
  // A time that is named, and one that comes by and by.
  const named = every()
    .day.at("02:30")
    .named("at 02:30")
    .do(() => {});
  const starred = cron("*/30 2 * * *")
    .named("*/30 2 * * *")
    .do(() => {});
  start();
  await clock.advance("6 hours");
  for (const job of [named, starred]) {
    const times = job
      .history()
      .map(({ scheduled }) => wall.format(scheduled));
    console.log(job.name.padEnd(14), times.join("  ") || "none");
  }
  return { named, starred };
}

console.log("The clocks go forward: 02:00 becomes 03:00.");
export const spring = await night("2027-03-27");

console.log("The clocks go back: 03:00 becomes 02:00.");
export const autumn = await night("2027-10-30");
