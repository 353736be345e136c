import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onTestFinished } from "vitest";
import { interval } from "../../src/recurrence/build.ts";
import type { Claim, Claimed, JobRecord, JobStore, Opening, Registration } from "../../src/store/store.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";

export const at = (text: string): Instant => Date.parse(text) as Instant;
export const minutes = (count: number): Milliseconds => (count * 60_000) as Milliseconds;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Some drivers let go of a file only when its connection is collected. */
export const collect = async (): Promise<void> => {
  gc();
  await new Promise((go) => setImmediate(go));
};

/** A folder that is gone when the test has ended. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "onthedot-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** What a scheduler gives a store, and what the store warned about. */
export const opening = (
  clock = new VirtualClock("2026-03-01T12:00:00Z"),
  more: Partial<Opening> = {},
): Opening & { readonly warnings: string[]; readonly clock: VirtualClock } => {
  const warnings: string[] = [];
  return { clock, warnings, warn: (message: string) => warnings.push(message), ...more } as never;
};

/** Claims for one job alone. */
export const claim = (store: JobStore, jobRecord: JobRecord, what: Omit<Claim, "jobRecord">): Claimed =>
  store.claimAll([{ jobRecord, ...what }], [], what.now)[0]!;

/** A job that runs every ten minutes from noon on. */
export const job = (more: Partial<Registration> = {}): Registration => ({
  name: "beat",
  source: "every(10).minutes",
  recurrence: interval(minutes(10)),
  zoneName: "UTC",
  anchor: at("2026-03-01T12:00:00Z"),
  ifInterrupted: "report",
  ...more,
});
