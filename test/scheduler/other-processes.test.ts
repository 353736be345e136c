import { join } from "node:path";
import type { Job } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { utc } from "../../src/time/zone.ts";
import { folder, minutes } from "../store/scene.ts";
import { startScript } from "../store/script.ts";
import { sleeping } from "./stores.ts";

const noon = "2026-03-01T12:00:00Z";

/** A script that runs, and what it tells of its jobs' rests. */
const running = (path: string, clock: VirtualClock, allowMultiple = false) => {
  const script = startScript(path, clock, { allowMultiple });
  const events: string[] = [];
  const at = () => new Date(clock.now()).toISOString().slice(11, 19);
  script.listen("paused", ({ job, why }) => events.push(`${at()} ${job.name} paused ${why ?? ""}`.trim()));
  script.listen("resumed", ({ job }) => events.push(`${at()} ${job.name} resumed`));
  return { ...script, events };
};

/** What `pause <job>` and `resume <job>` do in another terminal. */
const visit = (path: string, clock: VirtualClock, act: (job: Job) => void, isNow = false): void => {
  const scheduler = new SchedulerCore({ clock, zone: utc, store: memoryStore() });
  const job = scheduler.register({
    recurrence: interval(minutes(10)),
    source: "every(10).minutes",
    name: "beat",
    tags: [],
    policies: usualPolicies,
    now: isNow,
    args: [],
    task() {},
  });
  scheduler.useStore(sqlite(path), { isReadOnly: true });
  act(job);
  scheduler.closeStore();
};

test("a running script follows within seconds when a job is paused and resumed by another process", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock(noon);
  const script = running(path, clock);
  const job = script.every(10).minutes.named("beat").do(script.note);
  script.every(15).minutes.named("other").do(script.note);
  script.start();
  await clock.advance("11 minutes");
  visit(path, clock, (visited) => visited.pause());
  await clock.advance("3 seconds");
  expect(script.events).toEqual(["12:11:02 beat paused by another process"]);
  expect([job.isPaused, job.nextRun]).toEqual([true, null]);
  await clock.advance("23 minutes");
  visit(path, clock, (visited) => visited.resume());
  await clock.advance("10 minutes");
  expect(script.events.slice(1)).toEqual(["12:34:04 beat resumed"]);
  expect(script.ran).toEqual(["beat 12:10", "other 12:15", "other 12:30", "beat 12:40"]);
  // What was due meanwhile is not caught up, and the spacing is what it was.
  expect(job.history().map(({ outcome }) => outcome)).toEqual(["succeeded", "skipped", "succeeded"]);
  await script.stop();
});

test("a pause by the script itself is not reported as another's, and other processes on its store learn of it", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock(noon);
  const [one, two] = [running(path, clock, true), running(path, clock, true)];
  const [job] = [one, two].map((script) => {
    const warnings = script.every(10).minutes.named("beat").do(script.note);
    script.start();
    return warnings;
  });
  await clock.advance("1 minute");
  job!.pause();
  await clock.advance("30 minutes");
  expect([one.events, two.events]).toEqual([
    ["12:01:00 beat paused"],
    ["12:01:02 beat paused by another process"],
  ]);
  job!.resume();
  await clock.advance("20 minutes");
  expect([...one.ran, ...two.ran].sort()).toEqual(["beat 12:40", "beat 12:50"]);
  expect([one.events.length, two.events.length]).toEqual([2, 2]);
  await Promise.all([one.stop(), two.stop()]);
});

test("a run in progress ends normally when its job is paused by another process, and a polling loop follows, too", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock(noon);
  const script = running(path, clock);
  const job = script.every(10).minutes.named("beat").do(sleeping(clock, "1 minute"));
  await clock.advance("10 minutes");
  void script.runPending();
  visit(path, clock, (visited) => visited.pause());
  await clock.advance("20 seconds");
  void script.runPending();
  expect([job.isPaused, job.isRunning]).toEqual([true, true]);
  await clock.advance("1 minute");
  expect(job.history()).toMatchObject([{ outcome: "succeeded" }]);
  await script.stop();
});

test("a pause from elsewhere and one from within, both at once, are one", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock(noon);
  const script = running(path, clock);
  const job = script.every(10).minutes.named("beat").do(script.note);
  script.start();
  await clock.advance("1 minute");
  visit(path, clock, (visited) => visited.pause());
  job.pause();
  await clock.advance("1 minute");
  expect(script.events).toEqual(["12:01:00 beat paused"]);
  await script.stop();
});

test("a visit that pauses a job that would run at the start decides nothing", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock(noon);
  const script = running(path, clock);
  const job = script.every(10).minutes.named("beat").do(script.note);
  script.start();
  await clock.advance("11 minutes");
  visit(path, clock, (visited) => visited.pause(), true);
  await clock.advance("1 minute");
  expect(job.isPaused).toBe(true);
  expect(job.history()).toHaveLength(1);
  await script.stop();
});

test("a script with nothing due that stands still for some seconds does not say so, for it is late for nothing", async () => {
  const clock = new VirtualClock(noon);
  const script = running(join(folder(), "jobs.db"), clock);
  const woke: string[] = [];
  script.listen("clockJumped", ({ cause }) => woke.push(cause));
  script.every(10).minutes.named("beat").do(script.note);
  script.start();
  await clock.advance("1 minute");
  clock.block("20 seconds");
  await clock.advance("1 minute");
  expect(woke).toEqual([]);
  await clock.advanceTo("2026-03-01T12:09:59Z");
  clock.block("20 seconds");
  await clock.advance("1 minute");
  expect(woke).toEqual(["stalled"]);
  await script.stop();
});
