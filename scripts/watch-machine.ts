// Disks, memory and load of this machine. What runs short is a job that fails.
import { execFile } from "node:child_process";
import { readFile, statfs } from "node:fs/promises";
import { availableParallelism, freemem, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { every, type RunContext, run, type Schedule, ScheduleError } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: MACHINE_DISKS="/, /mnt/my disk"
const disks = process.env.MACHINE_DISKS || "/";
const leastDisk = readAmount("MACHINE_DISK", "10% or 5 GB"); // free: of a disk of 8 TB, 5 GB are enough
const leastMemory = readAmount("MACHINE_MEMORY", "10% or 500 MB");
const mostLoad = Number(process.env.MACHINE_LOAD || 2); // programs that want to run, for each processor
const wait = process.env.MACHINE_AGAIN || "1 minute"; // before the second and the third look: a short peak is no trouble
const channel = process.env.NOTIFY || ""; // where failures are reported: desktop, bell, or an address such as https://ntfy.sh/…
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one: kept in watch-machine.db

if (process.argv.includes("--help")) help();

for (const path of new Set(disks.split(/,\s+|\n/).map((text) => text.trim())))
  if (path) watched(every(30).minutes).named(`disk ${path}`).do(disk, path);
watched(every(5).minutes).named("memory").do(memory);
watched(every(5).minutes).named("load").do(load);
run(remember ? { store: sqlite(join(remember, "watch-machine.db")) } : {});

function watched(sentence: Schedule) {
  const schedule = sentence.immediately().timeout("20 seconds").retry(2, { backoff: "fixed", delay: wait });
  return channel ? schedule.notify(channel) : schedule;
}

async function disk(path: string) {
  const { blocks, bavail, bsize, files, ffree } = await statfs(path);
  if (blocks === 0) throw new Error(`${path} is on no disk: it has no size`);
  report(`free on ${path}`, bavail * bsize, blocks * bsize, leastDisk);
  // Full of names is full, too. Some file systems do not count them.
  if (files > 0 && ffree / files < 0.05)
    throw new Error(`${path} has room for ${ffree} more files only, of ${files}`);
}

async function memory({ signal }: RunContext) {
  report("memory available", await availableMemory(signal), totalmem(), leastMemory);
}

function load() {
  const [, fiveMinutes = 0] = loadavg(); // always 0 on Windows
  const perProcessor = fiveMinutes / availableParallelism();
  const text = `load ${perProcessor.toFixed(2)} for each of ${availableParallelism()} processors`;
  console.log(text);
  if (perProcessor > mostLoad) throw new Error(`${text}, more than ${mostLoad}`);
}

/** What programs can have: what is free, and what is used only because nobody wanted it. */
async function availableMemory(signal: AbortSignal): Promise<number> {
  if (process.platform === "linux") {
    const found = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8"));
    if (found) return Number(found[1]) * 1_024;
  }
  if (process.platform === "darwin") {
    const { stdout } = await promisify(execFile)("memory_pressure", ["-Q"], { signal });
    const found = /free percentage: (\d+)%/.exec(stdout);
    if (found) return (Number(found[1]) / 100) * totalmem();
  }
  return freemem();
}

interface Amount {
  readonly text: string;
  readonly share: number;
  readonly bytes: number;
}

/** Short is what is below the share and below the bytes: the one is little on a small disk, the other on a large one. */
function report(what: string, free: number, total: number, least: Amount) {
  const text = `${sized(free)} of ${sized(total)} ${what} (${Math.round((free / total) * 100)}%)`;
  console.log(text);
  if (free / total < least.share && free < least.bytes)
    throw new Error(`only ${text}, less than ${least.text}`);
}

function readAmount(setting: string, usual: string): Amount {
  const text = process.env[setting] || usual;
  const amount: { share?: number; bytes?: number } = {};
  for (const part of text.split(/\s+or\s+/)) {
    const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*(%|[KMGT]B)$/i.exec(part.trim()) ?? [];
    if (number === undefined)
      throw new ScheduleError({
        code: "options",
        what: setting,
        given: text,
        accepted: `such as "10%", "5 GB", "${usual}"`,
      });
    if (unit === "%") amount.share = Number(number) / 100;
    else amount.bytes = Number(number) * 1_000 ** ("KMGT".indexOf(unit[0]!.toUpperCase()) + 1);
  }
  return {
    text,
    share: amount.share ?? Number.POSITIVE_INFINITY,
    bytes: amount.bytes ?? Number.POSITIVE_INFINITY,
  };
}

function sized(bytes: number): string {
  const power = Math.max(0, Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1_000 ** power).toFixed(power > 2 ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

function help(): never {
  console.log(`
  Checks disks every half hour, memory and load every five minutes. A job fails if something runs short in three checks
  in a row.

    watch-machine.ts                 checks until Ctrl-C
    watch-machine.ts run "disk /"    one check, now; exits with 1 if it runs short
    watch-machine.ts help            list, next, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    MACHINE_DISKS    folders, one on each disk; separated by a comma and a space: ${disks}
    MACHINE_DISK     what must be free on each: ${leastDisk.text}, whichever is less
    MACHINE_MEMORY   what must be available: ${leastMemory.text}
    MACHINE_LOAD     the highest load for each processor, as an average over five minutes: ${mostLoad}
    MACHINE_AGAIN    the wait between the three checks: ${wait}
    NOTIFY           where failures are reported: desktop, bell, or an address such as https://ntfy.sh/your-topic
    REMEMBER         a folder; past runs are kept there in watch-machine.db
`);
  process.exit();
}
