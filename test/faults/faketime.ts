import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where Debian and its kin put the library, one folder for each kind of processor. */
const lib = "/usr/lib";

const find = (): string | undefined => {
  if (!existsSync(lib)) return undefined;
  const places = readdirSync(lib).map((folder) => join(lib, folder, "faketime/libfaketimeMT.so.1"));
  return places.find((place) => existsSync(place));
};

/** The library that sets the clock of one process, of Debian's package `faketime`; it is installed where we may. */
export const libfaketime = (): string | undefined => {
  const found = find();
  if (found || process.platform !== "linux" || process.getuid?.() !== 0) return found;
  spawnSync("apt-get", ["install", "-y", "faketime"], { timeout: 60_000 });
  return find();
};

/** A process's wall clock, which can be set while its timers go on: what happens when a person or a time server sets it. */
export class SettableClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  constructor(library: string, file: string) {
    this.#file = file;
    this.set(0);
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** @param ahead how many seconds the clock goes before the machine's */
  set(ahead: number): void {
    // In one step: a process that read the file while it is empty would see the machine's own clock.
    writeFileSync(`${this.#file}.new`, `${ahead < 0 ? "" : "+"}${ahead}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
