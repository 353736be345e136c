import { expect, test } from "vitest";
import { assemble, createScheduler } from "../../src/create.ts";
import { rehearse } from "../../src/simulate/simulate.ts";
import { busiestMinute, timelineOf } from "../../src/simulate/timeline.ts";
import { type Instant, later, type Milliseconds } from "../../src/time/instant.ts";
import { day, hour } from "../../src/time/plain-time.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { nothing } from "../scheduler/stores.ts";

const start = "2026-11-22T16:40:00Z";
const scene = (from = start) => {
  const clock = new VirtualClock(from);
  return { clock, ...assemble({ clock, zone: "Europe/Berlin" }) };
};
const days = (at: Instant, count: number) => later(at, (count * day) as Milliseconds);

test("nothing is executed, and the schedule itself stands as it stood", async () => {
  const { clock, schedule, scheduler } = scene();
  let runs = 0;
  const job = schedule
    .every()
    .day.at("02:30")
    .named("backup")
    .do(() => void runs++);
  const before = job.nextRun;
  const simulation = await rehearse(scheduler, clock.now(), days(clock.now(), 7));
  expect(simulation.decisions).toHaveLength(7);
  expect([runs, job.nextRun, job.history()]).toEqual([0, before, []]);
});

test("counting begins at the beginning, unless the jobs are to go on from where they stand", async () => {
  const { clock, schedule, scheduler } = scene();
  schedule.every(15).minutes.named("check").do(nothing);
  await clock.advance("10 minutes");
  const first = async (goesOn: boolean) =>
    (await rehearse(scheduler, clock.now(), days(clock.now(), 1), { goesOn })).decisions[0]!.at;
  expect(new Date(await first(false)).toISOString()).toBe("2026-11-22T17:05:00.000Z");
  expect(new Date(await first(true)).toISOString()).toBe("2026-11-22T16:55:00.000Z");
});

test("a job that is paused is left out and reported", async () => {
  const { clock, schedule, scheduler } = scene();
  schedule.every().hour.named("a").do(nothing);
  schedule.every().hour.named("b").do(nothing).pause();
  const timeline = timelineOf(await rehearse(scheduler, clock.now(), days(clock.now(), 1)));
  expect(timeline.lanes.map(({ name }) => name)).toEqual(["a"]);
  expect(timeline.paused).toEqual(["b"]);
});

test("asleep nobody looks; on waking each policy does what it says", async () => {
  const { clock, schedule, scheduler } = scene("2026-11-22T20:00:00Z");
  schedule.every().day.at("02:30").named("once").do(nothing);
  schedule.every().day.at("02:30").catchUp("skip").named("skip").do(nothing);
  schedule.every(2).hours.catchUp("all", { maxLateness: "5h" }).named("all").do(nothing);
  const { decisions, jobs } = await rehearse(scheduler, clock.now(), days(clock.now(), 0.6), {
    asleep: { from: "22:00", to: "08:00" },
  });
  const runsOf = (name: string) =>
    decisions
      .filter(({ job }) => jobs[job]!.job.name === name)
      .map(({ at, outcome, late, count }) => [
        new Date(at).toISOString().slice(11, 16),
        outcome,
        Math.round(late / 60_000),
        count,
      ]);
  expect(runsOf("once")).toEqual([["01:30", "succeeded", 330, 1]]);
  expect(runsOf("skip")).toEqual([["01:30", "expired", 0, 1]]);
  expect(runsOf("all")).toEqual([
    ["00:00", "expired", 0, 2],
    ["02:00", "succeeded", 300, 1],
    ["04:00", "succeeded", 180, 1],
    ["06:00", "succeeded", 60, 1],
    ["08:00", "succeeded", 0, 1],
    ["10:00", "succeeded", 0, 1],
  ]);
});

test("a job that runs every second for a year is cut, and that is reported", async () => {
  const { clock, schedule, scheduler } = scene();
  schedule.every().second.named("tick").do(nothing);
  const simulation = await rehearse(scheduler, clock.now(), days(clock.now(), 365), { most: 50_000 });
  expect(simulation.decisions).toHaveLength(50_000);
  expect(simulation.to).toBe(clock.now() + 50_000_000);
  expect(simulation.wanted).toBe(days(clock.now(), 365));
});

test("the public simulate refuses more than it can hold and says how far it would come", async () => {
  const { every, simulate } = createScheduler({ clock: new VirtualClock(start), zone: "UTC" });
  every().day.at("12:00").named("noon").do(nothing);
  const runs = await simulate("2027-03-27", "2027-03-29");
  expect(runs).toEqual([
    { job: "noon", at: new Date("2027-03-27T12:00:00Z"), outcome: "succeeded" },
    { job: "noon", at: new Date("2027-03-28T12:00:00Z"), outcome: "succeeded" },
  ]);
});

test("the busiest minute is the one in which most jobs run", async () => {
  const { clock, schedule, scheduler } = scene();
  schedule.every().second.named("tick").do(nothing);
  schedule.every().day.at("09:00").named("a").do(nothing);
  schedule.every().day.at("09:00").named("b").do(nothing);
  const timeline = timelineOf(await rehearse(scheduler, clock.now(), days(clock.now(), 1)));
  expect(busiestMinute(timeline)).toEqual({ at: Date.parse("2026-11-23T08:00:00Z"), jobs: 3, runs: 62 });
});

test("a timeline marks the clock changes of the zones on it, each in its own", async () => {
  const { clock, schedule, scheduler } = scene("2026-10-20T00:00:00Z");
  schedule.every().day.at("09:00").named("here").do(nothing);
  schedule.every().day.at("09:00").in("America/New_York").named("there").do(nothing);
  const { changes, lanes } = timelineOf(await rehearse(scheduler, clock.now(), days(clock.now(), 20)));
  expect(lanes.map(({ zone }) => zone.name)).toEqual(["Europe/Berlin", "America/New_York"]);
  expect(
    changes.map(({ at, zone, before, after }) => [new Date(at).toISOString(), zone.name, after - before]),
  ).toEqual([
    ["2026-10-25T01:00:00.000Z", "Europe/Berlin", -hour],
    ["2026-11-01T06:00:00.000Z", "America/New_York", -hour],
  ]);
});
