import { keepFigures } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import { pause } from "../children.ts";
import { type CommandContext, lead, prepare, QueueReader, until, warningsIn, withWord } from "./crew.ts";

/** How long a run stays with a machine that does not answer. */
const lock = 30_000;

/** Stops a machine for three locks in the middle of two runs, with another machine beside it. */
export const stoodStill = async (context: CommandContext) => {
  const options = { appendOnly: true };
  const { redis, machines, begin, notes, end } = await prepare(context, "stood", [{}, {}], options);
  const one = machines[0]!;
  const starting = Date.now() + lead;
  const jobs = (["report", "rerun"] as const).map(
    (ifInterrupted): CrewJob => ({
      name: ifInterrupted,
      every: 3_600,
      starting,
      // Only an abort ends them in time.
      takes: [600_000, 600_000],
      ifInterrupted,
    }),
  );
  begin({ jobs }, [one]);
  await until(() => withWord(notes(), "start").length === 2, 20_000);
  begin({ jobs }, machines.slice(1));
  await pause(3_000);
  one.kill("SIGSTOP");
  await pause(3 * lock + 3_000);
  const wake = Date.now();
  one.kill("SIGCONT");
  const endsOf = () => withWord(notes(), "end").filter(({ pid }) => pid === one.pid);
  await until(() => endsOf().length === 2, 20_000);
  await pause(2_000);
  const ends = endsOf();
  const before = notes();
  const decided = await new QueueReader(redis).close();
  await end();
  const of = (word: string, job: string) => withWord(before, word).filter((note) => note.job === job).length;
  const figures = {
    "starts under report": of("start", "report"),
    "reported as interrupted": of("interrupted", "report"),
    "starts under rerun": of("start", "rerun"),
    "aborted runs": ends.length,
    // The second run goes on, and what the first one returned is not recorded.
    "recorded under rerun": [...decided.keys()].filter((id) => id.startsWith("rerun@")).length,
  };
  const seconds = (Math.max(...ends.map(({ at }) => at)) - wake) / 1_000;
  const warnings = warningsIn(before);
  keepFigures("F18 stopped for three locks", {
    ...figures,
    "seconds from waking to abort": seconds.toFixed(2),
    warnings: warnings.length,
  });
  return { ...figures, seconds, warnings };
};
