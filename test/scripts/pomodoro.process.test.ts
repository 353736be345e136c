import { expect, test } from "vitest";
import { runOnVirtualTime } from "../virtual-machine.ts";
import { call, pathOf, withEnvironment } from "./call.ts";

const machine = { start: "2026-03-02 09:00:00", zone: "Europe/Berlin", length: "3 hours" };

test("pomodoro tells when to work and when to rest, and ends", async () => {
  const received: string[] = [];
  const { log } = console;
  console.log = (text: string) => {
    received.push(`${new Date().toTimeString().slice(0, 8)} ${text}`);
    log(text);
  };
  const settings = { POMODORO: "25 5 15 2", POMODORO_SETS: "2" };
  try {
    await withEnvironment(settings, () => runOnVirtualTime(pathOf("pomodoro.ts"), machine, 9));
  } finally {
    console.log = log;
  }
  expect(received).toEqual([
    "09:00:02 Focus, 1 of 2: 25 minutes.",
    "09:25:02 Rest: 5 minutes.",
    "09:30:02 Focus, 2 of 2: 25 minutes.",
    "09:55:02 Long rest: 15 minutes.",
    "10:10:02 Focus, 1 of 2: 25 minutes.",
    "10:35:02 Rest: 5 minutes.",
    "10:40:02 Focus, 2 of 2: 25 minutes.",
    "11:05:02 Long rest: 15 minutes.",
    expect.stringContaining("That was it: 4 rounds."),
  ]);
});

test("the lengths are whole minutes, or it says so", async () => {
  const { code, err } = await call("pomodoro.ts", ["next"], { env: { POMODORO: "25 five 15 4" } });
  expect(code).toBe(1);
  expect(err).toMatch(/got NaN[\s\S]*a whole number of at least 1/);
});
