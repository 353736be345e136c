import { createScheduler } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { onSignals, shareListener } from "../../src/scheduler/signals.ts";
import { nothing, storeFile } from "./stores.ts";

afterEach(() => void vi.restoreAllMocks());

test("thirty schedulers with stores that start and stop add one listener to the process", async () => {
  const before = process.listenerCount("exit");
  const counts = new Set<number>();
  const stops: (() => Promise<void>)[] = [];
  for (let i = 0; i < 30; i++) {
    const { every, start, stop } = createScheduler();
    every().hour.named("job").do(nothing);
    start({ store: sqlite(storeFile()) });
    stops.push(stop);
    counts.add(process.listenerCount("exit") - before);
    if (i % 3 === 0) await stops.pop()!();
  }
  for (const stop of stops) await stop();
  expect(Math.max(...counts)).toBeLessThanOrEqual(1);
  expect(process.listenerCount("exit")).toBe(before);
});

test("listeners that share one are called in order, and each can stop alone", () => {
  const before = process.listenerCount("SIGCONT");
  const called: string[] = [];
  const offs = ["a", "b", "c"].map((name) => shareListener(process, "SIGCONT", () => void called.push(name)));
  expect(process.listenerCount("SIGCONT")).toBe(before + 1);
  offs[1]!();
  process.emit("SIGCONT");
  expect(called).toEqual(["a", "c"]);
  for (const off of offs) off();
  expect(process.listenerCount("SIGCONT")).toBe(before);
});

test("a second signal gives up also after the clock was set back; within half a second it is a copy of the first", async () => {
  const clock = new VirtualClock("2026-11-30T12:00:00Z");
  const called: string[] = [];
  onTestFinished(
    onSignals(clock, {
      stop: (signal) => void called.push(`stop ${signal}`),
      abandon: (signal) => void called.push(`abandon ${signal}`),
    }),
  );
  process.emit("SIGINT", "SIGINT");
  await clock.advance("400 milliseconds");
  process.emit("SIGINT", "SIGINT");
  expect(called).toEqual(["stop SIGINT"]);
  clock.setTo("2026-11-30T11:00:00Z");
  await clock.advance("200 milliseconds");
  process.emit("SIGINT", "SIGINT");
  expect(called).toEqual(["stop SIGINT", "abandon SIGINT"]);
});

test("a simulation writes nothing, whatever has ended before or during it", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const { once, every, cron, simulate } = createScheduler({
    clock: new VirtualClock("2026-11-30T12:00:00Z"),
    zone: "UTC",
  });
  once("2026-01-06 09:00").named("dentist").do(nothing);
  cron("0 9 * * *").until("2026-12-02").named("advent").do(nothing);
  expect(await simulate("2026-12-01", "2026-12-04")).toHaveLength(2);
  every().day.at("10:00").until("2026-01-01").named("old").do(nothing);
  expect(await simulate("2026-12-01", "2026-12-04")).toHaveLength(2);
  expect(error).not.toHaveBeenCalled();
});
