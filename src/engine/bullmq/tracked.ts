import { compile } from "../../recurrence/compile.ts";
import { readRecurrence } from "../../recurrence/json.ts";
import { remaining } from "../../recurrence/reanchor.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import type { Trigger } from "../../recurrence/trigger.ts";
import type { Instant } from "../../time/instant.ts";
import { zoneNamed } from "../../time/zone.ts";
import type { Reply } from "../bullmq.ts";
import type { EngineJob, EngineStanding } from "../engine.ts";
import { keyOf, versionOf } from "./ids.ts";

/** What has changed about a job since Redis was looked at before. */
export interface Change {
  readonly isElsewhere: boolean;
  readonly isPaused: boolean | undefined;
  readonly over: "ended" | "cancelled" | undefined;
}

/** A job of this script, and what is known here of where it stands in Redis. */
export class Tracked {
  readonly job: EngineJob;
  readonly key: string;
  readonly version: string;
  /** Changes with every change in Redis. */
  rev = "";
  /** Changes when the job begins to count anew. */
  epoch = "";
  isBusy = false;
  needsMending = false;
  /** As it is said by the machine that said it last. */
  isOthers = false;
  #standing: EngineStanding;
  #trigger: Trigger | null | undefined;

  constructor(job: EngineJob) {
    this.job = job;
    this.key = keyOf(job.name);
    this.version = versionOf(job.said, job.zoneName);
    const { recurrence, zoneName, anchor } = job;
    this.#standing = { recurrence, zoneName, anchor, cursor: null, served: 0, isPaused: false, failures: 0 };
  }

  get standing(): EngineStanding {
    return this.#standing;
  }

  /** What is left of its schedule, or null when nothing is. */
  get trigger(): Trigger | null {
    if (this.#trigger === undefined) {
      const { recurrence, zoneName, anchor, served } = this.#standing;
      const setting = { zone: zoneNamed(zoneName), anchor, seed: this.job.name };
      const whole = compile(recurrence, setting);
      const left = whole.isSpaced ? remaining(recurrence, served) : recurrence;
      this.#trigger = left && (left === recurrence ? whole : compile(left, setting));
    }
    return this.#trigger;
  }

  get isSpaced(): boolean {
    return this.trigger?.isSpaced ?? compile(this.#standing.recurrence, this.#setting()).isSpaced;
  }

  #setting() {
    return { zone: zoneNamed(this.#standing.zoneName), anchor: this.#standing.anchor };
  }

  /** The first occurrence that has not been decided on. */
  get next(): Instant | null {
    const { cursor, anchor } = this.#standing;
    return this.trigger?.next(cursor ?? anchor) ?? null;
  }

  /** This machine has planned it so far. */
  plannedTo(cursor: Instant): void {
    this.#standing = { ...this.#standing, cursor };
  }

  /** Nothing is known of it any more. */
  forget(): void {
    this.rev = "";
    this.epoch = "";
  }

  /** Takes in a row of the script `look`. */
  update(row: readonly Reply[]): Change {
    const [rev, epoch, anchor, cursor, paused, failures, served, ended, zone, recurrence, version] =
      row.map(String);
    const before = this.#standing;
    const isFirst = this.epoch === "";
    const isNew = this.epoch !== epoch;
    this.#standing = {
      recurrence: recurrence ? (readAgain(recurrence) ?? before.recurrence) : before.recurrence,
      zoneName: zone && isZone(zone) ? zone : before.zoneName,
      anchor: Number(anchor) as Instant,
      cursor: cursor === "" ? null : (Number(cursor) as Instant),
      served: Number(served),
      isPaused: paused === "1",
      failures: Number(failures),
    };
    this.rev = rev!;
    this.epoch = epoch!;
    this.isBusy = row[13] === "1";
    this.needsMending = row[14] === "1";
    this.isOthers = version !== this.version;
    const isElsewhere =
      isNew || this.#standing.anchor !== before.anchor || this.#standing.served !== before.served;
    if (isElsewhere) this.#trigger = undefined;
    const { isPaused } = this.#standing;
    return {
      isElsewhere,
      isPaused: isPaused !== before.isPaused || (isFirst && isPaused) ? isPaused : undefined,
      over: ended === "ended" || ended === "cancelled" ? ended : undefined,
    };
  }
}

/** A schedule that another version of the package wrote, and this one cannot read. */
const readAgain = (json: string): Recurrence | undefined => {
  try {
    return readRecurrence(JSON.parse(json));
  } catch {
    return undefined;
  }
};

const isZone = (name: string): boolean => {
  try {
    return Boolean(zoneNamed(name));
  } catch {
    return false;
  }
};
