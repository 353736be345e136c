import { ScheduleError } from "../../errors.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { formatIso } from "../../time/iso.ts";
import { systemZone } from "../../time/zone.ts";
import type { OpenDatabase } from "../sqlite.ts";
import type { ProcessInfo } from "../store.ts";
import { holdsLock } from "./lock.ts";
import type { Connection } from "./open.ts";
import { isAlive, seemsAlive, thisProcess } from "./owner.ts";
import type { OwnerRow } from "./rows.ts";

/** A process that runs a job of the same name, and may be about to end, gets so many times so many milliseconds. */
const departure = { times: 20, wait: 50 };

/** The other processes that have a store open. Two that share no job run beside each other; those that do must expect it. */
export class Others {
  readonly #owner: string;
  readonly #open: OpenDatabase;
  #alive: readonly OwnerRow[] | undefined;
  #hadSharers = false;

  /** @param owner the token of this process */
  constructor(owner: string, open: OpenDatabase) {
    this.#owner = owner;
    this.#open = open;
  }

  /** Looks anew with the next question. */
  forget(): void {
    this.#alive = undefined;
  }

  isLiving(connection: Connection, token: string, now: Instant): boolean {
    return token === this.#owner || this.#aliveOn(connection, now).some((owner) => owner.token === token);
  }

  /** Those that seem to be alive, even with an old heartbeat, the oldest first. */
  list(connection: Connection, now: Instant): readonly ProcessInfo[] {
    return connection.session
      .owners()
      .filter(
        (owner) => owner.token !== this.#owner && seemsAlive(owner, now, this.#holdsLock(connection, owner)),
      )
      .sort((a, b) => a.since - b.since)
      .map(({ pid, script, since }) => ({ pid, script, since }));
  }

  /** One that runs a job of that name. */
  runnerOf(connection: Connection, name: string, now: Instant): OwnerRow | undefined {
    return this.#aliveOn(connection, now).find(
      (owner) => this.#isOfOlder(connection, owner) || connection.session.isRegistered(owner.token, name),
    );
  }

  /** Whether one of them runs a job that this process runs. @param connection none when the file was lost: the last answer holds */
  share(connection: Connection | undefined, now: Instant): boolean {
    if (!connection) return this.#hadSharers;
    this.forget();
    try {
      this.#hadSharers = this.#aliveOn(connection, now).some(
        (owner) =>
          this.#isOfOlder(connection, owner) || connection.session.haveCommonJob(this.#owner, owner.token),
      );
    } catch {
      // The file cannot be read any more.
    }
    return this.#hadSharers;
  }

  /** Tries again for a moment what another process refuses. */
  outwait<T>(act: () => T): T {
    for (let i = 1; ; i++) {
      try {
        return act();
      } catch (error) {
        if (!isTaken(error) || i >= departure.times) throw error;
        this.forget();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, departure.wait);
      }
    }
  }

  /** Read once in each transaction. */
  #aliveOn(connection: Connection, now: Instant): readonly OwnerRow[] {
    this.#alive ??= connection.session
      .owners()
      .filter(
        (owner) => owner.token !== this.#owner && isAlive(owner, now, this.#holdsLock(connection, owner)),
      );
    return this.#alive;
  }

  /** One of an older version has no lock, and does not say which jobs it runs. */
  #isOfOlder(connection: Connection, owner: OwnerRow): boolean {
    return this.#holdsLock(connection, owner) === undefined;
  }

  #holdsLock({ path }: Connection, { token }: OwnerRow): boolean | undefined {
    return holdsLock(path, token, this.#open);
  }
}

export const isTaken = (error: unknown): error is ScheduleError =>
  error instanceof ScheduleError && error.code === "already-running";

/** One script started twice, or two scripts that have a job of the same name. */
export const alreadyRunning = (other: OwnerRow, store: string, job: string): ScheduleError => {
  const isSame = other.script === thisProcess("", other.since).script;
  const { about, expected } = texts().store;
  return new ScheduleError({
    code: "already-running",
    what: about.running(other.script, other.pid, formatMinute(other.since), store, isSame ? undefined : job),
    accepted: expected.stoppedOrMultiple,
  });
};

/** As the clock on the wall shows it: whoever reads it sits before this machine. */
const formatMinute = (at: Instant): string => formatIso(at, systemZone()).slice(0, 16).replace("T", " ");
