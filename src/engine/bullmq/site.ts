import type { Queue } from "../bullmq.ts";
import type { Host } from "../engine.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Link } from "./link.ts";
import type { Settings } from "./options.ts";
import type { Tracked } from "./tracked.ts";

/** What the parts of an engine share while it runs. */
export interface Site {
  readonly link: Link;
  readonly queue: Queue;
  readonly host: Host;
  readonly settings: Settings;
  /** This process, by a name of its own. */
  readonly owner: string;
  /** The jobs of this script, by their keys. */
  readonly jobs: Map<string, Tracked>;
  /** The keys of those that were here and are over. */
  readonly gone: Set<string>;
  readonly chronicle: Chronicle;
  /** Says what went wrong with Redis; the same no more often than once a minute. */
  trouble(error: unknown): void;
}
