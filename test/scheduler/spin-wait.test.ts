import { expect, test } from "vitest";
import { SpinWait } from "../../src/scheduler/timer.ts";

const afterWakings = (spinWait: SpinWait, count: number, left: number): number => {
  for (let i = 0; i < count; i++) spinWait.woke(left);
  return spinWait.length;
};

test("grows by a millisecond when hardly anything is left, up to ten", () => {
  const spinWait = new SpinWait();
  expect(spinWait.length).toBe(2);
  expect(afterWakings(spinWait, 1, 0)).toBe(3);
  expect(afterWakings(spinWait, 1, 1)).toBe(4);
  expect(afterWakings(spinWait, 20, -3)).toBe(10);
});

test("shrinks again when a hundred wakings all had more than two milliseconds left, and not below two", () => {
  const spinWait = new SpinWait();
  afterWakings(spinWait, 2, 0);
  expect(afterWakings(spinWait, 99, 3)).toBe(4);
  expect(afterWakings(spinWait, 1, 3)).toBe(3);
  expect(afterWakings(spinWait, 100, 2)).toBe(3);
  expect(afterWakings(spinWait, 500, 3)).toBe(2);
});

test("learns nothing from a process that stood still", () => {
  expect(afterWakings(new SpinWait(), 5, -2_000)).toBe(2);
});
