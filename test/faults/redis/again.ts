import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { startRedis } from "../../engine/redis.ts";
import { keepFigures } from "../chance.ts";
import { pause } from "../children.ts";
import {
  beatsFrom,
  begin,
  beyondFirst,
  type CommandContext,
  crewJobs,
  endInPeace,
  lead,
  occurrencesOf,
  QueueWatch,
  readNotes,
  several,
  timesOf,
  until,
  withWord,
} from "./crew.ts";

const jobs = 20;
const period = 2_000;

/** Three machines register all jobs again every so many milliseconds, and one more does what they leave. */
export const registeredAgain = async (context: CommandContext, seconds: number, every: number) => {
  const redis = await startRedis();
  const log = join(context.folder, `again-${every}`);
  const [last, ...children] = (await several(4, context, "crew")) as [ChildProcess, ...ChildProcess[]];
  const starting = Date.now() + lead;
  const beats = beatsFrom(starting, jobs, period);
  const settings = {
    url: redis.url,
    log,
    jobs: crewJobs(beats, { takes: [5, 50] }),
    horizon: "4 seconds",
  };
  const watch = new QueueWatch(redis);
  begin(children, { ...settings, again: every });
  await pause(starting + seconds * 1_000 - Date.now());
  const expected = occurrencesOf(beats, Date.now());
  await endInPeace(children);
  begin([last], settings);
  await until(() => {
    const starts = timesOf(withWord(readNotes(log), "start"));
    return [...expected].every((id) => starts.has(id));
  }, 20_000);
  await endInPeace([last]);
  await watch.stop();
  await redis.stop();
  const notes = readNotes(log);
  const starts = timesOf(withWord(notes, "start"));
  const figures = {
    registrations: withWord(notes, "registered").length,
    occurrences: expected.size,
    lost: [...expected].filter((id) => !starts.has(id)).length,
    doubled: beyondFirst(starts),
    "queued twice": beyondFirst(watch.added),
  };
  keepFigures(`F26 every ${every} ms`, figures);
  return figures;
};

/** The same for BullMQ's own job schedulers, one for each whole second. */
export const registeredAgainControl = async (context: CommandContext, seconds: number) => {
  const redis = await startRedis();
  const log = join(context.folder, "again-control");
  const settings = {
    mode: "schedulers",
    port: redis.port,
    log,
    jobs,
    period: 1_000,
    starting: 0,
  } as const;
  const children = await several(3, context, "naive");
  begin(children, settings);
  const first = Math.ceil((Date.now() + lead) / 1_000) * 1_000;
  await pause(first + seconds * 1_000 - Date.now());
  const end = Date.now() - 3_000;
  await endInPeace(children);
  await redis.stop();
  const starts = withWord(readNotes(log), "start");
  const times = timesOf(starts);
  const beats = Array.from({ length: jobs }, (_, i) => ({ name: `job${i}`, period: 1_000, starting: first }));
  const expected = occurrencesOf(beats, end);
  const figures = {
    occurrences: expected.size,
    lost: [...expected].filter((id) => !times.has(id)).length,
    doubled: beyondFirst(times),
    "without a name": starts.filter(({ job }) => job === "?").length,
  };
  keepFigures("F26 control, BullMQ's job schedulers", figures);
  return figures;
};
