// Backups of a folder, each a whole folder of its own; old ones are thinned out to so many days, weeks and months.
import { constants, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { every, type RunContext, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: BACKUP_FROM=~/photos BACKUP_TO=/mnt/disk
const from = resolve(process.env.BACKUP_FROM || join(homedir(), "Documents"));
const to = resolve(process.env.BACKUP_TO || "/mnt/backup"); // a folder that is there, best on another disk
const keepDays = Math.max(1, Number(process.env.BACKUP_DAYS || 7)); // the last backup of each of the last 7 days that have one
const keepWeeks = Number(process.env.BACKUP_WEEKS || 4);
const keepMonths = Number(process.env.BACKUP_MONTHS || 12);
const isReal = readFlags(process.env.BACKUP_REALLY === "yes"); // false: it only says what it would do
const channel = process.env.NOTIFY || ""; // where failures are reported: desktop, bell, or an address such as https://ntfy.sh/…
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one; past runs are kept in backup.db

const night = every().day.at("02:30").named("backup").timeout("6 hours").ifInterrupted("rerun");
(channel ? night.notify(channel) : night).do(backup);
run({ flags: ["--really", "--dry-run"], ...(remember && { store: sqlite(join(remember, "backup.db")) }) });

async function backup({ signal }: RunContext) {
  const shelf = await readyShelf();
  const all = (await fs.readdir(shelf).catch(() => [])).filter((name) => momentOf(name)).sort();
  const whole = all.filter((name) => name.endsWith("Z"));
  const last = whole.at(-1);
  const name = `${new Date().toISOString().slice(0, 19).replaceAll(":", "")}Z`;
  const unfinished = join(shelf, `${name}.unfinished`);
  const tally = { copied: 0, bytes: 0, same: 0, troubles: [] as string[], signal };
  try {
    await copy(from, unfinished, last && join(shelf, last), tally);
  } catch (error) {
    if (isReal) await fs.rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  if (isReal) await fs.rename(unfinished, join(shelf, name));
  const copied = `copied ${tally.copied} (${(tally.bytes / 1e6).toFixed(1)} MB), ${tally.same} as before`;
  console.log(`${join(shelf, name)}: ${isReal ? "" : "would have "}${copied}`);
  if (tally.troubles.length > 0) {
    const shown = tally.troubles.slice(0, 10).join("\n  ");
    throw new Error(`${tally.troubles.length} not copied, and so no old backup is removed:\n  ${shown}`);
  }
  const kept = whatStays([...whole, name]);
  for (const old of all.filter((one) => (one.endsWith("Z") ? !kept.has(one) : isLeft(one)))) {
    console.log(`${isReal ? "removes" : "would remove"} ${join(shelf, old)}`);
    if (isReal) await remove(join(shelf, old));
  }
  if (!isReal) console.log("nothing was done: --really does it, and so does BACKUP_REALLY=yes");
}

interface Tally {
  copied: number;
  bytes: number;
  same: number;
  readonly troubles: string[];
  readonly signal: AbortSignal;
}

/** Copies what has changed since the last backup, and makes another name for what has not: it takes no room. Links stay links. */
async function copy(path: string, target: string, last: string | undefined, tally: Tally) {
  tally.signal.throwIfAborted();
  const stat = await fs.lstat(path);
  if (stat.isDirectory()) {
    if (isReal) await fs.mkdir(target);
    const wasFolder = last && (await fs.lstat(last).catch(() => undefined))?.isDirectory(); // a link would lead elsewhere
    for (const name of await fs.readdir(path)) {
      const before = wasFolder ? join(last, name) : undefined;
      await copy(join(path, name), join(target, name), before, tally).catch((error) => {
        if (tally.signal.aborted || ["ENOSPC", "EDQUOT", "EROFS"].includes(error.code)) throw error; // this concerns them all
        const hasVanished = error.code === "ENOENT" && !name.includes("\ufffd"); // which stands for what is no Unicode
        if (!hasVanished) tally.troubles.push(`${join(path, name)}: ${error.message}`);
      });
    }
    if (!isReal) return;
    await fs.chmod(target, stat.mode | 0o700); // else nobody could remove it one day
    await fs.utimes(target, stat.atime, stat.mtime);
  } else if (stat.isSymbolicLink()) {
    if (isReal) await fs.symlink(await fs.readlink(path), target);
  } else if (!stat.isFile()) {
    console.log(`${path} is neither a file nor a folder, and left out`);
  } else if (last && (await isSame(stat, last)) && (await link(last, target))) {
    tally.same++;
  } else {
    if (isReal) {
      await fs.copyFile(path, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await fs.utimes(target, stat.atimeMs / 1_000, stat.mtimeMs / 1_000);
    }
    tally.copied++;
    tally.bytes += stat.size;
  }
}

async function isSame({ size, mode, mtimeMs }: Stats, last: string): Promise<boolean> {
  const old = await fs.lstat(last).catch(() => undefined);
  return !!old?.isFile() && old.size === size && old.mode === mode && Math.abs(old.mtimeMs - mtimeMs) < 1;
}

/** Some disks know no second names: false then. */
async function link(last: string, target: string): Promise<boolean> {
  if (!isReal) return true;
  return fs.link(last, target).then(
    () => true,
    () => false,
  );
}

/** The folder in which the backups of this one folder lie; refuses whatever looks like a disk that is not there. */
async function readyShelf(): Promise<string> {
  const source = await folderAt(from, "BACKUP_FROM");
  const shelf = join(await folderAt(to, "BACKUP_TO"), basename(source) || "root");
  const way = relative(source, shelf);
  if (way !== ".." && !way.startsWith(`..${sep}`)) throw new Error(`${shelf} lies in what is to be copied`);
  if ((await fs.readdir(source)).length === 0) throw new Error(`${source} is empty: is its disk there?`);
  const known = await fs.readFile(join(shelf, ".backup-of"), "utf8").catch(() => undefined);
  const isThere = await fs.lstat(shelf).catch(() => undefined);
  if (isThere && known?.trim() !== source)
    throw new Error(`${shelf} is there already, and holds ${known ? `backups of ${known}` : "other things"}`);
  if (isReal && !isThere) {
    await fs.mkdir(shelf);
    await fs.writeFile(join(shelf, ".backup-of"), `${source}\n`, { flag: "wx" });
  }
  return shelf;
}

async function folderAt(path: string, setting: string): Promise<string> {
  const stat = await fs.stat(path).catch(() => undefined);
  if (!stat?.isDirectory()) throw new Error(`there is no folder ${path}; ${setting} names another`);
  return fs.realpath(path);
}

/** The youngest of each of the last days, weeks and months that have one. */
function whatStays(names: readonly string[]): ReadonlySet<string> {
  const stays = new Set<string>();
  const dayOf = (at: Date) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000;
  for (const [count, periodOf] of [
    [keepDays, dayOf],
    [keepWeeks, (at: Date) => Math.floor((dayOf(at) + 3) / 7)], // from Monday on; 1970 began on a Thursday
    [keepMonths, (at: Date) => at.getFullYear() * 12 + at.getMonth()],
  ] as const) {
    const periods = new Set<number>();
    for (const name of names.toSorted().reverse()) {
      const period = periodOf(momentOf(name)!);
      if (periods.has(period) || periods.size >= count) continue;
      periods.add(period);
      stays.add(name);
    }
  }
  return stays;
}

/** Whatever has another name is none of ours, and never touched. */
function momentOf(name: string): Date | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT)(\d\d)(\d\d)(\d\d)Z(?:\.unfinished|\.removed)?$/.exec(name);
  const moment = parts && new Date(`${parts[1]}${parts[2]}:${parts[3]}:${parts[4]}Z`);
  return moment && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

/** A half backup, or half a removal, that a crash has left. A younger one may be somebody's work. */
const isLeft = (name: string) => Date.now() - momentOf(name)!.getTime() > 86_400_000;

/** Takes the name away first, so that half a removal is never taken for a backup. */
async function remove(path: string) {
  const removed = path.endsWith("Z") ? `${path}.removed` : path;
  if (removed !== path) await fs.rename(path, removed);
  await fs.rm(removed, { recursive: true });
}

function readFlags(isUsual: boolean): boolean {
  const words = process.argv.slice(2);
  if (words.includes("--help")) help();
  return !words.includes("--dry-run") && (isUsual || words.includes("--really"));
}

function help(): never {
  console.log(`
  Copies a folder every night at 02:30 into a new folder named by the time in UTC. Files that have not changed take
  no space. Then old backups are removed; the last one of each recent day, week and month stays.

    backup.ts run backup             only prints what it would do
    backup.ts run backup --really    does it
    backup.ts --really               does it every night until Ctrl-C
    backup.ts help                   list, next, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    BACKUP_FROM, BACKUP_TO                     the folder, and where its backups go
    BACKUP_DAYS, BACKUP_WEEKS, BACKUP_MONTHS   how many of each to keep: 7, 4, 12
    BACKUP_REALLY=yes                          the same as --really; --dry-run overrides it
    NOTIFY                                     where failures are reported: desktop, bell, or an address
    REMEMBER                                   a folder; past runs are kept there in backup.db
`);
  process.exit();
}
