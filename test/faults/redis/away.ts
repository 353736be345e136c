import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { RunningRedis } from "../../engine/redis.ts";
import { keepFigures } from "../chance.ts";
import { pause } from "../children.ts";
import {
  beatsFrom,
  beyondFirst,
  type CommandContext,
  crewJobs,
  lead,
  occurrencesOf,
  prepare,
  QueueWatch,
  timesOf,
  warningsIn,
  withWord,
} from "./crew.ts";

/** What happens to Redis: it is killed and restarted after three seconds, with or without a file of what it holds, it is emptied, or its machine loses power. */
export const mishaps = [
  "killed, with an append-only file",
  "killed, without a file",
  "emptied",
  "power cut, with appendfsync everysec",
] as const;
export type Mishap = (typeof mishaps)[number];

const outage = 3_000;
const before = 8_000;
const after = 22_000;

/** Between two syncs of the file under `everysec`; what was written since the last is lost in a power cut. */
const syncInterval = 1_000;

/** The append-only file of a Redis, which can lose what was not synced yet, at worst. */
const watchFile = ({ dir }: RunningRedis) => {
  const file = join(dir, "appendonlydir/appendonly.aof.1.incr.aof");
  const sizes: { readonly at: number; readonly size: number }[] = [];
  const watching = setInterval(() => sizes.push({ at: Date.now(), size: statSync(file).size }), 20);
  return {
    loseUnsynced(gone: number) {
      clearInterval(watching);
      const synced = sizes.findLast(({ at }) => at <= gone - syncInterval)!;
      const lost = statSync(file).size - synced.size;
      truncateSync(file, synced.size);
      return lost;
    },
  };
};

/** Two machines, and a Redis that something happens to. */
export const redisAway = async (context: CommandContext, mishap: Mishap) => {
  const isPowerCut = mishap === mishaps[3];
  const { redis, begin, end } = await prepare(context, mishap, [{}, {}], {
    appendOnly: mishap === mishaps[0],
    args: isPowerCut ? ["--appendonly", "yes", "--appendfsync", "everysec"] : [],
  });
  const file = isPowerCut ? watchFile(redis) : undefined;
  let lostBytes = 0;
  const starting = Date.now() + lead;
  const beats = beatsFrom(starting, 10, 2_000);
  begin({ jobs: crewJobs(beats, { takes: [5, 300] }) });
  await pause(starting + before - Date.now());
  const gone = Date.now();
  if (mishap === "emptied") redis.command("flushall");
  else {
    await redis.kill();
    lostBytes = file?.loseUnsynced(gone) ?? 0;
    await pause(outage);
    await redis.restart();
  }
  const back = Date.now();
  const watch = new QueueWatch(redis);
  await pause(after);
  const last = Date.now() - 2_000;
  const notes = await end(watch);
  const starts = withWord(notes, "start");
  const times = timesOf(starts);
  const missing = [...occurrencesOf(beats, last)].filter((id) => !times.has(id));
  const plannedAt = (id: string) => Number(id.split("@")[1]);
  const lastMissing = Math.max(back, ...missing.map(plannedAt));
  const figures = {
    occurrences: occurrencesOf(beats, last).size,
    "not started": missing.length,
    // What was due at that very moment may have gone with the memory.
    "of them before it": missing.filter((id) => plannedAt(id) < gone - 1_000).length,
    doubled: beyondFirst(times),
    "doubled, planned before the last sync": [...times].filter(
      ([id, count]) => count > 1 && plannedAt(id) < gone - 2 * syncInterval,
    ).length,
    "bytes lost": lostBytes,
    stalled: watch.stalled,
    interrupted: withWord(notes, "interrupted").length,
    /** From when Redis was back until nothing was missing any more. */
    "seconds until whole": Math.ceil((lastMissing - back) / 1_000),
  };
  const warnings = warningsIn(notes);
  keepFigures(`F16 Redis ${mishap}`, { ...figures, warnings: warnings.length });
  return { ...figures, warnings };
};
