import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { type CatchUp, catchUps } from "../../../src/policy/catch-up.ts";
import { startRedis } from "../../engine/redis.ts";
import { keepFigures } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import { ended, pause } from "../children.ts";
import { begin, type CommandContext, endInPeace, readNotes, several, until, withWord } from "./crew.ts";

const second = 1_000;
/** Less late than a minute is only late. */
const onlyLate = 60 * second;

const clockTime = (moment: number) => new Date(moment).toISOString().slice(11, 19);

export interface Fate {
  readonly starts: number;
  /** Of the occurrences that were started, how many lay after the first. */
  readonly latest: boolean;
  readonly coalesced: number;
  readonly expired: number;
}

/** Kills the only machine, lets three occurrences and a minute pass, and starts it again. */
export const allDown = async (
  context: CommandContext,
  horizon: string,
): Promise<Readonly<Record<CatchUp, Fate>>> => {
  const redis = await startRedis();
  const log = join(context.folder, `down-${horizon}`.replaceAll(" ", "-"));
  const [first, again] = (await several(2, context, "crew")) as [ChildProcess, ChildProcess];
  const starting = Math.ceil(Date.now() / second) * second;
  const moments = [11, 13, 15].map((seconds) => starting + seconds * second);
  const jobs = catchUps.map(
    (catchUp): CrewJob => ({ name: catchUp, at: moments.map(clockTime), takes: [5, 50], catchUp }),
  );
  const settings = { url: redis.url, log, jobs, horizon };
  begin([first], settings);
  await pause(starting + 6 * second - Date.now());
  await ended(first, "SIGKILL");
  await pause(moments[2]! + onlyLate + 2 * second - Date.now());
  begin([again], settings);
  await until(() => {
    const ends = withWord(readNotes(log), "end").map(({ job }) => job);
    return ends.filter((job) => job === "all").length === 3 && ends.includes("once");
  }, 20 * second);
  await pause(2 * second);
  await endInPeace([again]);
  await redis.stop();
  const notes = readNotes(log);
  const fateOf = (job: CatchUp): Fate => {
    const own = notes.filter((note) => note.job === job);
    const count = (word: string) => withWord(own, word).reduce((sum, { more }) => sum + Number(more), 0);
    const starts = withWord(own, "start");
    return {
      starts: starts.length,
      latest: starts.some(({ planned }) => planned === moments[2]),
      coalesced: count("coalesced"),
      expired: count("expired"),
    };
  };
  const fates = Object.fromEntries(catchUps.map((job) => [job, fateOf(job)])) as Record<CatchUp, Fate>;
  const warnings = Object.entries(fates).map(([job, fate]) => [job, JSON.stringify(fate)]);
  keepFigures(`F17 all machines down, horizon ${horizon}`, Object.fromEntries(warnings));
  return fates;
};
