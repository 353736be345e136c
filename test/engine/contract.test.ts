import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { type AtEnd, engineContract } from "./contract.ts";

const onVirtualTime = (storeIn?: (folder: string) => ReturnType<typeof sqlite>) => (atEnd: AtEnd) => {
  const clock = new VirtualClock("2026-01-01T00:00:00Z");
  return {
    schedule() {
      const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
      const store = storeIn?.(folder);
      const schedule = createScheduler({ clock, zone: "UTC", ...(store && { store }) });
      atEnd(async () => {
        const stopping = schedule.stop(0);
        await clock.advance("10 seconds");
        await stopping;
        rmSync(folder, { recursive: true, force: true });
      });
      return schedule;
    },
    async until(isSo: () => boolean) {
      for (let tries = 0; !isSo(); tries++) {
        if (tries > 300) throw new Error("it was never so");
        await clock.advance("100 ms");
      }
    },
    pass: (seconds: number) => clock.advance(`${seconds} seconds`),
    sleep: (seconds: number) => clock.sleep(`${seconds} seconds`),
    isKept: storeIn !== undefined,
  };
};

engineContract("one machine, with its jobs in memory", onVirtualTime());

engineContract(
  "one machine, with its jobs in a file",
  onVirtualTime((folder) => sqlite(join(folder, "jobs.db"))),
);
