import { type Environment, type Output, wantsColour } from "./style.ts";
import { displayWidth } from "./text.ts";

/** A stream whose writes can be watched, as those of the process can. */
export interface Terminal extends Output {
  write(chunk: string | Uint8Array, ...rest: never[]): boolean;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

/**
 * The last line of a terminal, which is redrawn and never scrolls away. Whatever anybody writes goes above it, unchanged; a line that has been
 * half written suspends it until the line ends.
 *
 * It is drawn with the cursor left at its beginning: then wiping it also works after the window has been made narrower and the line has wrapped.
 */
export class StatusArea {
  /** The text as it is drawn now, or nothing where it is not on the screen. */
  #drawn: string | undefined;
  #isMidLine = false;
  #isOpen = true;
  #isDrawPlanned = false;
  readonly #terminal: Terminal;
  readonly #text: () => string | undefined;
  readonly #edit: (text: string, isMidLine: boolean) => string;
  readonly #hasEscapes: boolean;
  readonly #unhook: readonly (() => void)[];
  readonly #write: (text: string) => void;

  /**
   * @param streams all that lead to this terminal, the one that is drawn on first
   * @param text the line, no wider than the terminal, or nothing; asked for at each drawing
   * @param edit may print before what others write, and change it
   */
  constructor(
    streams: readonly [Terminal, ...Terminal[]],
    text: () => string | undefined,
    env: Environment,
    edit: (text: string, isMidLine: boolean) => string = (written) => written,
  ) {
    const [terminal] = streams;
    this.#terminal = terminal;
    this.#text = text;
    this.#edit = edit;
    this.#hasEscapes = wantsColour(terminal, env);
    const write = terminal.write;
    this.#write = (written) => void write.call(terminal, written);
    this.#unhook = streams.map((stream) => this.#hook(stream));
    terminal.on?.("resize", this.#resized);
  }

  /** Writes whole lines above the status line. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#wipe();
    this.#write(`${this.#isMidLine ? "\n" : ""}${lines.join("\n")}\n`);
    this.#isMidLine = false;
    this.#planDraw();
  }

  /** Draws the line where it has changed. */
  readonly redraw = (): void => {
    if (!this.#isOpen || this.#isMidLine) return;
    const text = this.#text();
    if (text === this.#drawn) return;
    this.#wipe();
    if (text === undefined) return;
    this.#write(`${text}\r`);
    this.#drawn = text;
  };

  /** Takes the line away until something is written, or it changes. */
  hide(): void {
    this.#wipe();
  }

  /** Takes the line away for good; writes go their own way again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#wipe();
    if (this.#isMidLine) this.#write("\n");
    this.#isOpen = false;
    this.#terminal.off?.("resize", this.#resized);
    for (const unhook of this.#unhook) unhook();
  }

  /** Takes the line away until the next drawing. */
  #wipe(): void {
    if (this.#drawn === undefined) return;
    this.#write(this.#hasEscapes ? "\r\x1b[J" : `\r${" ".repeat(displayWidth(this.#drawn))}\r`);
    this.#drawn = undefined;
  }

  readonly #resized = (): void => {
    this.#wipe();
    this.redraw();
  };

  /** Many writes in a row cost one drawing. */
  #planDraw(): void {
    if (this.#isDrawPlanned) return;
    this.#isDrawPlanned = true;
    setImmediate(() => {
      this.#isDrawPlanned = false;
      this.redraw();
    });
  }

  #hook(stream: Terminal): () => void {
    const write = stream.write;
    const watched: Terminal["write"] = (chunk, ...rest) => {
      if (!this.#isOpen) return write.call(stream, chunk, ...rest);
      const written = typeof chunk === "string" ? this.#edit(chunk, this.#isMidLine) : chunk;
      this.#wipe();
      if (written.length > 0) this.#isMidLine = !endsLine(written);
      this.#planDraw();
      return write.call(stream, written, ...rest);
    };
    stream.write = watched;
    return () => {
      // Somebody may have put a write of their own over ours meanwhile.
      if (stream.write === watched) stream.write = write;
    };
  }
}

const endsLine = (chunk: string | Uint8Array): boolean => {
  const last = chunk.at(-1);
  return last === "\n" || last === 10;
};
