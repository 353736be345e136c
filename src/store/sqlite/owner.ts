import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { pid as ownPid } from "node:process";
import type { Instant } from "../../time/instant.ts";
import { minute } from "../../time/plain-time.ts";
import type { OwnerRow } from "./rows.ts";

/** This process, distinguishable from a later one with the same pid. */
export const thisProcess = (token: string, now: Instant): OwnerRow => ({
  token,
  pid: ownPid,
  boot: firstLine("/proc/sys/kernel/random/boot_id"),
  namespace: linkOf("/proc/self/ns/pid"),
  birth: birthOf(ownPid),
  script: basename(process.argv[1] ?? "node"),
  since: now,
  beat: now,
});

export const newToken = (): string => randomBytes(9).toString("base64url");

/** An owner without a heartbeat for this long, whose process cannot be checked, counts as dead. */
const silence = minute;

/**
 * Whether a process that had the file open lives still.
 *
 * @param holdsLock whether it holds its lock; undefined where it has none, and must be judged by its number and its heartbeat
 */
export const isAlive = (owner: OwnerRow, now: Instant, holdsLock: boolean | undefined): boolean => {
  if (holdsLock !== undefined) return holdsLock;
  const hasHeartbeat = Math.abs(now - owner.beat) < silence;
  const boot = firstLine("/proc/sys/kernel/random/boot_id");
  if (boot !== owner.boot) return boot === "" && hasHeartbeat;
  if (linkOf("/proc/self/ns/pid") !== owner.namespace) return hasHeartbeat;
  if (!isThere(owner.pid)) return false;
  const birth = birthOf(owner.pid);
  return birth === "" || owner.birth === "" ? hasHeartbeat : birth === owner.birth;
};

/**
 * Whether a process that had the file open seems to be alive, though its heartbeat is old because nothing is due. Where the system does not say
 * when a process began, another one may have its number by now.
 */
export const seemsAlive = (owner: OwnerRow, now: Instant, holdsLock: boolean | undefined): boolean =>
  isAlive(owner, now, holdsLock) ||
  (isOfThisMachine(owner) && isThere(owner.pid) && birthOf(owner.pid) === "");

const isOfThisMachine = ({ boot, namespace }: OwnerRow): boolean =>
  firstLine("/proc/sys/kernel/random/boot_id") === boot && linkOf("/proc/self/ns/pid") === namespace;

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
};

/** When a process began, in ticks since the machine was started; empty where the system does not say (proc(5), field 22 of stat). */
const birthOf = (pid: number): string => {
  const stat = firstLine(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};

const firstLine = (path: string): string => quietly(() => readFileSync(path, "utf8").split("\n")[0]!);

const linkOf = (path: string): string => quietly(() => readlinkSync(path));

const quietly = (read: () => string): string => {
  try {
    return read();
  } catch {
    return "";
  }
};
