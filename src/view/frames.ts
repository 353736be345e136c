import { relative } from "node:path";
import { isOwn } from "../job/place.ts";
import { textOf } from "../job/thrown.ts";

/** One line of a stack: who was called, and where in which file. */
export interface Frame {
  /** The name of the function, where it has one. */
  readonly call: string | undefined;
  /** A path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** The lines of an error's stack that lie in files, those of node itself left out. */
export const framesOf = (error: Error): readonly Frame[] =>
  textOf(error, "stack")
    .split("\n")
    .filter((line, i, lines) => !isEchoed(line, lines[i - 1]))
    .map(frameOf)
    .filter((frame) => frame !== undefined);

/** Those that lie in the user's own files: not in a package, and not in this one. */
export const ownFrames = (error: Error): readonly Frame[] =>
  framesOf(error).filter(({ file }) => !isOwn(file) && !/[\\/]node_modules[\\/]/.test(file));

/** A path as short as it stays clear: from the folder the process was started in. */
export const shortPath = (file: string, folder: string = process.cwd()): string => {
  const short = relative(folder, file);
  return short === "" || short.startsWith("..") ? file : short;
};

/** A CommonJS module has its top level twice in a stack under tsx: as the function it was made, and as the code in it. */
const isEchoed = (line: string, before = ""): boolean =>
  line.includes("at Object.<anonymous> (") && before.includes("at <anonymous> (");

const frameOf = (line: string): Frame | undefined => {
  const parts = /^\s*at (?:(.*?) \()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/.exec(line);
  if (!parts) return undefined;
  const [, call, place, row, column] = parts;
  const file = pathOf(place!);
  return file === undefined
    ? undefined
    : { call: named(call), file, line: Number(row), column: Number(column) };
};

const pathOf = (place: string): string | undefined => {
  if (!place.startsWith("file:")) return place;
  try {
    // Not imported, for an import is loaded at every start.
    return process.getBuiltinModule("node:url").fileURLToPath(place);
  } catch {
    return undefined;
  }
};

/** `async Object.priceCheck [as task]` → `priceCheck`. */
const named = (call: string | undefined): string | undefined => {
  const name = call
    ?.replace(/^async /, "")
    .replace(/ \[as .*\]$/, "")
    .replace(/^(?:Object|Module|Function)\./, "");
  return name === undefined || name === "<anonymous>" ? undefined : name;
};
