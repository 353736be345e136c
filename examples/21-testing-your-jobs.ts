// You will see two month ends tested in an instant: the clock stands still until the test moves it.
import assert from "node:assert/strict";
import { createScheduler, type Scheduler, VirtualClock } from "onthedot/testing";

// The code under test takes `every` as an argument, so a test can pass its own.
const sent: string[] = [];
function planReports({ every }: Pick<Scheduler, "every">) {
  every()
    .month.on("last workday")
    .at("17:00")
    .named("report")
    .retry(2, { delay: "1 minute" })
    .do(({ scheduled, attempt }) => {
      if (attempt === 1) throw new Error("no mail server");
      sent.push(scheduled.toISOString());
    });
}

async function test() {
  const clock = new VirtualClock("2026-01-28T09:00:00Z");
  const schedule = createScheduler({ clock, zone: "UTC" });
  planReports(schedule);
  schedule.start();

  await clock.advanceTo("2026-01-30T17:00:00Z");
  assert.deepEqual(sent, []); // the first attempt has failed
  await clock.advance("1 minute");
  assert.deepEqual(sent, ["2026-01-30T17:00:00.000Z"]); // the 31st is a Saturday

  clock.setTo("2026-03-01T09:00:00Z"); // the machine slept over the end of February
  await clock.advance("2 minutes");
  assert.deepEqual(sent[1], "2026-02-27T17:00:00.000Z"); // and the report is caught up
  console.log("all is well:", sent);
}

test();

// It prints:
//=> all is well: [ '2026-01-30T17:00:00.000Z', '2026-02-27T17:00:00.000Z' ]
