import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AtEnd, engineContract } from "./contract.ts";
import { type Process, scriptFolder, startProcess } from "./process.ts";
import { pass, until } from "./shared.ts";

/** More than there are tests in the contract. */
const files = 60;

/** Shares each file with one test: claims and records a run a second there, and writes a point for it. */
const neighbour = `
import { createScheduler } from "onthedot";
import { sqlite } from "onthedot/sqlite";
for (let i = 0; i < ${files}; i++) {
  const { every, start, listen } = createScheduler({ store: sqlite(process.env.FOLDER + "/" + i + ".db") });
  listen("warning", ({ message }) => console.log(message));
  every(1).second.named("neighbour").do(() => void process.stdout.write("."));
  start();
}
`;

describe("with a second process", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-shared-"));
  const endings: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let other: Process;
  let tests = 0;
  let before = 0;
  const runs = () => other.count(/\./);

  beforeAll(async () => {
    const atEnd = (act: () => void | Promise<void>) => void endings.unshift(act);
    const scripts = scriptFolder(atEnd, { "jobs.ts": neighbour });
    other = startProcess(atEnd, scripts, "jobs.ts", [], { FOLDER: folder });
    await until(() => runs() > files, 120, other.output);
    before = runs();
  }, 150_000);
  afterAll(async () => {
    for (const act of endings) await act();
  });

  const begin = (atEnd: AtEnd) => {
    const file = join(folder, `${tests++}.db`);
    return {
      schedule() {
        const schedule = createScheduler({ zone: "UTC", store: sqlite(file) });
        atEnd(() => schedule.stop(0));
        return schedule;
      },
      until: (isSo: () => boolean) => until(isSo, 30),
      pass,
      sleep: pass,
    };
  };
  engineContract("two processes, with their jobs in one file", begin, true);

  test("the second process has run its own jobs all the time, without a warning", () => {
    expect(tests).toBeLessThanOrEqual(files);
    expect(runs() - before).toBeGreaterThan(files);
    expect(other.output().replaceAll(".", "")).toBe("");
  });
});
