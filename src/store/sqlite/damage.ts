import { accessSync, constants, existsSync, renameSync } from "node:fs";
import type { Instant } from "../../time/instant.ts";

/**
 * Gives a damaged file another name, with all that belongs to it: `jobs.db.corrupt-20261122T093005Z`. Nothing is deleted, and nothing that
 * lies there already is replaced.
 *
 * @returns the new path
 */
export const moveAside = (
  path: string,
  now: Instant,
  parts: readonly string[] = ["-wal", "-shm", ""],
): string => {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  let aside = `${path}.corrupt-${stamp}`;
  for (let i = 2; existsSync(aside); i++) aside = `${path}.corrupt-${stamp}-${i}`;
  for (const part of parts) if (existsSync(path + part)) renameSync(path + part, aside + part);
  return aside;
};

export const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
