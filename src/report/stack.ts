import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { isOwn, textOf } from "../job.ts";
import type { Style } from "../terminal/style.ts";
import { cutAtWord, displayWidth, oneLine } from "../terminal/text.ts";

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

/** A place in a text, both numbers from 1. */
interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A longer file is not read for the sake of three lines. */
const mostBytes = 2_000_000;

/** The text of a file, or nothing where it cannot be had. */
export const sourceOf = (file: string): string | undefined => {
  // Asked for and not imported, for an import is loaded at every start.
  const { readFileSync, statSync } = process.getBuiltinModule("node:fs");
  try {
    return statSync(file).size > mostBytes ? undefined : readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/**
 * The line of a place with its neighbours, its number marked and a sign under the column. Nothing when there is no such line, or when it is too
 * long to have been written by hand.
 *
 *      8 |   const offer = await findOffer("PS5");
 *   >  9 |   console.log("PS5", offer.price);
 *        |                            ^
 *     10 | }
 */
export const codeFrame = (
  source: string,
  { line, column }: Spot,
  { paint, width, glyphs }: Style,
): readonly string[] => {
  const lines = source.split(/\r\n|\n/);
  const marked = lines[line - 1];
  if (marked === undefined || marked.length > longestLine) return [];
  const last = Math.min(lines.length, line + 1);
  const digits = String(last).length;
  const gutter = `  ${" ".repeat(digits)} | `;
  const room = width - gutter.length;
  const left = leftEdge(marked, column - 1, room);
  const shown: string[] = [];
  for (let number = Math.max(1, line - 1); number <= last; number++) {
    const text = asShown(lines[number - 1]!.slice(left));
    if (number !== line && text.trim() === "") continue;
    const head = `${number === line ? ">" : " "} ${String(number).padStart(digits)} | `;
    const cut = cutAtWord(left > 0 ? `${glyphs.ellipsis}${text}` : text, room, glyphs.ellipsis);
    shown.push(number === line ? paint(head, "red") + cut : paint(head + cut, "dim"));
    if (number === line) {
      const before =
        displayWidth(asShown(marked.slice(left, column - 1))) + (left > 0 ? glyphs.ellipsis.length : 0);
      shown.push(paint(gutter, "dim") + " ".repeat(before) + paint("^", "red"));
    }
  }
  return shown;
};

/** How much of a line is left out at its beginning, so that its mark is in sight: whole words, where that is possible. */
const leftEdge = (line: string, mark: number, room: number): number => {
  const widthTo = (from: number) => displayWidth(asShown(line.slice(from, mark)));
  if (widthTo(0) < room - 1) return 0;
  let left = 0;
  while (left < mark && widthTo(left) > room / 2) left++;
  const word = line.slice(left, mark).search(/\W\w/);
  return word < 0 ? left : left + word + 1;
};

const longestLine = 500;

const asShown = (line: string): string => oneLine(line.replaceAll("\t", "  "));

/** How the script was started. */
export interface Invocation {
  /** `"myjobs.ts"`. */
  readonly script: string;
  /** What to type to start it again: `"npx tsx myjobs.ts"`, `"node myjobs.ts"`, `"bun myjobs.ts"`. */
  readonly command: string;
}

/** How this process was started; nothing where there is no script. */
export const invocation = (
  argv: readonly string[] = process.argv,
  execArgv: readonly string[] = process.execArgv,
  runtime: Runtime = thisRuntime(),
): Invocation | undefined => {
  const file = argv[1];
  if (!file) return undefined;
  const isTsx =
    needsTsx(file, runtime) ||
    (runtime.name === "node" && execArgv.some((argument) => /\btsx\b/.test(argument)));
  const starter = isTsx ? "npx tsx" : starters[runtime.name];
  return { script: oneLine(basename(file)), command: `${starter} ${quoted(oneLine(shortPath(file)))}` };
};

/** What runs this process. */
export interface Runtime {
  readonly name: "node" | "bun" | "deno";
  /** Whether it runs TypeScript by itself, as Node does from 22.18 on. */
  readonly runsTypeScript: boolean;
}

export const thisRuntime = (): Runtime => {
  const { versions, features } = process;
  if ("bun" in versions || "deno" in versions)
    return { name: "bun" in versions ? "bun" : "deno", runsTypeScript: true };
  return { name: "node", runsTypeScript: "typescript" in features && Boolean(features.typescript) };
};

const starters = { node: "node", bun: "bun", deno: "deno run -A" } as const;

/** Whether an argument names a script and not a phrase. */
export const isScriptName = (text: string): boolean => /\.[cm]?[jt]sx?$/i.test(text);

/** Whether a script has to be started with tsx: Node strips types, but reads no JSX. */
export const needsTsx = (file: string, { name, runsTypeScript }: Runtime = thisRuntime()): boolean =>
  name === "node" && /\.[cm]?tsx?$/i.test(file) && !(runsTypeScript && /ts$/i.test(file));

/** What to type to start a script with this runtime, for one that is not running: `"npx tsx myjobs.ts"`. */
export const startCommand = (file: string, runtime: Runtime = thisRuntime()): string =>
  `${needsTsx(file, runtime) ? "npx tsx" : starters[runtime.name]} ${quoted(oneLine(file))}`;

/** A word as a shell takes it for one: the POSIX ones, or on Windows `cmd` and PowerShell. */
export const quoted = (word: string, platform: NodeJS.Platform = process.platform): string => {
  if (platform === "win32")
    return /^[\w.\\/@%+=:,-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
};

/** Filled in by the build; a bundle of a user's script has no package.json beside it. */
declare const ONTHEDOT_VERSION: string | undefined;

/** The version of this package. */
export const version = (): string => {
  if (typeof ONTHEDOT_VERSION === "string") return ONTHEDOT_VERSION;
  const here = import.meta.url;
  const text = readFileSync(new URL("../../package.json", here), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
};
