import { keepFigures } from "../chance.ts";
import { pause } from "../children.ts";
import {
  beatsFrom,
  beyondFirst,
  type CommandContext,
  crewJobs,
  endInPeace,
  lead,
  occurrencesOf,
  prepare,
  QueueWatch,
  timesOf,
  until,
  withWord,
} from "./crew.ts";

const jobs = 20;
const period = 2_000;

/** Three machines register all jobs again every so many milliseconds, and one more does what they leave. */
export const registeredAgain = async (context: CommandContext, seconds: number, every: number) => {
  const { redis, machines, begin, notes, end } = await prepare(context, `again-${every}`, [{}, {}, {}, {}]);
  const [three, last] = [machines.slice(0, 3), machines.slice(3)];
  const starting = Date.now() + lead;
  const beats = beatsFrom(starting, jobs, period);
  const settings = { jobs: crewJobs(beats, { takes: [5, 50] }), horizon: "4 seconds" };
  const watch = new QueueWatch(redis);
  begin({ ...settings, again: every }, three);
  await pause(starting + seconds * 1_000 - Date.now());
  const expected = occurrencesOf(beats, Date.now());
  await endInPeace(three);
  begin(settings, last);
  await until(() => {
    const starts = timesOf(withWord(notes(), "start"));
    return [...expected].every((id) => starts.has(id));
  }, 20_000);
  const all = await end(watch);
  const starts = timesOf(withWord(all, "start"));
  const figures = {
    registrations: withWord(all, "registered").length,
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
  const { begin, end } = await prepare(context, "again-control", [{}, {}, {}], { program: "naive" });
  begin({ mode: "schedulers", jobs, period: 1_000, starting: 0 });
  const first = Math.ceil((Date.now() + lead) / 1_000) * 1_000;
  await pause(first + seconds * 1_000 - Date.now());
  const last = Date.now() - 3_000;
  const starts = withWord(await end(), "start");
  const times = timesOf(starts);
  const beats = Array.from({ length: jobs }, (_, i) => ({ name: `job${i}`, period: 1_000, starting: first }));
  const expected = occurrencesOf(beats, last);
  const figures = {
    occurrences: expected.size,
    lost: [...expected].filter((id) => !times.has(id)).length,
    doubled: beyondFirst(times),
    "without a name": starts.filter(({ job }) => job === "?").length,
  };
  keepFigures("F26 control, BullMQ's job schedulers", figures);
  return figures;
};
