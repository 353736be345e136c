/**
 * One job that is killed again and again: `beat.js <folder> <report | rerun> [control]`.
 *
 * The log lies outside the store: a line with one write for each start and each end.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { RunContext } from "../../../src/job.ts";
import { usualPolicies } from "../../../src/policy/policies.ts";
import { interval } from "../../../src/recurrence/build.ts";
import { SchedulerCore } from "../../../src/scheduler/scheduler.ts";
import { Loop } from "../../../src/scheduler/timer.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { day } from "../../../src/time/plain-time.ts";
import { utc } from "../../../src/time/zone.ts";
import { sqlite } from "../../store/job-store.ts";
import { everyClaimWon } from "../claims.ts";

const [folder, ifInterrupted, control] = process.argv.slice(2) as [string, "report" | "rerun", string?];
const note = (line: string) => appendFileSync(join(folder, "log"), `${line}\n`);

const durable = sqlite(join(folder, "jobs.db"), { historyLimit: 1_000_000 });
const store =
  control === "no-claim" ? everyClaimWon(durable) : control === "no-memory" ? memoryStore() : durable;

const scheduler = new SchedulerCore({ clock: systemClock, zone: utc, store });
const loop = new Loop(scheduler);
scheduler.events.listen("warning", ({ message }) => note(`warning ${message}`));
const entry = scheduler.register({
  recurrence: interval(150 as never),
  source: "beat",
  name: "beat",
  tags: [],
  policies: {
    ...usualPolicies,
    overlap: "queueAll",
    catchUp: { missed: "all", maxLateness: day as never },
    ifInterrupted,
  },
  now: false,
  args: [],
  async task({ scheduled, signal }: RunContext) {
    const planned = scheduled.getTime();
    note(`start ${planned}`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 5 + (planned % 46));
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    note(`end ${planned}`);
  },
}) as unknown as { readonly anchor: number };
note(`anchor ${entry.anchor}`);
process.on("SIGTERM", () => void loop.drain().then(() => process.exit(0)));
loop.start();
process.stdout.write("ready\n");
