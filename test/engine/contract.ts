import {
  CancelJob,
  type Job,
  type Outcome,
  type RunContext,
  type ScheduleError,
  type Scheduler,
} from "onthedot";
import { describe, expect, test } from "vitest";
import { nothing } from "./shared.ts";

/** A way to decide what starts: on one machine, or by an engine that several share. */
export interface Way {
  /** A scheduler that is not started. What it starts is stopped when the test has ended. */
  schedule(): Scheduler;
  /** Lets time pass until something is so; fails when that takes too long. */
  until(isSo: () => boolean): Promise<void>;
  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void>;
  /** For tasks that take so many seconds. */
  sleep(seconds: number): Promise<void>;
  /** Whether machines share the jobs: then `overlap` has three values. */
  readonly isShared?: boolean;
  /** Whether jobs outlive the process. @default true */
  readonly isKept?: boolean;
}

/** Says what is to be done when a test has ended. */
export type AtEnd = (act: () => void | Promise<void>) => void;

/** How often each outcome is in the history of a job; several that were missed in a row count as many. */
export const tally = (job: Job): Partial<Record<Outcome, number>> => {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const { outcome, count = 1 } of job.history()) counts[outcome] = (counts[outcome] ?? 0) + count;
  return counts;
};

/** Without occurrences that were merged into a later one: on a busy computer any may be late. */
const outcomes = (job: Job): readonly Outcome[] =>
  job.history().flatMap(({ outcome }) => (outcome === "coalesced" ? [] : [outcome]));

/** How far each is from the one before, in seconds. */
const steps = (moments: readonly Date[]): readonly number[] =>
  moments.slice(1).map((moment, i) => (moment.getTime() - moments[i]!.getTime()) / 1_000);

/** What holds on one machine and on many. @param isRealTime whether a busy computer may start runs late */
export const engineContract = (name: string, beginWith: (atEnd: AtEnd) => Way, isRealTime = false): void => {
  /** A way, a scheduler of it, and a task that notes the moments for which it runs. */
  const begin = (atEnd: AtEnd) => {
    const way = beginWith(atEnd);
    const planned: Date[] = [];
    const note = ({ scheduled }: RunContext) => void planned.push(scheduled);
    return { ...way, ...way.schedule(), planned, note };
  };
  const check = (title: string, act: (way: ReturnType<typeof begin>) => void | Promise<void>) =>
    test(title, ({ onTestFinished }) => act(begin(onTestFinished)));

  describe(name, { concurrent: isRealTime }, () => {
    check(
      "a job runs at its planned moments or after them, each once, in order",
      async ({ until, every, start, planned, note }) => {
        const job = every(1).second.named("tick").catchUp("all").do(note);
        start();
        await until(() => job.history().length >= 4);
        expect(steps(planned.slice(0, 4))).toEqual([1, 1, 1]);
        for (const { scheduled, started, outcome, attempts } of job.history()) {
          expect(started!.getTime()).toBeGreaterThanOrEqual(scheduled.getTime());
          expect([outcome, attempts]).toEqual(["succeeded", 1]);
        }
      },
    );

    check("a task gets its arguments and the run's context", async ({ until, every, start }) => {
      let seen: readonly unknown[] = [];
      const greet = (whom: string, times: number, context: RunContext) => {
        seen = [whom, times, context.job.name, context.attempt, context.signal.aborted];
      };
      every(1).second.do(greet, "world", 2);
      start();
      await until(() => seen.length > 0);
      expect(seen).toEqual(["world", 2, "greet", 1, false]);
    });

    check(
      "a task that throws is reported and recorded, and runs again",
      async ({ until, every, start, listen }) => {
        const received: unknown[] = [];
        listen("failed", ({ error }) => received.push(error));
        const broken = new Error("no network");
        const job = every(1)
          .second.named("breaks")
          .do(() => {
            throw broken;
          });
        start();
        await until(() => (tally(job).failed ?? 0) >= 2);
        // One that is late may be missed before.
        expect(job.history().find(({ outcome }) => outcome !== "coalesced")).toMatchObject({
          outcome: "failed",
          error: "Error: no network",
          attempts: 1,
        });
        expect(received[0]).toBe(broken);
      },
    );

    check("a failed run is tried again in its slot", async ({ until, every, start, listen }) => {
      let calls = 0;
      const waits: number[] = [];
      listen("retrying", ({ wait }) => waits.push(wait));
      const job = every(1)
        .second.named("again")
        .retry(3, { backoff: "fixed", delay: "100 ms" })
        .times(1)
        .do(() => {
          if (++calls < 3) throw new Error("not yet");
        });
      start();
      // One that is late may be missed before.
      await until(() => job.history().at(-1)?.outcome === "succeeded");
      expect(job.history().at(-1)).toMatchObject({ attempts: 3 });
      expect(waits).toEqual([100, 100]);
    });

    check(
      "a task that takes too long is asked to end, and recorded",
      async ({ until, sleep, every, start, listen }) => {
        listen("timedOut", () => {});
        let isAborted = false;
        const job = every(1)
          .second.named("slow")
          .timeout("500 ms")
          .times(1)
          .do(async ({ signal }: RunContext) => {
            signal.addEventListener("abort", () => {
              isAborted = true;
            });
            await sleep(2);
          });
        start();
        await until(() => outcomes(job).includes("timedOut"));
        expect(isAborted).toBe(true);
      },
    );

    check(
      "a task that ignores its timeout is recorded when the timeout strikes, and new runs wait until it ends",
      async ({ until, sleep, every, start, listen }) => {
        const timedOut: number[] = [];
        listen("timedOut", ({ run }) => timedOut.push(run.ended!.getTime() - run.started!.getTime()));
        listen("warning", () => {});
        let [starts, ends] = [0, 0];
        const job = every(1)
          .second.named("deaf")
          .timeout("500 ms")
          .do(async () => {
            starts++;
            await sleep(3.3);
            ends++;
          });
        start();
        await until(() => outcomes(job).includes("timedOut"));
        expect([starts, ends]).toEqual([1, 0]);
        // A timer may fire a millisecond early.
        expect(timedOut[0]).toBeGreaterThanOrEqual(499);
        await until(() => (tally(job).skipped ?? 0) >= 2);
        expect([starts, ends]).toEqual([1, 0]);
        await until(() => starts === 2);
        expect(ends).toBe(1);
      },
    );

    test.for([
      ["skip", 1, { succeeded: 2, skipped: 2 }],
      ["queue", 1, { succeeded: 3, skipped: 1 }],
      ["queueAll", 1, { succeeded: 4 }],
      ["cancel", 1, { cancelled: 3, succeeded: 1 }],
      ["allow", 3, { succeeded: 4 }],
    ] as const)(
      "four occurrences of a task that takes longer than a period, under overlap %s",
      async ([overlap, most, expected], { onTestFinished }) => {
        const { until, sleep, isShared = false, every, start } = begin(onTestFinished);
        if (isShared && (overlap === "queueAll" || overlap === "cancel")) return;
        let [running, atOnce] = [0, 0];
        const job = every(1)
          .second.named("long")
          .overlap(overlap)
          .catchUp("all")
          .for("4500 ms")
          .do(async ({ signal }: RunContext) => {
            atOnce = Math.max(atOnce, ++running);
            const isOver = sleep(2.5);
            const isOff = new Promise<void>((go) => signal.addEventListener("abort", () => go()));
            await Promise.race([isOver, isOff]);
            running--;
          });
        start();
        await until(() => job.history().length === 4);
        if (!isRealTime) expect([tally(job), atOnce]).toEqual([expected, most]);
        else {
          for (const outcome of outcomes(job)) expect(Object.keys(expected)).toContain(outcome);
          if (most === 1) expect(atOnce).toBe(1);
          else expect(atOnce).toBeGreaterThan(1);
        }
      },
    );

    test.for([
      ["once", ["coalesced", "coalesced", "succeeded"]],
      ["all", ["succeeded", "succeeded", "succeeded"]],
    ] as const)(
      "three occurrences while the script was stopped, under catchUp %s",
      async ([catchUp, expected], { onTestFinished }) => {
        const { until, pass, every, start, stop, planned, note } = begin(onTestFinished);
        const job = every(1).second.named("missed").catchUp(catchUp).do(note);
        start();
        await until(() => job.history().length >= 1);
        await stop();
        const before = job.history().length;
        await pass(3.2);
        start();
        const seen = () =>
          job
            .history()
            .slice(before)
            .flatMap(({ outcome, count = 1 }) => Array(count).fill(outcome));
        await until(() => seen().length >= 3 && seen().includes("succeeded"));
        // One that is late may be missed as well.
        const isLater = (i: number) => isRealTime && catchUp === "once" && seen()[i] === "coalesced";
        const first = seen().findIndex((_, i) => i >= 2 && !isLater(i)) - 2;
        expect(seen().slice(first, first + 3)).toEqual(expected);
        expect(seen().slice(0, first)).toEqual(Array(first).fill("coalesced"));
        // Oldest first.
        expect(planned).toEqual([...planned].sort((a, b) => a.getTime() - b.getTime()));
        expect(new Set(planned.map(Number)).size).toBe(planned.length);
      },
    );

    check(
      "a paused job starts nothing, skips what was due and keeps its spacing",
      async ({ until, pass, every, start, listen, planned, note }) => {
        const messages: string[] = [];
        listen("paused", ({ job }) => messages.push(`${job.name} paused`));
        listen("resumed", ({ job }) => messages.push(`${job.name} resumed`));
        const job = every(1).second.named("rests").do(note);
        start();
        await until(() => planned.length >= 2);
        job.pause();
        await pass(0.5);
        const before = planned.length;
        await pass(2);
        expect([planned.length, job.nextRun, job.isPaused]).toEqual([before, null, true]);
        job.resume();
        await until(() => planned.length >= before + 2);
        for (const step of steps(planned)) expect(step % 1).toBe(0);
        const skipped = job.history().filter(({ outcome }) => !["succeeded", "coalesced"].includes(outcome));
        expect(skipped).toMatchObject([{ outcome: "skipped", reason: "paused", attempts: 0 }]);
        expect(skipped[0]!.count).toBeGreaterThanOrEqual(2);
        expect(messages).toEqual(["rests paused", "rests resumed"]);
      },
    );

    check(
      "a job is given another schedule, counted from then on",
      async ({ until, every, start, planned, note }) => {
        const job = every(1).second.named("changes").catchUp("all").do(note);
        start();
        await until(() => planned.length >= 2);
        const before = planned.length;
        job.reschedule(every(2).seconds);
        await until(() => planned.length >= before + 3);
        expect(steps(planned.slice(-2))).toEqual([2]);
        expect(job.describe()).toBe("every 2 seconds");
      },
    );

    check(
      "a job with a number of runs, or a last moment, is over then",
      async ({ until, every, once, start, listen, jobs }) => {
        const messages: string[] = [];
        const ran: string[] = [];
        listen("removed", ({ job, why }) => messages.push(`${job.name} ${why}`));
        const note = ({ job }: RunContext) => void ran.push(job.name);
        const twice = every(1).second.named("twice").catchUp("all").times(2).do(note);
        const one = once("in 2 seconds").named("one").do(note);
        const short = every(1).second.named("short").catchUp("all").until("in 3 seconds").do(note);
        start();
        await until(() => jobs().length === 0);
        expect([tally(twice), tally(one)]).toEqual([{ succeeded: 2 }, { succeeded: 1 }]);
        expect(tally(short).succeeded).toBeGreaterThanOrEqual(2);
        expect(messages.sort()).toEqual(["one ended", "short ended", "twice ended"]);
        expect([twice.nextRun, one.nextRun]).toEqual([null, null]);
      },
    );

    check("a spaced job is counted from the end of its run", async ({ until, sleep, every, start, jobs }) => {
      const job = every(1)
        .second.fixedDelay()
        .named("spaced")
        .times(3)
        .do(() => sleep(1.5));
      start();
      await until(() => jobs().length === 0);
      const history = job.history();
      expect(outcomes(job)).toEqual(["succeeded", "succeeded", "succeeded"]);
      for (const [i, { scheduled }] of history.slice(1).entries())
        expect(scheduled.getTime() - history[i]!.scheduled.getTime()).toBeGreaterThanOrEqual(2_500);
    });

    check(
      "a job that is cancelled starts no more, and its run is asked to end",
      async ({ until, pass, sleep, every, start, jobs, listen }) => {
        const messages: string[] = [];
        listen("removed", ({ job, why }) => messages.push(`${job.name} ${why}`));
        let [starts, isAborted] = [0, false];
        const job = every(1)
          .second.named("goes")
          .do(async ({ signal }: RunContext) => {
            starts++;
            signal.addEventListener("abort", () => {
              isAborted = true;
            });
            await sleep(0.8);
          });
        start();
        await until(() => starts === 1);
        job.cancel();
        expect(isAborted).toBe(true);
        await pass(2.5);
        expect([starts, jobs().length]).toEqual([1, 0]);
        expect(messages).toEqual(["goes cancelled"]);
        expect(outcomes(job)).toEqual(["cancelled"]);
      },
    );

    check("a task that returns CancelJob is not run again", async ({ until, pass, every, start, jobs }) => {
      let starts = 0;
      every(1)
        .second.named("last")
        .do(() => {
          starts++;
          return starts === 2 ? CancelJob : undefined;
        });
      start();
      await until(() => jobs().length === 0);
      await pass(2);
      expect(starts).toBe(2);
    });

    check(
      "a run whose condition does not hold is skipped, counts towards nothing, and the schedule continues",
      async ({ until, every, start, listen }) => {
        let skips = 0;
        listen("skipped", () => skips++);
        let asked = 0;
        const twice = every(1)
          .second.times(2)
          .named("twice")
          .onlyIf(async () => ++asked > 2)
          .do(nothing);
        const spaced = every(1)
          .second.fixedDelay()
          .pauseAfterFailures(1)
          .named("spaced")
          .unless(({ job }) => job.history().length === 0)
          .do(nothing);
        start();
        await until(() => tally(twice).succeeded === 2 && (tally(spaced).succeeded ?? 0) >= 2);
        expect(tally(twice)).toMatchObject({ skipped: 2, succeeded: 2 });
        expect(twice.history()[0]).toMatchObject({ outcome: "skipped", reason: "onlyIf", attempts: 0 });
        expect(spaced.history()[0]).toMatchObject({ outcome: "skipped", reason: "unless" });
        expect(skips).toBe(3);
      },
    );

    check("failures in a row pause a job", async ({ until, pass, every, start, listen }) => {
      listen("failed", () => {});
      const whys: (string | undefined)[] = [];
      listen("paused", ({ why }) => whys.push(why));
      const job = every(1)
        .second.named("sick")
        .pauseAfterFailures(2)
        .do(() => {
          throw new Error("no");
        });
      start();
      await until(() => job.isPaused);
      await pass(2);
      expect(tally(job)).toMatchObject({ failed: 2 });
      expect(whys).toEqual(["2 runs in a row failed"]);
    });

    check(
      "a job that also runs at the start does so once, and then as it says",
      async ({ until, every, start, planned, note }) => {
        every(2).seconds.named("eager").immediately().do(note);
        start();
        await until(() => planned.length >= 3);
        expect(steps(planned).at(-1)).toBe(2);
      },
    );

    check("a run by hand is recorded, and the schedule is not touched", async ({ until, every, start }) => {
      const job = every(1)
        .hour.named("by hand")
        .do(() => "done");
      start();
      await until(() => job.nextRun !== null);
      expect(await job.run()).toBe("done");
      await until(() => job.history().length === 1);
      expect(job.history()[0]).toMatchObject({ outcome: "succeeded", byHand: true });
      expect(job.nextRun!.getTime() - job.history()[0]!.scheduled.getTime()).toBeGreaterThan(3_500_000);
    });

    check(
      "a job that is cleared before the start and registered again runs",
      async ({ until, every, start, clear }) => {
        let runs = 0;
        const register = () =>
          every(1)
            .second.named("again")
            .do(() => void runs++);
        register();
        clear();
        register();
        start();
        await until(() => runs >= 2);
      },
    );

    test.for(["cancelled", "cleared"] as const)(
      "a job that is %s and registered again while the script runs goes on from then",
      async (how, { onTestFinished }) => {
        const { until, pass, every, start, clear, jobs, planned, note } = begin(onTestFinished);
        const register = () => every(1).second.named("again").do(note);
        const job = register();
        start();
        await until(() => planned.length >= 1);
        if (how === "cancelled") job.cancel();
        else clear();
        await pass(2.2);
        const before = planned.length;
        const second = register();
        await until(() => planned.length >= before + 2);
        expect([jobs(), second.isPaused]).toEqual([[second], false]);
        expect(new Set(planned.map(Number)).size).toBe(planned.length);
      },
    );

    check(
      "a job that returned CancelJob and is registered again two seconds later is a new job",
      async ({ until, pass, every, start, jobs }) => {
        let runs = 0;
        const register = () =>
          every(1)
            .second.named("again")
            .do(() => {
              runs++;
              return CancelJob;
            });
        register();
        start();
        await until(() => runs === 1 && jobs().length === 0);
        await pass(2);
        register();
        await until(() => runs === 2 && jobs().length === 0);
      },
    );

    check(
      "a job that has had its number of runs and is registered again has as many again",
      async ({ until, every, start, jobs }) => {
        let runs = 0;
        const register = () =>
          every(1)
            .second.named("twice")
            .times(2)
            .do(() => void runs++);
        register();
        start();
        await until(() => runs === 2 && jobs().length === 0);
        register();
        await until(() => runs === 4 && jobs().length === 0);
      },
    );

    check(
      "a one-off that registers its own name inside its run runs again and again",
      async ({ until, once, start }) => {
        let runs = 0;
        const register = (): void =>
          void once("in 1 second")
            .named("chain")
            .do(async () => {
              if (++runs < 4) register();
            });
        register();
        start();
        await until(() => runs === 4);
      },
    );

    check(
      "skipped occurrences do not count as runs of times(n)",
      async ({ until, sleep, every, start, jobs }) => {
        const job = every(1)
          .second.named("counted")
          .times(2)
          .do(() => sleep(2.5));
        start();
        await until(() => jobs().length === 0);
        expect(tally(job).succeeded).toBe(2);
        expect(tally(job).skipped).toBeGreaterThanOrEqual(2);
        // Nothing is due any more when the last run has started.
        expect(outcomes(job).at(-1)).toBe("succeeded");
      },
    );

    check(
      "a run that waits still starts when the last occurrences of its job are skipped",
      async ({ until, sleep, every, start, jobs }) => {
        const job = every(1)
          .second.named("waits")
          .overlap("queue")
          .catchUp("all")
          .for("4500 ms")
          .do(() => sleep(4));
        start();
        await until(() => jobs().length === 0);
        expect(tally(job)).toEqual({ succeeded: 2, skipped: 2 });
      },
    );

    check("a job that is kept needs a name of its own", ({ isKept = true, every }) => {
      if (!isKept) return;
      const code = (act: () => unknown) => {
        try {
          act();
          return "none";
        } catch (error) {
          return (error as ScheduleError).code;
        }
      };
      expect(code(() => every(1).hour.do(() => {}))).toBe("name-missing");
      every(1).hour.named("taken").do(nothing);
      expect(code(() => every(2).hours.named("taken").do(nothing))).toBe("name-taken");
    });

    check(
      "stop() lets nothing start, asks what runs to end, and waits for it",
      async ({ until, pass, sleep, every, start, stop }) => {
        let [starts, ends, isAborted] = [0, 0, false];
        const job = every(1)
          .second.named("drains")
          .do(async ({ signal }: RunContext) => {
            starts++;
            signal.addEventListener("abort", () => {
              isAborted = true;
            });
            await sleep(0.7);
            ends++;
          });
        start();
        await until(() => starts === 1);
        const stopped = stop();
        await until(() => ends === 1);
        await stopped;
        expect(isAborted).toBe(true);
        await pass(1.5);
        expect([starts, ends]).toEqual([1, 1]);
        expect(outcomes(job)).toHaveLength(1);
      },
    );
  });
};
