import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { IfInterrupted } from "../../../src/policy/policies.ts";
import { startRedis } from "../../engine/redis.ts";
import { atMost, Chance, keepFigures } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import { type Seam, seams } from "../children/seams.ts";
import { pause } from "../children.ts";
import {
  beatsFrom,
  begin,
  beyondFirst,
  type CommandContext,
  crewJobs,
  endInPeace,
  gone,
  lead,
  type Noted,
  occurrencesOf,
  QueueReader,
  QueueWatch,
  readNotes,
  sideBySide,
  timesOf,
  until,
  warmed,
  withWord,
} from "./crew.ts";

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

/** Where a process was when it was killed. */
type Phase = Seam | "between runs";

/** Some machines, of which one is killed each second and started again at once. */
const killable = async (chance: Chance, log: string, start: (seam: Seam) => Promise<ChildProcess>) => {
  const phases: readonly Phase[] = [...seams, "between runs"];
  const cut = Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>;
  const alive = new Map<ChildProcess, Seam>();
  const startOne = async (): Promise<void> => {
    const seam = seams[chance.whole(0, seams.length - 1)]!;
    alive.set(await start(seam), seam);
  };
  const phaseOf = (pid: number): Phase => {
    const own = readNotes(log).filter((note) => note.pid === pid);
    return withWord(own, "start").length > withWord(own, "end").length ? "running" : "between runs";
  };
  const kill = async (child: ChildProcess, seam: Seam, isAtSeam: boolean): Promise<void> => {
    alive.delete(child);
    const hasDied = isAtSeam && (await gone(child, "SIGUSR2", 3_000));
    if (!hasDied) await gone(child, "SIGKILL", 10_000);
    cut[hasDied ? seam : phaseOf(child.pid!)]++;
    await startOne();
  };
  await Promise.all(Array.from({ length: machines }, startOne));
  return {
    cut,
    alive,
    /** Half of the kills come at any moment, half at the next passing of a seam. */
    async killFor(seconds: number): Promise<number> {
      const kills: Promise<void>[] = [];
      for (let second = 0; second < seconds; second++) {
        await pause(1_000);
        // A busy computer starts them slowly: one is left at any time.
        if (alive.size <= 1) continue;
        const [child, seam] = [...alive][chance.whole(0, alive.size - 1)]!;
        kills.push(kill(child, seam, chance.next() < 0.5));
      }
      await Promise.all(kills);
      return kills.length;
    },
  };
};

/** Kills one of three machines each second, lets the others finish, and counts. */
export const killed = async (context: CommandContext, name: string, seconds: number, control?: Control) => {
  const isControl = control === "ids";
  const redis = await startRedis({ appendOnly: true });
  const program = isControl ? "naive" : "crew";
  const spares = await Promise.all(Array.from({ length: machines + 1 }, () => warmed(context, program)));
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
  const reader = new QueueReader(redis);
  const { cut, alive, killFor } = await killable(chance, log, start);
  await pause(starting - Date.now());
  const kills = await killFor(seconds);
  const expected = [...occurrencesOf(beats, Date.now())];
  const isDecided = async () => {
    const decided = isControl ? timesOf(withWord(readNotes(log), "end")) : await reader.read();
    return expected.every((id) => decided.has(id));
  };
  await until(isDecided, isControl ? 20_000 : Math.max(60_000, seconds * 500));
  const pending = await reader.pending();
  await endInPeace([...alive.keys()]);
  for (const spare of spares) spare.kill("SIGKILL");
  const decided = await reader.close();
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
    kills,
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
  keepFigures(name, { seed: chance.seed, ...figures, ...cut, rate: atMost(expected.length) });
  return { ...figures, cut };
};

/** How many runs were begun and not ended by the process that began them. */
const cutOff = (notes: readonly Noted[]): number => {
  const ended = new Set(withWord(notes, "end").map(({ pid, id }) => `${pid} ${id}`));
  return withWord(notes, "start").filter(({ pid, id }) => !ended.has(`${pid} ${id}`)).length;
};
