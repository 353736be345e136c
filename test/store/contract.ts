import { describe, expect, test } from "vitest";
import type { Decision } from "../../src/job.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { Loop } from "../../src/scheduler/timer.ts";
import type { JobStore } from "../../src/store/store.ts";
import { utc } from "../../src/time/zone.ts";
import { at, claim, job, minutes, opening } from "./scene.ts";

/** What every store does, whatever it remembers. */
export const storeContract = (name: string, make: () => JobStore): void => {
  describe(name, () => {
    test("a claim is won, and what it passes over is decided", () => {
      const store = make();
      store.open(opening());
      const jobRecord = store.register(job());
      const passed: Decision[] = [
        { scheduled: at("2026-03-01T12:10:00Z"), outcome: "expired", attempts: 0, count: 1 },
        { scheduled: at("2026-03-01T12:30:00Z"), outcome: "coalesced", attempts: 0, count: 2 },
      ];
      const to = at("2026-03-01T12:40:00Z");
      expect(claim(store, jobRecord, { from: null, to, now: to, starts: [to], deferred: [], passed })).toBe(
        "won",
      );
      expect(jobRecord.history().map(given)).toEqual(passed);
      store.close();
    });

    test("nobody else runs jobs on a store that one alone has opened", () => {
      const store = make();
      store.open(opening());
      expect(store.otherProcesses()).toEqual([]);
      store.close();
    });

    test("decisions come back as they were recorded, oldest first", () => {
      const store = make();
      store.open(opening());
      const jobRecord = store.register(job());
      const decisions: Decision[] = [
        {
          scheduled: at("2026-03-01T12:10:00Z"),
          outcome: "failed",
          started: at("2026-03-01T12:10:00.004Z"),
          ended: at("2026-03-01T12:10:02Z"),
          attempts: 3,
          error: "Error: no network, 网络 …",
        },
        { scheduled: at("2026-03-01T12:20:00Z"), outcome: "skipped", reason: "overlap", attempts: 0 },
        {
          scheduled: at("2026-03-01T12:20:30Z"),
          outcome: "succeeded",
          started: at("2026-03-01T12:20:30Z"),
          ended: at("2026-03-01T12:20:31Z"),
          attempts: 1,
          byHand: true,
        },
      ];
      jobRecord.begin(at("2026-03-01T12:20:30Z"), at("2026-03-01T12:20:30Z"), true);
      for (const decision of decisions) jobRecord.record(decision);
      expect(jobRecord.history().map(given)).toEqual(decisions);
      store.close();
    });

    test("an occurrence that was claimed is in the history when it has ended, once", () => {
      const store = make();
      store.open(opening());
      const jobRecord = store.register(job());
      const to = at("2026-03-01T12:10:00Z");
      claim(store, jobRecord, { from: null, to, now: to, starts: [to], deferred: [], passed: [] });
      expect(jobRecord.history()).toEqual([]);
      const decision: Decision = { scheduled: to, outcome: "succeeded", started: to, ended: to, attempts: 1 };
      jobRecord.record(decision);
      expect(jobRecord.history().map(given)).toEqual([decision]);
      store.close();
    });

    test("two runs by hand at one moment are two decisions", () => {
      const store = make();
      store.open(opening());
      const jobRecord = store.register(job());
      const now = at("2026-03-01T12:03:00Z");
      jobRecord.begin(now, now, true);
      jobRecord.begin(now, now, true);
      for (const outcome of ["failed", "succeeded"] as const)
        jobRecord.record({ scheduled: now, outcome, attempts: 1, byHand: true });
      expect(jobRecord.history().map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
      store.close();
    });

    test("jobs do not see each other's decisions", () => {
      const store = make();
      store.open(opening());
      const [one, two] = [store.register(job({ name: "one" })), store.register(job({ name: "two" }))];
      one.record({ scheduled: at("2026-03-01T12:10:00Z"), outcome: "skipped", attempts: 0 });
      expect([one.history().length, two.history().length]).toEqual([1, 0]);
      store.close();
    });

    test("the last hundred decisions are there, and not everything for ever", () => {
      const store = make();
      store.open(opening());
      const jobRecord = store.register(job());
      const most = 1_300;
      for (let i = 1; i <= most; i++) {
        jobRecord.record({
          scheduled: (at("2026-03-01T12:00:00Z") + minutes(i)) as never,
          outcome: "skipped",
          attempts: 0,
        });
      }
      const kept = jobRecord.history();
      expect(kept.length).toBeGreaterThanOrEqual(100);
      expect(kept.length).toBeLessThan(1_200);
      expect(kept.at(-1)!.scheduled).toBe(at("2026-03-01T12:00:00Z") + minutes(most));
      store.close();
    });

    test("everything is kept when it is closed, and it can be opened again", () => {
      const store = make();
      store.open(opening());
      store.register(job());
      expect(store.close()).toBe(true);
      store.open(opening());
      const to = at("2026-03-01T12:10:00Z");
      expect(
        claim(store, store.register(job()), {
          from: null,
          to,
          now: to,
          starts: [],
          deferred: [],
          passed: [],
        }),
      ).toBe("won");
      expect(store.close()).toBe(true);
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
      expect(
        entry.history().map(({ scheduled, outcome, count }) => [clockTime(scheduled), outcome, count ?? 1]),
      ).toEqual([
        ["12:10", "succeeded", 1],
        ["12:20", "failed", 1],
        ["12:30", "succeeded", 1],
        ["12:40", "skipped", 1],
        ["13:20", "coalesced", 4],
        ["13:30", "succeeded", 1],
        ["13:40", "succeeded", 1],
      ]);
      scheduler.closeStore();
    });
  });
};

/** Without what was left out. */
const given = (decision: Decision): Decision => JSON.parse(JSON.stringify(decision)) as Decision;

const clockTime = (moment: Date): string => moment.toISOString().slice(11, 16);
