// The lid is closed at 22:00 and opened at 08:00.
import { createScheduler, VirtualClock } from "onthedot/testing";

export const closed = new Date("2026-11-23T22:00:00Z");
export const opened = new Date("2026-11-24T08:00:00Z");

const clock = new VirtualClock(closed);
const scheduler = createScheduler({ clock, zone: "UTC" });
const time = (at: Date) => at.toISOString().slice(11, 19);

export const jobs = (["once", "skip", "all"] as const).map((policy) =>
  scheduler
    .every()
    .day.at("00:00", "03:00", "06:00", "09:00")
    .catchUp(policy)
    .named(policy)
    .do(({ scheduled }) => {
      const now = new Date(clock.now());
      console.log(`${time(now)} ${policy} runs ${time(scheduled)}`);
    }),
);

export let noticed = new Date(0);
scheduler.listen("clockJumped", ({ from, to }) => {
  noticed = to;
  console.log(`${time(to)} awake again, asleep since ${time(from)}`);
});

scheduler.start();
// The wall clock goes on in a machine that sleeps, timers do not.
clock.setTo(opened);
await clock.advance("2 hours");
