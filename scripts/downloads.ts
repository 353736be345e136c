// Moves what has lain in the downloads for some days into folders by its kind: images, documents, archives and so on.
import { constants, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { homedir } from "node:os";
import { extname, join, resolve } from "node:path";
import { every, type RunContext, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: DOWNLOADS=~/Downloads DOWNLOADS_DAYS=7
const folder = resolve(process.env.DOWNLOADS || join(homedir(), "Downloads"));
const days = Number(process.env.DOWNLOADS_DAYS || 3); // younger files stay where they are
const kinds: Readonly<Record<string, string>> = {
  Images: "jpg jpeg png gif webp avif heic svg bmp tif tiff raw psd",
  Documents: "pdf doc docx odt rtf txt md epub mobi xls xlsx ods csv ppt pptx odp pages numbers key",
  Archives: "zip tar gz tgz bz2 xz zst 7z rar",
  Programs: "dmg pkg exe msi deb rpm appimage flatpakref iso img apk",
  Sound: "mp3 m4a flac ogg opus wav aac",
  Video: "mp4 mkv mov avi webm m4v",
};
const isReal = readFlags(process.env.DOWNLOADS_REALLY === "yes"); // false: it only says what it would do
const channel = process.env.NOTIFY || ""; // where failures are reported: desktop, bell, or an address such as https://ntfy.sh/…
const remember = process.env.REMEMBER || ""; // a folder, such as . for this one; past runs are kept in downloads.db

const evening = every().day.at("21:00").named("downloads").timeout("30 minutes");
(channel ? evening.notify(channel) : evening).do(tidy);
run({ flags: ["--really", "--dry-run"], ...(remember && { store: sqlite(join(remember, "downloads.db")) }) });

async function tidy({ signal }: RunContext) {
  const kindOf = new Map(
    Object.entries(kinds).flatMap(([kind, ends]) => ends.split(" ").map((end) => [end, kind])),
  );
  const troubles: string[] = [];
  let count = 0;
  for (const name of (await fs.readdir(folder)).sort()) {
    signal.throwIfAborted();
    const kind = kindOf.get(extname(name).slice(1).toLowerCase());
    const stat = await fs.lstat(join(folder, name)).catch(() => undefined); // gone meanwhile, or no Unicode
    if (kind === undefined || name.startsWith(".") || !stat?.isFile() || !(ageOf(stat) >= days)) continue;
    try {
      const moved = await move(name, kind, stat);
      console.log(`${isReal ? "moved" : "would move"} ${name} to ${moved}`);
      count++;
    } catch (error) {
      troubles.push(`${name}: ${(error as Error).message}`);
    }
  }
  if (count === 0) console.log(`nothing to move in ${folder}`);
  else if (!isReal) console.log("nothing was done: --really does it, and so does DOWNLOADS_REALLY=yes");
  if (troubles.length > 0)
    throw new Error(`${troubles.length} not moved\n  ${troubles.slice(0, 10).join("\n  ")}`);
}

/** Since it came: a file that was packed long ago and downloaded today is young. */
function ageOf({ mtimeMs, ctimeMs }: Stats): number {
  return (Date.now() - Math.max(mtimeMs, ctimeMs)) / 86_400_000;
}

/** Moves a file beside those that are there, under the first name that is free: "bill (2).pdf". Nothing is ever written over. */
async function move(name: string, kind: string, stat: Stats): Promise<string> {
  const target = join(folder, kind);
  if (isReal) await fs.mkdir(target).catch(unlessThere);
  const there = await fs.lstat(target).catch(() => undefined);
  if (there && !there.isDirectory()) throw new Error(`${target} is no folder`); // a link might lead anywhere
  for (let number = 1; number <= 1_000; number++) {
    const free = number === 1 ? name : numbered(name, number);
    const path = join(target, free);
    if (isReal ? await place(join(folder, name), path, stat) : !(await fs.lstat(path).catch(() => undefined)))
      return join(kind, free);
  }
  throw new Error(`there are 1,000 of that name in ${target}`);
}

/** Gives the file its new name and takes the old one away; false when that name is taken. A rename would write over it. */
async function place(from: string, to: string, stat: Stats): Promise<boolean> {
  try {
    await fs.link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === "ENOENT" || code === "ENAMETOOLONG") throw error;
    // A disk without second names, or another disk.
    const hasCopied = await fs.copyFile(from, to, constants.COPYFILE_EXCL).then(() => true, unlessThere);
    if (!hasCopied) return false;
    await fs.utimes(to, stat.atime, stat.mtime);
  }
  await fs.unlink(from);
  return true;
}

function unlessThere(error: NodeJS.ErrnoException): false {
  if (error.code === "EEXIST") return false;
  throw error;
}

/** "photos.tar.gz" becomes "photos (2).tar.gz". */
function numbered(name: string, number: number): string {
  const end = /(?:\.tar)?\.[^.]*$/i.exec(name)?.[0] ?? "";
  return `${name.slice(0, name.length - end.length)} (${number})${end}`;
}

function readFlags(isUsual: boolean): boolean {
  const words = process.argv.slice(2);
  if (words.includes("--help")) help();
  return !words.includes("--dry-run") && (isUsual || words.includes("--really"));
}

function help(): never {
  console.log(`
  Moves files that have been in the downloads folder for ${days} days into folders by type:
  ${Object.keys(kinds).join(", ")}.
  Folders, links, hidden files and other types stay where they are; nothing is overwritten or deleted.

    downloads.ts run downloads             only prints what it would do
    downloads.ts run downloads --really    does it
    downloads.ts --really                  does it every evening at 21:00 until Ctrl-C
    downloads.ts help                      list, next, simulate, history and the rest

  Settings, at the top of the file or in the environment:

    DOWNLOADS              the folder: ${folder}
    DOWNLOADS_DAYS         how many days a file stays where it is: ${days}
    DOWNLOADS_REALLY=yes   the same as --really; --dry-run overrides it
    NOTIFY                 where failures are reported: desktop, bell, or an address such as https://ntfy.sh/your-topic
    REMEMBER               a folder; past runs are kept there in downloads.db
`);
  process.exit();
}
