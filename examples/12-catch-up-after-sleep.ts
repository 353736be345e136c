// You will see what three policies do with the runs that were missed while a laptop slept from 22:00 to 08:00.
import { createScheduler, VirtualClock } from "onthedot/testing";

//  schedule: runs once, at the next check. APScheduler: what is more than a second late is dropped, unless
//  misfire_grace_time says otherwise.

const clock = new VirtualClock("2026-03-02T22:00:00Z");
const { every, listen, start } = createScheduler({ clock, zone: "UTC" });
const time = (moment: Date) => moment.toISOString().slice(11, 16);

for (const policy of ["once", "all", "skip"] as const)
  every()
    .day.at("00:00", "03:00", "06:00")
    .catchUp(policy)
    .named(policy)
    .do(({ scheduled }) =>
      console.log(`${policy}: the run of ${time(scheduled)}, at ${time(new Date(clock.now()))}`),
    );

listen("clockJumped", ({ from, to }) => console.log(`the machine slept from ${time(from)} to ${time(to)}`));
listen("missed", ({ job, run }) =>
  console.log(`${job.name}: ${run.count} missed, the last at ${time(run.scheduled)}`),
);

start();
clock.setTo("2026-03-03T08:00:00Z"); // the lid is closed, and opened again
clock.advance("2 minutes");

// It prints:
//=> the machine slept from 22:00 to 08:00
//=> once: 2 missed, the last at 03:00
//=> skip: 3 missed, the last at 06:00
//=> once: the run of 06:00, at 08:00
//=> all: the run of 00:00, at 08:00
//=> all: the run of 03:00, at 08:00
//=> all: the run of 06:00, at 08:00
