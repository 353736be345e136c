// You will see what jobs would do, before any of them runs: in words, as dates, and as a simulated day.
import { every, jobs, simulate } from "onthedot";

function stretch() {
  console.log("never printed: nothing runs here");
}

function lunch() {
  console.log("nor this");
}

every(90).minutes.between("09:00", "17:00").do(stretch);
every().weekday.at("12:30").except("wednesday").do(lunch);

for (const job of jobs()) {
  console.log(`${job.name}: ${job.describe()}`);
  for (const moment of job.next(3)) console.log(`    ${moment.toLocaleString("en-GB")}`);
}

// The real scheduler runs through the day on a virtual clock, with tasks that do nothing.
simulate("2026-03-03 00:00", "2026-03-04 00:00").then((runs) => {
  console.log("3 March:");
  for (const { job, at } of runs) console.log(`    ${at.toLocaleTimeString("en-GB")} ${job}`);
});

// It prints:
//=> stretch: every 90 minutes between 09:00 and 17:00
//=>     02/03/2026, 10:30:00
//=>     02/03/2026, 12:00:00
//=>     02/03/2026, 13:30:00
//=> lunch: every weekday at 12:30, except on Wednesday
//=>     02/03/2026, 12:30:00
//=>     03/03/2026, 12:30:00
//=>     05/03/2026, 12:30:00
//=> 3 March:
//=>     09:00:00 stretch
//=>     10:30:00 stretch
//=>     12:00:00 stretch
//=>     12:30:00 lunch
//=>     13:30:00 stretch
//=>     15:00:00 stretch
//=>     16:30:00 stretch
