/**
 * Claims and records, and acknowledges each when it is kept: `decisions.js <file> <acknowledgements> <how many> [off]`. With `off`, SQLite does
 * not sync.
 */
import { openSync, writeSync } from "node:fs";
import { interval } from "../../../src/recurrence/build.ts";
import { SqliteStore } from "../../../src/store/sqlite/store.ts";
import { findSqlite, type OpenDatabase } from "../../../src/store/sqlite.ts";
import type { Instant } from "../../../src/time/instant.ts";
import { VirtualClock } from "../../../src/time/virtual-clock.ts";

const [file, acknowledgements, count, control] = process.argv.slice(2) as [string, string, string, string?];
const anchor = Date.parse("2026-03-01T12:00:00Z");
const minute = 60_000;
const open = findSqlite();

/** Reports the settings that we check, and does not sync. */
const careless: OpenDatabase = (path, options) => {
  const database = open(path, options);
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql.replace("synchronous=2", "synchronous=0"));
      return sql === "PRAGMA synchronous" ? { ...statement, get: () => ({ synchronous: 2 }) } : statement;
    },
    close: () => database.close(),
  };
};

const warnings = openSync(acknowledgements, "w", 0o600);
const acknowledge = (what: string) => writeSync(warnings, `${what}\n`);
const store = new SqliteStore(file, control === "off" ? careless : open, { historyLimit: 1_000_000 });
const job = {
  name: "beat",
  source: "every minute",
  recurrence: interval(minute as never),
  zoneName: "UTC",
  anchor: anchor as Instant,
  ifInterrupted: "report",
} as const;

/** Closing takes the log into the file; the second half runs long enough for SQLite to do so by itself. */
const closeEvery = 40;
const lastClose = 200;
let jobRecord = enrolled();
for (let i = 1; i <= Number(count); i++) {
  const planned = (anchor + i * minute) as Instant;
  const from = i === 1 ? null : ((planned - minute) as Instant);
  const claim = { jobRecord, from, to: planned, now: planned, starts: [planned], deferred: [], passed: [] };
  const [claimed] = store.claimAll([claim], [], planned);
  if (claimed !== "won") throw new Error(`the claim of ${i} was ${claimed}`);
  acknowledge("claimed");
  jobRecord.record({
    scheduled: planned,
    outcome: "succeeded",
    started: planned,
    ended: planned,
    attempts: 1,
  });
  store.commit();
  acknowledge("recorded");
  if (i % closeEvery === 0 && i <= lastClose) {
    store.close();
    jobRecord = enrolled();
  }
}

function enrolled() {
  const clock = new VirtualClock("2026-03-03T12:00:00Z");
  store.open({ clock, warn: (message) => acknowledge(`warning ${message}`) });
  return store.register(job);
}
