// Every 24 hours, and every day at 8: not the same.
import { createScheduler, VirtualClock } from "onthedot/testing";

export const zone = "Europe/Berlin";
const clock = new VirtualClock("2027-03-26T08:00:00+01:00");
const { every, start } = createScheduler({ clock, zone });

function say() {}

// An interval counts the time that passes.
const interval = every(24).hours.named("every(24).hours").do(say);

// A calendar rule names a time on the wall clock.
const calendar = every().day.at("08:00").named("every().day.at").do(say);

start();
await clock.advance("4 days");

export const jobs = [interval, calendar];

const wall = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
});
for (const job of jobs) {
  console.log(job.name);
  for (const { scheduled } of job.history())
    console.log(" ", wall.format(scheduled), scheduled.toISOString());
}
