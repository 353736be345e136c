import { type CatchUp, catchUps } from "../../../src/policy/catch-up.ts";
import { keepFigures } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import { ended, pause } from "../children.ts";
import { type CommandContext, prepare, until, withWord } from "./crew.ts";

const second = 1_000;
/** Less late than a minute is only late. */
const onlyLate = 60 * second;

const clockTime = (moment: number) => new Date(moment).toISOString().slice(11, 19);

/** How the occurrences of a job ended. */
export interface Outcomes {
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
): Promise<Readonly<Record<CatchUp, Outcomes>>> => {
  const { machines, begin, notes, end } = await prepare(context, `down-${horizon}`, [{}, {}]);
  const starting = Math.ceil(Date.now() / second) * second;
  const moments = [11, 13, 15].map((seconds) => starting + seconds * second);
  const jobs = catchUps.map(
    (catchUp): CrewJob => ({ name: catchUp, at: moments.map(clockTime), takes: [5, 50], catchUp }),
  );
  begin({ jobs, horizon }, machines.slice(0, 1));
  await pause(starting + 6 * second - Date.now());
  await ended(machines[0]!, "SIGKILL");
  await pause(moments[2]! + onlyLate + 2 * second - Date.now());
  begin({ jobs, horizon }, machines.slice(1));
  await until(() => {
    const ends = withWord(notes(), "end").map(({ job }) => job);
    return ends.filter((job) => job === "all").length === 3 && ends.includes("once");
  }, 20 * second);
  await pause(2 * second);
  const all = await end();
  const outcomesOf = (job: CatchUp): Outcomes => {
    const own = all.filter((note) => note.job === job);
    const count = (word: string) => withWord(own, word).reduce((sum, { more }) => sum + Number(more), 0);
    const starts = withWord(own, "start");
    return {
      starts: starts.length,
      latest: starts.some(({ planned }) => planned === moments[2]),
      coalesced: count("coalesced"),
      expired: count("expired"),
    };
  };
  const outcomes = catchUps.map((job) => [job, outcomesOf(job)] as const);
  const figures = outcomes.map(([job, own]) => [job, JSON.stringify(own)]);
  keepFigures(`F17 all machines down, horizon ${horizon}`, Object.fromEntries(figures));
  return Object.fromEntries(outcomes) as Record<CatchUp, Outcomes>;
};
