import { once } from "node:events";
import { expect, test } from "vitest";
import { built } from "./built.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";
import { started } from "./children.ts";

const program = built();

interface Counted {
  readonly jobs: number;
  /** Computed from the first moments alone. */
  readonly due: number;
  readonly started: number;
  /** Merged into a later run, and reported. */
  readonly missed: number;
  /** Started before their moment. */
  readonly early: number;
  /** Planned for a moment that is no whole number of periods from the first. */
  readonly astray: number;
  readonly p50: number;
  readonly p99: number;
  /** Bytes of heap in the middle and at the end. */
  readonly middle: number;
  readonly end: number;
}

const soak = async (seconds: number, control = ""): Promise<Counted> => {
  const chance = new Chance();
  const child = await started(program("soak"), [String(seconds), String(chance.seed), control]);
  let warnings = "";
  child.stdout?.on("data", (text) => {
    warnings += text;
  });
  await once(child, "close");
  const counted: Counted = JSON.parse(warnings);
  const { jobs, due, started: starts, missed, early, astray, p50, p99, middle, end } = counted;
  keepFigures(`F14${control && " control, losses and a leak"}`, {
    seed: chance.seed,
    jobs,
    seconds,
    due,
    started: starts,
    "made one with a later run": missed,
    lost: due - starts - missed,
    early,
    astray,
    "late by": `p50 ${p50} ms, p99 ${p99} ms`,
    heap: `${megabytes(middle)} in the middle, ${megabytes(end)} at the end`,
  });
  return counted;
};

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** A job remembers its last hundred runs, a run in 24 bytes of a list that grows by halves: so much the second half of all starts may take. */
const remembered = ({ started }: Counted): number => (started / 2) * 2 * 24;

/** How much the heap grew in the second half, beside what is remembered. */
const growth = (counted: Counted): number => (counted.end - remembered(counted)) / counted.middle - 1;

test("a hundred thousand jobs start as often as they are due, and the memory stays", async () => {
  const counted = await soak(isLong ? 600 : 10);
  expect(counted.started + counted.missed).toBe(counted.due);
  expect([counted.early, counted.astray]).toEqual([0, 0]);
  expect(growth(counted)).toBeLessThan(0.1);
}, 900_000);

test("lost occurrences and a leak are seen", async () => {
  const counted = await soak(4, "control");
  expect(counted.started + counted.missed).toBeLessThan(counted.due);
  expect(growth(counted)).toBeGreaterThan(0.1);
}, 60_000);
