import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createScheduler } from "../../src/index.ts";
import { VirtualClock } from "../../src/testing.ts";
import { runs, seed } from "../random.ts";
import { recurrence } from "../recurrence/arbitrary.ts";

const scheduler = () => {
  const clock = new VirtualClock("2026-12-01T09:00:00Z");
  return { clock, ...createScheduler({ zone: "Europe/Berlin", clock }) };
};
const iso = (list: readonly Date[]) => list.map((at) => at.toISOString().slice(0, 16));

describe("a schedule as JSON", () => {
  test("is read back unchanged, for every recurrence", () => {
    const { fromJSON } = scheduler();
    fc.assert(
      fc.property(recurrence({ depth: 3 }), (of) => {
        const back = fromJSON(JSON.stringify(of));
        expect(back.recurrence()).toEqual(of);
        expect(back.toJSON()).toEqual(of);
      }),
      { seed, numRuns: runs(500) },
    );
  });

  test("of a chain, a phrase, a cron expression and a moment", () => {
    const { every, cron, once, fromJSON } = scheduler();
    for (const schedule of [
      every(2).days.at("10:30").in("Asia/Tokyo").except("2026-12-25").until("2027-01-31"),
      every("weekday at 9am"),
      cron("*/5 9-17 * * mon-fri"),
      once("2026-12-24 18:00"),
    ]) {
      const back = fromJSON(JSON.parse(JSON.stringify(schedule)));
      expect(back.next(5)).toEqual(schedule.next(5));
      expect(back.describe()).toBe(schedule.describe());
    }
  });

  test("can be continued like any other schedule", () => {
    const { every, fromJSON } = scheduler();
    const daily = fromJSON(JSON.stringify(every().day.at("10:30")));
    expect(iso(daily.except("sunday").starting("2026-12-06").next(1))).toEqual(["2026-12-07T09:30"]);
    expect(String(daily)).toBe('fromJSON({ kind: "calendar", times: { kind: "list", at: ["10:30"] } })');
  });

  test.each<[unknown, RegExp]>([
    ["nonsense", /^Recurrence: got "nonsense"/],
    [undefined, /^Recurrence: got undefined/],
    [{ kind: "intervall", every: 5 }, /^Recurrence at kind: .*Did you mean "interval"/],
    ['{"kind":"interval","every":-5}', /^Recurrence at every: got -5/],
    [{ kind: "calendar", times: { kind: "list", at: ["9:00"] } }, /^Recurrence at times\.at\[0\]: .*"09:00"/],
  ])("%j is rejected with the place", (json, message) => {
    expect(() => scheduler().fromJSON(json)).toThrow(message);
  });
});

describe("next, previous and matches", () => {
  test("next from another moment, past or future", () => {
    const { cron, every } = scheduler();
    const nine = cron("0 9 * * *");
    expect(iso(nine.next(2, { after: "2020-02-28 12:00" }))).toEqual([
      "2020-02-29T08:00",
      "2020-03-01T08:00",
    ]);
    expect(iso(nine.next(1, { after: new Date("2030-01-01T00:00Z") }))).toEqual(["2030-01-01T08:00"]);
    expect(iso(every(5).minutes.next(2, { after: "2026-12-02 00:01" }))).toEqual([
      "2026-12-01T23:05",
      "2026-12-01T23:10",
    ]);
    expect(() => nine.next(1, { from: "2030-01-01" } as never)).toThrow(/after/);
  });

  test("previous, the latest first", () => {
    const { cron, every, once } = scheduler();
    expect(iso(cron("0 9 * * *").previous(2))).toEqual(["2026-12-01T08:00", "2026-11-30T08:00"]);
    expect(iso(cron("0 9 29 2 *").previous(2))).toEqual(["2024-02-29T08:00", "2020-02-29T08:00"]);
    expect(iso(cron("*/5 * * * *").previous(1, { before: "2026-12-01 10:00" }))).toEqual([
      "2026-12-01T08:55",
    ]);
    expect(iso(every().monday.at("09:00").starting("2026-11-20").previous(5))).toEqual([
      "2026-11-30T08:00",
      "2026-11-23T08:00",
    ]);
    expect(iso(once("2026-11-24 18:00").previous())).toEqual(["2026-11-24T17:00"]);
    expect(every(5).minutes.previous(3)).toEqual([]);
    expect(cron("0 9 * * *").previous(1_000)).toHaveLength(1_000);
  });

  test("matches, to the second", () => {
    const { cron, every } = scheduler();
    const nine = cron("0 9 * * mon-fri");
    expect(nine.matches("2026-12-04 09:00")).toBe(true);
    expect(nine.matches(new Date("2020-01-01T08:00:00.500Z"))).toBe(true);
    expect(nine.matches("2026-12-04 09:00:01")).toBe(false);
    expect(nine.matches("2026-12-05 09:00")).toBe(false);
    expect(every().day.at("02:30").matches("2026-03-29 03:30")).toBe(true);
    expect(() => nine.matches(undefined as never)).toThrow(expect.objectContaining({ code: "moment" }));
  });
});

describe("a job prints its name, schedule, next and last run", () => {
  test("by console.log, String and JSON.stringify", async () => {
    const { every, jobs, start, stop, clock } = scheduler();
    const job = every()
      .day.at("10:30")
      .tag("home")
      .do(function greet() {});
    const fresh = "greet: every day at 10:30 (next run 2026-12-01 10:30, last run never)";
    expect(String(job)).toBe(fresh);
    expect(inspect(job)).toBe(`Job ${fresh}`);
    expect(inspect([job], { breakLength: 200 })).toBe(`[ Job ${fresh} ]`);
    start();
    await clock.advance("1 hour");
    expect(`${job}`).toBe("greet: every day at 10:30 (next run 2026-12-02 10:30, last run 2026-12-01 10:30)");
    expect(JSON.parse(JSON.stringify(jobs()))).toEqual([
      {
        name: "greet",
        schedule: "every day at 10:30",
        tags: ["home"],
        nextRun: "2026-12-02T09:30:00.000Z",
        lastRun: "2026-12-01T09:30:00.000Z",
        isPaused: false,
        isRunning: false,
      },
    ]);
    job.pause();
    expect(String(job)).toContain("(next run paused, ");
    job.cancel();
    expect(String(job)).toContain("(next run none, ");
    await stop();
  });

  test("a schedule prints as its source", () => {
    const { every } = scheduler();
    expect(inspect(every().day.at("10:30"))).toBe('every().day.at("10:30")');
  });
});

test("the last run is in the year 9999", () => {
  const { every, cron } = createScheduler({ zone: "UTC" });
  const after = "9999-12-31T23:45:00Z";
  expect(
    cron("*/10 * * * *")
      .next(5, { after })
      .map((at) => at.toISOString()),
  ).toEqual(["9999-12-31T23:50:00.000Z"]);
  expect(every().day.at("09:00").next(1, { after })).toEqual([]);
});
