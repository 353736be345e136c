import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A disk on which syncing costs nothing, where the machine has one. */
export const memory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A new folder, which is removed when the test file has ended. */
export const newFolder = (name: string, under = tmpdir()): string => {
  const folder = mkdtempSync(join(under, `onthedot-${name}-`));
  folders.push(folder);
  return folder;
};
