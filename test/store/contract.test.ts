import { describe, expect, test } from "vitest";
import type { Decision } from "../../src/job.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { Loop } from "../../src/scheduler/timer.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { utc } from "../../src/time/zone.ts";
import { at, claim, enter, fresh, job, minutes, nth, opening, sqlite, succeeded } from "./scene.ts";

/** Without what was left out. */
const given = (decision: Decision): Decision => JSON.parse(JSON.stringify(decision)) as Decision;

/** What every store does, whatever it remembers. */
describe.each([
  ["memory", memoryStore],
  ["an SQLite file", () => sqlite(fresh().path)],
  ["an SQLite file that is required", () => sqlite(fresh().path, { strict: true })],
] as const)("%s", (_, make) => {
  test("a claim is won, and what it passes over is decided", () => {
    const { store, jobRecord } = enter(make());
    const passed: Decision[] = [
      { scheduled: nth(1), outcome: "expired", attempts: 0, count: 1 },
      { scheduled: nth(3), outcome: "coalesced", attempts: 0, count: 2 },
    ];
    expect(claim(store, jobRecord, nth(4), { passed })).toBe("won");
    // What starts is in the history when it has ended, once.
    expect(jobRecord.history().map(given)).toEqual(passed);
    jobRecord.record(succeeded(nth(4)));
    expect(jobRecord.history().map(given)).toEqual([...passed, succeeded(nth(4))]);
    store.close();
  });

  test("decisions come back as they were recorded, oldest first, to their own job", () => {
    const { store, jobRecord } = enter(make());
    expect(store.otherProcesses()).toEqual([]);
    const other = store.register(job({ name: "other" }));
    const byHand = at("2026-03-01T12:20:30Z");
    const decisions: Decision[] = [
      {
        scheduled: nth(1),
        outcome: "failed",
        started: at("2026-03-01T12:10:00.004Z"),
        ended: at("2026-03-01T12:10:02Z"),
        attempts: 3,
        error: "Error: no network, 网络 …",
      },
      { scheduled: nth(2), outcome: "skipped", reason: "overlap", attempts: 0 },
      { ...succeeded(byHand), byHand: true },
    ];
    jobRecord.begin(byHand, byHand, true);
    for (const decision of decisions) jobRecord.record(decision);
    expect([jobRecord.history().map(given), other.history()]).toEqual([decisions, []]);
    store.close();
  });

  test("two runs by hand at one moment are two decisions", () => {
    const { store, jobRecord } = enter(make());
    for (let i = 0; i < 2; i++) jobRecord.begin(nth(1), nth(1), true);
    for (const outcome of ["failed", "succeeded"] as const)
      jobRecord.record({ scheduled: nth(1), outcome, attempts: 1, byHand: true });
    expect(jobRecord.history().map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
    store.close();
  });

  test("the last hundred decisions are there, and not everything for ever", () => {
    const { store, jobRecord } = enter(make());
    for (let n = 1; n <= 1_300; n++) jobRecord.record({ scheduled: nth(n), outcome: "skipped", attempts: 0 });
    const kept = jobRecord.history();
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(1_200);
    expect(kept.at(-1)!.scheduled).toBe(nth(1_300));
    store.close();
  });

  test("everything is kept when it is closed, and it can be opened again", () => {
    const store = make();
    for (let i = 0; i < 2; i++) {
      const { jobRecord } = enter(store);
      expect(claim(store, jobRecord, nth(i + 1), { from: jobRecord.remembered?.lastDecided ?? null })).toBe(
        "won",
      );
      jobRecord.record(succeeded(nth(i + 1)));
      expect(store.close()).toBe(true);
    }
  });

  test("jobs run on it: on time, late, overlapping, failing", async () => {
    const { clock } = opening();
    const scheduler = new SchedulerCore({ clock, zone: utc, store: make() });
    const loop = new Loop(scheduler);
    scheduler.events.listen("failed", () => {});
    let runs = 0;
    const entry = scheduler.register({
      recurrence: interval(minutes(10)),
      source: "every(10).minutes",
      name: "beat",
      tags: [],
      policies: usualPolicies,
      now: false,
      args: [],
      task: () => {
        runs++;
        if (runs === 2) throw new Error("no");
        return runs === 3 ? clock.sleep("15 minutes") : undefined;
      },
    });
    loop.start();
    await clock.advance("45 minutes");
    clock.setTo("2026-03-01T13:35:00Z");
    await clock.advance("10 minutes");
    loop.stop();
    const time = (moment: Date) => moment.toISOString().slice(11, 16);
    expect(
      entry.history().map(({ scheduled, outcome, count = 1 }) => `${time(scheduled)} ${outcome} ${count}`),
    ).toEqual([
      "12:10 succeeded 1",
      "12:20 failed 1",
      "12:30 succeeded 1",
      "12:40 skipped 1",
      "13:20 coalesced 4",
      "13:30 succeeded 1",
      "13:40 succeeded 1",
    ]);
    scheduler.closeStore();
  });
});
