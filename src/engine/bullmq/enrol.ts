import type { Reply } from "../bullmq.ts";
import type { Host } from "../engine.ts";
import { hashOf } from "./ids.ts";
import type { Link } from "./link.ts";
import type { Tracked } from "./tracked.ts";
import { lease } from "./workshop.ts";

/** So many jobs are made known at a time. */
const mostEnrolled = 200;

/** On which occasion jobs are made known. */
export interface Occasion {
  /** The script starts on this machine: it may be the first one. */
  readonly isStart: boolean;
  /** Redis has lost what it held: everything begins now. */
  readonly isAnew: boolean;
}

/** What has become of it. */
export interface Enrolled {
  /** Of which memory of Redis this holds. */
  readonly birth: string;
  /** The jobs that were known already. */
  readonly known: readonly Tracked[];
  /** What BullMQ is to forget. */
  readonly removed: readonly string[];
}

/** Makes jobs known to Redis, and tells which of them were said otherwise before. */
export const enrol = async (
  link: Link,
  owner: string,
  host: Host,
  jobs: readonly Tracked[],
  { isStart, isAnew }: Occasion,
): Promise<Enrolled> => {
  const known: Tracked[] = [];
  const removed: string[] = [];
  let birth = "";
  for (let i = 0; i < jobs.length || i === 0; i += mostEnrolled) {
    const some = jobs.slice(i, i + mostEnrolled);
    const texts = some.map((job) => ({
      key: job.key,
      name: wellFormed(job.job.name),
      said: wellFormed(job.job.said),
      zone: job.job.zoneName,
      version: job.version,
      recurrence: JSON.stringify(job.job.recurrence),
      age: isAnew ? 0 : Math.max(0, host.clock.now() - job.job.anchor),
      spaced: job.isSpaced ? "1" : "0",
      rerun: job.job.policies.ifInterrupted === "rerun" ? "1" : "0",
      now: job.job.now && !isAnew,
    }));
    const isFirst = isStart && i === 0;
    const answer = await link.ask(
      "enrol",
      owner,
      lease,
      hashOf(`${owner} ${host.clock.monotonic()}`),
      JSON.stringify(texts),
      isFirst ? "1" : "0",
    );
    birth = String(answer[1]);
    (answer[2] as readonly (readonly Reply[])[]).forEach(([word, said, zone, gone], at) => {
      const job = some[at]!;
      if (word !== "new") known.push(job);
      if (word === "changed") host.warn(changed(job, String(said), String(zone)));
      removed.push(...(gone as readonly string[]));
    });
  }
  return { birth, known, removed };
};

const changed = ({ job }: Tracked, said: string, zone: string): string =>
  said === wellFormed(job.said)
    ? `${job.name}: its zone was changed from ${zone}, so it is counted from now`
    : `${job.name}: its schedule was changed, it was ${said}, so it is counted from now`;

/** Redis's JSON takes no half of a character. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
