import type { ChildProcess } from "node:child_process";
import type { EventStream } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import { texts } from "../text/text.ts";
import type { Call } from "./notify.ts";

/**
 * The program that holds off sleep until it is ended, or until this process has ended: systemd-inhibit(1) on Linux, caffeinate(8) on macOS. Undefined where there is none.
 */
export const awakeCall = (platform: NodeJS.Platform, pid: number, why: string): Call | undefined => {
  if (platform === "darwin") return { file: "caffeinate", args: ["-i", "-s", "-w", String(pid)] };
  if (platform !== "linux") return undefined;
  const inhibit = ["--what=sleep:idle", "--who=onthedot", `--why=${why}`, "--mode=block"];
  return { file: "systemd-inhibit", args: [...inhibit, "tail", `--pid=${pid}`, "-f", "/dev/null"] };
};

/** Starts such a program. @param failed called where it cannot hold off sleep @returns ends it */
export type Hold = (call: Call, failed: (why: string) => void) => () => void;

/** Holds off sleep while jobs run that ask for it, and warns once where it cannot. */
export const keepAwake = (
  events: EventStream,
  { platform = process.platform, hold = holdWithProgram }: { platform?: NodeJS.Platform; hold?: Hold } = {},
): void => {
  let running = 0;
  let release: (() => void) | undefined;
  let hasFailed = false;
  const fail = (why: string) => {
    if (!hasFailed) events.emit("warning", { message: texts().notices.cannotKeepAwake(why) });
    hasFailed = true;
  };
  events.listenToAll(({ name, data }) => {
    if (!("job" in data) || !entryOf(data.job)?.definition.keepsAwake) return;
    if (name === "started" && running++ === 0 && !hasFailed) {
      const call = awakeCall(platform, process.pid, data.job.name);
      if (call) release = hold(call, fail);
      else fail(texts().notices.noAwake(platform));
    }
    const hasEnded = "run" in data && data.run.started !== undefined && name !== "interrupted";
    if (!hasEnded || running === 0 || --running > 0) return;
    release?.();
    release = undefined;
  });
};

const holdWithProgram: Hold = ({ file, args }, failed) => {
  let child: ChildProcess | undefined;
  let isOver = false;
  void import("node:child_process").then(({ spawn }) => {
    if (isOver) return;
    child = spawn(file, args, { stdio: "ignore" });
    child.unref();
    child.on("error", () => failed(texts().notices.notInstalled(file)));
    child.on("exit", (code) => {
      if (!isOver && code !== 0) failed(texts().notices.exited(file, code));
    });
  });
  return () => {
    isOver = true;
    child?.kill();
  };
};
