// You will see the difference between "every 24 hours" and "every day" on a night when the clocks change.
import { createScheduler, VirtualClock } from "onthedot/testing";

// An interval counts elapsed time; a calendar names times on the wall clock. They differ when the clocks change,
// as in Berlin on 29 March 2026, when 02:00 becomes 03:00 and the day has 23 hours.
const clock = new VirtualClock("2026-03-27T09:00:00+01:00");
const { every } = createScheduler({ clock, zone: "Europe/Berlin" });

const interval = every(24).hours.next(3);
const calendar = every().day.next(3);

for (const [name, moments] of [["every(24).hours", interval] as const, ["every().day", calendar] as const]) {
  console.log(name);
  for (const moment of moments)
    console.log(`    ${moment.toLocaleString("en-GB", { timeZone: "Europe/Berlin" })}`);
}

// Seconds, minutes and hours are intervals. Days, weeks, months and years are calendars, and so are cron expressions.
// Use hours when the gap matters (a medicine every 8 hours), days when the time of day does (a report at 9).

// It prints:
//=> every(24).hours
//=>     28/03/2026, 09:00:00
//=>     29/03/2026, 10:00:00
//=>     30/03/2026, 10:00:00
//=> every().day
//=>     28/03/2026, 09:00:00
//=>     29/03/2026, 09:00:00
//=>     30/03/2026, 09:00:00
