import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap, type Planned } from "../../src/scheduler/heap.ts";
import { runs, seed } from "../random.ts";

const inOrder = (a: Planned, b: Planned) => a.due - b.due || a.order - b.order;
const planned = (dues: readonly number[]): Planned[] => dues.map((due, order) => ({ due, order, place: -1 }));
const filled = (items: readonly Planned[]): Heap<Planned> => {
  const heap = new Heap<Planned>();
  for (const item of items) heap.add(item);
  return heap;
};
const emptied = (heap: Heap<Planned>): Planned[] => {
  const all: Planned[] = [];
  for (let { first } = heap; first; { first } = heap) {
    heap.remove(first);
    all.push(first);
  }
  return all;
};

test("a heap gives its items by their moments, then by their order, whichever were taken out before", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), fc.array(fc.nat(59)), (dues, out) => {
      const items = planned(dues);
      const heap = filled(items);
      const gone = new Set(out.map((index) => items[index]));
      for (const item of gone) if (item) heap.remove(item);
      expect(emptied(heap)).toEqual(items.filter((item) => !gone.has(item)).sort(inOrder));
    }),
    { seed, numRuns: runs(100) },
  );
});

test("what is due is taken out in order, few or many, and the rest stays a heap", () => {
  fc.assert(
    fc.property(fc.constantFrom(3, 999, 1_000, 3_000), fc.nat(1_000), fc.nat(100), (size, until, seed) => {
      const items = planned(Array.from({ length: size }, (_, i) => (i * 7_919 + seed * 31) % 997));
      const heap = filled(items);
      const due = heap.takeUntil(until);
      expect(due).toEqual(items.filter((item) => item.due <= until).sort(inOrder));
      expect(due.every(({ place }) => place === -1)).toBe(true);
      expect(emptied(heap)).toEqual(items.filter((item) => item.due > until).sort(inOrder));
    }),
    { seed, numRuns: runs(40) },
  );
});
