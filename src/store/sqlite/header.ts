import { closeSync, openSync, readSync, statSync } from "node:fs";
import { inodeOf, isOpenHere } from "../sqlite.ts";
import { applicationId } from "./schema.ts";

/**
 * What lies at a path:
 *
 * - `"ours"`: a store, by the application id in its header
 * - `"stump"`: shorter than any database, and nothing else than the beginning of one, if that
 * - `"foreign"`: anything else, which is never changed
 */
export type FileKind = "nothing" | "ours" | "stump" | "foreign";

/** Finds out whose file it is by reading its first bytes: SQLite would write to it, or make files beside it. */
export const kindOf = (path: string): FileKind => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return "nothing";
  if (!found.isFile()) return "foreign";
  // What this process has open was looked at before, and closing it here would take SQLite's locks away.
  if (isOpenHere(inodeOf(path))) return found.size < headerSize ? "stump" : "ours";
  const head = readAt(path, 0, headerSize);
  if (idIn(head) === applicationId) return "ours";
  if (head.length < headerSize && magic.subarray(0, head.length).equals(head.subarray(0, magic.length)))
    return "stump";
  return startsWith(head, magic) && idInLog(`${path}-wal`) === applicationId ? "ours" : "foreign";
};

export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** The file format of SQLite (sqlite.org/fileformat2.html): a header of 100 bytes, with the application id at 68. */
const headerSize = 100;
const idAt = 68;
const magic = Buffer.from("SQLite format 3\0");

/** A log begins with 32 bytes, the page size at 8; each of its frames with 24, the page number first. */
const logHeaderSize = 32;
const frameHeaderSize = 24;

const idIn = (page: Buffer): number | undefined =>
  page.length >= idAt + 4 ? page.readUInt32BE(idAt) : undefined;

/** The application id of a database that lives in its log alone, as young ones of the first version do. */
const idInLog = (path: string): number | undefined => {
  const size = sizeOf(path);
  if (size < logHeaderSize) return undefined;
  const log = readAt(path, 0, size);
  const pageSize = log.readUInt32BE(8);
  if (pageSize < 512) return undefined;
  for (
    let at = logHeaderSize;
    at + frameHeaderSize + pageSize <= log.length;
    at += frameHeaderSize + pageSize
  )
    if (log.readUInt32BE(at) === 1) return idIn(log.subarray(at + frameHeaderSize));
  return undefined;
};

const readAt = (path: string, from: number, length: number): Buffer => {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, from));
  } finally {
    closeSync(file);
  }
};

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);
