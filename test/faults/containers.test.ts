import { spawn, spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Session } from "../../src/store/sqlite/session.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { Instant } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { newFolder } from "../folder.ts";
import { sqlite } from "../store/job-store.ts";
import { job, opening } from "../store/scene.ts";
import { built } from "./built.ts";
import { keepFigures } from "./chance.ts";
import { pause } from "./children.ts";

const program = built();
const scratch = newFolder("containers");

/** Another PID namespace, as each container has one: from here its processes have no number that can be looked at. */
const container = ["-p", "-f", "--mount-proc", "--kill-child"];
const canIsolate = process.platform === "linux" && spawnSync("unshare", [...container, "true"]).status === 0;
if (!canIsolate) console.warn("F21 was LEFT OUT: it needs Linux and the right to make PID namespaces.");

/** What a process of this container makes of the run of one in another, that is blocked and shows no heartbeat for ten minutes. */
const lookAtBlocked = async (name: string, meddle: (path: string) => void) => {
  const path = join(scratch, `${name}.db`);
  const child = spawn("unshare", [...container, process.execPath, program("holder"), path, "60000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise((go) => child.once("exit", go));
  try {
    await new Promise((go) => child.stdout.once("data", go));
    const session = new Session(findSqlite()(path));
    const [owner] = session.all("owners");
    session.put("owners", { ...owner!, beat: (owner!.beat - 600_000) as Instant });
    session.close();
    meddle(path);
    const store = sqlite(path);
    store.open(opening(new VirtualClock(Date.now()), { allowMultiple: true }));
    const settled = () => store.register(job({ name: "block", ifInterrupted: "rerun" })).remembered!;
    const otherProcesses = store.otherProcesses().length;
    const blocked = settled();
    child.kill("SIGKILL");
    await gone;
    for (let i = 0; i < 100 && store.otherProcesses().length > 0; i++) await pause(50);
    const dead = settled();
    store.close();
    return { otherProcesses, blocked: blocked.interrupted.length, dead: dead.interrupted.length };
  } finally {
    child.kill("SIGKILL");
    await gone;
  }
};

test.skipIf(!canIsolate)(
  "a process that is blocked in another container is not taken for dead, and one that is dead is",
  async () => {
    const found = await lookAtBlocked("blocked", () => {});
    keepFigures("F21 two containers", found);
    expect(found).toEqual({ otherProcesses: 1, blocked: 0, dead: 1 });
  },
);

test.skipIf(!canIsolate)(
  "control: without its lock, a process that is blocked is taken for dead",
  async () => {
    const found = await lookAtBlocked("control", (path) => {
      const start = `${path.slice(scratch.length + 1)}-lock-`;
      for (const name of readdirSync(scratch)) if (name.startsWith(start)) rmSync(join(scratch, name));
    });
    keepFigures("F21 control, no lock", found);
    expect(found).toMatchObject({ otherProcesses: 0, blocked: 1 });
  },
);
