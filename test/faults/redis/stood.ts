import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { startRedis } from "../../engine/redis.ts";
import { keepFigures } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import { pause } from "../children.ts";
import {
  Book,
  begin,
  type CommandContext,
  endInPeace,
  lead,
  readNotes,
  several,
  until,
  warningsIn,
  withWord,
} from "./crew.ts";

/** How long a run stays with a machine that does not answer. */
const lock = 30_000;

/** Stops a machine for three locks in the middle of two runs, with another machine beside it. */
export const stoodStill = async (context: CommandContext) => {
  const redis = await startRedis({ appendOnly: true });
  const [one, other] = (await several(2, context, "crew")) as [ChildProcess, ChildProcess];
  const log = join(context.folder, "stood");
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
  const settings = { url: redis.url, log, jobs };
  begin([one], settings);
  await until(() => withWord(readNotes(log), "start").length === 2, 20_000);
  begin([other], settings);
  await pause(3_000);
  one.kill("SIGSTOP");
  await pause(3 * lock + 3_000);
  const wake = Date.now();
  one.kill("SIGCONT");
  const endsOf = () => withWord(readNotes(log), "end").filter(({ pid }) => pid === one.pid);
  await until(() => endsOf().length === 2, 20_000);
  await pause(2_000);
  const ends = endsOf();
  const before = readNotes(log);
  const book = new Book(redis);
  const decided = await book.close();
  await endInPeace([one, other]);
  await redis.stop();
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
