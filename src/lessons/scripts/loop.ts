// Look, run what is due, sleep, look again.
import { createScheduler, VirtualClock } from "onthedot/testing";

// A clock that only advances when asked,
// so that two hours take no time.
const clock = new VirtualClock("2026-11-23T09:00:00Z");
const { every, runPending } = createScheduler({ clock, zone: "UTC" });
const time = () => new Date(clock.now()).toISOString().slice(11, 19);

function stretch() {
  console.log(time(), "stretch");
}

function tea() {
  console.log(time(), "tea");
}

export const jobs = [every(25).minutes.do(stretch), every().hour.do(tea)];

export let looks = 0;
while (time() < "11:00:00") {
  looks++;
  await runPending();
  await clock.advance("2 minutes");
}
