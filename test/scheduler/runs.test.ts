import { createScheduler, type RunContext } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test, vi } from "vitest";
import { nothing } from "./stores.ts";

const fresh = (start = "2026-01-01T00:00:00Z") => {
  const clock = new VirtualClock(start);
  return { clock, ...createScheduler({ clock, zone: "UTC" }) };
};

test("due jobs run by planned moment, then by registration", async () => {
  const { clock, every, runPending } = fresh();
  const seen: string[] = [];
  every(3).seconds.do(() => seen.push("c"));
  every(1)
    .second.for("1 second")
    .do(() => seen.push("a"));
  every(2)
    .seconds.for("2 seconds")
    .do(() => seen.push("b1"));
  every(2)
    .seconds.for("2 seconds")
    .do(() => seen.push("b2"));
  await clock.advance("3 seconds");
  void runPending();
  expect(seen).toEqual(["a", "b1", "b2", "c"]);
});

test("a job that is added by a job waits for the next pass", async () => {
  const { clock, every, runPending } = fresh();
  const seen: string[] = [];
  every()
    .second.times(1)
    .do(() => {
      seen.push("first");
      every().second.do(() => seen.push("added"));
      clock.block("2 seconds");
    });
  await clock.advance("1 second");
  void runPending();
  expect(seen).toEqual(["first"]);
  void runPending();
  expect(seen).toEqual(["first", "added"]);
});

test("a job that an earlier job of the same pass takes out does not run", async () => {
  const { clock, every, runPending, jobs } = fresh();
  const seen: string[] = [];
  every().second.do(() => victim.cancel());
  const victim = every().second.do(() => seen.push("victim"));
  await clock.advance("1 second");
  void runPending();
  expect(seen).toEqual([]);
  expect(jobs()).toHaveLength(1);
});

test("a throwing task stops no other job, emits failed, and keeps its schedule", async () => {
  const { clock, every, start, listen } = fresh();
  const seen: string[] = [];
  const errors: unknown[] = [];
  listen("failed", ({ error }) => errors.push(error));
  const broken = every().second.do(function broken() {
    throw new Error("no disk");
  });
  every().second.do(() => seen.push("healthy"));
  start();
  await clock.advance("3 seconds");
  expect(seen).toEqual(["healthy", "healthy", "healthy"]);
  expect(errors).toHaveLength(3);
  expect(broken.history().at(-1)).toMatchObject({ outcome: "failed", error: "Error: no disk", attempts: 1 });
});

test("a failure that nobody listens to goes to stderr", async () => {
  const { clock, every, runPending } = fresh();
  const stderr = vi.spyOn(console, "error").mockImplementation(() => {});
  every().second.do(function broken() {
    throw new Error("no disk");
  });
  await clock.advance("1 second");
  await runPending();
  await vi.waitFor(() =>
    expect(stderr.mock.calls[0]?.[0]).toMatch(/^onthedot: broken failed:\n {4}Error: no disk\n/),
  );
  stderr.mockRestore();
});

test("an asynchronous task is waited for, and its rejection is a failure", async () => {
  const { clock, every, runPending } = fresh();
  const job = every().second.do(async () => {
    await clock.sleep(500);
    throw new TypeError("late");
  });
  await clock.advance("1 second");
  const stderr = vi.spyOn(console, "error").mockImplementation(() => {});
  const ended = runPending();
  expect(job.isRunning).toBe(true);
  await clock.advance("1 second");
  await ended;
  stderr.mockRestore();
  expect(job.isRunning).toBe(false);
  expect(job.history()).toMatchObject([{ outcome: "failed", error: "TypeError: late" }]);
});

test("a task gets its arguments and then the run's context", async () => {
  const { clock, every, runPending } = fresh();
  const got: unknown[] = [];
  const job = every(5).seconds.do(
    (text: string, number: number, { scheduled, attempt, signal, job }: RunContext) => {
      got.push(text, number, scheduled, attempt, signal.aborted, job.name);
    },
    "a",
    7,
  );
  await clock.advance("6 seconds");
  await runPending();
  expect(got).toEqual(["a", 7, new Date("2026-01-01T00:00:05Z"), 1, false, job.name]);
});

test("a job with a number of runs, or an end, is taken out after the last", async () => {
  const { clock, every, start, jobs, listen } = fresh();
  const ended: string[] = [];
  listen("removed", ({ job, why }) => ended.push(`${job.name} ${why}`));
  every().second.times(2).named("twice").do(nothing);
  every().second.until("2026-01-01 00:00:03").named("until").do(nothing);
  start();
  await clock.advance("5 seconds");
  expect(ended).toEqual(["twice ended", "until ended"]);
  expect(jobs()).toEqual([]);
});

test("run() by hand gives what the task returns, and leaves the schedule alone", async () => {
  const { every } = fresh();
  const job = every()
    .day.at("10:30")
    .do(async () => 42);
  const next = job.nextRun;
  await expect(job.run()).resolves.toBe(42);
  expect(job.nextRun).toEqual(next);
  expect(job.history()).toMatchObject([{ outcome: "succeeded", byHand: true }]);
});

test("retries, timeouts and pauses after failures are kept within one run", async () => {
  const { clock, every, start, listen } = fresh();
  const events: string[] = [];
  listen("retrying", ({ attempt, wait }) => events.push(`retry ${attempt} in ${wait}`));
  listen("failed", ({ run }) => events.push(`failed after ${run.attempts}`));
  listen("timedOut", ({ run }) => events.push(`timed out after ${run.attempts}`));
  listen("paused", ({ why }) => events.push(`paused: ${why}`));
  every()
    .minute.retry(2, { backoff: "exponential", delay: "1 second", maxDelay: "1 minute" })
    .pauseAfterFailures(1)
    .do(() => {
      throw new Error("no");
    });
  every()
    .minute.timeout("5 seconds")
    .times(1)
    .do(() => new Promise(() => {}));
  start();
  await clock.advance("2 minutes");
  expect(events).toEqual([
    "retry 1 in 1000",
    "retry 2 in 2000",
    "failed after 3",
    "paused: 1 runs in a row failed",
    "timed out after 1",
  ]);
});

test("a listener that throws harms nobody", async () => {
  const { clock, every, start, listen } = fresh();
  const stderr = vi.spyOn(console, "error").mockImplementation(() => {});
  listen("started", () => {
    throw new Error("bad listener");
  });
  let runs = 0;
  every().second.do(() => runs++);
  start();
  await clock.advance("2 seconds");
  expect(runs).toBe(2);
  expect(stderr).toHaveBeenCalled();
  stderr.mockRestore();
});

test("a built-in function gets its arguments alone", async () => {
  const { clock, every, runPending } = fresh();
  const seen: unknown[] = [];
  const log = seen.push.bind(seen);
  const job = every().second.do(Array.of, 1, 2);
  every().second.do(log, "with its context");
  expect(job.name).toBe("of");
  await expect(job.run()).resolves.toEqual([1, 2]);
  await clock.advance("1 second");
  await runPending();
  expect(seen).toHaveLength(2);
});

test("a task that heeds the signal of its cancelling was cancelled, whatever it gives back", async () => {
  const { clock, every, start } = fresh();
  const job = every()
    .second.overlap("cancel")
    .times(2)
    .do(async ({ signal }: RunContext) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return "in good order";
    });
  start();
  await clock.advance("3 seconds");
  expect(job.history()[0]?.outcome).toBe("cancelled");
});

test("an occurrence that is to replace a run is cancelled with its job when the aborted task cancels that", async () => {
  const { clock, every, start, listen } = fresh();
  const seen: string[] = [];
  for (const name of ["cancelled", "skipped", "succeeded"] as const)
    listen(name, ({ run }) => seen.push(`${run.scheduled.getUTCSeconds()} ${name}`));
  const job = every(10)
    .seconds.overlap("cancel")
    .do(async ({ signal }: RunContext) => {
      signal.addEventListener("abort", () => job.cancel());
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
  start();
  await clock.advance("20 seconds");
  expect(seen).toEqual(["20 cancelled", "10 cancelled"]);
});
