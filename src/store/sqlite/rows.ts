import { crc32 } from "node:zlib";
import type { Decision, Outcome, SkipReason } from "../../job.ts";
import type { Instant } from "../../time/instant.ts";
import type { Row, Value } from "../sqlite.ts";
import type { Incident, JobEnd } from "../store.ts";
import { Damage } from "./errors.ts";

/** A job as the table `jobs` has it. */
export interface JobRow {
  readonly name: string;
  readonly source: string;
  /** As JSON. */
  readonly recurrence: string;
  readonly zone: string;
  readonly anchor: Instant;
  /** How often counting has begun anew: an occurrence is named by job, epoch and planned moment, so that none is confused with one from before a clock was set. */
  readonly epoch: number;
  readonly last_decided: Instant | null;
  readonly run_count: number;
  /** 0, 1, or the moment at which the pause ends. */
  readonly paused: number;
  readonly failures: number;
  /** When it ended, and why; null until then. */
  readonly ended: Instant | null;
  readonly end_reason: JobEnd["why"] | null;
}

/** A decision as the table `runs` has it; without an outcome while it runs. */
export interface RunRow {
  readonly job: string;
  readonly epoch: number;
  readonly planned: Instant;
  /** 0 for what the schedule planned, else a running number: by hand, at the start. */
  readonly extra: number;
  readonly outcome: Outcome | null;
  /** Nothing while it has not begun: then it may begin after a crash and is not started twice. */
  readonly started: Instant | null;
  readonly ended: Instant | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly failed_at: string | null;
  readonly count: number | null;
  /** Why it did not start. */
  readonly reason: SkipReason | null;
  readonly by_hand: number;
  readonly output: string | null;
  /** The token of the process that claimed it. */
  readonly owner: string;
}

/** A process that has the file open, as the table `owners` has it. */
export interface OwnerRow {
  readonly token: string;
  readonly pid: number;
  readonly boot: string;
  readonly namespace: string;
  readonly birth: string;
  readonly script: string;
  readonly since: Instant;
  /** Its last heartbeat. */
  readonly beat: Instant;
}

/** The one row of the table `store`: which store it is, and how often it was written to. */
export interface StoreRow {
  readonly id: string;
  readonly revision: number;
}

export const columns = {
  store: ["id", "revision"],
  jobs: [
    "name",
    "source",
    "recurrence",
    "zone",
    "anchor",
    "epoch",
    "last_decided",
    "run_count",
    "paused",
    "failures",
    "ended",
    "end_reason",
  ],
  runs: [
    "job",
    "epoch",
    "planned",
    "extra",
    "outcome",
    "started",
    "ended",
    "attempts",
    "error",
    "failed_at",
    "count",
    "reason",
    "by_hand",
    "output",
    "owner",
  ],
  incidents: ["job", "from", "kind", "until", "why"],
  owners: ["token", "pid", "boot", "namespace", "birth", "script", "since", "beat"],
} as const;

export interface Rows {
  readonly store: StoreRow;
  readonly jobs: JobRow;
  readonly runs: RunRow;
  readonly incidents: Incident;
  readonly owners: OwnerRow;
}

export type Table = keyof Rows;

/** The values of a row in the order of its columns, and their checksum: SQLite itself does not notice a flipped bit in a value. */
export const sealed = <T extends Table>(table: T, row: Rows[T]): Value[] => {
  const values = columns[table].map((column) => row[column as keyof Rows[T]] as Value);
  values.push(checksum(values));
  return values;
};

/** @throws Damage when the checksum is not that of the values */
export const unsealed = <T extends Table>(table: T, row: Row): Rows[T] => {
  checkSeal(table, row);
  const { checksum: _, ...values } = row;
  return values as unknown as Rows[T];
};

/** @throws Damage when the checksum is not that of the values */
export const checkSeal = (
  table: Table,
  row: Row,
  sealedColumns: readonly string[] = columns[table],
): void => {
  const values = sealedColumns.map((column) => row[column] as Value);
  if (row.checksum !== checksum(values)) throw new Damage();
};

const checksum = (values: readonly Value[]): number => crc32(JSON.stringify(values));

const longestError = 2_000;

/** A text as SQLite gives it back: without NUL, at which it would end, and without halves of characters. */
export const storable = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : Buffer.from(text).toString().replaceAll("\0", "\ufffd");

/** A decision as a row. */
export const toRow = (
  { scheduled, outcome, reason, started, ended, attempts, error, failedAt, count, byHand, output }: Decision,
  key: Pick<RunRow, "job" | "epoch" | "extra" | "owner">,
): RunRow => ({
  ...key,
  planned: scheduled,
  outcome,
  started: started ?? null,
  ended: ended ?? null,
  attempts,
  error: error === undefined ? null : storable(error.slice(0, longestError)),
  failed_at: failedAt === undefined ? null : storable(failedAt),
  count: count ?? null,
  reason: reason ?? null,
  by_hand: byHand ? 1 : 0,
  output: output === undefined ? null : storable(output),
});

/** The row of an occurrence that was claimed and has not ended. @param started nothing while it has not begun */
export const openRow = (
  key: Pick<RunRow, "job" | "epoch" | "planned" | "extra" | "owner">,
  started: Instant | null,
  byHand = false,
): RunRow => ({
  ...key,
  outcome: null,
  started,
  ended: null,
  attempts: 0,
  error: null,
  failed_at: null,
  count: null,
  reason: null,
  by_hand: byHand ? 1 : 0,
  output: null,
});

/** A row of a run that has ended, as a decision. */
export const toDecision = (row: RunRow): Decision => ({
  scheduled: row.planned,
  outcome: row.outcome ?? "interrupted",
  reason: row.reason ?? undefined,
  started: row.started ?? undefined,
  ended: row.ended ?? undefined,
  attempts: row.attempts,
  error: row.error ?? undefined,
  failedAt: row.failed_at ?? undefined,
  count: row.count ?? undefined,
  byHand: row.by_hand === 1 ? true : undefined,
  output: row.output ?? undefined,
});
