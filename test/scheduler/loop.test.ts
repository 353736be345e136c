import { createScheduler, VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import type { Instant } from "../../src/time/instant.ts";
import { life, nothing } from "./stores.ts";

const midnight = "2026-01-01T00:00:00Z";

test("after the loop was blocked for 3.5 seconds each every-second job runs once, in order, and keeps its spacing", async () => {
  const { clock, every, start, listen } = life(midnight);
  const seen: string[] = [];
  const missed: string[] = [];
  const causes: string[] = [];
  listen("missed", ({ job, run }) => missed.push(`${job.name} ${run.outcome} ${run.count}`));
  listen("clockJumped", ({ cause }) => causes.push(cause));
  const note = (name: string) => () => seen.push(`${name} ${clock.now() - Date.parse(midnight)}`);
  for (const name of ["first", "second", "third"]) every().second.named(name).do(note(name));
  const block = () => clock.block(3_500);
  every().second.named("blocker").times(1).do(block);
  start();
  await clock.advance("6 seconds");
  expect(seen).toEqual(
    [1_000, 4_500, 5_000, 6_000].flatMap((time) =>
      ["first", "second", "third"].map((name) => `${name} ${time}`),
    ),
  );
  expect(missed).toEqual(["first coalesced 2", "second coalesced 2", "third coalesced 2"]);
  expect(causes).toEqual(["stalled"]);
});

test("after sleep the latest missed run is caught up once, and reported", async () => {
  const { clock, every, start, listen } = life(midnight);
  const events: string[] = [];
  listen("clockJumped", ({ cause, by }) => events.push(`${cause} ${by}`));
  listen("started", ({ job, late }) => events.push(`${job.name} ${late > 0 ? "late" : "in time"}`));
  listen("missed", ({ job, run }) => events.push(`${job.name} ${run.outcome} ${run.count}`));
  every().day.at("02:30").named("backup").do(nothing);
  start();
  await clock.advance("1 minute");
  clock.setTo("2026-01-01T08:00:00Z");
  await clock.advance("1 minute");
  expect(events).toEqual(["asleep 28740000", "backup late"]);
  clock.setTo("2026-01-04T08:00:00Z");
  await clock.advance("1 minute");
  expect(events.slice(2)).toEqual(["asleep 259140000", "backup coalesced 2", "backup late"]);
});

test("jobs missed together start five seconds apart", async () => {
  const { clock, every, start, starts } = life(midnight);
  for (const name of ["a", "b", "c"]) every().day.at("03:00").named(name).do(nothing);
  start();
  clock.setTo("2026-01-01T08:00:00Z");
  await clock.advance("1 minute");
  expect(starts).toEqual(["a 08:00:30", "b 08:00:35", "c 08:00:40"]);
});

test("a clock set back runs nothing twice, and intervals keep their distance", async () => {
  const { clock, every, start, starts, listen } = life("2026-01-01T12:00:00Z");
  const causes: string[] = [];
  listen("clockJumped", ({ cause }) => causes.push(cause));
  every(10).minutes.named("beat").do(nothing);
  every().day.at("12:05").named("noon").do(nothing);
  start();
  await clock.advance("11 minutes");
  clock.setTo("2026-01-01T11:11:00Z");
  await clock.advance("70 minutes");
  expect(causes).toEqual(["set-back"]);
  const beats = ["12:10", "11:20", "11:30", "11:40", "11:50", "12:00", "12:10", "12:20"];
  expect(starts).toEqual(["noon 12:05:00", ...beats.map((time) => `beat ${time}:00`)]);
});

test("no timer waits for more than half a minute, and an idle loop wakes no oftener", async () => {
  const clock = new VirtualClock(midnight);
  let wakings = 0;
  const counting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    spinUntil: (moment: Instant) => clock.spinUntil(moment),
    wakeAt: (moment: Instant, wake: () => void) => {
      expect(moment - clock.now()).toBeLessThanOrEqual(30_000);
      return clock.wakeAt(moment, () => {
        wakings++;
        wake();
      });
    },
  };
  const { every, start } = createScheduler({ clock: counting, zone: "UTC" });
  every(2).hours.do(nothing);
  start();
  await clock.advance("1 hour");
  expect(wakings).toBe(120);
});

test("what was due before the start is caught up, and no stall is reported", async () => {
  const { clock, once, start, starts, listen } = life(midnight);
  const causes: string[] = [];
  listen("clockJumped", ({ cause }) => causes.push(cause));
  once("in 10 minutes").named("soon").do(nothing);
  clock.block("1 hour");
  start();
  await clock.advance("1 second");
  expect([starts, causes]).toEqual([["soon 01:00:00"], []]);
});

test("a virtual clock jumps from run to run, and still notices within half a minute that it was set", async () => {
  const clock = new VirtualClock(midnight);
  let wakings = 0;
  const counting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    spinUntil: (moment: Instant) => clock.spinUntil(moment),
    beforeChange: (listener: () => void) => clock.beforeChange(listener),
    wakeAt: (moment: Instant, wake: () => void) => {
      wakings++;
      return clock.wakeAt(moment, wake);
    },
  };
  const { every, start, listen } = createScheduler({ clock: counting, zone: "UTC" });
  const seen: string[] = [];
  listen("clockJumped", ({ cause, from }) => seen.push(`${cause} ${from.toISOString().slice(0, 16)}`));
  listen("started", () => seen.push(new Date(clock.now()).toISOString().slice(11, 19)));
  every().month.on(1).at("09:00").do(nothing);
  start();
  await clock.advanceTo("2026-06-30T12:00:00Z");
  expect([seen.length, wakings]).toEqual([6, 7]);
  clock.setTo("2026-07-02T12:00:00Z");
  await clock.advance("30 seconds");
  expect(seen.slice(6)).toEqual(["asleep 2026-06-30T12:00", "12:00:30"]);
});
