import { expect, test } from "vitest";
import { clockChange } from "../../src/policy/clock-rollback.ts";

const hour = 3_600_000;
const clockDriftThreshold = 2_000;

test.each([
  ["time passes", { wall: 60_000, monotonic: 60_000, uptime: 60_000 }, { slept: 0, stepped: 0 }],
  ["less than the tolerance", { wall: 61_900, monotonic: 60_000, uptime: 60_000 }, { slept: 0, stepped: 0 }],
  ["sleep", { wall: hour, monotonic: 1_000, uptime: hour }, { slept: hour - 1_000, stepped: 0 }],
  [
    "sleep that an uptime of whole seconds tells",
    { wall: hour, monotonic: 1_000, uptime: hour - 900 },
    { slept: hour - 1_000, stepped: 0 },
  ],
  ["a step forward", { wall: hour, monotonic: 1_000, uptime: 1_000 }, { slept: 0, stepped: hour - 1_000 }],
  ["a step back", { wall: -hour, monotonic: 1_000, uptime: 1_010 }, { slept: 0, stepped: -hour - 1_000 }],
  [
    "sleep, then a step back",
    { wall: 7 * hour, monotonic: 0, uptime: 8 * hour },
    { slept: 8 * hour, stepped: -hour },
  ],
  [
    "sleep, then a step forward",
    { wall: 9 * hour, monotonic: 0, uptime: 8 * hour },
    { slept: 8 * hour, stepped: hour },
  ],
  [
    "sleep that a step back undoes",
    { wall: 1_000, monotonic: 0, uptime: 8 * hour },
    { slept: 8 * hour, stepped: 1_000 - 8 * hour },
  ],
  ["a jump forward without an uptime", { wall: hour, monotonic: 0 }, { slept: hour, stepped: 0 }],
  ["a step back without an uptime", { wall: -hour, monotonic: 0 }, { slept: 0, stepped: -hour }],
  [
    "an uptime that counts something else",
    { wall: hour, monotonic: 60_000, uptime: 0 },
    { slept: hour - 60_000, stepped: 0 },
  ],
])("%s", (_, moves, change) => {
  expect(clockChange(moves, clockDriftThreshold)).toEqual(change);
});
