import { expect, test } from "vitest";
import { createScheduler } from "../../src/create.ts";
import type { Instant } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";

/** A clock that tells how it was waited with, and whose timers fire some milliseconds early or late. */
const watched = (astray: number) => {
  const clock = new VirtualClock("2026-01-01T12:00:00Z");
  const spins: number[] = [];
  const seen = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    wakeAt: (at: Instant, wake: () => void) => clock.wakeAt((at + astray) as Instant, wake),
    spinUntil: (at: Instant) => {
      spins.push(at - clock.now());
      clock.spinUntil(at);
    },
  };
  return { clock, spins, seen };
};

const starts = async (precise: boolean, astray: number) => {
  const { clock, spins, seen } = watched(astray);
  const { every, start } = createScheduler({ clock: seen, zone: "UTC" });
  const late: number[] = [];
  every().second.do(() => late.push(clock.now() % 1_000));
  start({ precise });
  await clock.advance("3500 ms");
  return { late, spins };
};

test("a precise loop wakes two milliseconds early and waits the rest out", async () => {
  expect(await starts(true, 0)).toEqual({ late: [0, 0, 0], spins: [2, 2, 2] });
});

test("a timer that fires early or late by a millisecond changes nothing of it", async () => {
  expect(await starts(true, 1)).toEqual({ late: [0, 0, 0], spins: [1, 1, 1] });
  expect(await starts(true, -1)).toEqual({ late: [0, 0, 0], spins: [3, 3, 3] });
});

test("a start whose timer came too late is late, and is not waited for", async () => {
  expect(await starts(true, 5)).toEqual({ late: [3, 3, 3], spins: [] });
});

test("a loop waits nothing out unless it is asked to", async () => {
  expect(await starts(false, 1)).toEqual({ late: [1, 1, 1], spins: [] });
});
