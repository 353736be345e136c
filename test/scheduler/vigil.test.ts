import { expect, test } from "vitest";
import { Vigil } from "../../src/scheduler/vigil.ts";

const afterWakings = (vigil: Vigil, count: number, left: number): number => {
  for (let i = 0; i < count; i++) vigil.woke(left);
  return vigil.length;
};

test("grows by a millisecond when hardly anything is left, up to ten", () => {
  const vigil = new Vigil();
  expect(vigil.length).toBe(2);
  expect(afterWakings(vigil, 1, 0)).toBe(3);
  expect(afterWakings(vigil, 1, 1)).toBe(4);
  expect(afterWakings(vigil, 20, -3)).toBe(10);
});

test("shrinks again when a hundred wakings all had more than two milliseconds left, and not below two", () => {
  const vigil = new Vigil();
  afterWakings(vigil, 2, 0);
  expect(afterWakings(vigil, 99, 3)).toBe(4);
  expect(afterWakings(vigil, 1, 3)).toBe(3);
  expect(afterWakings(vigil, 100, 2)).toBe(3);
  expect(afterWakings(vigil, 500, 3)).toBe(2);
});

test("learns nothing from a process that stood still", () => {
  expect(afterWakings(new Vigil(), 5, -2_000)).toBe(2);
});
