import { join } from "node:path";
import { keepFigures } from "../chance.ts";
import { pause } from "../children.ts";
import { SettableClock } from "../faketime.ts";
import {
  beatsFrom,
  beyondFirst,
  type CommandContext,
  crewJobs,
  lead,
  type Noted,
  occurrencesOf,
  prepare,
  timesOf,
  warningsIn,
  withWord,
} from "./crew.ts";

const watched = 20_000;
const period = 2_000;
const clockDriftThreshold = 2_000;

const earliness = (starts: readonly Noted[]) => ({
  early: starts.filter(({ at, planned }) => planned - at > clockDriftThreshold).length,
  earliest: `${(Math.max(...starts.map(({ at, planned }) => planned - at)) / 1_000).toFixed(1)} s`,
  latest: `${(Math.max(...starts.map(({ at, planned }) => at - planned)) / 1_000).toFixed(1)} s`,
});

/**
 * Two machines on one Redis, and the clock of one of them is so many seconds off: from the start, or from the middle on; in the end it is right again.
 */
export const clockOff = async (
  context: CommandContext,
  library: string,
  by: number,
  isFromStart: boolean,
) => {
  const name = `clock${by}-${isFromStart}`;
  const clock = new SettableClock(library, join(context.folder, `${name}.clock`));
  if (isFromStart) clock.set(by);
  const { machines, begin, end } = await prepare(context, name, [clock.env, {}], { appendOnly: true });
  const starting = Date.now() + lead;
  const beats = beatsFrom(starting, 20, period);
  begin({ jobs: crewJobs(beats, { takes: [5, 50] }) });
  await pause(starting + watched / 2 - Date.now());
  const wasOff = Date.now();
  if (!isFromStart) clock.set(by);
  await pause(starting + 2 * watched - Date.now());
  clock.set(0);
  const isRight = Date.now();
  await pause(watched);
  const last = Date.now() - clockDriftThreshold;
  const notes = await end();
  const starts = withWord(notes, "start");
  const times = timesOf(starts);
  const expected = occurrencesOf(beats, last);
  const own = starts.filter(({ pid }) => pid === machines[0]!.pid);
  // It notices within the time of a poll.
  const noticed = isFromStart ? 0 : wasOff + 15_000;
  const figures = {
    occurrences: expected.size,
    lost: [...expected].filter((id) => !times.has(id)).length,
    doubled: beyondFirst(times),
    "started by the wrong clock": own.filter(({ at }) => at > noticed && at < isRight).length,
    "started by it later": own.filter(({ at }) => at > isRight).length,
    ...earliness(starts),
  };
  const warnings = warningsIn(notes);
  keepFigures(`F18 clock ${by > 0 ? "+" : ""}${by} s ${isFromStart ? "from the start" : "from the middle"}`, {
    ...figures,
    warnings: warnings.length,
  });
  return { ...figures, warnings };
};

/** The same for BullMQ as it stands, whose workers look at their own clocks. */
export const clockAheadControl = async (context: CommandContext, library: string, ahead: number) => {
  const clock = new SettableClock(library, join(context.folder, "clock-control.clock"));
  clock.set(ahead);
  const options = { program: "naive" } as const;
  const { machines, begin, end } = await prepare(context, "clock-control", [{}, clock.env], options);
  const starting = Date.now() + 20_000;
  const settings = { jobs: 10, period: 100, starting };
  begin({ ...settings, mode: "delay" }, machines.slice(0, 1));
  begin({ ...settings, mode: "work" }, machines.slice(1));
  await pause(starting + 3_000 - Date.now());
  const figures = earliness(withWord(await end(), "start"));
  keepFigures(`F18 control, clock +${ahead} s under BullMQ`, figures);
  return figures;
};
