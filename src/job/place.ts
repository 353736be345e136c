/** A place in a user's script. */
export interface Place {
  /** As the stack names it: a path or a `file:` address. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The folder of this package's code; undefined in a bundle, where one file holds it together with the script. */
const own = /\/(?:src\/job|dist\/chunks)\/[^/]+$/.test(import.meta.url ?? "")
  ? new URL("./", import.meta.url.replace(/[^/]+\/[^/]+$/, ""))
  : undefined;

/** The first line of a stack that lies outside this package: where a word was said. */
export const placeOf = (error: Error): Place | undefined => {
  for (const frame of (error.stack ?? "").split("\n").slice(1)) {
    const parts = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/.exec(frame.trim());
    if (!parts || isOwn(parts[1]!)) continue;
    return { file: parts[1]!, line: Number(parts[2]), column: Number(parts[3]) };
  }
  return undefined;
};

/** Whether a file of a stack belongs to this package, or to node. */
export const isOwn = (file: string): boolean =>
  file.startsWith("node:") ||
  (own !== undefined && (file.startsWith(own.href) || file.startsWith(decodeURIComponent(own.pathname))));

/** `"myjobs.ts:12"`. */
export const shortPlace = ({ file, line }: Place): string => `${file.split(/[\\/]/).at(-1)}:${line}`;
