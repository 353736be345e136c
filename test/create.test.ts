import { createScheduler, ScheduleError } from "onthedot";
import { expect, test } from "vitest";
import { nothing } from "./scheduler/stores.ts";

const refused = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof ScheduleError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
};

test("what is no clock is refused with what is one", () => {
  for (const clock of [{}, new Date(), { now: () => 0 }, 0])
    expect(refused(() => createScheduler({ clock: clock as never }))).toMatch(/^clock: .*VirtualClock/s);
});

test("a simulation that would end before it begins is refused, and one of a single moment is not", async () => {
  const { every, simulate } = createScheduler({ zone: "UTC" });
  every().day.at("00:00").do(nothing);
  expect(refused(() => simulate("2027-01-02", "2027-01-01"))).toBe(
    'moment: simulate(from, to): got "2027-01-01", expected a moment that is not before "2027-01-02".',
  );
  expect(await simulate("2027-01-01T23:59:59", "2027-01-01T23:59:59")).toEqual([]);
});
