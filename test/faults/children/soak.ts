/**
 * Very many jobs for a long time: `soak.js <seconds> <control>`. Writes what it counted as JSON when it has ended. The control loses some occurrences and lets go of nothing.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RunContext } from "../../../src/job/context.ts";
import { usualPolicies } from "../../../src/policy/policies.ts";
import { interval } from "../../../src/recurrence/combine.ts";
import type { Entry } from "../../../src/scheduler/entry.ts";
import { Loop } from "../../../src/scheduler/loop.ts";
import { Scheduler } from "../../../src/scheduler/scheduler.ts";
import { drain } from "../../../src/scheduler/shutdown.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import type { Store } from "../../../src/store/store.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { utc } from "../../../src/time/zone.ts";

const [seconds, control] = process.argv.slice(2) as [string, string?];
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

/** A store that says of one claim in five hundred that somebody else had it. */
const withLosses = (store: Store): Store => ({
  ...store,
  enrol(job) {
    const page = store.enrol(job);
    const claim = page.claim.bind(page);
    page.claim = (what) => (claims++ % 500 === 0 && claim({ ...what, passed: [] }) ? "won" : claim(what));
    return page;
  },
});
let claims = 0;

const store = memoryStore();
const scheduler = new Scheduler({
  clock: systemClock,
  zone: utc,
  store: control ? withLosses(store) : store,
});
const loop = new Loop(scheduler);

/** Half a thousand each second, and the others so seldom that together they start a thousand times a second. */
const [often, seldom] = [500, 99_500];
const starts = new Uint32Array(often + seldom);
const lateness = new Uint32Array(10_001);
const kept: unknown[] = [];
let early = 0;
let missed = 0;
let wrong = 0;
scheduler.listen("missed", ({ run }) => {
  missed += run.count ?? 1;
});

const entries: Entry[] = [];
for (let i = 0; i < often + seldom; i++) {
  const period = i < often ? 1_000 : 99_500;
  const entry: Entry = scheduler.register({
    recurrence: interval(period as never),
    said: "soak",
    name: `soak ${i}`,
    tags: [],
    policies: usualPolicies,
    now: false,
    args: [],
    task({ scheduled }: RunContext) {
      if (control && starts[i]! % 3 === 2) return;
      const late = Date.now() - scheduled.getTime();
      if (late < 0) early++;
      if ((scheduled.getTime() - entry.anchor) % period !== 0) wrong++;
      starts[i]!++;
      lateness[Math.min(10_000, Math.max(0, late))]!++;
      if (control) kept.push(new Array(2_000).fill(i));
    },
  }) as never;
  entries.push(entry);
}

const percentile = (share: number): number => {
  const all = lateness.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return lateness.findIndex((count) => (seen += count) >= all * share);
};

loop.start();
const length = Number(seconds) * 1_000;
const begin = heap();
let middle = begin;
setTimeout(() => {
  middle = heap();
}, length / 2);
setTimeout(async () => {
  loop.stop();
  void scheduler.runPending();
  const end = Date.now();
  let due = 0;
  for (const [i, { anchor, cursor }] of entries.entries()) {
    const period = i < often ? 1_000 : 99_500;
    due += Math.floor(((cursor !== null && cursor > end ? cursor : end) - anchor) / period);
  }
  const started = starts.reduce((sum, count) => sum + count, 0);
  const figures = {
    jobs: entries.length,
    due,
    started,
    missed,
    early,
    wrong,
    p50: percentile(0.5),
    p99: percentile(0.99),
    begin,
    middle,
    end: heap(),
    kept: kept.length,
  };
  await drain(scheduler, loop);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}, length);
