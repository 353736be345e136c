import type { Terminal } from "../../src/terminal/status-line.ts";

/**
 * A terminal as far as a status line needs one: it knows the end of a line, the way back to its beginning, wiping from there, and colours, which it
 * drops. Anything else that begins with an escape is an error.
 */
export class PretendTerminal implements Terminal {
  readonly isTTY: boolean;
  columns: number;
  /** All that was written, as it was written. */
  raw = "";
  readonly #lines: string[][] = [[]];
  #row = 0;
  #pending = "";
  #column = 0;
  readonly #resized = new Set<() => void>();

  constructor(columns: number, isTTY = true) {
    this.columns = columns;
    this.isTTY = isTTY;
  }

  write(chunk: string | Uint8Array): boolean {
    const text = typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
    this.raw += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal reads
    for (const sign of text.match(/\x1b\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b]/gu) ?? []) this.#read(sign);
    return true;
  }

  on(_event: "resize", listener: () => void): void {
    this.#resized.add(listener);
  }

  off(_event: "resize", listener: () => void): void {
    this.#resized.delete(listener);
  }

  resize(columns: number): void {
    this.columns = columns;
    for (const listener of this.#resized) listener();
  }

  /** What a person sees, without blanks at the ends of lines. */
  get screen(): readonly string[] {
    return this.painted.map((line) => line.replaceAll(colour, "").trimEnd());
  }

  /** The same with the sequences that colour it. */
  get painted(): readonly string[] {
    const lines = this.#lines.map((line) => line.join("").trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #read(sign: string): void {
    if (sign === "\n") {
      this.#row++;
      this.#column = 0;
      this.#lines[this.#row] ??= [];
    } else if (sign === "\r") this.#column = 0;
    else if (sign === "\x1b[J") {
      this.#lines[this.#row]!.length = this.#column;
      this.#lines.length = this.#row + 1;
    } else if (sign.startsWith("\x1b[") && sign.endsWith("m")) this.#color(sign);
    else if (sign.startsWith("\x1b")) throw new Error(`unknown to this terminal: ${JSON.stringify(sign)}`);
    else {
      this.#lines[this.#row]![this.#column++] = this.#pending + sign;
      this.#pending = "";
    }
  }

  /** Keeps a sequence with the sign behind it, or at the end of a line with the one before it. */
  #color(sequence: string): void {
    if (this.#column === 0) this.#pending += sequence;
    else this.#lines[this.#row]![this.#column - 1] += sequence;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal reads
const colour = /\x1b\[[0-9;]*m/g;
