import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { engineContract } from "./contract.ts";

engineContract("one machine, with its jobs in a file", (atEnd) => {
  const clock = new VirtualClock("2026-01-01T00:00:00Z");
  return {
    schedule() {
      const folder = mkdtempSync(join(tmpdir(), "onthedot-"));
      const schedule = createScheduler({ clock, zone: "UTC", store: sqlite(join(folder, "jobs.db")) });
      atEnd(async () => {
        const stopping = schedule.stop(0);
        await clock.advance("10 seconds");
        await stopping;
        rmSync(folder, { recursive: true, force: true });
      });
      return schedule;
    },
    async until(isSo) {
      for (let tries = 0; !isSo(); tries++) {
        if (tries > 300) throw new Error("it was never so");
        await clock.advance("100 ms");
      }
    },
    pass: (seconds) => clock.advance(`${seconds} seconds`),
    sleep: (seconds) => clock.sleep(`${seconds} seconds`),
  };
});
