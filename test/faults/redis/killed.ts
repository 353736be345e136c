import { join } from "node:path";
import type { IfInterrupted } from "../../../src/policy/policies.ts";
import { startRedis } from "../../engine/redis.ts";
import { atMost, Chance, tell } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import type { Seam } from "../children/seams.ts";
import { pause } from "../children.ts";
import {
  Book,
  beatsFrom,
  begin,
  beyondFirst,
  type CommandContext,
  crewJobs,
  lead,
  type Noted,
  occurrencesOf,
  QueueWatch,
  readNotes,
  several,
  sideBySide,
  timesOf,
  until,
  warmed,
  withWord,
} from "./crew.ts";
import { Killing } from "./killing.ts";

const machines = 3;
const jobs = 40;
const period = 2_000;

const placeOf = (job: string) => Number(job.slice(3));
/** Half of the jobs run one after another, whatever happens. */
const isInTurn = (job: string) => placeOf(job) % 2 === 1;
/** Half of either half run again after they were cut off. */
const policyOf = (job: string): IfInterrupted => (placeOf(job) % 8 < 4 ? "report" : "rerun");

const asJob = (job: CrewJob): CrewJob => ({
  ...job,
  // Many runs of these meet the one before.
  ...(isInTurn(job.name) && {
    overlap: placeOf(job.name) % 4 === 1 ? "skip" : "queue",
    takes: [800, 2_400],
    catchUp: "once",
  }),
  ifInterrupted: policyOf(job.name),
});

/** What is left out: for a control, which must fail. */
export type Control = "ids" | "permits" | undefined;

/** Kills one of three machines each second, lets the others finish, and counts. */
export const killed = async (context: CommandContext, name: string, seconds: number, control?: Control) => {
  const isControl = control === "ids";
  const redis = await startRedis({ appendOnly: true });
  const program = isControl ? "naive" : "crew";
  const spares = await several(machines + 1, context, program);
  const log = join(context.folder, name.replaceAll(/\W+/g, "-"));
  const starting = Date.now() + lead;
  const beats = beatsFrom(starting, jobs, period);
  const settings = {
    url: redis.url,
    log,
    horizon: "4 seconds",
    overlapDelay: 200,
    isOpen: control === "permits",
    jobs: crewJobs(beats, { takes: [5, 400] }).map(asJob),
  };
  const naive = { mode: "plan", port: redis.port, log, jobs, period, starting } as const;
  const start = async (seam: Seam) => {
    const child = spares.pop() ?? (await warmed(context, program));
    begin([child], isControl ? naive : { ...settings, seam });
    void warmed(context, program).then((spare) => spares.push(spare));
    return child;
  };
  const chance = new Chance();
  const watch = new QueueWatch(redis);
  const book = new Book(redis);
  const killing = new Killing(machines, chance, log, start);
  await killing.start();
  await pause(starting - Date.now());
  await killing.killFor(seconds);
  const expected = [...occurrencesOf(beats, Date.now())];
  const isDecided = async () => {
    const decided = isControl ? timesOf(withWord(readNotes(log), "end")) : await book.read();
    return expected.every((id) => decided.has(id));
  };
  await until(isDecided, isControl ? 20_000 : Math.max(60_000, seconds * 500));
  const pending = await book.pending();
  await killing.end();
  for (const spare of spares) spare.kill("SIGKILL");
  const decided = await book.close();
  await watch.stop();
  await redis.stop();
  const notes = readNotes(log);
  const starts = timesOf(withWord(notes, "start"));
  const known = occurrencesOf(beats, Date.now());
  const under = (policy: IfInterrupted) => ({
    starts: new Map([...starts].filter(([id]) => policyOf(id.split("@")[0]!) === policy)),
    interrupted: [...decided].filter(
      ([id, word]) => word === "interrupted" && policyOf(id.split("@")[0]!) === policy,
    ),
  });
  const [report, rerun] = [under("report"), under("rerun")];
  const figures = {
    kills: killing.kills,
    occurrences: expected.length,
    lost: expected.filter((id) => !starts.has(id) && !decided.has(id) && !pending.has(id)).length,
    "still waiting": expected.filter((id) => !decided.has(id) && pending.has(id)).length,
    undecided: expected.filter((id) => starts.has(id) && !decided.has(id)).length,
    "cut off": cutOff(notes),
    "rerun: started again": beyondFirst(rerun.starts),
    "rerun: interrupted": rerun.interrupted.length,
    "report: started again": beyondFirst(report.starts),
    "report: interrupted": report.interrupted.length,
    "side by side": sideBySide(notes.filter(({ job }) => isInTurn(job))),
    skipped: [...decided.values()].filter((word) => word === "skipped").length,
    "queued twice": beyondFirst(watch.added),
    unknownJobs: [...starts.keys()].filter((id) => !known.has(id)).length,
    stalled: watch.stalled,
  };
  tell(name, { seed: chance.seed, ...figures, ...killing.cut, rate: atMost(expected.length) });
  return { ...figures, cut: killing.cut };
};

/** How many runs were begun and not ended by the process that began them. */
const cutOff = (notes: readonly Noted[]): number => {
  const ended = new Set(withWord(notes, "end").map(({ pid, id }) => `${pid} ${id}`));
  return withWord(notes, "start").filter(({ pid, id }) => !ended.has(`${pid} ${id}`)).length;
};
