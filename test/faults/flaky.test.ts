import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunContext } from "../../src/job.ts";
import { usualPolicies } from "../../src/policy/policies.ts";
import { interval } from "../../src/recurrence/build.ts";
import { SchedulerCore } from "../../src/scheduler/scheduler.ts";
import { Loop } from "../../src/scheduler/timer.ts";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite, type OpenDatabase } from "../../src/store/sqlite.ts";
import type {
  Begun,
  Claim,
  Claimed,
  JobRecord,
  JobStore,
  Opening,
  Registration,
} from "../../src/store/store.ts";
import type { Instant } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { utc } from "../../src/time/zone.ts";
import { memory, newFolder } from "../folder.ts";
import { minutes } from "../store/scene.ts";
import { Chance, isLong, keepFigures } from "./chance.ts";

// What fails is decided here: the disk is not what is tried.

const jobs = isLong ? 100 : 20;
const firings = 50;
/** Long enough for all jobs to have their turn when the file fails again and again. */
const period = minutes(20);

/** An SQLite whose transactions fail at random: so often before they are kept, and as often when they have been kept. */
const flaky = (chance: Chance, failures: { before: number; after: number }, rate: number): OpenDatabase => {
  const open = findSqlite();
  return (path, options) => {
    const db = open(path, options);
    if (path.includes("-lock")) return db;
    // A full disk, a broken disk.
    const fail = () => {
      throw Object.assign(new Error("injected"), { errcode: chance.next() < 0.5 ? 13 : 10 });
    };
    return {
      ...db,
      exec(sql) {
        const fate = sql === "COMMIT" ? chance.next() : 1;
        if (fate < rate) {
          failures.before++;
          fail();
        }
        db.exec(sql);
        if (fate < 2 * rate) {
          failures.after++;
          fail();
        }
      },
    };
  };
};

interface Figures {
  readonly "failed before": number;
  readonly "failed after": number;
  readonly starts: number;
  readonly lost: number;
  readonly doubled: number;
  /** How many occurrences the file says have succeeded. */
  readonly succeeded: number;
  /** All that it says became of occurrences. */
  readonly outcomes: string;
  readonly integrity: unknown;
}

/** Runs jobs on an unreliable store. @param wrap what else is wrong with it */
const onFlakyStore = async (
  strict: boolean,
  chance: Chance,
  firings: number,
  rate = 0.1,
  wrap: (store: JobStore) => JobStore = (store) => store,
): Promise<Figures> => {
  const failures = { before: 0, after: 0 };
  const path = join(newFolder("flaky", memory), "jobs.db");
  const clock = new VirtualClock("2026-03-01T12:00:00Z");
  const store = new SqliteStore(path, flaky(chance, failures, rate), { strict, historyLimit: 10_000 });
  let scheduler: SchedulerCore;
  // With strict, a file that fails just when it is opened lets nothing start; whoever starts the script tries again.
  for (;;) {
    try {
      scheduler = new SchedulerCore({ clock, zone: utc, store: wrap(store) });
      break;
    } catch {
      await clock.advance("1 second");
    }
  }
  scheduler.events.listen("warning", () => {});
  const starts = new Map<string, number>();
  for (let i = 0; i < jobs; i++) {
    scheduler.register({
      recurrence: interval(period),
      source: "flaky",
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
  await clock.advance(firings * period + period / 2);
  loop.stop();
  for (let i = 0; i < 50 && !store.close(); i++) await clock.advance("10 seconds");
  const db = findSqlite()(path);
  const rows = db.prepare("SELECT outcome, count(*) AS rows FROM runs GROUP BY outcome").all();
  const integrity = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
  db.close();
  return {
    "failed before": failures.before,
    "failed after": failures.after,
    starts: starts.size,
    lost: jobs * firings - starts.size,
    doubled: [...starts.values()].filter((times) => times > 1).length,
    succeeded: Number(rows.find(({ outcome }) => outcome === "succeeded")?.rows ?? 0),
    outcomes: rows.map(({ outcome }) => outcome ?? "none").join(", "),
    integrity,
  };
};

test.each([
  [false, "going on from memory"],
  [true, "strict"],
])("an unreliable store loses and doubles nothing, strict %s", { timeout: 600_000 }, async (strict, how) => {
  const chance = new Chance();
  const figures = await onFlakyStore(strict, chance, firings);
  keepFigures(`F19 ${how}`, { seed: chance.seed, ...figures });
  expect(figures["failed before"] + figures["failed after"]).toBeGreaterThan(firings * 0.1);
  expect(figures).toMatchObject({
    starts: jobs * firings,
    lost: 0,
    doubled: 0,
    succeeded: jobs * firings,
    outcomes: "succeeded",
    integrity: "ok",
  });
});

/** Takes a claim that was kept without a word of it for another process's. */
const forgetful = (store: SqliteStore, held = new Map<JobRecord, Instant>()): JobStore =>
  Object.assign(Object.create(store) as JobStore, {
    open: (opening: Opening) => store.open(opening),
    close: () => store.close(),
    otherProcesses: () => store.otherProcesses(),
    pollChanges: () => store.pollChanges(),
    orphanedJobs: () => store.orphanedJobs(),
    register: (job: Registration) => store.register(job),
    commit: () => store.commit(),
    claimAll(claims: readonly Claim[], begun: readonly Begun[], now: Instant): readonly Claimed[] {
      return store.claimAll(claims, begun, now).map((claimed, i) => {
        const { jobRecord, to } = claims[i]!;
        if (claimed === "held") held.set(jobRecord, to);
        return claimed === "won" && held.get(jobRecord) === to ? "lost" : claimed;
      });
    },
  });

test("control: a store that does not know its own claims again loses occurrences", {
  timeout: 600_000,
}, async () => {
  const chance = new Chance();
  // That none of the 25 claims is kept without a word of it happens once in a million runs: (0.4 / 0.7) ** 25.
  const { starts, lost, doubled } = await onFlakyStore(true, chance, 25, 0.3, (store) =>
    forgetful(store as SqliteStore),
  );
  keepFigures("F19 control, claims that are not known again", { seed: chance.seed, starts, lost, doubled });
  expect(lost).toBeGreaterThan(0);
});
