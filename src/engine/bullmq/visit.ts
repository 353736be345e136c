import { ScheduleError, show } from "../../errors.ts";
import { later, type Milliseconds } from "../../time/instant.ts";
import { second } from "../../time/plain-time.ts";
import type { Reply } from "../bullmq.ts";
import type { Host, Stranger } from "../engine.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Link, LinkHost } from "./link.ts";
import { readStrangers } from "./strangers.ts";
import { Teller } from "./teller.ts";
import type { Tracked } from "./tracked.ts";

/** So many decisions on each job are read. */
export const mostRead = 1_000;

/** A visit gives up after this. */
const patience = (3 * second) as Milliseconds;

/** So many jobs are read at a time. */
const atOnce = 200;

/** What was found. */
export interface Visited {
  /** The keys of the jobs of this script that Redis knows. */
  readonly known: ReadonlySet<string>;
  readonly strangers: readonly Stranger[];
}

/**
 * Reads where jobs stand and what became of them, and changes nothing.
 *
 * @throws ScheduleError when Redis cannot be reached within three seconds
 */
export const visit = async (
  place: string,
  host: Host,
  connect: (host: LinkHost) => Link,
  jobs: Map<string, Tracked>,
  chronicle: Chronicle,
): Promise<Visited> => {
  const link = await reach(place, host, connect);
  const known = new Set<string>();
  const teller = new Teller({ host, jobs, chronicle, gone: new Set() });
  const all = [...jobs.values()];
  for (let i = 0; i < all.length; i += atOnce) {
    const some = all.slice(i, i + atOnce);
    const [, , , rows] = await link.ask("look", ...some.flatMap(({ key }) => [key, ""]));
    const histories = await Promise.all(some.map(({ key }) => link.run("history", key, mostRead)));
    some.forEach((job, at) => {
      for (const text of histories[at] as readonly (string | null)[])
        if (text !== null) chronicle.add(job.key, text);
      const row = (rows as readonly (readonly Reply[])[])[at]!;
      if (row.length === 0) return;
      known.add(job.key);
      teller.update(job, row);
    });
  }
  return { known, strangers: await readStrangers(link, known) };
};

const reach = (place: string, host: Host, connect: (host: LinkHost) => Link): Promise<Link> =>
  new Promise((resolve, reject) => {
    let why = "no answer";
    const link = connect({
      clock: host.clock,
      warn(message) {
        why = /\((.*)\)/.exec(message)?.[1] ?? message;
      },
      fail: reject,
    });
    const cancel = host.clock.wakeAt(later(host.clock.now(), patience), () => {
      link.close();
      reject(away(place, why));
    });
    void link.open().then(() => {
      cancel();
      resolve(link);
    });
  });

const away = (place: string, why: string): ScheduleError =>
  new ScheduleError({
    code: "engine-away",
    what: `${place} cannot be reached (${why})`,
    accepted: "a Redis that runs there, and a way to it",
  });

/** What is said of a job would be forgotten at once. */
export const notKnown = (name: string, place: string): ScheduleError =>
  new ScheduleError({
    code: "engine-job",
    what: `${place} knows nothing of ${show(name)}`,
    accepted: "a script that has been started once",
  });
