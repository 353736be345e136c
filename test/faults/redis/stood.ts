import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { startRedis } from "../../engine/redis.ts";
import { tell } from "../chance.ts";
import type { CrewJob } from "../children/crew.ts";
import { pause } from "../children.ts";
import {
  type Bench,
  begin,
  endInPeace,
  lead,
  readNotes,
  several,
  until,
  warningsIn,
  withWord,
} from "./crew.ts";

/** How long BullMQ's lock on a job lasts that nobody renews. */
const lock = 10_000;

/** Makes a machine stand still for three locks in the middle of two runs, with another machine beside it. */
export const stoodStill = async (bench: Bench) => {
  const redis = await startRedis();
  const [one, other] = (await several(2, bench, "crew")) as [ChildProcess, ChildProcess];
  const ledger = join(bench.folder, "stood");
  const starting = Date.now() + lead;
  const jobs = (["report", "rerun"] as const).map(
    (ifInterrupted): CrewJob => ({
      name: ifInterrupted,
      every: 3_600,
      starting,
      takes: [8_000, 8_000],
      ifInterrupted,
    }),
  );
  const settings = { url: redis.url, ledger, jobs };
  begin([one], settings);
  await until(() => withWord(readNotes(ledger), "start").length === 2, 20_000);
  begin([other], settings);
  await pause(3_000);
  one.kill("SIGSTOP");
  await pause(3 * lock + 3_000);
  one.kill("SIGCONT");
  await until(() => withWord(readNotes(ledger), "end").length === 3, 20_000);
  await endInPeace([one, other]);
  await redis.stop();
  const notes = readNotes(ledger);
  const of = (word: string, job: string) => withWord(notes, word).filter((note) => note.job === job).length;
  const figures = {
    "starts under report": of("start", "report"),
    "told as interrupted": of("interrupted", "report"),
    "starts under rerun": of("start", "rerun"),
    "ends under rerun": of("end", "rerun"),
  };
  const warnings = warningsIn(notes);
  tell("F18 stood still for three locks", { ...figures, said: warnings.length });
  return { ...figures, warnings };
};
