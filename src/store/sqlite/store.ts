import type { Instant } from "../../time/instant.ts";
import type {
  Begun,
  Claim,
  Claimed,
  Incident,
  JobChange,
  JobRecord,
  JobStore,
  Opening,
  OrphanedJob,
  Registration,
} from "../store.ts";
import { StoreFile } from "./file.ts";
import { endOf, SqliteRecord } from "./record.ts";
import { type JobRow, storable, toDecision } from "./tables.ts";

const recordOf = ({ jobRecord }: { readonly jobRecord: JobRecord }) => jobRecord as SqliteRecord;

/** Jobs in an SQLite file. */
export class SqliteStore extends StoreFile implements JobStore {
  /** The record of each registered job, by its name. */
  readonly #jobRecords = new Map<string, SqliteRecord>();

  override open(opening: Opening): void {
    if (!this.isOpen) this.#jobRecords.clear();
    super.open(opening);
  }

  register(job: Registration): JobRecord {
    const name = storable(job.name);
    const before = this.gone.get(name);
    const previous = this.#jobRecords.get(name);
    if (previous && !previous.isSaved) {
      this.commit();
      if (!previous.isSaved && before === undefined) return previous.again();
    }
    previous?.supersede();
    this.checkName(name);
    const jobRecord = new SqliteRecord(job, this, before);
    this.#jobRecords.set(name, jobRecord);
    this.gone.delete(name);
    return jobRecord;
  }

  claimAll(claims: readonly Claim[], begun: readonly Begun[], now: Instant): readonly Claimed[] {
    for (const one of begun) recordOf(one).open(one.scheduled, now);
    if (claims.length === 0) this.commit();
    else {
      const kept = this.commitWith((session) => claims.map((claim) => recordOf(claim).claim(session, claim)));
      return claims.map((claim, i) => recordOf(claim).claimed(claim, kept && { row: kept[i] }));
    }
    return [];
  }

  incidents(job: string): readonly Incident[] {
    return this.read((session) => session.incidents(storable(job))) ?? [];
  }

  orphanedJobs(): readonly OrphanedJob[] {
    const jobs = this.read((session) => session.all("jobs", "ORDER BY name")) ?? [];
    return jobs
      .filter(({ name }) => !this.#jobRecords.has(name))
      .map((row) => ({
        name: row.name,
        source: row.source,
        lastDecided: row.last_decided,
        isPaused: row.paused !== 0,
        end: endOf(row),
        history: (limit) =>
          (this.read((session) => session.history(row.name, limit))?.rows ?? []).map(toDecision),
      }));
  }

  pollChanges(): ((jobRecord: JobRecord) => JobChange) | undefined {
    return this.readChanges((session) => {
      // They are compared and never kept, so no checksum is looked at.
      const rows = session.rows("SELECT name, paused, epoch, ended FROM jobs") as unknown as JobRow[];
      const states = new Map(rows.map((row) => [row.name, row]));
      return (jobRecord) => {
        const record = jobRecord as SqliteRecord;
        return record.changesIn(states.get(record.name));
      };
    });
  }

  protected override keepAll(): void {
    for (const jobRecord of this.#jobRecords.values()) jobRecord.keepAll();
  }
}
