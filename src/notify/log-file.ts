import { appendFileSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** When a file is put aside. */
export interface RotationOptions {
  /** A file that would grow beyond this many bytes is put aside. @default 5,000,000 */
  readonly size?: number;
  /** How many files that were put aside are kept: `jobs.log.1` is the youngest. @default 5 */
  readonly keep?: number;
}

/**
 * A file to which is added, and which is put aside when it has grown:
 *
 *     jobs.log -> jobs.log.1 -> jobs.log.2 -> … -> gone
 *
 * Each write opens the file anew, so that a program that moves it away in the meantime (logrotate) disturbs nothing.
 *
 * @param onTrouble called once when nothing can be written, and once more each time after it could
 */
export const rotatedFile = (
  path: string,
  { size = 5_000_000, keep = 5 }: RotationOptions = {},
  onTrouble: (error: Error) => void = () => {},
) => {
  let isBroken = false;
  return {
    /** Adds text, all of it to one file. @returns true, as a stream does that takes more */
    write(text: string | Uint8Array): boolean {
      try {
        const bytes = Buffer.byteLength(text);
        const held = sizeOf(path);
        if (held === 0 && !existsSync(path)) mkdirSync(dirname(path), { recursive: true });
        if (held > 0 && held + bytes > size) putAside(realpathSync(path), keep);
        appendFileSync(path, text);
        isBroken = false;
      } catch (error) {
        if (!isBroken) onTrouble(error as Error);
        isBroken = true;
      }
      return true;
    },
  };
};

/** A folder, a device or a pipe is never put aside. */
const sizeOf = (path: string): number => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
};

const putAside = (path: string, keep: number) => {
  if (keep === 0) return rmSync(path, { force: true });
  for (let number = keep; number > 1; number--) {
    const younger = `${path}.${number - 1}`;
    if (statSync(younger, { throwIfNoEntry: false })) renameSync(younger, `${path}.${number}`);
  }
  renameSync(path, `${path}.1`);
};
