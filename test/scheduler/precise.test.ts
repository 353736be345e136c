import { expect, test } from "vitest";
import { createScheduler } from "../../src/create.ts";
import { SpinWait } from "../../src/scheduler/timer.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { JobStore } from "../../src/store/store.ts";
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

test("a timer that fires a millisecond early changes nothing of it", async () => {
  expect(await starts(true, -1)).toEqual({ late: [0, 0, 0], spins: [3, 3, 3] });
});

test("where timers are late, the loop wakes earlier from then on", async () => {
  expect(await starts(true, 1)).toEqual({ late: [0, 0, 0], spins: [1, 2, 2] });
  expect(await starts(true, 3)).toEqual({ late: [1, 0, 0], spins: [1] });
});

test("what is due is decided before the last milliseconds are waited out", async () => {
  const { clock, seen } = watched(0);
  const events: string[] = [];
  const memory = memoryStore();
  const store: JobStore = {
    ...memory,
    claimAll(claims, ...rest) {
      for (const { to } of claims) events.push(`decided ${to - clock.now()} before`);
      return memory.claimAll(claims, ...rest);
    },
  };
  const { every, start } = createScheduler({ clock: seen, zone: "UTC", store });
  every().second.do(() => events.push(`ran ${clock.now() % 1_000} late`));
  start({ precise: true });
  await clock.advance("1500 ms");
  expect(events).toEqual(["decided 2 before", "ran 0 late"]);
});

test("a loop waits nothing out unless it is asked to", async () => {
  expect(await starts(false, 1)).toEqual({ late: [1, 1, 1], spins: [] });
});

const afterWakings = (spinWait: SpinWait, count: number, left: number): number => {
  for (let i = 0; i < count; i++) spinWait.woke(left);
  return spinWait.length;
};

test("the time for which it spins grows by a millisecond when hardly anything is left, up to ten", () => {
  const spinWait = new SpinWait();
  expect(spinWait.length).toBe(2);
  expect(afterWakings(spinWait, 1, 0)).toBe(3);
  expect(afterWakings(spinWait, 1, 1)).toBe(4);
  expect(afterWakings(spinWait, 20, -3)).toBe(10);
});

test("the time for which it spins shrinks again when a hundred wakings all had more than two milliseconds left, and not below two", () => {
  const spinWait = new SpinWait();
  afterWakings(spinWait, 2, 0);
  expect(afterWakings(spinWait, 99, 3)).toBe(4);
  expect(afterWakings(spinWait, 1, 3)).toBe(3);
  expect(afterWakings(spinWait, 100, 2)).toBe(3);
  expect(afterWakings(spinWait, 500, 3)).toBe(2);
});

test("the time for which it spins learns nothing from a process that stood still", () => {
  expect(afterWakings(new SpinWait(), 5, -2_000)).toBe(2);
});
