import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createScheduler, type Job, type Scheduler } from "onthedot";
import { expect, onTestFinished, test } from "vitest";
import { thisRuntime } from "../../src/report/stack.ts";
import { callers } from "../../src/scheduler/run.ts";
import { until } from "./until.ts";
import compute from "./workers/heavy.ts";

const heavy = new URL("./workers/heavy.ts", import.meta.url);
const from = (name: string) => ({ file: heavy, export: name });

test("a worker gets its arguments and what it needs to know of its run, and gives a value back", async () => {
  const { every } = createScheduler();
  const job = every().hour.worker(heavy, 1);
  expect(job.name).toBe("heavy");
  expect(await job.run()).toBe("heavy 1 true true true");
  expect(await every().hour.worker(from("named"), 3, 4).run()).toBe(7);
});

test("what a worker prints belongs to its run, and all of it comes before the run has ended", async () => {
  const printed: unknown[] = [];
  const { write } = process.stdout;
  onTestFinished(() => {
    process.stdout.write = write;
  });
  process.stdout.write = (chunk: string | Uint8Array) => printed.push([callers()[0]?.job.name, chunk]) > 0;
  const { every } = createScheduler();
  const names = ["one", "two"];
  await Promise.all(names.map((name) => every().hour.named(name).worker(from("speaks")).run()));
  expect(printed.toSorted()).toEqual(names.map((name) => [name, "from the thread\n"]));
});

const beatsWhile = async (compute: (schedule: Scheduler) => Job): Promise<number> => {
  const schedule = createScheduler();
  const seen: string[] = [];
  schedule
    .every()
    .second.named("beat")
    .do(() => seen.push("beat"));
  const computing = compute(schedule);
  schedule.listen("started", ({ job }) => job === computing && seen.push("begins"));
  schedule.listen("succeeded", ({ job }) => job === computing && seen.push("ends"));
  schedule.start();
  await until(() => seen.includes("ends"));
  await schedule.stop();
  return seen.indexOf("ends") - seen.indexOf("begins") - 1;
};

test("a job keeps its beat while a worker computes, and loses it where the script itself does", async () => {
  const context = { job: "", scheduled: new Date(), attempt: 1 };
  const lost = await beatsWhile(({ every }) =>
    every()
      .hour.immediately()
      .do(() => compute(2_200, context)),
  );
  const kept = await beatsWhile(({ every }) => every().hour.immediately().worker(heavy, 2_200));
  expect(lost).toBe(0);
  expect(kept).toBeGreaterThanOrEqual(2);
});

test("what a worker throws is the run's error, and one that returns CancelJob is not run again", async () => {
  const { every, jobs, listen } = createScheduler();
  listen("failed", () => {});
  const failing = every().hour.worker(from("fails"));
  await expect(failing.run()).rejects.toMatchObject({ name: "RangeError", message: "too much" });
  expect(failing.history()).toMatchObject([{ outcome: "failed", error: "RangeError: too much" }]);
  await every().hour.worker(from("last")).run();
  expect(jobs()).toEqual([failing]);
});

test("a worker that takes too long is ended in the middle of its computing, and the next run gets another thread", async () => {
  const { every, listen } = createScheduler();
  listen("timedOut", () => {});
  const endless = every().hour.timeout("200 ms").worker(heavy, 3_600_000);
  await expect(endless.run()).rejects.toMatchObject({ name: "TimeoutError" });
  expect(endless.history()).toMatchObject([{ outcome: "timedOut" }]);
  expect(await every().hour.worker(from("named"), 1, 2).run()).toBe(3);
});

test("a worker is ended when its job is cancelled, and when the scheduler stops", async () => {
  const { every, start, stop } = createScheduler();
  const cancelled = every().hour.named("cancelled").worker(heavy, 3_600_000);
  const running = cancelled.run();
  cancelled.cancel();
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  const stopped = every().hour.immediately().named("stopped").worker(heavy, 3_600_000);
  start();
  await until(() => stopped.isRunning);
  await stop();
  expect(stopped.history()).toMatchObject([{ outcome: "cancelled" }]);
});

test("a worker that calls process.exit() fails and says so, and one that cannot be loaded says why", async () => {
  const { every, listen } = createScheduler();
  listen("failed", () => {});
  await expect(every().hour.worker(from("exits")).run()).rejects.toThrow("process.exit(3) was called");
  const broken = new URL("./workers/broken.ts", import.meta.url);
  await expect(every().hour.worker(broken).run()).rejects.toThrow("no such luck");
});

/** Where Node reads TypeScript itself, a thread takes the arguments that the process was started with, whatever `process.execArgv` says later. */
test.skipIf(thisRuntime().runsTypeScript)("a thread that cannot be started fails its run", async () => {
  const { every, listen } = createScheduler();
  listen("failed", () => {});
  process.execArgv.push("--import", "data:text/javascript,throw new Error('no thread')");
  try {
    await expect(every().hour.worker(heavy, 1).run()).rejects.toThrow("no thread");
  } finally {
    process.execArgv.splice(-2);
  }
  expect(await every().hour.worker(from("named"), 1, 2).run()).toBe(3);
});

test("a function that the module does not export is named, with those that it does", async () => {
  const { every, listen } = createScheduler();
  listen("failed", () => {});
  await expect(every().hour.worker(from("haevy")).run()).rejects.toThrow(
    /exports no function "haevy"; it has default, exits, fails, last, named, speaks/,
  );
});

const say = createScheduler().every().hour;
test.each([
  [() => say.worker("./heavy.ts" as never), 'new URL("./heavy.ts", import.meta.url)'],
  [() => say.worker(undefined as never), 'new URL("./heavy.ts", import.meta.url)'],
  [() => say.worker(new URL("https://example.com/heavy.ts")), 'new URL("./heavy.ts", import.meta.url)'],
  [() => say.worker(new URL("./workers/heavvy.ts", import.meta.url)), 'Did you mean "heavy.ts"?'],
  [() => say.worker(heavy, () => {}), "no functions"],
])("%s is rejected where it is written", (wrong, words) => {
  expect(wrong).toThrow(expect.objectContaining({ code: "worker" }));
  expect(wrong).toThrow(words);
});

test.each(["module", "commonjs"])(
  "a worker in TypeScript runs under tsx, in a package of type %s",
  async (type) => {
    const folder = mkdtempSync(join(tmpdir(), "onthedot-worker-"));
    try {
      const root = join(import.meta.dirname, "../..");
      cpSync(join(import.meta.dirname, "workers"), folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
      mkdirSync(join(folder, "node_modules"));
      for (const name of ["tsx", "tinypool"])
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
      const paths = { onthedot: [join(root, "src/index.ts")] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { paths } }));
      const ways = [
        [join(root, "node_modules/tsx/dist/cli.mjs"), "script.ts"],
        ["--import", "tsx", "script.ts"],
      ];
      const printed = await Promise.all(
        ways.map((way) => promisify(execFile)(process.execPath, way, { cwd: folder })),
      );
      expect(printed.map(({ stdout }) => stdout)).toEqual(ways.map(() => "heavy 1 true true true\n"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
