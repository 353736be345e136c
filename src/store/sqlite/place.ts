import { readlinkSync, realpathSync, statfsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ScheduleError } from "../../errors.ts";

/**
 * The whole path of the file in which jobs are to be remembered.
 *
 * @throws ScheduleError `store-path` where no file can be, or no safe one
 */
export const checkPlace = (given: string): string => {
  if (typeof given !== "string" || given === "" || given.startsWith(":") || given.startsWith("file:")) {
    throw new ScheduleError({
      code: "store-path",
      what: "Store",
      given,
      accepted: 'the path of a file, as in sqlite("jobs.db")',
    });
  }
  const path = resolve(given);
  const folder = dirname(path);
  if (!isFolder(folder)) refuse(given, `a file in a folder that is there: ${folder} is not`);
  if (isFolder(path)) refuse(given, "a file, and this is a folder");
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
    refuse(given, "a regular file, and this is a device, a pipe or a socket");
  const network = networkName(folder);
  if (network) {
    refuse(
      given,
      `a file on a disk of this machine: ${folder} is on ${network}, where SQLite's locks do not hold`,
    );
  }
  return path;
};

/** The path without links. The last part need not be there: SQLite makes its files beside the one that a link leads to. */
export const withoutLinks = (path: string, links = 0): string => {
  const here = join(realpathSync(dirname(path)), basename(path));
  const target = links < mostLinks ? linkTarget(here) : undefined;
  return target === undefined ? here : withoutLinks(resolve(dirname(here), target), links + 1);
};

/** As Linux has it (path_resolution(7)). */
const mostLinks = 40;

const linkTarget = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

const refuse = (given: string, accepted: string): never => {
  throw new ScheduleError({ code: "store-path", what: "Store", given, accepted });
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** File systems of Linux that lie on other machines, by their magic numbers (statfs(2)). */
const networks: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "SMB",
  4266872130: "SMB",
  16914839: "9p",
};

const networkName = (folder: string): string | undefined =>
  process.platform === "linux" ? networkOf(statfsSync(folder).type) : undefined;

/** The name of a file system that lies on another machine, by its number; undefined for all others. */
export const networkOf = (type: number): string | undefined => networks[type >>> 0];
