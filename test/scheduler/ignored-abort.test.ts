import { describe, expect, test, vi } from "vitest";
import { createScheduler } from "../../src/create.ts";
import type { Job, RunContext } from "../../src/job.ts";
import type { Overlap } from "../../src/policy/policies.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";

const fresh = () => {
  const clock = new VirtualClock("2026-01-01T00:00:00Z");
  const events: string[] = [];
  const schedule = createScheduler({ clock, zone: "UTC" });
  schedule.listen("warning", ({ message }) => events.push(message));
  schedule.listen("timedOut", () => {});
  return { clock, events, ...schedule };
};

const time = (moment: Date | undefined) => moment?.toISOString().slice(14, 19);

/** `"01:00 timedOut"`, in minutes and seconds. */
const decisions = (job: Job) =>
  job.history().map(({ scheduled, outcome }) => `${time(scheduled)} ${outcome}`);

/** A task that takes its time whatever its signal says, and notes when each call of it begins and ends. */
const deafTask = (clock: VirtualClock, length: string) => {
  const calls: string[] = [];
  let running = 0;
  const most = { together: 0 };
  const task = async () => {
    const begin = time(new Date(clock.now()));
    most.together = Math.max(most.together, ++running);
    await clock.sleep(length);
    running--;
    calls.push(`${begin}-${time(new Date(clock.now()))}`);
  };
  return { calls, most, task };
};

describe("a task that ignores the signal of its timeout", () => {
  /** Under each overlap, when the task ran, and what was decided at each minute. */
  const expected: Readonly<Record<Overlap, readonly [calls: string, outcomes: string]>> = {
    skip: ["01:00-03:30 04:00-06:30", "timedOut skipped skipped timedOut skipped skipped"],
    queue: ["01:00-03:30 03:30-06:00", "timedOut timedOut skipped timedOut skipped"],
    queueAll: ["01:00-03:30 03:30-06:00", "timedOut timedOut timedOut"],
    cancel: ["01:00-03:30 03:30-06:00", "timedOut skipped timedOut skipped timedOut"],
    allow: ["01:00-03:30 02:00-04:30 03:00-05:30 04:00-06:30", "timedOut ".repeat(6).trim()],
  };

  test.each(Object.entries(expected))(
    "under overlap %s: the run is recorded at once, and the job runs until it has ended",
    async (overlap, [calls, outcomes]) => {
      const { clock, every, start } = fresh();
      const deaf = deafTask(clock, "150 seconds");
      const job = every()
        .minute.timeout("10 seconds")
        .overlap(overlap as Overlap)
        .do(deaf.task);
      start();
      await clock.advance("71 seconds");
      expect(decisions(job)).toEqual(["01:00 timedOut"]);
      expect([job.isRunning, job.history()[0]?.ended?.toISOString()]).toEqual([
        true,
        "2026-01-01T00:01:10.000Z",
      ]);
      await clock.advance("319 seconds");
      expect(deaf.calls.join(" ")).toBe(calls);
      const decided = outcomes.split(" ").map((outcome, i) => `0${i + 1}:00 ${outcome}`);
      expect(decisions(job)).toEqual(decided);
      if (overlap !== "allow") expect(deaf.most.together).toBe(1);
    },
  );

  test("is reported as still running, once, when it has not ended after some seconds", async () => {
    const { clock, events, every, start } = fresh();
    every(10).minutes.timeout("10 seconds").named("slow").do(deafTask(clock, "60 seconds").task);
    every(10).minutes.timeout("10 seconds").named("tidy").do(deafTask(clock, "13 seconds").task);
    start();
    await clock.advance("25 minutes");
    const [warnings, ...more] = events;
    expect(warnings).toMatch(/^slow timed out after 10 seconds but is still running/);
    expect(warnings).toContain("signal");
    expect(more).toEqual([warnings]);
  });

  test("gets its next attempt when it has ended, and never beside itself", async () => {
    const { clock, every, start } = fresh();
    const deaf = deafTask(clock, "15 seconds");
    const job = every(10)
      .minutes.timeout("10 seconds")
      .retry(2, { backoff: "fixed", delay: "1 second" })
      .do(deaf.task);
    start();
    await clock.advance("12 minutes");
    expect(deaf.calls).toEqual(["10:00-10:15", "10:15-10:30", "10:30-10:45"]);
    expect(deaf.most.together).toBe(1);
    expect(job.history()).toMatchObject([
      { outcome: "timedOut", attempts: 3, ended: new Date("2026-01-01T00:10:40Z") },
    ]);
  });

  test("gets no further attempt when it has not ended after as long again as it was given", async () => {
    const { clock, every, start } = fresh();
    const deaf = deafTask(clock, "25 minutes");
    const job = every(10).minutes.timeout("1 minute").retry(5, { delay: "1 second" }).do(deaf.task);
    start();
    await clock.advance("12 minutes 1 second");
    expect(job.history()).toMatchObject([{ outcome: "timedOut", attempts: 1 }]);
    expect(job.history()[0]?.error).toContain("took longer than 1 minute");
    expect(job.isRunning).toBe(true);
    await clock.advance("24 minutes");
    expect(decisions(job)).toEqual(["10:00 timedOut", "20:00 skipped", "30:00 skipped"]);
    expect(deaf.calls).toEqual(["10:00-35:00"]);
    expect(job.isRunning).toBe(false);
  });

  test("keeps the signal of its own attempt when another one is to come", async () => {
    const { clock, every, start } = fresh();
    const attempts: string[] = [];
    every(10)
      .minutes.timeout("10 seconds")
      .retry(1, { delay: "1 second" })
      .do(async (context: RunContext) => {
        while (!context.signal.aborted) await clock.sleep("3 seconds");
        attempts.push(`${context.attempt} ended ${time(new Date(clock.now()))}`);
      });
    start();
    await clock.advance("12 minutes");
    expect(attempts).toEqual(["1 ended 10:12", "2 ended 10:24"]);
  });

  test("does not hold up a polling loop, and is waited for when the scheduler is stopped", async () => {
    const { clock, every, runPending, stop } = fresh();
    const deaf = deafTask(clock, "60 seconds");
    every(10).minutes.timeout("10 seconds").do(deaf.task);
    await clock.advance("10 minutes");
    const polled = vi.fn();
    void runPending().then(polled);
    await clock.advance("11 seconds");
    expect(polled).toHaveBeenCalled();
    const stopped = vi.fn();
    void stop("5 minutes").then(stopped);
    await clock.advance("30 seconds");
    expect(stopped).not.toHaveBeenCalled();
    await clock.advance("20 seconds");
    expect(stopped).toHaveBeenCalled();
    expect(deaf.calls).toEqual(["10:00-11:00"]);
  });

  test("and counts from the end of its run is counted from its real end", async () => {
    const { clock, every, start } = fresh();
    const deaf = deafTask(clock, "60 seconds");
    every(2).minutes.fixedDelay().timeout("10 seconds").do(deaf.task);
    start();
    await clock.advance("8 minutes");
    expect(deaf.calls).toEqual(["02:00-03:00", "05:00-06:00"]);
  });

  test("called by hand, is given up in time, and nothing starts beside it", async () => {
    const { clock, every, start } = fresh();
    const deaf = deafTask(clock, "90 seconds");
    const job = every().minute.timeout("10 seconds").do(deaf.task);
    start();
    await clock.advance("55 seconds");
    const given = vi.fn();
    job.run().catch(given);
    await clock.advance("10 seconds");
    expect(given).toHaveBeenCalledWith(expect.objectContaining({ name: "TimeoutError" }));
    await clock.advance("2 minutes");
    expect(deaf.most.together).toBe(1);
    expect(decisions(job)).toContain("01:00 skipped");
  });
});
