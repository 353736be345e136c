import { join } from "node:path";
import type { IfInterrupted } from "../../../src/policy/policies.ts";
import { startRedis } from "../../engine/redis.ts";
import { atMost, Chance, tell } from "../chance.ts";
import type { Seam } from "../children/seams.ts";
import { pause } from "../children.ts";
import {
  type Bench,
  beatsFrom,
  beyondFirst,
  crewJobs,
  lead,
  machine,
  naiveMachine,
  occurrencesOf,
  QueueWatch,
  readNotes,
  sideBySide,
  timesOf,
  until,
  withWord,
} from "./crew.ts";
import { Killing } from "./killing.ts";

const machines = 3;
const jobs = 40;
const period = 2_000;
/** Half of the jobs run one after another, whatever happens. */
const isInTurn = (i: number) => i % 2 === 1;

/** Kills one of three machines each second, lets the others finish, and counts. The control is BullMQ without ids of ours. */
export const killed = async (
  bench: Bench,
  name: string,
  ifInterrupted: IfInterrupted | "control",
  seconds: number,
) => {
  const redis = await startRedis();
  const ledger = join(bench.folder, `killed-${ifInterrupted}`);
  const starting = Date.now() + lead;
  const beats = beatsFrom(starting, jobs, period);
  const start = (seam: Seam) =>
    ifInterrupted === "control"
      ? naiveMachine(bench, { mode: "plan", port: redis.port, ledger, jobs, period, starting })
      : machine(bench, {
          url: redis.url,
          ledger,
          horizon: "4 seconds",
          jobs: crewJobs(beats, { takes: [5, 400], ifInterrupted }).map((job, i) =>
            isInTurn(i) ? { ...job, overlap: "queueAll" } : job,
          ),
          seam,
        });
  const chance = new Chance();
  const watch = new QueueWatch(redis);
  const killing = new Killing(machines, chance, ledger, start);
  await killing.start();
  await pause(starting - Date.now());
  await killing.killFor(seconds);
  const expected = occurrencesOf(beats, Date.now());
  const decidedIn = () => timesOf(withWord(readNotes(ledger), "end", "interrupted"));
  await until(() => {
    const decided = decidedIn();
    return [...expected].every((id) => decided.has(id));
  }, 40_000);
  await killing.end();
  await watch.stop();
  await redis.stop();
  const notes = readNotes(ledger);
  const starts = timesOf(withWord(notes, "start"));
  const decided = decidedIn();
  const known = occurrencesOf(beats, Date.now());
  const figures = {
    kills: killing.kills,
    occurrences: expected.size,
    lost: [...expected].filter((id) => !starts.has(id) && !decided.has(id)).length,
    undecided: [...expected].filter((id) => starts.has(id) && !decided.has(id)).length,
    "started again": beyondFirst(starts),
    interrupted: timesOf(withWord(notes, "interrupted")).size,
    "queued twice": beyondFirst(watch.added),
    strangers: [...starts.keys()].filter((id) => !known.has(id)).length,
    stalled: watch.stalled,
    "side by side": sideBySide(notes.filter(({ job }) => isInTurn(Number(job.slice(3))))),
  };
  tell(name, { seed: chance.seed, ...figures, ...killing.cut, rate: atMost(expected.size) });
  return { ...figures, cut: killing.cut };
};
