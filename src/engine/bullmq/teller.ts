import type { Reply } from "../bullmq.ts";
import { readDecision } from "./chronicle.ts";
import type { Site } from "./site.ts";

/** What of a site is needed to tell of it. */
type Scene = Pick<Site, "host" | "jobs" | "gone" | "chronicle">;

import type { Tracked } from "./tracked.ts";

/** Tells the scheduler what has become of jobs and their occurrences. */
export class Teller {
  readonly #site: Scene;

  constructor(site: Scene) {
    this.#site = site;
  }

  /** Takes in where a job stands, and tells what has changed. */
  update(job: Tracked, row: readonly Reply[]): void {
    const { host, jobs, gone } = this.#site;
    const wasOthers = job.isOthers;
    const change = job.update(row);
    const { name } = job.job;
    if (job.isOthers && !wasOthers)
      host.warn(`${name}: another machine says when it runs (${String(row[12])}), and that holds here, too`);
    if (change.over) {
      jobs.delete(job.key);
      gone.add(job.key);
      host.over(name, change.over);
      return;
    }
    if (change.isElsewhere) host.stands(name, job.standing);
    if (change.isPaused === true) host.paused(name);
    if (change.isPaused === false) host.resumed(name);
  }

  /** Tells a decision as it is written in Redis. */
  tell(job: Tracked, text: string): void {
    this.#site.chronicle.add(job.key, text);
    const decision = readDecision(text);
    if (decision) this.#site.host.tell(job.job.name, decision);
  }
}
