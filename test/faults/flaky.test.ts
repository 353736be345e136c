import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RunContext } from "../../src/job/context.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/combine.ts";
import { Loop } from "../../src/scheduler/loop.ts";
import { Scheduler } from "../../src/scheduler/scheduler.ts";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite, type OpenDatabase } from "../../src/store/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { utc } from "../../src/time/zone.ts";
import { minutes } from "../store/scene.ts";
import { Chance, isLong, tell } from "./chance.ts";

const scratch = mkdtempSync(join(tmpdir(), "onthedot-flaky-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const jobs = isLong ? 100 : 20;
const firings = 50;

/** An SQLite that fails in one of five transactions: before it is kept, or when it has been kept. */
const flaky = (chance: Chance, failures: { before: number; after: number }): OpenDatabase => {
  const open = findSqlite();
  return (path, options) => {
    const db = open(path, options);
    if (path.endsWith("-lock")) return db;
    // A full disk, a broken disk.
    const fail = () => {
      throw Object.assign(new Error("injected"), { errcode: chance.next() < 0.5 ? 13 : 10 });
    };
    return {
      ...db,
      exec(sql) {
        const fate = sql === "COMMIT" ? chance.next() : 1;
        if (fate < 0.1) {
          failures.before++;
          fail();
        }
        db.exec(sql);
        if (fate < 0.2) {
          failures.after++;
          fail();
        }
      },
    };
  };
};

test.each([false, true])(
  "an unreliable store loses and doubles nothing, required %s",
  { timeout: 300_000 },
  async (required) => {
    const chance = new Chance();
    const failures = { before: 0, after: 0 };
    const path = join(scratch, `jobs-${required}.db`);
    const clock = new VirtualClock("2026-03-01T12:00:00Z");
    const store = new SqliteStore(path, flaky(chance, failures), { required, keep: 10_000 });
    let scheduler: Scheduler;
    // With required, a file that fails just when it is opened lets nothing start; whoever starts the script tries again.
    for (;;) {
      try {
        scheduler = new Scheduler({ clock, zone: utc, store });
        break;
      } catch {
        await clock.advance("1 second");
      }
    }
    scheduler.listen("warning", () => {});
    const starts = new Map<string, number>();
    for (let i = 0; i < jobs; i++) {
      scheduler.register({
        recurrence: interval(minutes(10)),
        said: "flaky",
        name: `job${i}`,
        tags: [],
        policies: usualPolicies,
        now: false,
        args: [],
        task({ job, scheduled }: RunContext) {
          const key = `${job.name}@${scheduled.getTime()}`;
          starts.set(key, (starts.get(key) ?? 0) + 1);
        },
      });
    }
    const loop = new Loop(scheduler);
    loop.start();
    await clock.advance(firings * minutes(10) + minutes(5));
    loop.stop();
    for (let i = 0; i < 50 && !store.close(); i++) await clock.advance("10 seconds");
    const db = findSqlite()(path);
    const rows = db.prepare("SELECT outcome, count(*) AS rows FROM runs GROUP BY outcome").all();
    const integrity = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
    db.close();
    const doubled = [...starts.values()].filter((times) => times > 1).length;
    tell(`F19 required ${required}`, {
      seed: chance.seed,
      "failed before": failures.before,
      "failed after": failures.after,
      starts: starts.size,
      doubled,
      integrity,
    });
    expect(failures.before + failures.after).toBeGreaterThan(jobs * firings * 0.1);
    expect({ starts: starts.size, doubled }).toEqual({ starts: jobs * firings, doubled: 0 });
    expect(rows.map((row) => ({ ...row }))).toEqual([{ outcome: "succeeded", rows: jobs * firings }]);
    expect(integrity).toBe("ok");
  },
);
