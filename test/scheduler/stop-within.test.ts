import { join } from "node:path";
import type { RunContext } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { expect, test, vi } from "vitest";
import { createScheduler, type SchedulerOptions } from "../../src/create.ts";
import { folder } from "../store/scene.ts";
import { nothing, sleeping } from "./stores.ts";

const fresh = (
  clock = new VirtualClock("2026-01-01T00:00:00Z"),
  options: Pick<SchedulerOptions, "store"> = {},
) => {
  const schedule = createScheduler({ clock, zone: "UTC", ...options });
  const seen: string[] = [];
  const note = (what: string) => seen.push(`${what} ${new Date(clock.now()).toISOString().slice(14, 19)}`);
  schedule.listen("stopped", ({ abandoned }) => note(`stopped, abandoned ${abandoned.length},`));
  return { clock, seen, note, ...schedule };
};

type Fresh = ReturnType<typeof fresh>;

/** Tasks that stop their own scheduler and wait for that. */
const ways: Readonly<Record<string, (schedule: Fresh) => () => Promise<unknown>>> = {
  "at once": ({ stop, note }) =>
    async function ends() {
      await stop();
      note("continues");
    },
  "after it has waited": ({ clock, stop, note }) =>
    async function ends() {
      await clock.sleep("1 second");
      await Promise.all([clock.sleep("1 second")]);
      await stop();
      note("continues");
    },
  "in a function that it calls": ({ clock, stop, note }) => {
    const helper = async () => {
      await clock.sleep("2 seconds");
      await stop();
    };
    return async function ends() {
      await helper();
      note("continues");
    };
  },
  "in a wrapped function that waits first": ({ clock, stop, note }) => {
    const work = async () => {
      await clock.sleep("1 second");
      await stop();
      note("continues");
    };
    return () => work();
  },
  "as all that it does":
    ({ stop, note }) =>
    () =>
      stop().then(() => note("continues")),
};

test.each(Object.entries(ways))(
  "a task that stops its scheduler %s is not waited for, and ends",
  async (_, make) => {
    const schedule = fresh();
    const { clock, every, start, seen } = schedule;
    const job = every().minute.named("ends").do(make(schedule));
    start();
    await clock.advance("1 minute 3 seconds");
    expect(seen.map((line) => line.replace(/ \S+$/, ""))).toEqual(["continues", "stopped, abandoned 0,"]);
    expect(job.history()).toMatchObject([{ outcome: "succeeded" }]);
    await clock.advance("10 minutes");
    expect(job.history()).toHaveLength(1);
  },
);

test("the other runs are waited for", async () => {
  const { clock, every, start, stop, note, seen } = fresh();
  every().minute.do(async () => {
    await clock.sleep("10 seconds");
    note("other ends");
  });
  every().minute.do(async () => {
    await clock.sleep("1 second");
    await stop();
    note("continues");
  });
  start();
  await clock.advance("90 seconds");
  expect(seen).toEqual(["other ends 01:10", "continues 01:10", "stopped, abandoned 0, 01:10"]);
});

test("two tasks that both stop their scheduler do not wait for each other", async () => {
  const { clock, every, start, stop, note, seen } = fresh();
  for (const seconds of [1, 3])
    every().minute.do(async () => {
      await clock.sleep(`${seconds} seconds`);
      await Promise.all([stop(), stop()]);
      note(`${seconds} continues`);
    });
  start();
  await clock.advance("70 seconds");
  expect(seen.sort()).toEqual(["1 continues 01:03", "3 continues 01:03", "stopped, abandoned 0, 01:03"]);
});

test("nor is a task waited for that runs by hand the one that stops", async () => {
  const { clock, every, start, stop, note, seen } = fresh();
  const inner = every().day.do(async () => {
    await clock.sleep("1 second");
    await stop();
    note("inner continues");
  });
  every().minute.do(async () => {
    await inner.run();
    note("outer continues");
  });
  start();
  await clock.advance("70 seconds");
  expect(seen).toEqual(["inner continues 01:01", "outer continues 01:01", "stopped, abandoned 0, 01:01"]);
});

test("a task that answers its signal by stopping, too, is waited for by whoever stopped first", async () => {
  const { clock, every, start, stop, note, seen } = fresh();
  every().minute.do(async ({ signal }: RunContext) => {
    await new Promise((go) => signal.addEventListener("abort", go));
    await stop();
    await clock.sleep("2 seconds");
    note("tidied up");
  });
  start();
  await clock.advance("70 seconds");
  const stopped = vi.fn();
  void stop().then(stopped);
  await clock.advance("1 second");
  expect(stopped).not.toHaveBeenCalled();
  await clock.advance("2 seconds");
  expect(stopped).toHaveBeenCalledOnce();
  expect(seen).toEqual(["tidied up 01:12", "stopped, abandoned 0, 01:12"]);
});

test("whoever stops while a task stops waits for that task, too", async () => {
  const { clock, every, start, stop } = fresh();
  every().minute.do(async () => {
    await stop();
    await clock.sleep("5 seconds");
  });
  start();
  await clock.advance("1 minute");
  const stopped = vi.fn();
  void stop().then(stopped);
  await clock.advance("4 seconds");
  expect(stopped).not.toHaveBeenCalled();
  await clock.advance("2 seconds");
  expect(stopped).toHaveBeenCalledOnce();
});

test("a task that stops another scheduler waits for that one's runs", async () => {
  const other = fresh();
  other.every().minute.do(sleeping(other.clock, "10 seconds"));
  other.start();
  const { every, start, note, seen } = fresh(other.clock);
  every()
    .minute.starting("2026-01-01T00:01:01Z")
    .do(async () => {
      await other.stop();
      note("continues");
    });
  start();
  await other.clock.advance("75 seconds");
  expect(seen).toEqual(["continues 01:10"]);
});

test("the outcome of the run that stopped its scheduler is kept in the file", async () => {
  const path = join(folder(), "jobs.db");
  const { clock, every, start, stop } = fresh(undefined, { store: sqlite(path) });
  every()
    .minute.named("ends")
    .do(async () => {
      await stop();
      await clock.sleep("2 seconds");
    });
  start();
  await clock.advance("70 seconds");
  const warnings: string[] = [];
  const later = fresh(clock, { store: sqlite(path) });
  later.listen("warning", ({ message }) => warnings.push(message));
  const job = later.every().minute.named("ends").do(nothing);
  expect(job.history()).toMatchObject([{ outcome: "succeeded" }]);
  expect(warnings).toEqual([]);
  await later.stop();
});

test("the run that stopped its scheduler ends in time even when another one ignores its signal", async () => {
  const schedule = fresh();
  const { clock, every, start, stop, seen, note } = schedule;
  every()
    .minute.named("ignores")
    .do(() => clock.sleep("1 hour"));
  const job = every()
    .minute.named("stops")
    .do(async () => {
      await stop("10 seconds");
      note("continues");
    });
  start();
  await clock.advance("2 minutes");
  expect(seen).toEqual(["continues 01:10", "stopped, abandoned 1, 01:10"]);
  expect(job.history()).toMatchObject([{ outcome: "succeeded" }]);
});

test("run() ends when a task has stopped it", async () => {
  const { clock, every, run, stop } = fresh();
  let runs = 0;
  every().minute.do(async () => {
    await clock.sleep("1 second");
    if (++runs === 2) await stop();
  });
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const ended = run({ cli: false }).then(() => "ended");
  await clock.advance("5 minutes");
  await expect(ended).resolves.toBe("ended");
  vi.restoreAllMocks();
  expect(runs).toBe(2);
});
